"""The second factor: a code from an app on the person's own device. Set up, replaced, and removed by two people."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import AuditEntry, User
from lianzhu.apps.enterprises import permissions

VOUCHED = "factor.vouched"
REMOVED = "factor.removed"
# The second person has until then; after it both begin again.
VOUCHER_LASTS = timedelta(days=2)


def factor_of(user: User) -> TOTPDevice | None:
    """The person's working second factor, or None."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def code_now(user: User) -> str:
    """The six digits a person's factor shows now, '' without one. For the demo, which shows them on loopback only."""
    device = factor_of(user)
    if device is None:
        return ""
    return f"{totp(device.bin_key, device.step, device.t0, device.digits, device.drift):06d}"


@transaction.atomic
def begin_factor(*, actor: User) -> TOTPDevice:
    """The factor being set up: made once and kept until it works, so that loading the page again changes nothing."""
    User.objects.select_for_update().get(pk=actor.pk)
    device = TOTPDevice.objects.filter(user=actor, confirmed=False).first()
    if device is None:
        device = TOTPDevice.objects.create(user=actor, name="app", confirmed=False)
        audit.record(actor, "factor.begun", actor)
    return device


@transaction.atomic
def confirm_factor(*, actor: User, token: str) -> TOTPDevice:
    """The first right code makes the new factor the only one."""
    device = TOTPDevice.objects.select_for_update().filter(user=actor, confirmed=False).first()
    if device is None:
        raise RuleBroken(_("There is no second factor to confirm; begin again."))
    if not device.verify_token(token):
        raise WrongToken
    TOTPDevice.objects.filter(user=actor).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    audit.record(actor, "factor.confirmed", actor)
    return device


class WrongToken(Exception):
    """The six digits do not fit now; the form says so."""


def check_factor(*, actor: User, token: str) -> TOTPDevice:
    """Check the six digits of a sign-in. Wrong tries are counted and slow the next one down."""
    # No transaction around the check: the count of wrong tries must stay when the sign-in is refused.
    device = factor_of(actor)
    if device is None:
        raise RuleBroken(_("This account has no second factor yet; set it up first."))
    if not device.verify_token(token):
        raise WrongToken
    audit.record(actor, "factor.given", actor)
    return device


def vouchers(user: User) -> list[int]:
    """Ids of the people who vouch at present that this person lost the factor; read from the record itself."""
    about = AuditEntry.objects.filter(subject_kind="core.user", subject_id=str(user.pk))
    last = about.filter(act__in=[REMOVED, "factor.confirmed"]).order_by("-number").first()
    since = timezone.now() - VOUCHER_LASTS
    open_now = about.filter(act=VOUCHED, at__gt=since, number__gt=last.number if last else 0)
    return list(open_now.order_by("number").values_list("actor_id", flat=True))


@transaction.atomic
def vouch_for_lost_factor(*, actor: User, user_id: int) -> bool:
    """Two different people, each face to face, remove a lost factor. True when this was the second one."""
    user = User.objects.select_for_update().get(pk=user_id)
    if not permissions.can_vouch_for_lost_factor(actor, user):
        raise PermissionDenied
    if factor_of(user) is None:
        raise RuleBroken(_("This person has no second factor to remove."))
    before = vouchers(user)
    if actor.pk in before:
        raise RuleBroken(_("You vouched already. A second person has to do the same."))
    audit.record(actor, VOUCHED, user)
    if not before:
        return False
    TOTPDevice.objects.filter(user=user).delete()
    audit.record(actor, REMOVED, user, about=before[0])
    return True
