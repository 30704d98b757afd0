"""Cross appointment: firm x {management in the branch, branch in management}, as of a day.

Management in the branch: people of the firm's management who have any seat in the branch that looks after it.
Branch in management: secretary and deputies of that branch who have a post in the firm's management.
Counts are for everybody of the chain, names for the organisation secretary alone.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.enterprises.models import Chain, Enterprise
from lianzhu.apps.organisation.models import Appointment, BranchFirm, FirmManagement, held_on

LEADING = (Appointment.Role.SECRETARY, Appointment.Role.DEPUTY)


class State(TextChoices):
    """What is known of one direction at one firm."""

    COVERED = "covered", _("in place")
    GAP = "gap", _("gap here")
    # Nobody of the management is on record: that is ignorance, not a gap.
    UNKNOWN = "unknown", _("not known yet")
    NO_BRANCH = "no_branch", _("no branch")


@dataclass(frozen=True)
class Cell:
    """One direction at one firm: how many of how many. `names` stays empty unless the reader may see them."""

    state: str
    count: int
    of: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One firm with the branch that looks after it."""

    firm: Enterprise
    branch_id: int | None
    branch: str
    management_in_branch: Cell
    branch_in_management: Cell


@dataclass(frozen=True)
class Totals:
    """Counts over the chain: firms in all, with a branch, and per direction in place, missing, not known."""

    firms: int
    with_branch: int
    management_in_branch: dict[str, int]
    branch_in_management: dict[str, int]


def coverage(chain: Chain, on: date, *, names: bool) -> list[Row]:
    """One row per active firm of the chain, by name; four queries."""
    firms = Enterprise.objects.filter(chains=chain, state=Enterprise.State.ACTIVE).order_by("name_key", "id")
    branch_of = {
        link.enterprise_id: link.body
        for link in BranchFirm.objects.filter(held_on(on), held_on(on, "body__"), body__chain=chain).select_related(
            "body"
        )
    }
    managers: dict[int, dict[int, str]] = defaultdict(dict)
    posts = FirmManagement.objects.filter(held_on(on), enterprise__chains=chain)
    for firm, person, name in posts.values_list("enterprise", "person", "person__name"):
        managers[firm][person] = name
    seats: dict[int, dict[int, str]] = defaultdict(dict)
    held = Appointment.objects.filter(held_on(on), body__in=[body.pk for body in branch_of.values()])
    for body, person, role in held.values_list("body", "person", "role"):
        seats[body][person] = role
    return [_row(firm, branch_of.get(firm.pk), managers[firm.pk], seats, names=names) for firm in firms]


def _row(
    firm: Enterprise, branch: object, managers: dict[int, str], seats: dict[int, dict[int, str]], *, names: bool
) -> Row:
    body_id = getattr(branch, "pk", None)
    sitting = seats[body_id] if body_id is not None else {}
    leading = {person for person, role in sitting.items() if role in LEADING}
    return Row(
        firm=firm,
        branch_id=body_id,
        branch=getattr(branch, "name", ""),
        management_in_branch=_cell(body_id, managers, set(sitting), len(managers), names=names),
        branch_in_management=_cell(body_id, managers, leading, len(leading), names=names),
    )


def _cell(body_id: int | None, managers: dict[int, str], sitting: set[int], of: int, *, names: bool) -> Cell:
    both = sitting & set(managers)
    if body_id is None:
        state = State.NO_BRANCH
    elif not managers:
        state = State.UNKNOWN
    else:
        state = State.COVERED if both else State.GAP
    shown = tuple(sorted(managers[person] for person in both)) if names else ()
    return Cell(state.value, len(both), of, shown)


def totals(rows: Iterable[Row]) -> Totals:
    """Add the rows up; every state is counted, so that the columns sum to the firms."""
    told = list(rows)
    inside: dict[str, int] = dict.fromkeys(State.values, 0)
    outside: dict[str, int] = dict.fromkeys(State.values, 0)
    for row in told:
        inside[row.management_in_branch.state] += 1
        outside[row.branch_in_management.state] += 1
    return Totals(len(told), len(told) - inside[State.NO_BRANCH], inside, outside)
