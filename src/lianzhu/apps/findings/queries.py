"""Lists of findings, one finding with its history, and its sentence in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.queries.file import label_of
from lianzhu.apps.findings.models import Finding, Snapshot
from lianzhu.library.chain import nodes
from lianzhu.library.facts import facts

PAGE = 50


@dataclass(frozen=True)
class Line:
    """A finding as a list shows it."""

    finding: Finding
    says: str
    kind: str


@dataclass(frozen=True)
class FindingPage:
    """One page, newest first; `after` is the key of the next page, '' at the end."""

    lines: list[Line]
    after: str


def kind_labels() -> dict[str, str]:
    """Kinds of findings in words. An engine that comes later adds its kind here."""
    return {
        "missing_facts": _("missing facts"),
        "expired_certificate": _("expired certificates"),
        "expiring_certificate": _("certificates about to expire"),
        "contradictory_facts": _("facts that contradict each other"),
        "credit_code": _("credit code missing or wrong"),
        "cross_appointment": _("gaps of cross appointment"),
        "single_source": _("one maker only"),
        "thin_node": _("thin node"),
        "fragile_node": _("fragile node"),
        "crowded_node": _("crowded node"),
        "sole_supplier": _("sole supplier"),
        "cut_point": _("cut point"),
        "missing_node": _("missing node"),
        "outside_node": _("bought outside only"),
        "chain_index": _("index of the chain"),
        "own_place": _("own place in the chain"),
    }


def newest_of(rows: list[Finding]) -> dict[int, Snapshot]:
    """Finding id -> its newest snapshot; one query. A later run always has a later id."""
    last = Snapshot.objects.filter(finding__in=rows).order_by().values("finding").annotate(last=models.Max("id"))
    return {shot.finding_id: shot for shot in Snapshot.objects.filter(pk__in=last.values("last"))}


def finding_page(user: User, *, kind: str = "", state: str = "open", firm: str = "", after: str = "") -> FindingPage:
    """One page of the findings this person may read; two queries."""
    rows = Finding.objects.visible_to(user)
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(state=state)
    if firm.isdigit():
        rows = rows.filter(enterprise=int(firm))
    if after.isdigit():
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.select_related("enterprise").order_by("-id")[: PAGE + 1])
    labels = kind_labels()
    page = found[:PAGE]
    shots = newest_of(page)
    return FindingPage(
        [Line(row, sentence(row, shots[row.pk].evidence), labels.get(row.kind, row.kind)) for row in page],
        str(page[-1].pk) if len(found) > PAGE else "",
    )


def counts_by_state(user: User, most: int = 1000) -> list[tuple[str, str, int]]:
    """(state, word, findings) for the person's findings, each counted up to `most`."""
    rows = Finding.objects.visible_to(user).order_by()
    return [(state.value, str(state.label), rows.filter(state=state)[:most].count()) for state in Finding.State]


def fields_of(finding: Finding, evidence: Mapping[str, Any] | None) -> dict[str, str]:
    """What the template's fields stand for: facts by their labels, days as written, the firm and the node by name."""
    english = (get_language() or "").startswith("en")
    told: dict[str, str] = {}
    for key, value in (evidence or {}).items():
        items = [_label(item, english) for item in value] if isinstance(value, list) else [_label(value, english)]
        told[key] = (", " if english else "、").join(items)
    told["firm"] = finding.enterprise.name if finding.enterprise else ""
    told["node"] = _label(finding.node, english)
    return told


def _label(value: object, english: bool) -> str:
    node = nodes().get(str(value))
    if node:
        return node.en if english else node.zh
    return _fact_label(value)


def _fact_label(value: object) -> str:
    known = facts().get(str(value))
    return label_of(known) if known else str(value)


class _Lenient(dict[str, str]):
    """A template whose field an old snapshot lacks still reads as a sentence."""

    def __missing__(self, key: str) -> str:
        return "…"


def sentence(finding: Finding, evidence: Mapping[str, Any] | None) -> str:
    """What the finding says, in the reader's language."""
    return _(finding.says).format_map(_Lenient(fields_of(finding, evidence)))


def counter_evidence(finding: Finding, evidence: Mapping[str, Any] | None) -> str:
    """What would prove the finding wrong, in the reader's language."""
    return _(finding.wrong_if).format_map(_Lenient(fields_of(finding, evidence)))


def told_as(finding: Finding, evidence: Mapping[str, Any] | None, key: str) -> str:
    """A further sentence the run left in the evidence: `told` (what it rests on), `sure` (why so sure); '' for none."""
    template = (evidence or {}).get(key, "")
    return _(template).format_map(_Lenient(fields_of(finding, evidence))) if template else ""


@dataclass(frozen=True)
class Seen:
    """What one run knew."""

    on: date
    says: str
    confidence: str


def snapshots_of(finding: Finding, most: int = 60) -> list[Seen]:
    """What the runs knew, newest first; days on which nothing changed are left out."""
    out: list[Seen] = []
    for row in finding.snapshots.all()[:most]:
        told = Seen(row.on, sentence(finding, row.evidence), row.confidence)
        if out and (out[-1].says, out[-1].confidence) == (told.says, told.confidence):
            # The earlier day of two that say the same: since when it was so.
            out[-1] = told
        else:
            out.append(told)
    return out


def named_facts(evidence: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """(name, label) of the facts an evidence names."""
    named = (evidence or {}).get("facts", [])
    return [(str(name), _fact_label(name)) for name in named if name in facts()] if isinstance(named, list) else []
