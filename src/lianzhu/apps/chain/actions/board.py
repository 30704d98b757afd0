"""A finding of the board becomes a case with an owner and a limit."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from lianzhu.apps.cases.actions.entering import open_case
from lianzhu.apps.cases.models import Case, Kind
from lianzhu.apps.chain import permissions
from lianzhu.apps.core.models import User
from lianzhu.apps.findings.actions import made_a_case
from lianzhu.apps.findings.queries import newest_of, sentence
from lianzhu.apps.organisation.models import Body

TITLE = 120


@transaction.atomic
def make_case(*, actor: User, finding_id: int, owner_id: int, days: int, text: str) -> Case:
    """Hand an open finding to a body, with a limit in working days. Case and finding change together or not at all.

    The case names the node, never the finding's firm: what links tell of one firm is not for that firm's file.
    """
    finding = made_a_case(actor=actor, finding_id=finding_id)
    if not permissions.can_keep_board(actor, finding.chain):
        raise PermissionDenied
    owner = Body.objects.get(pk=owner_id, chain=finding.chain_id)
    return open_case(
        actor=actor,
        chain=finding.chain,
        kind=Kind.FINDING,
        title=sentence(finding, newest_of([finding])[finding.pk].evidence)[:TITLE],
        text=text,
        finding=finding,
        owner=owner,
        limit=f"{days}wd",
        node=finding.node,
    )
