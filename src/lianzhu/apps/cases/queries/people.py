"""Who gets what: the office, the people of a body, whom a rule suggests; absence respected."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Q

from lianzhu.apps.cases.models import Absence, AssignmentRule, Case
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, Role, RoleAssignment
from lianzhu.apps.organisation.models import Appointment, Body, held_on
from lianzhu.apps.organisation.queries import members_of

# Bodies that take cases in hand. Heads of firms sit in the others.
TAKES_CASES = (Body.Kind.OFFICE, Body.Kind.DEPARTMENT, Body.Kind.INSTITUTE, Body.Kind.TEAM, Body.Kind.TASK_FORCE)
HEADS = (Appointment.Role.LEAD, Appointment.Role.SECRETARY, Appointment.Role.DEPUTY)


def _in_force(on: date) -> Q:
    return Q(since__lte=on) & (Q(until__isnull=True) | Q(until__gte=on))


def untied(users: Iterable[User], on: date) -> list[User]:
    """Without the people who are tied to a firm today."""
    found = list(users)
    tied = set(
        RoleAssignment.objects.filter(_in_force(on), user__in=found, role__in=[Role.FIRM, Role.COMMITTEE]).values_list(
            "user", flat=True
        )
    )
    return [user for user in found if user.pk not in tied]


def office_of(chain: Chain, on: date) -> list[User]:
    """People of the chain office who hold the role today."""
    held = RoleAssignment.objects.filter(_in_force(on), chain=chain, role=Role.OFFICE, user__is_active=True)
    return untied(User.objects.filter(pk__in=held.values("user")).order_by("name", "pk"), on)


def workers_of(body: Body, on: date) -> list[User]:
    """People who take cases in hand for a body."""
    return untied(members_of(body, on), on)


def heads_of(body: Body, on: date) -> list[User]:
    """Who leads a body: lead, secretary or deputy with an account."""
    seats = Appointment.objects.filter(held_on(on), body=body, role__in=HEADS)
    return untied(User.objects.filter(is_active=True, pk__in=seats.values("person__user")).order_by("name", "pk"), on)


def absent(users: Iterable[User], on: date) -> frozenset[int]:
    """Ids of those who are away today."""
    away = Absence.objects.filter(user__in=list(users), since__lte=on, until__gte=on)
    return frozenset(away.values_list("user", flat=True))


def targets(chain: Chain, on: date) -> list[Body]:
    """Bodies a case of the chain can be dispatched to today."""
    return list(Body.objects.as_of(on).filter(chain=chain, kind__in=TAKES_CASES).order_by("kind", "name", "id"))


def target_names(chain_id: int, on: date) -> list[tuple[int, str]]:
    """The same as ids and names, for lists."""
    found = Body.objects.as_of(on).filter(chain=chain_id, kind__in=TAKES_CASES).order_by("kind", "name", "id")
    return list(found.values_list("pk", "name"))


def suggested_bodies(cases: Iterable[Case], on: date) -> dict[int, int]:
    """Case id -> body a rule suggests: category and area before category before area; then the fewest open cases.

    A body whose people are all away today is passed over. Four queries for any number of cases.
    """
    found = list(cases)
    if not found:
        return {}
    rules = list(
        AssignmentRule.objects.filter(_in_force(on), chain__in={case.chain_id for case in found})
        .select_related("body")
        .order_by("id")
    )
    bodies = {rule.body_id for rule in rules}
    load = dict(
        Case.objects.filter(body__in=bodies, is_open__in=[True]).values_list("body").annotate(n=Count("id")).order_by()
    )
    present = _bodies_with_somebody(bodies, on)
    suggested: dict[int, int] = {}
    for case in found:
        fit = [
            rule
            for rule in rules
            if rule.chain_id == case.chain_id
            and rule.category in ("", case.category)
            and rule.area in ("", case.area)
            and rule.body_id in present
            and rule.body_id != case.about_body_id
        ]
        if fit:
            closest = max((bool(rule.category), bool(rule.area)) for rule in fit)
            best = [rule for rule in fit if (bool(rule.category), bool(rule.area)) == closest]
            chosen = min(best, key=lambda rule: (load.get(rule.body_id, 0), rule.pk)).body_id
            suggested[case.pk] = chosen
            load[chosen] = load.get(chosen, 0) + 1
    return suggested


def _bodies_with_somebody(bodies: set[int], on: date) -> set[int]:
    seats = Appointment.objects.filter(
        held_on(on), held_on(on, "body__"), body__in=bodies, person__user__is_active=True
    ).values_list("body", "person__user")
    pairs = list(seats)
    away = absent(User.objects.filter(pk__in={user for _body, user in pairs}), on)
    return {body for body, user in pairs if user not in away}


def officers_of(chain: Chain, on: date) -> list[User]:
    """Office, departments and teams of a chain: who may call back, or receive a sealed note."""
    roles = [Role.OFFICE, Role.DEPARTMENT, Role.TEAM]
    held = RoleAssignment.objects.filter(_in_force(on), chain=chain, role__in=roles, user__is_active=True)
    return untied(User.objects.filter(pk__in=held.values("user")).order_by("name", "pk"), on)
