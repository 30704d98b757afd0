"""Two files of one firm become one, and can be taken apart again; an append-only log keeps who said so and why."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lianzhu.apps.core import audit, search
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises import permissions
from lianzhu.apps.enterprises.actions import writing
from lianzhu.apps.enterprises.models import Chain, Enterprise, IdentityEvent, Membership

Kind = IdentityEvent.Kind


@transaction.atomic
def merge_firms(*, actor: User, kept_id: int, other_id: int, why: str) -> Enterprise:
    """Say that two files are one firm: the other leads to the kept one from now on. Nothing of either is deleted.

    Its statements stay with it, readable in its history; the address of the old file leads to the kept one.
    """
    firms = {firm.pk: firm for firm in _lock(kept_id, other_id)}
    if len(firms) != 2:
        raise RuleBroken(_("Choose two different firms."))
    kept, other = firms[kept_id], firms[other_id]
    if not permissions.can_merge_firms(actor, kept, other):
        raise PermissionDenied
    if Enterprise.State.ACTIVE not in (kept.state, other.state) or kept.state != other.state:
        raise RuleBroken(_("Only two firms that both stand in the lists can be merged."))
    if not why.strip():
        raise RuleBroken(_("Say what shows that it is one firm; a like name is not enough."))
    if kept.code and other.code and kept.code != other.code:
        raise RuleBroken(_("Both have a valid code, and the codes differ: these are two firms."))
    other.state, other.merged_into, other.updated_at = Enterprise.State.MERGED, kept, timezone.now()
    code, other.code = other.code, None
    other.save(update_fields=["state", "merged_into", "updated_at", "code"])
    if code and not kept.code:
        kept.code = code
        kept.save(update_fields=["code"])
    search.forget(search.Kind.ENTERPRISE, [other.pk])
    _log(Kind.MERGED, kept, other, why, actor)
    audit.record(actor, "firm.merged", kept, about=other.pk)
    return kept


@transaction.atomic
def split_firms(*, actor: User, other_id: int, why: str) -> Enterprise:
    """Take a merge back: the other firm stands in the lists again, with everything it had."""
    other = Enterprise.objects.select_for_update().get(pk=other_id)
    kept = other.merged_into
    if kept is None or not permissions.can_merge_firms(actor, kept, other):
        raise PermissionDenied
    if not why.strip():
        raise RuleBroken(_("Say what shows that these are two firms."))
    other.state, other.merged_into = Enterprise.State.ACTIVE, None
    other.save(update_fields=["state", "merged_into"])
    for chain in Chain.objects.select_for_update().filter(firms=other).order_by("pk"):
        writing.move_on(chain)
    # A code the other brought along is its own again.
    writing.refresh_heads([kept.pk])
    writing.refresh_heads([other.pk])
    _log(Kind.SPLIT, kept, other, why, actor)
    audit.record(actor, "firm.split", kept, about=other.pk)
    return other


def _lock(*ids: int) -> Iterable[Enterprise]:
    """Chains first, as imports do, then the firms by id, so that two people never wait for each other."""
    chains = Membership.objects.filter(enterprise__in=ids).values("chain")
    for chain in Chain.objects.select_for_update().filter(pk__in=chains).order_by("pk"):
        writing.move_on(chain)
    return Enterprise.objects.select_for_update().filter(pk__in=ids).order_by("pk")


def _log(kind: Kind, kept: Enterprise, other: Enterprise, why: str, actor: User) -> None:
    IdentityEvent.objects.create(
        kind=kind, enterprise=kept, other=other, why=why.strip()[:300], by=actor, at=timezone.now()
    )
