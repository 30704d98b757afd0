"""May this person do this? No side effects; who may read rows is `visible_to`."""

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.actions.accounts import SYSTEM
from lianzhu.apps.enterprises.models import Chain, Enterprise, Membership, Role, access_of
from lianzhu.apps.enterprises.permissions import is_own_firm
from lianzhu.apps.policies.models import Claim, answered_by


def can_read_values(user: User, firm: Enterprise) -> bool:
    """The firm, whom it granted, and its statistician: clause values, gaps and amounts. Nobody else, ever."""
    access = access_of(user)
    if firm.pk in access.own_firms | access.granted_firms:
        return True
    return Membership.objects.filter(enterprise=firm, chain__in=access.statistician_chains).exists()


def can_answer(user: User, firm: Enterprise) -> bool:
    """A firm answers for itself."""
    return is_own_firm(user, firm)


def can_build(user: User, firm: Enterprise) -> bool:
    """The firm its own package; office, statistician and the product itself every one of the chain."""
    access = access_of(user)
    if user.username == SYSTEM or is_own_firm(user, firm):
        return True
    chains = access.office_chains | access.statistician_chains
    return Membership.objects.filter(enterprise=firm, chain__in=chains).exists()


def can_build_all(user: User, chain: Chain) -> bool:
    """The office of the chain and the product itself."""
    return user.username == SYSTEM or chain.pk in access_of(user).office_chains


def sees_verdicts(user: User) -> bool:
    """Untied office staff read verdicts firm by firm; every look is kept."""
    return bool(access_of(user).office_chains)


def sees_verdicts_of(user: User, firm: Enterprise) -> bool:
    """The same for one firm: the office of a chain it takes part in."""
    return Membership.objects.filter(enterprise=firm, chain__in=access_of(user).office_chains).exists()


def sees_counts(user: User) -> bool:
    """Office, statistician, committee and departments: counts in bands."""
    return bool(access_of(user).roles & {Role.OFFICE, Role.STATISTICIAN, Role.COMMITTEE, Role.DEPARTMENT})


def can_apply(user: User, firm: Enterprise) -> bool:
    """A firm claims for itself."""
    return is_own_firm(user, firm)


def can_answer_claim(user: User, claim: Claim) -> bool:
    """The department whose desk answers the policy."""
    return answered_by(user).filter(chain=claim.chain_id, policy=claim.policy).exists()


def can_confirm_receipt(user: User, claim: Claim) -> bool:
    """Only the firm knows that the money came."""
    return claim.enterprise_id in access_of(user).own_firms


def can_record_certificate(user: User, claim: Claim) -> bool:
    """The department that issued it, and the firm that holds it."""
    return can_answer_claim(user, claim) or can_confirm_receipt(user, claim)


def sees_amounts(user: User, claim: Claim) -> bool:
    """The firm, whom it granted, and the department that pays. Amounts bracket figures: not the office."""
    access = access_of(user)
    return claim.enterprise_id in access.own_firms | access.granted_firms or can_answer_claim(user, claim)


def can_set_desk(user: User, chain: Chain) -> bool:
    """The chain office says which body answers a policy."""
    return chain.pk in access_of(user).office_chains
