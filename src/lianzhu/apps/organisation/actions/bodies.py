"""Found a body, end a body."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils.translation import gettext as _

from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, Enterprise, Membership
from lianzhu.apps.organisation import permissions
from lianzhu.apps.organisation.actions.terms import check_term, overlapping
from lianzhu.apps.organisation.models import Appointment, Body, BranchFirm, Pairing, held_on


def locked_chain(actor: User, chain_id: int) -> Chain:
    """Lock the chain: writers of one organisation go one after the other, so overlaps are seen. Only its secretary."""
    chain = Chain.objects.select_for_update().get(pk=chain_id)
    if not permissions.can_organise(actor, chain):
        raise PermissionDenied
    return chain


@transaction.atomic
def found_body(
    *,
    actor: User,
    chain_id: int,
    kind: str,
    name: str,
    since: date,
    source: str,
    parent_id: int | None = None,
    enterprise_id: int | None = None,
    until: date | None = None,
) -> Body:
    """Enter a body of the tree. A firm's branch also begins to look after its firm."""
    chain = locked_chain(actor, chain_id)
    if kind in Body.AT_A_PLACE:
        raise RuleBroken(_("A post or task force is opened from its own page, with place, goal and term."))
    if (kind == Body.Kind.BRANCH) != (enterprise_id is not None):
        raise RuleBroken(_("A firm branch names its firm; every other body names none."))
    body = new_body(
        chain,
        Body(chain=chain, kind=kind, name=name, since=since, until=until, source=source, enterprise_id=enterprise_id),
        parent_id,
    )
    if kind == Body.Kind.BRANCH:
        firm_to_branch(body, body.enterprise, since=since, until=until, source=source)
    audit.record(actor, "body.founded", body)
    return body


def new_body(chain: Chain, body: Body, parent_id: int | None) -> Body:
    """Check and save a body under its parent; the caller has locked the chain and records the act."""
    body.name, body.source = check_term(body.name, body.source, body.since, body.until)
    if body.kind not in Body.Kind.values:
        raise RuleBroken(_("Choose a kind of body from the list."))
    meanwhile = Body.objects.filter(overlapping(body.since, body.until), chain=chain)
    if meanwhile.filter(name__iexact=body.name).exists():
        raise RuleBroken(_("%(name)s exists in that time already. Give another name.") % {"name": body.name})
    if body.kind == Body.Kind.COMMITTEE and meanwhile.filter(kind=Body.Kind.COMMITTEE).exists():
        raise RuleBroken(_("The chain has a committee in that time already. End it first."))
    if body.enterprise and not Membership.objects.filter(chain=chain, enterprise=body.enterprise).exists():
        raise RuleBroken(_("%(firm)s takes no part in this chain.") % {"firm": body.enterprise.name})
    if parent_id is not None:
        body.parent = Body.objects.filter(held_on(body.since), chain=chain, pk=parent_id).first()
        if body.parent is None:
            raise RuleBroken(_("The body above does not exist on %(day)s. Choose another.") % {"day": body.since})
    body.save()
    return body


def firm_to_branch(body: Body, firm: Enterprise | None, *, since: date, until: date | None, source: str) -> BranchFirm:
    """Save that a branch looks after a firm, unless another does; the caller has locked the chain."""
    if firm is None:
        raise RuleBroken(_("Choose a firm of this chain."))
    other = BranchFirm.objects.filter(overlapping(since, until), enterprise=firm).select_related("body").first()
    if other:
        raise RuleBroken(
            _("%(firm)s belongs to %(body)s since %(day)s. End that first.")
            % {"firm": firm.name, "body": other.body.name, "day": other.since}
        )
    return BranchFirm.objects.create(body=body, enterprise=firm, since=since, until=until, source=source)


@transaction.atomic
def end_body(*, actor: User, body_id: int, on: date) -> Body:
    """Set a body's last day. Its seats, firms and pairings end with it; bodies below it have to be ended first."""
    body = Body.objects.select_related("chain").get(pk=body_id)
    locked_chain(actor, body.chain_id)
    body.refresh_from_db()
    close_body(body, on)
    audit.record(actor, "body.ended", body)
    return body


def close_body(body: Body, on: date) -> None:
    """Check and save the last day of a body and of all that hangs on it; the caller locks and records."""
    if body.until is not None and body.until <= on:
        raise RuleBroken(_("%(name)s ended on %(day)s already.") % {"name": body.name, "day": body.until})
    if on < body.since:
        raise RuleBroken(_("The last day cannot lie before the first, %(day)s.") % {"day": body.since})
    below = list(Body.objects.filter(_lasting(on), parent=body).values_list("name", flat=True)[:5])
    if below:
        raise RuleBroken(_("End or re-found these bodies first: %(names)s.") % {"names": "、".join(below)})
    hanging: tuple[tuple[type[models.Model], models.Q], ...] = (
        (Appointment, models.Q(body=body)),
        (BranchFirm, models.Q(body=body)),
        (Pairing, models.Q(branch_a=body) | models.Q(branch_b=body)),
    )
    for model, mine in hanging:
        rows = model._default_manager.filter(mine)
        if rows.filter(since__gt=on).exists():
            raise RuleBroken(_("Something of this body begins after %(day)s. Choose a later day.") % {"day": on})
        rows.filter(_lasting(on)).update(until=on)
    body.until = on
    body.save(update_fields=["until"])


def _lasting(on: date) -> models.Q:
    """What would hold longer than a day."""
    return models.Q(until__isnull=True) | models.Q(until__gt=on)
