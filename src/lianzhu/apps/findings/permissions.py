"""May this person decide on a finding, or have findings recorded? No side effects."""

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.actions.accounts import SYSTEM
from lianzhu.apps.enterprises.models import Chain, Confidentiality, access_of
from lianzhu.apps.findings.models import Finding


def can_record_findings(user: User, chain: Chain) -> bool:
    """The office and the statistician of the chain, who bring files in, and the product itself as a named person."""
    access = access_of(user)
    return user.username == SYSTEM or chain.pk in access.office_chains | access.statistician_chains


def can_set_aside(user: User, finding: Finding) -> bool:
    """The office, for what it may read; the statistician for findings on confidential facts."""
    access = access_of(user)
    if finding.confidentiality in (Confidentiality.FIRM, Confidentiality.STATISTICS):
        return finding.chain_id in access.statistician_chains
    return finding.chain_id in access.office_chains
