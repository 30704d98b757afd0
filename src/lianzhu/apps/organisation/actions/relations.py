"""Branches and firms, branches and branches."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Enterprise
from lianzhu.apps.organisation.actions.bodies import firm_to_branch, locked_chain
from lianzhu.apps.organisation.actions.terms import check_term, close, overlapping, within
from lianzhu.apps.organisation.models import Body, BranchFirm, Pairing


@transaction.atomic
def link_firm(
    *, actor: User, body_id: int, enterprise_id: int, since: date, source: str, until: date | None = None
) -> BranchFirm:
    """Let a united branch look after a firm; a firm belongs to one branch at a time."""
    body = Body.objects.select_related("chain").get(pk=body_id)
    chain = locked_chain(actor, body.chain_id)
    body.refresh_from_db()
    _name, source = check_term(body.name, source, since, until)
    if body.kind != Body.Kind.UNITED_BRANCH:
        raise RuleBroken(_("Only a united branch takes firms; a firm branch has its own."))
    if not within(body, since, until):
        raise RuleBroken(_("%(body)s does not exist all that time. Choose days within its life.") % {"body": body.name})
    firm = Enterprise.objects.filter(chains=chain, pk=enterprise_id).first()
    link = firm_to_branch(body, firm, since=since, until=until, source=source)
    audit.record(actor, "branch.firm_linked", link, about=body.pk)
    return link


@transaction.atomic
def unlink_firm(*, actor: User, link_id: int, on: date) -> BranchFirm:
    """Set the last day a united branch looks after a firm."""
    link = BranchFirm.objects.select_related("body__chain").get(pk=link_id)
    locked_chain(actor, link.body.chain_id)
    link.refresh_from_db()
    if link.body.kind == Body.Kind.BRANCH:
        raise RuleBroken(_("A firm branch and its firm end together: end the branch."))
    close(link, on)
    audit.record(actor, "branch.firm_unlinked", link, about=link.body_id)
    return link


@transaction.atomic
def pair_branches(
    *, actor: User, body_ids: tuple[int, int], purpose: str, since: date, source: str, until: date | None = None
) -> Pairing:
    """Pair two branches of one chain for a purpose."""
    first, second = sorted(body_ids)
    branches = {one.pk: one for one in Body.objects.filter(pk__in=(first, second), kind__in=Body.BRANCHES)}
    if len(branches) != 2 or branches[first].chain_id != branches[second].chain_id:
        raise RuleBroken(_("Choose two different branches of this chain."))
    locked_chain(actor, branches[first].chain_id)
    purpose, source = check_term(purpose, source, since, until)
    for body in branches.values():
        body.refresh_from_db()
        if not within(body, since, until):
            raise RuleBroken(
                _("%(body)s does not exist all that time. Choose days within its life.") % {"body": body.name}
            )
    if Pairing.objects.filter(overlapping(since, until), branch_a=first, branch_b=second).exists():
        raise RuleBroken(_("These two branches are paired in that time already."))
    pair = Pairing.objects.create(
        branch_a_id=first, branch_b_id=second, purpose=purpose, since=since, until=until, source=source
    )
    audit.record(actor, "branches.paired", pair)
    return pair


@transaction.atomic
def end_pairing(*, actor: User, pairing_id: int, on: date) -> Pairing:
    """Set the last day of a pairing."""
    pair = Pairing.objects.select_related("branch_a").get(pk=pairing_id)
    locked_chain(actor, pair.branch_a.chain_id)
    pair.refresh_from_db()
    close(pair, on)
    audit.record(actor, "pairing.ended", pair)
    return pair
