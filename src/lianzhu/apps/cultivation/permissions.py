"""May this person do this? No side effects; who may read records is `Record.objects.visible_to`."""

from django.utils import timezone

from lianzhu.apps.core.models import User
from lianzhu.apps.cultivation.models import keeper_chains
from lianzhu.apps.enterprises.models import Chain, Role, RoleAssignment, access_of
from lianzhu.apps.organisation.models import held_on


def _holds(user: User, role: Role, chain: Chain) -> bool:
    if role not in access_of(user).roles:
        return False
    held = RoleAssignment.objects.filter(held_on(timezone.localdate()), user=user, role=role, chain=chain)
    return held.exists()


def can_switch(user: User, chain: Chain) -> bool:
    """The administrator turns the room on and off and lets keepers in, but reads nothing in it."""
    return _holds(user, Role.ADMINISTRATOR, chain)


def can_keep(user: User, chain: Chain) -> bool:
    """A keeper, while the room is on."""
    return chain.pk in keeper_chains(user)


def can_be_keeper(user: User, chain: Chain) -> bool:
    """Only an organisation secretary becomes keeper, and no administrator: whoever opens the door does not read."""
    return user.is_active and _holds(user, Role.ORGANISATION, chain) and not _holds(user, Role.ADMINISTRATOR, chain)


def can_read_log(user: User, chain: Chain) -> bool:
    """Auditor and administrator see who read which number, never a name of a record."""
    return _holds(user, Role.AUDITOR, chain) or _holds(user, Role.ADMINISTRATOR, chain)
