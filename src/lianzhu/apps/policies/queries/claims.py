"""Claims one may see, with days late; amounts only for the firm, whom it granted, and the department that pays."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import access_of
from lianzhu.apps.policies.models import Claim, Desk, answered_by
from lianzhu.apps.policies.words import number, title_of, windows
from lianzhu.engine.rules.shelf import library_shelf

PAGE = 50
# Days before a window closes on which its firm is reminded.
REMIND = (30, 14, 3)


@dataclass(frozen=True)
class ClaimLine:
    """One claim as a list shows it; the amounts are None where the reader may not know them, '' where there is none."""

    claim: Claim
    title: str
    late: int
    promised: str | None
    received: str | None


@dataclass(frozen=True)
class ClaimPage:
    """A page by key; `after` is the key of the next page, '' at the end."""

    lines: list[ClaimLine]
    after: str


@dataclass(frozen=True)
class DeskLine:
    """A policy and the body that answers its claims."""

    policy: str
    title: str
    desk: Desk | None


@dataclass(frozen=True)
class Closing:
    """A window that closes soon."""

    policy: str
    title: str
    last: date
    step: int


def claim_page(user: User, *, state: str = "", after: str = "") -> ClaimPage:
    """Claims the person may see, newest first."""
    rows = Claim.objects.visible_to(user)
    if state:
        rows = rows.filter(state=state)
    if after.isdigit():
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.select_related("enterprise", "case", "contact").order_by("-pk")[: PAGE + 1])
    page = found[:PAGE]
    return ClaimPage(claim_lines(user, page), str(page[-1].pk) if len(found) > PAGE else "")


def claim_lines(user: User, claims: list[Claim]) -> list[ClaimLine]:
    """Claims with titles, days late, and amounts as far as the person may know them; one query for all."""
    access = access_of(user)
    desks = set(answered_by(user).values_list("chain", "policy"))
    policies = library_shelf().policies
    today = timezone.localdate()
    found = []
    for claim in claims:
        own = claim.enterprise_id in access.own_firms | access.granted_firms
        told = own or (claim.chain_id, claim.policy) in desks
        title = title_of(policies[claim.policy]) if claim.policy in policies else claim.policy
        late = claim.days_late(today)
        found.append(ClaimLine(claim, title, late, _money(claim.promised, told), _money(claim.received, told)))
    return found


def desk_lines(chain_id: int) -> list[DeskLine]:
    """Every policy one applies for, and its desk in a chain."""
    desks = {desk.policy: desk for desk in Desk.objects.filter(chain=chain_id).select_related("body")}
    policies = library_shelf().policies
    return [
        DeskLine(one, title_of(policies[one]), desks.get(one))
        for one in library_shelf().chosen((), timezone.localdate())
        if policies[one].kind not in ("tax", "classification")
    ]


def closing_windows(today: date) -> list[Closing]:
    """Windows open today that close within 30 days, with the reminder they stand at: 30, 14 or 3."""
    found = []
    for policy in library_shelf().policies.values():
        version = policy.version_on(today)
        for window in windows(version) if version else ():
            left = (window.last - today).days
            if window.open_on(today) and left <= REMIND[0]:
                step = min(day for day in REMIND if left <= day)
                found.append(Closing(policy.id, title_of(policy), window.last, step))
    return sorted(found, key=lambda one: one.last)


def _money(amount: Decimal | None, told: bool) -> str | None:
    if not told:
        return None
    return "" if amount is None else f"{number(amount)} 万元"
