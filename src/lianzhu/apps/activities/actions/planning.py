"""Announce, change, call off. No agenda goes out before it has passed the check."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lianzhu.apps.activities import permissions
from lianzhu.apps.activities.actions.attending import move_up, seats_taken
from lianzhu.apps.activities.agenda import check_agenda, said_of
from lianzhu.apps.activities.models import Activity, SignUp
from lianzhu.apps.cases import clock
from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.organisation.models import Body


@dataclass(frozen=True)
class Plan:
    """What is said of an activity; `agenda` one item a line, `capacity` None for no limit."""

    kind: str
    title: str
    begins_at: datetime
    ends_at: datetime
    place: str
    agenda: str
    capacity: int | None = None


@transaction.atomic
def announce_activity(*, actor: User, chain_id: int, host_id: int, plan: Plan) -> Activity:
    """Announce a forum, lecture, training or joint meeting; from now on people sign up."""
    chain = Chain.objects.get(pk=chain_id)
    host = Body.objects.as_of(clock.today()).filter(chain=chain, pk=host_id).first()
    if host is None:
        raise RuleBroken(_("Choose a body of this chain as host."))
    if not permissions.can_announce(actor, chain, host):
        raise PermissionDenied
    _check(plan)
    activity = Activity(chain=chain, host=host, announced_by=actor, announced_at=clock.now())
    _set(activity, plan)
    activity.save()
    audit.record(actor, "activity.announced", activity)
    return activity


@transaction.atomic
def change_activity(*, actor: User, activity_id: int, plan: Plan) -> Activity:
    """Change what was announced; more seats move the waiting list up."""
    activity = _announced(actor, activity_id)
    _check(plan)
    if plan.capacity is not None and plan.capacity < (taken := seats_taken(activity)):
        raise RuleBroken(
            _("%(taken)s people are registered already; fewer seats would turn somebody away.") % {"taken": taken}
        )
    _set(activity, plan)
    activity.save()
    move_up(activity)
    audit.record(actor, "activity.changed", activity)
    return activity


@transaction.atomic
def call_off(*, actor: User, activity_id: int, why: str) -> Activity:
    """Call it off; the list stays, so that people can be told."""
    activity = _announced(actor, activity_id)
    if not why.strip():
        raise RuleBroken(_("Say why, for those who signed up."))
    activity.state, activity.called_off_why = Activity.State.CALLED_OFF, why.strip()
    activity.save(update_fields=["state", "called_off_why"])
    SignUp.objects.filter(activity=activity, state=SignUp.State.WAITLISTED).update(state=SignUp.State.CANCELLED)
    audit.record(actor, "activity.called_off", activity)
    return activity


def _announced(actor: User, activity_id: int) -> Activity:
    activity = Activity.objects.select_for_update().get(pk=activity_id)
    if not permissions.can_run(actor, activity):
        raise PermissionDenied
    if activity.state != Activity.State.ANNOUNCED:
        raise RuleBroken(_("This activity is over or called off; announce a new one."))
    return activity


def _check(plan: Plan) -> None:
    stops = check_agenda(f"{plan.title}\n{plan.agenda}")
    if stops:
        raise RuleBroken(said_of(stops))
    if plan.kind not in Activity.Kind.values:
        raise RuleBroken(_("Choose a kind of activity from the list."))
    if not plan.agenda.strip():
        raise RuleBroken(_("Write the agenda, one item a line. Without an agenda nobody is invited."))
    if plan.ends_at <= plan.begins_at:
        raise RuleBroken(_("It has to end after it begins."))
    if plan.begins_at <= clock.now():
        raise RuleBroken(_("It has to begin in the future."))
    if plan.capacity is not None and plan.capacity < 1:
        raise RuleBroken(_("Leave the number of seats empty, or give at least one."))


def _set(activity: Activity, plan: Plan) -> None:
    activity.kind, activity.title, activity.place = plan.kind, " ".join(plan.title.split()), plan.place.strip()
    activity.begins_at, activity.ends_at, activity.capacity = plan.begins_at, plan.ends_at, plan.capacity
    activity.agenda = "\n".join(line.strip() for line in plan.agenda.splitlines() if line.strip())
