"""Claims one may see, with days late; amounts only for the firm, whom it granted, and the department that pays."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.queries.people import workers_of
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Enterprise, access_of
from lianzhu.apps.policies.models import Claim, Desk, answered_by
from lianzhu.apps.policies.words import number, title_of
from lianzhu.engine.rules.shelf import library_shelf
from lianzhu.library.facts import facts

PAGE = 50


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


def claim_page(user: User, *, state: str = "", after: str = "", size: int = PAGE) -> ClaimPage:
    """Claims the person may see, newest first."""
    rows = Claim.objects.visible_to(user)
    if state:
        rows = rows.filter(state=state)
    if after.isdigit():
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.select_related("enterprise", "case", "contact").order_by("-pk")[: size + 1])
    page = found[:size]
    return ClaimPage(claim_lines(user, page), str(page[-1].pk) if len(found) > size else "")


def claim_lines(user: User, claims: list[Claim]) -> list[ClaimLine]:
    """Claims with titles, days late, and amounts as far as the person may know them; one query for all."""
    access = access_of(user)
    desks = set(answered_by(user).values_list("chain", "policy"))
    policies = library_shelf().policies
    today = clock.today()
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
        for one in library_shelf().chosen((), clock.today())
        if policies[one].kind not in ("tax", "classification")
    ]


def claims_waiting(user: User) -> list[tuple[Claim, str]]:
    """Claims whose next step is this person's, with what to do; cases of the pool show the department's already."""
    access = access_of(user)
    own = Claim.objects.filter(enterprise__in=access.own_firms, state=Claim.State.APPROVED, due_on__lte=clock.today())
    return [(claim, _("Say whether it has come")) for claim in own.select_related("case").order_by("due_on", "pk")]


def contacts_of(firm: Enterprise, today: date) -> dict[str, str]:
    """Policy -> the body that answers it in the firm's chain, with the people who work for it."""
    desks = list(Desk.objects.filter(chain__firms=firm).select_related("body"))
    people = {desk.body_id: "、".join(user.name for user in workers_of(desk.body, today)) for desk in desks}
    return {
        desk.policy: f"{desk.body.name} ({people[desk.body_id]})" if people[desk.body_id] else desk.body.name
        for desk in desks
    }


def certificate_facts(policy: str) -> dict[str, str]:
    """Where a certificate of this policy stands in a firm's file: `from`, `until`, `number`, or `held` without days.

    Empty for a policy that gives none.

    >>> certificate_facts("cn.hnte")["number"], certificate_facts("cn.eit.rd100")
    ('hnte_certificate_no', {})
    """
    held = library_shelf().policies[policy].certificate
    if not held:
        return {}
    known = facts()
    derived = known[held].derive or {}
    if "valid_on" not in derived:
        return {"held": held}
    places = {"from": derived.get("from", ""), "until": derived["valid_on"]}
    number = f"{held.removesuffix('_valid')}_certificate_no"
    return {
        **{key: str(name) for key, name in places.items() if name},
        **({"number": number} if number in known else {}),
    }


def _money(amount: Decimal | None, told: bool) -> str | None:
    if not told:
        return None
    return "" if amount is None else f"{number(amount)} 万元"
