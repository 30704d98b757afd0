"""Open and close the room; let keepers in and out."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.cultivation import permissions
from lianzhu.apps.cultivation.models import Keeper, Switch, is_on
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.organisation.models import held_on

# Moves on when the notice on the page changes; whoever turned an older wording on is asked to read the new one.
NOTICE = "2026-11"


@transaction.atomic
def turn_on(*, actor: User, chain_id: int, notice: str) -> Switch:
    """Open the room, by an administrator who read the present notice."""
    chain = _locked(actor, chain_id)
    if notice != NOTICE:
        raise RuleBroken(_("Read the notice to its end and confirm it first."))
    if is_on(chain.pk):
        raise RuleBroken(_("The room is on already."))
    switch = Switch.objects.create(chain=chain, on=True, notice=notice, by=actor, at=timezone.now())
    audit.record(actor, "cultivation.turned_on", switch)
    return switch


@transaction.atomic
def turn_off(*, actor: User, chain_id: int) -> Switch:
    """Close the room at once, for everybody; what is due for erasure is erased all the same."""
    chain = _locked(actor, chain_id)
    if not is_on(chain.pk):
        raise RuleBroken(_("The room is off already."))
    switch = Switch.objects.create(chain=chain, on=False, notice=NOTICE, by=actor, at=timezone.now())
    audit.record(actor, "cultivation.turned_off", switch)
    return switch


@transaction.atomic
def let_in(*, actor: User, chain_id: int, user_id: int) -> Keeper:
    """Make an organisation secretary keeper of the records."""
    chain = _locked(actor, chain_id)
    user = User.objects.get(pk=user_id)
    if not is_on(chain.pk):
        raise RuleBroken(_("Turn the room on first."))
    if not permissions.can_be_keeper(user, chain):
        raise RuleBroken(_("Only an organisation secretary who is no administrator can keep these records."))
    if Keeper.objects.filter(held_on(timezone.localdate()), chain=chain, user=user).exists():
        raise RuleBroken(_("This person keeps the records already."))
    keeper = Keeper.objects.create(chain=chain, user=user, since=timezone.localdate(), assigned_by=actor)
    audit.record(actor, "cultivation.keeper_let_in", keeper, about=user.pk)
    return keeper


@transaction.atomic
def let_out(*, actor: User, keeper_id: int) -> Keeper:
    """End a keeper's access now."""
    keeper = Keeper.objects.select_related("chain").get(pk=keeper_id)
    _locked(actor, keeper.chain_id)
    keeper.refresh_from_db()
    if keeper.until is not None:
        raise RuleBroken(_("This person keeps the records no longer."))
    # The day before: access is gone now, not at midnight.
    keeper.until = timezone.localdate() - timedelta(days=1)
    keeper.save(update_fields=["until"])
    audit.record(actor, "cultivation.keeper_let_out", keeper, about=keeper.user_id)
    return keeper


def _locked(actor: User, chain_id: int) -> Chain:
    chain = Chain.objects.select_for_update().get(pk=chain_id)
    if not permissions.can_switch(actor, chain):
        raise PermissionDenied
    return chain
