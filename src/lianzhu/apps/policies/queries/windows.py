"""What ends soon for a firm: windows that take applications, and certificates; and whom it is told to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Enterprise, FactValue, Role, RoleAssignment, access_of
from lianzhu.apps.enterprises.queries.file import label_of
from lianzhu.apps.policies.models import Claim, Responsible, Standing, Verdict
from lianzhu.apps.policies.words import title_of, windows
from lianzhu.engine.clock import Calendar, is_working_day
from lianzhu.engine.rules.shelf import library_shelf
from lianzhu.library.facts import facts

# Days before the last one on which its firm is reminded.
STEPS = (30, 14, 3)
# A reminder moves back over days off, of which the longest run in a year is well below this.
LOOK_AHEAD = timedelta(days=STEPS[0] + 15)
# Whoever fails today by more than one clause is not called to apply.
WORTH_TELLING = (Standing.QUALIFIES, Standing.READY, Standing.ONE_STEP, Standing.UNKNOWN)


@dataclass(frozen=True)
class Closing:
    """A window that is open and closes soon."""

    policy: str
    title: str
    first: date
    last: date


@dataclass(frozen=True)
class Ending:
    """Something that ends for one firm: `about` is a policy's id, or the fact that holds a certificate's last day."""

    enterprise: int
    about: str
    title: str
    last: date
    is_window: bool


def step_on(today: date, last: date, calendar: Calendar) -> int | None:
    """The reminder that is due: 30, 14 or 3 days before the last day, or None.

    A step that falls on a day off is taken on the working day before, for nobody is told anything on days off.
    """
    if today > last:
        return None
    return min((step for step in STEPS if today >= _working(last - timedelta(days=step), calendar)), default=None)


def _working(day: date, calendar: Calendar) -> date:
    while not is_working_day(day, calendar):
        day -= timedelta(days=1)
    return day


def closing_windows(today: date) -> list[Closing]:
    """Windows open today that close within about a month, by last day."""
    found = []
    for policy in library_shelf().policies.values():
        version = policy.version_on(today)
        for window in windows(version) if version else ():
            if window.open_on(today) and window.last - today <= LOOK_AHEAD:
                found.append(Closing(policy.id, title_of(policy), window.first, window.last))
    return sorted(found, key=lambda one: (one.last, one.policy))


def endings(firms: Iterable[int], today: date) -> list[Ending]:
    """What ends within about a month for these firms; a window counts unless the firm has applied in it. Three queries.

    Only the firm itself is told, so the verdicts are read without asking who looks.
    """
    ids = list(firms)
    closing = {one.policy: one for one in closing_windows(today)}
    rows = Verdict.objects.filter(
        package__latest=True, package__enterprise__in=ids, policy__in=closing, standing__in=WORTH_TELLING
    ).values_list("package__enterprise", "policy")
    applied = {
        (firm, policy)
        for firm, policy, on in Claim.objects.filter(enterprise__in=ids, policy__in=closing).values_list(
            "enterprise", "policy", "applied_on"
        )
        if on >= closing[policy].first
    }
    found = [
        Ending(firm, policy, closing[policy].title, closing[policy].last, is_window=True)
        for firm, policy in rows
        if (firm, policy) not in applied
    ]
    known = facts()
    edge = (today + LOOK_AHEAD).isoformat()
    held = FactValue.objects.current().filter(
        enterprise__in=ids, fact__endswith="_valid_until", value__gte=today.isoformat(), value__lte=edge
    )
    found += [
        Ending(row.enterprise_id, row.fact, label_of(known[row.fact]), date.fromisoformat(row.value), is_window=False)
        for row in held
        if row.fact in known
    ]
    return sorted(found, key=lambda one: (one.last, one.enterprise, one.about))


def endings_for(user: User, today: date) -> list[Ending]:
    """Windows that close soon for the person's own firms. Certificates stand on the first page for longer already."""
    return [one for one in endings(sorted(access_of(user).own_firms), today) if one.is_window]


def responsible_of(firms: Iterable[int], today: date) -> dict[int, User]:
    """Firm -> who sees to its policies: the one it named, else its first user; nobody for a firm without users."""
    ids = list(firms)
    in_force = models.Q(until__isnull=True) | models.Q(until__gte=today)
    held = RoleAssignment.objects.filter(
        in_force, role=Role.FIRM, enterprise__in=ids, since__lte=today, user__is_active=True
    ).select_related("user")
    users: dict[int, list[User]] = {}
    for row in held.order_by("since", "pk"):
        if row.enterprise_id is not None:
            users.setdefault(row.enterprise_id, []).append(row.user)
    named = dict(Responsible.objects.filter(enterprise__in=ids).values_list("enterprise", "user"))
    return {
        firm: next((one for one in people if one.pk == named.get(firm)), people[0]) for firm, people in users.items()
    }


def users_of(firm: Enterprise, today: date) -> list[User]:
    """The firm's people with an account, who can be named responsible."""
    in_force = models.Q(until__isnull=True) | models.Q(until__gte=today)
    held = RoleAssignment.objects.filter(in_force, role=Role.FIRM, enterprise=firm, since__lte=today)
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name", "pk"))
