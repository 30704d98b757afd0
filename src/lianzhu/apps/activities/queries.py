"""Reads for pages and for the first page."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from lianzhu.apps.activities.models import Activity, Decision, SignUp
from lianzhu.apps.cases import clock
from lianzhu.apps.cases.models import Case, works_for
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.organisation.models import Body, keeper_chains

# Outcomes are asked for so many days before the ninety are over.
REMIND_DAYS = 7


@dataclass(frozen=True)
class Counts:
    """How many stand on the list in each state; open to everybody who sees the activity."""

    registered: int
    waitlisted: int
    attended: int
    absent: int


def counted(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """With the number of seats taken, of those who wait and of those who came."""
    return activities.select_related("host").annotate(
        seated=Count("sign_ups", filter=Q(sign_ups__state__in=SignUp.SEATED)),
        waiting=Count("sign_ups", filter=Q(sign_ups__state=SignUp.State.WAITLISTED)),
        came=Count("sign_ups", filter=Q(sign_ups__state=SignUp.State.ATTENDED)),
    )


def counts_of(activity: Activity) -> Counts:
    """One query for the whole list."""
    found = dict(SignUp.objects.filter(activity=activity).values_list("state").annotate(n=Count("id")).order_by())
    return Counts(*(found.get(state, 0) for state in ("registered", "waitlisted", "attended", "absent")))


def hosts(user: User, chain: Chain) -> QuerySet[Body]:
    """Bodies for which the person may announce an activity."""
    living = Body.objects.as_of(clock.today()).filter(chain=chain).exclude(kind__in=Body.AT_A_PLACE)
    if chain.pk not in keeper_chains(user):
        living = living.filter(pk__in=works_for(user))
    return living.order_by("kind", "name")


def owners(chain: Chain) -> QuerySet[Body]:
    """Bodies that can carry out a decision: those that take cases in hand."""
    kinds = (Body.Kind.OFFICE, Body.Kind.DEPARTMENT, Body.Kind.INSTITUTE, Body.Kind.TEAM)
    return Body.objects.as_of(clock.today()).filter(chain=chain, kind__in=kinds).order_by("kind", "name")


def decisions_of(user: User, activity: Activity) -> list[tuple[Decision, bool]]:
    """Decisions in order, and whether the person may open the case behind each."""
    found = list(activity.decisions.select_related("owner", "case").order_by("id"))
    opens = set(
        Case.objects.visible_to(user).filter(pk__in=[one.case_id for one in found]).values_list("pk", flat=True)
    )
    return [(one, one.case_id in opens) for one in found]


def outcomes_due(user: User, today: date) -> list[Activity]:
    """Held activities whose ninety days are over or nearly so, for those who run them."""
    held = Activity.objects.convened_by(user).filter(state=Activity.State.HELD, outcome="")
    rows = held.order_by("ends_at", "id")[:50]
    return [one for one in rows if (one.outcome_due - today).days <= REMIND_DAYS]


def to_conclude(user: User) -> QuerySet[Activity]:
    """Over, and neither attendance nor minutes are noted yet, for those who run them."""
    over = Activity.objects.convened_by(user).filter(state=Activity.State.ANNOUNCED, ends_at__lt=timezone.now())
    return over.order_by("ends_at", "id")


def going_to(user: User) -> QuerySet[SignUp]:
    """Activities ahead for which the person is on the list."""
    mine = SignUp.objects.filter(user=user, state__in=[SignUp.State.REGISTERED, SignUp.State.WAITLISTED])
    ahead = mine.filter(activity__state=Activity.State.ANNOUNCED, activity__begins_at__gte=timezone.now())
    return ahead.select_related("activity").order_by("activity__begins_at", "id")
