"""Gaps of cross appointment become findings; the office makes cases of them."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_noop

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.actions.accounts import system_user
from lianzhu.apps.enterprises.models import Chain, Confidentiality
from lianzhu.apps.findings.actions import Found, Recorded, record_findings
from lianzhu.apps.organisation import permissions
from lianzhu.apps.organisation.queries.coverage import Row, State, coverage

KIND = "cross_appointment"
NO_BRANCH = gettext_noop("{firm} belongs to no branch.")
NO_BRANCH_WRONG = gettext_noop("A branch or united branch looks after the firm and is not entered yet.")
NOT_IN_BRANCH = gettext_noop("{firm}: nobody of the management sits in {branch}.")
NOT_IN_MANAGEMENT = gettext_noop("{firm}: neither secretary nor deputies of {branch} sit in the management.")
SEAT_WRONG = gettext_noop("A seat or a management post is missing from the record.")


@transaction.atomic
def record_gaps(*, actor: User, chain_id: int, on: date) -> Recorded:
    """Record what cross appointment lacks as of a day. Firms whose management is not known are no gap."""
    chain = Chain.objects.select_for_update().get(pk=chain_id)
    if not permissions.can_organise(actor, chain):
        raise PermissionDenied
    found = [one for row in coverage(chain, on, names=False) for one in _gaps(row)]
    return record_findings(actor=system_user(), chain=chain, kind=KIND, found=found, on=on)


def _gaps(row: Row) -> list[Found]:
    if row.branch_id is None:
        return [_found(row, "no_branch", NO_BRANCH, NO_BRANCH_WRONG)]
    gaps = []
    if row.management_in_branch.state == State.GAP:
        gaps.append(_found(row, "management_in_branch", NOT_IN_BRANCH, SEAT_WRONG))
    if row.branch_in_management.state == State.GAP:
        gaps.append(_found(row, "branch_in_management", NOT_IN_MANAGEMENT, SEAT_WRONG))
    return gaps


def _found(row: Row, what: str, says: str, wrong_if: str) -> Found:
    return Found(
        key=f"{row.firm.pk}:{what}",
        says=says,
        wrong_if=wrong_if,
        # Names of firms without a branch are no news for their competitors.
        confidentiality=Confidentiality.OFFICE,
        enterprise_id=row.firm.pk,
        evidence={"branch": row.branch},
    )
