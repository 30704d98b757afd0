"""Writes of the portal itself: verifying the record is an act, and recorded like any other."""

from django.core.exceptions import PermissionDenied

from lianzhu.apps.core import audit
from lianzhu.apps.core.models import AuditHead, User
from lianzhu.apps.enterprises import permissions
from lianzhu.apps.enterprises.models import Role


def verify_log(*, actor: User) -> audit.Verdict:
    """Recompute the whole chain of entries and record what was found."""
    if not permissions.has_role(actor, Role.AUDITOR):
        raise PermissionDenied
    # Outside a transaction: reading a long log must not hold up those who write.
    verdict = audit.verify()
    head, _new = AuditHead.objects.get_or_create(pk=1)
    whole = verdict.broken_at is None
    act, number = ("audit.verified", verdict.entries) if whole else ("audit.broken", verdict.broken_at)
    audit.record(actor, act, head, about=number)
    return verdict
