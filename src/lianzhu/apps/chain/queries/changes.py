"""What changed on the board since an earlier run, and which statements about the node entered or ended between."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from lianzhu.apps.cases import clock
from lianzhu.apps.chain.queries.board import on_board
from lianzhu.apps.chain.runs.recording import INDEX
from lianzhu.apps.core.models import AuditEntry, User
from lianzhu.apps.enterprises.models import Chain, Confidentiality, Product, RecordState, SupplyLink
from lianzhu.apps.findings.models import Finding, Snapshot
from lianzhu.apps.findings.queries import kind_labels, sentence

MOST = 200
MOST_WHY = 6
ENDED = (RecordState.SUPERSEDED, RecordState.UNDONE)


@dataclass(frozen=True)
class Why:
    """A statement that entered or ended, with its source and date."""

    entered: bool
    says: str
    source: str
    as_of: date


@dataclass(frozen=True)
class Changed:
    """One finding that is new, gone or says something else; `before` is what it said."""

    finding: Finding
    kind: str
    says: str
    before: str
    why: list[Why]


@dataclass(frozen=True)
class Changes:
    """Between two runs: `since` (None when there is one run only) and `on`."""

    since: date | None
    on: date | None
    days: list[date]
    new: list[Changed]
    gone: list[Changed]
    changed: list[Changed]


def changes_of(user: User, chain: Chain, since: date | None = None) -> Changes:
    """Compare the newest run with an earlier one, the one before by default; only what this reader may see."""
    days = run_days(user, chain)
    if len(days) < 2:
        return Changes(None, days[0] if days else None, [], [], [], [])
    since = since if since in days[1:] else days[1]
    rows = on_board(user, chain).select_related("enterprise").order_by("node", "id")
    new = [(row, "") for row in rows.filter(first_found_on__gt=since).exclude(state=Finding.State.GONE)[:MOST]]
    gone = [(row, "") for row in rows.filter(state=Finding.State.GONE, last_found_on__gte=since)[:MOST]]
    known = list(rows.filter(first_found_on__lte=since, last_found_on=days[0]).exclude(state=Finding.State.GONE)[:MOST])
    old, now = _shots(known, since), _shots(known, days[0])
    turned = [
        (row, sentence(row, old[row.pk].evidence))
        for row in known
        if row.pk in old and _matters(old[row.pk]) != _matters(now[row.pk])
    ]
    at = {row.node for row, _before in [*new, *gone, *turned] if row.node}
    why = _products(user, chain, at, since), _links(user, chain, at, since)
    shots = _shots([row for row, _before in [*new, *gone, *turned]], days[0])
    labels = kind_labels()

    def told(found: list[tuple[Finding, str]]) -> list[Changed]:
        return [
            Changed(row, labels[row.kind], sentence(row, shots[row.pk].evidence), before, _why(row, *why))
            for row, before in found
            if row.pk in shots
        ]

    return Changes(since, days[0], days[1:], told(new), told(gone), told(turned))


def run_days(user: User, chain: Chain, most: int = 12) -> list[date]:
    """Days of the last runs, newest first."""
    runs = Snapshot.objects.filter(finding__in=Finding.objects.visible_to(user).filter(chain=chain, kind=INDEX))
    return list(runs.order_by("-on").values_list("on", flat=True)[:most])


def _shots(rows: Iterable[Finding], on: date) -> dict[int, Snapshot]:
    """Finding id -> what the last run up to that day knew."""
    found = Snapshot.objects.filter(finding__in=list(rows), on__lte=on).order_by("on", "id")
    return {shot.finding_id: shot for shot in found}


def _matters(shot: Snapshot) -> tuple[object, ...]:
    names = ("n", "why", "index_band", "band", "alike", "dependants")
    return (shot.confidence, *(shot.evidence.get(name) for name in names))


def _why(row: Finding, products: dict[str, list[Why]], links: dict[str, list[Why]]) -> list[Why]:
    """What can have done it: public findings come from public products alone, so no link is named for them."""
    moved = products.get(row.node, [])
    if row.confidentiality != Confidentiality.PUBLIC:
        moved = moved + links.get(row.node, [])
    return moved[:MOST_WHY]


def _products(user: User, chain: Chain, at: set[str], since: date) -> dict[str, list[Why]]:
    """Node -> products that entered or ended since the day, as far as this reader may see them."""
    start = clock.starts(since)
    out: dict[str, list[Why]] = {}
    products = Product.objects.visible_to(user).filter(enterprise__chains=chain, node__in=at).filter(_moved(start))
    for row in products.select_related("enterprise").distinct().order_by("-as_of", "-id")[:MOST]:
        says = _("%(firm)s: %(product)s") % {"firm": row.enterprise.name, "product": row.product}
        out.setdefault(row.node, []).append(Why(row.state not in ENDED, says, row.source, row.as_of))
    return out


def _links(user: User, chain: Chain, at: set[str], since: date) -> dict[str, list[Why]]:
    """The same for supply links."""
    start = clock.starts(since)
    out: dict[str, list[Why]] = {}
    links = SupplyLink.objects.visible_to(user).filter(chain=chain, node__in=at).filter(_moved(start, links=True))
    for link in links.select_related("supplier", "buyer").distinct().order_by("-as_of", "-id")[:MOST]:
        ends = (link.supplier or link.supplier_outside, link.buyer or link.buyer_outside)
        says = _("%(supplier)s supplies %(buyer)s") % {"supplier": ends[0], "buyer": ends[1]}
        out.setdefault(link.node, []).append(Why(link.state not in ENDED, says, link.source, link.as_of))
    return out


def _moved(start: datetime, *, links: bool = False) -> Q:
    """Statements that entered and hold, or ended by a newer one, by an import undone, or by the office's own act."""
    ended = Q(successors__entered_at__gte=start) | Q(batch__undone_at__gte=start)
    if not links:
        acts = AuditEntry.objects.filter(act="product.ended", at__gte=start).values_list("subject_id", flat=True)
        ended |= Q(pk__in=[int(pk) for pk in acts])
    return Q(state=RecordState.CURRENT, entered_at__gte=start) | (Q(state__in=ENDED) & ended)
