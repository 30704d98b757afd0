"""May this person do this? No side effects; who may read is `visible_to`, not here."""

from lianzhu.apps.activities.models import Activity, SignUp
from lianzhu.apps.cases.models import works_for
from lianzhu.apps.cases.permissions import is_office
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, Enterprise, access_of
from lianzhu.apps.organisation.models import Body, keeper_chains


def can_announce(user: User, chain: Chain, host: Body) -> bool:
    """Chain office and organisation secretary for any body; others for a body they work for."""
    return host.chain_id == chain.pk and (chain.pk in keeper_chains(user) or host.pk in works_for(user))


def can_announce_something(user: User, chain: Chain) -> bool:
    """Whether there is any body for which the person may announce."""
    return chain.pk in keeper_chains(user) or bool(works_for(user))


def can_run(user: User, activity: Activity) -> bool:
    """Change, call off, keep the list, papers, minutes, outcome."""
    return activity.chain_id in keeper_chains(user) or activity.host_id in works_for(user)


def can_decide(user: User, activity: Activity) -> bool:
    """A decision is dispatched as a case at once, which is the chain office's act."""
    return is_office(user, activity.chain_id)


def can_sign_up(user: User, activity: Activity, firm: Enterprise | None) -> bool:
    """Everybody of the chain for themselves; a firm's people for the firm; who runs it for anybody."""
    if can_run(user, activity):
        return True
    access = access_of(user)
    return activity.chain_id in access.chains and (firm is None or firm.pk in access.own_firms)


def can_cancel(user: User, sign_up: SignUp) -> bool:
    """Who signed up, the person, the firm, and who runs it."""
    mine = user.pk in (sign_up.user_id, sign_up.signed_by_id) or sign_up.firm_id in access_of(user).own_firms
    return mine or can_run(user, sign_up.activity)
