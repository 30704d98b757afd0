"""Every write on findings: one run of an engine recorded, one finding set aside, opened again or made a case."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.findings import permissions
from lianzhu.apps.findings.models import Finding, Snapshot

BLOCK = 500
# States that end when the finding is no longer found.
ENDS = (Finding.State.OPEN, Finding.State.ASIDE)


@dataclass(frozen=True)
class Found:
    """One thing a run found. `key` is stable from run to run; `says` and `wrong_if` are English templates.

    The templates' fields are in `evidence`, beside `firm` and `node`, which are filled from the row. Evidence holds
    names of facts and dates; a value only where `confidentiality` allows everybody who sees the finding to read it.
    """

    key: str
    says: str
    wrong_if: str
    confidentiality: str
    enterprise_id: int | None = None
    node: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    confidence: str = "high"


@dataclass(frozen=True)
class Recorded:
    """What one run changed."""

    new: int
    again: int
    back: int
    gone: int


@transaction.atomic
def record_findings(*, actor: User, chain: Chain, kind: str, found: Iterable[Found], on: date) -> Recorded:
    """Keep everything one run found of one kind: rows by key, a snapshot of the day, and what is no longer found.

    What is missing from `found` is GONE, unless it is a case, which ends by its own rules. What is found again after
    it was gone is open again; what was set aside stays so. The same day's second run replaces that day's snapshot.
    """
    Chain.objects.select_for_update().get(pk=chain.pk)
    if not permissions.can_record_findings(actor, chain):
        raise PermissionDenied
    now = _by_key(found)
    old = {row.key: row for row in Finding.objects.filter(chain=chain, kind=kind)}
    if any(row.last_found_on > on for row in old.values()):
        raise RuleBroken(_("A later run was recorded already; an older one would rewrite what is known."))
    back = [row for key, row in old.items() if key in now and row.state == Finding.State.GONE]
    gone = [
        row for key, row in old.items() if key not in now and row.state in (Finding.State.OPEN, Finding.State.ASIDE)
    ]
    for row in gone:
        row.state = Finding.State.GONE
    for key, row in old.items():
        if key in now:
            _renew(row, now[key], on)
    made = [_new(chain, kind, one, on) for key, one in now.items() if key not in old]
    Finding.objects.bulk_update(
        old.values(), ["state", "says", "wrong_if", "confidentiality", "node", "last_found_on"], batch_size=BLOCK
    )
    Finding.objects.bulk_create(made, batch_size=BLOCK)
    rows = {**{key: row for key, row in old.items() if key in now}, **{row.key: row for row in made}}
    Snapshot.objects.bulk_create(
        [
            Snapshot(finding=row, on=on, evidence=dict(now[key].evidence), confidence=now[key].confidence)
            for key, row in rows.items()
        ],
        batch_size=BLOCK,
        update_conflicts=True,
        unique_fields=["finding", "on"],
        update_fields=["evidence", "confidence"],
    )
    audit.record(actor, "findings.recorded", chain, about=kind)
    return Recorded(len(made), len(rows) - len(made) - len(back), len(back), len(gone))


def _by_key(found: Iterable[Found]) -> dict[str, Found]:
    out: dict[str, Found] = {}
    for one in found:
        if one.key in out:
            raise ValueError(f"the run found {one.key} twice")
        out[one.key] = one
    return out


def _new(chain: Chain, kind: str, one: Found, on: date) -> Finding:
    return Finding(
        chain=chain,
        kind=kind,
        key=one.key,
        enterprise_id=one.enterprise_id,
        node=one.node,
        confidentiality=one.confidentiality,
        says=one.says,
        wrong_if=one.wrong_if,
        first_found_on=on,
        last_found_on=on,
    )


def _renew(row: Finding, one: Found, on: date) -> None:
    if row.state == Finding.State.GONE:
        row.state = Finding.State.OPEN
    row.says, row.wrong_if, row.node = one.says, one.wrong_if, one.node
    row.confidentiality, row.last_found_on = one.confidentiality, on


@transaction.atomic
def set_aside(*, actor: User, finding_id: int, because: str) -> Finding:
    """Decide that nothing is to be done about a finding, and say why; it can be opened again."""
    finding = Finding.objects.select_for_update().select_related("chain").get(pk=finding_id)
    if not permissions.can_set_aside(actor, finding):
        raise PermissionDenied
    if finding.state != Finding.State.OPEN:
        raise RuleBroken(_("Only an open finding can be set aside; look at its history."))
    if not because.strip():
        raise RuleBroken(_("Say why, so that the next person understands."))
    return _decide(finding, actor, Finding.State.ASIDE, because.strip(), "finding.set_aside")


@transaction.atomic
def reopen_finding(*, actor: User, finding_id: int) -> Finding:
    """Open a finding again that was set aside."""
    finding = Finding.objects.select_for_update().select_related("chain").get(pk=finding_id)
    if not permissions.can_set_aside(actor, finding):
        raise PermissionDenied
    if finding.state != Finding.State.ASIDE:
        raise RuleBroken(_("This finding was not set aside."))
    return _decide(finding, actor, Finding.State.OPEN, "", "finding.reopened")


@transaction.atomic
def made_a_case(*, actor: User, finding_id: int) -> Finding:
    """Note that an open finding is in somebody's hands now; whoever opens the case calls this in the same step."""
    finding = Finding.objects.select_for_update().select_related("chain").get(pk=finding_id)
    if not permissions.can_set_aside(actor, finding):
        raise PermissionDenied
    if finding.state != Finding.State.OPEN:
        raise RuleBroken(_("Only an open finding becomes a case; look at its history."))
    return _decide(finding, actor, Finding.State.CASE, "", "finding.made_case")


def _decide(finding: Finding, actor: User, state: Finding.State, because: str, act: str) -> Finding:
    finding.state, finding.because = state, because
    finding.decided_by, finding.decided_at = actor, timezone.now()
    finding.save(update_fields=["state", "because", "decided_by", "decided_at"])
    audit.record(actor, act, finding, about=finding.enterprise_id or "")
    return finding
