"""A firm opens its values to a person, for a purpose, until a date, and closes them again."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises import permissions
from lianzhu.apps.enterprises.models import AccessGrant, Enterprise, Look, Role, access_of

LONGEST = timedelta(days=366)


@transaction.atomic
def grant_access(*, actor: User, firm_id: int, to_user_id: int, purpose: str, until: date) -> AccessGrant:
    """Let one person read this firm's secret values, for a stated purpose, until a day at most a year away."""
    firm = Enterprise.objects.select_for_update().get(pk=firm_id)
    if not permissions.can_grant_access(actor, firm):
        raise PermissionDenied
    reader = User.objects.get(pk=to_user_id)
    today = timezone.localdate()
    if not today <= until <= today + LONGEST:
        raise RuleBroken(_("Choose an end date from today to one year ahead."))
    if not purpose.strip():
        raise RuleBroken(_("Say what the values are for; the reader is bound to it."))
    # A competitor's head must not be handed another firm's figures, even by mistake.
    if access_of(reader).roles & {Role.FIRM, Role.COMMITTEE} or not reader.is_active:
        raise RuleBroken(
            _("This person is tied to a firm, or has left. Choose somebody of the office or a department.")
        )
    grant = AccessGrant.objects.create(
        user=reader,
        enterprise=firm,
        purpose=purpose.strip(),
        until=until,
        granted_by=actor,
        granted_at=timezone.now(),
    )
    audit.record(actor, "grant.given", grant, about=firm.pk)
    return grant


@transaction.atomic
def revoke_grant(*, actor: User, grant_id: int) -> AccessGrant:
    """Close a grant at once."""
    grant = AccessGrant.objects.select_for_update().select_related("enterprise").get(pk=grant_id)
    if not permissions.can_grant_access(actor, grant.enterprise):
        raise PermissionDenied
    if grant.revoked_at is not None:
        raise RuleBroken(_("This grant was revoked already."))
    grant.revoked_at = timezone.now()
    grant.save(update_fields=["revoked_at"])
    audit.record(actor, "grant.revoked", grant, about=grant.enterprise_id)
    return grant


@transaction.atomic
def note_look(*, actor: User, firm: Enterprise, purpose: str) -> Look | None:
    """Keep that somebody read secret values of a firm, once an hour per person; the firm sees the list.

    Reading one's own firm leaves no note.
    """
    if firm.pk in access_of(actor).own_firms:
        return None
    recent = timezone.now() - timedelta(hours=1)
    if Look.objects.filter(user=actor, enterprise=firm, at__gte=recent, purpose=purpose).exists():
        return None
    look = Look.objects.create(user=actor, enterprise=firm, purpose=purpose, at=timezone.now())
    audit.record(actor, "firm.secrets_read", firm)
    return look
