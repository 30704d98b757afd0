"""May this person do this? No side effects; who may read findings is `Finding.objects.visible_to`."""

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.actions.accounts import SYSTEM
from lianzhu.apps.enterprises.models import Chain, Role, access_of


def can_look(user: User, chain: Chain) -> bool:
    """Start a run over public and office facts: the office of the chain, and the product itself once a day."""
    return user.username == SYSTEM or chain.pk in access_of(user).office_chains


def can_look_at_weights(user: User, chain: Chain) -> bool:
    """Start a run over real link weights: the statistician of the chain alone."""
    return chain.pk in access_of(user).statistician_chains


def sees_board(user: User) -> bool:
    """Office, statistician and committee read findings by node and band; a firm reads thin nodes and its own place."""
    return bool(access_of(user).roles & {Role.OFFICE, Role.STATISTICIAN, Role.COMMITTEE})


def can_keep_board(user: User, chain: Chain) -> bool:
    """Make cases of findings, set them aside, keep tracks, record a second source: the untied office."""
    return chain.pk in access_of(user).office_chains
