"""The list: sign up, wait, cancel, and who came. No gadget, no points: somebody ticks a list."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lianzhu.apps.activities import permissions
from lianzhu.apps.activities.models import Activity, SignUp
from lianzhu.apps.cases import clock
from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Enterprise


def seats_taken(activity: Activity) -> int:
    """People who hold a seat."""
    return SignUp.objects.filter(activity=activity, state__in=SignUp.SEATED).count()


def move_up(activity: Activity) -> list[SignUp]:
    """Give free seats to who has waited longest; the caller has locked the activity."""
    waiting = SignUp.objects.filter(activity=activity, state=SignUp.State.WAITLISTED).order_by("id")
    if activity.capacity is not None:
        waiting = waiting[: max(0, activity.capacity - seats_taken(activity))]
    moved = list(waiting)
    SignUp.objects.filter(pk__in=[one.pk for one in moved]).update(state=SignUp.State.REGISTERED)
    return moved


@transaction.atomic
def sign_up(
    *, actor: User, activity_id: int, name: str, unit: str = "", firm_id: int | None = None, for_self: bool = False
) -> SignUp:
    """Put somebody on the list: registered while there are seats, on the waiting list after that."""
    activity = Activity.objects.select_for_update().get(pk=activity_id)
    firm = Enterprise.objects.filter(pk=firm_id, chains=activity.chain_id).first() if firm_id else None
    if not permissions.can_sign_up(actor, activity, firm) or (firm_id and firm is None):
        raise PermissionDenied
    open_to_sign_up(activity)
    made = new_sign_up(activity, actor, name=name, unit=unit, firm=firm, user=actor if for_self else None)
    audit.record(actor, "activity.signed_up", made, about=activity.pk)
    return made


def open_to_sign_up(activity: Activity) -> None:
    """Refuse once it has begun or was called off."""
    if activity.state == Activity.State.CALLED_OFF:
        raise RuleBroken(_("This activity was called off."))
    if activity.state == Activity.State.HELD or activity.begins_at <= clock.now():
        raise RuleBroken(_("Sign-up closed when it began."))


def new_sign_up(
    activity: Activity, actor: User, *, name: str, unit: str, firm: Enterprise | None, user: User | None
) -> SignUp:
    """Check and save one line of the list; the caller has locked the activity and records the act."""
    name, unit = " ".join(name.split()), firm.name if firm else " ".join(unit.split())
    if not name or not unit:
        raise RuleBroken(_("Give the name and the firm or unit."))
    on_list = SignUp.objects.filter(activity=activity).exclude(state=SignUp.State.CANCELLED)
    if on_list.filter(name=name, unit=unit).exists():
        raise RuleBroken(_("%(name)s of %(unit)s is on the list already.") % {"name": name, "unit": unit})
    free = activity.capacity is None or seats_taken(activity) < activity.capacity
    return SignUp.objects.create(
        activity=activity,
        name=name,
        unit=unit,
        firm=firm,
        user=user,
        state=SignUp.State.REGISTERED if free else SignUp.State.WAITLISTED,
        signed_by=actor,
        signed_at=clock.now(),
    )


@transaction.atomic
def cancel_sign_up(*, actor: User, sign_up_id: int) -> SignUp:
    """Give a place back before it begins; who has waited longest moves up."""
    # The activity is locked first, as everywhere here: two writers in another order would wait for each other.
    activity = Activity.objects.select_for_update().get(sign_ups=sign_up_id)
    found = SignUp.objects.select_related("activity").get(pk=sign_up_id)
    if not permissions.can_cancel(actor, found):
        raise PermissionDenied
    open_to_sign_up(activity)
    if found.state not in (SignUp.State.REGISTERED, SignUp.State.WAITLISTED):
        raise RuleBroken(_("This place was given back already."))
    found.state = SignUp.State.CANCELLED
    found.save(update_fields=["state"])
    move_up(activity)
    audit.record(actor, "activity.sign_up_cancelled", found, about=activity.pk)
    return found


@transaction.atomic
def note_attendance(*, actor: User, activity_id: int, present: Collection[int]) -> Activity:
    """Say from the list who came. Who waited and came anyway attended; who waited and did not is not absent."""
    activity = Activity.objects.select_for_update().get(pk=activity_id)
    if not permissions.can_run(actor, activity):
        raise PermissionDenied
    if activity.state == Activity.State.CALLED_OFF:
        raise RuleBroken(_("This activity was called off."))
    if activity.begins_at > clock.now():
        raise RuleBroken(_("It has not begun yet; who came is noted afterwards."))
    rows = SignUp.objects.filter(activity=activity)
    came = rows.filter(pk__in=present).exclude(state=SignUp.State.CANCELLED)
    rows.filter(state__in=SignUp.SEATED).exclude(pk__in=present).update(state=SignUp.State.ABSENT)
    came.update(state=SignUp.State.ATTENDED)
    activity.state = Activity.State.HELD
    activity.save(update_fields=["state"])
    audit.record(actor, "activity.attendance_noted", activity)
    return activity
