"""May this person do this? No side effects; who may read is `visible_to`, not here."""

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import (
    Chain,
    Confidentiality,
    Enterprise,
    FactValue,
    ImportBatch,
    Membership,
    Role,
    access_of,
)

SECRET = (Confidentiality.FIRM, Confidentiality.STATISTICS)

# ── facts and grants ──────────────────────────────────────────────────────────────────────────────────────────────


def is_own_firm(user: User, firm: Enterprise) -> bool:
    """Whether the person acts for the firm."""
    return firm.pk in access_of(user).own_firms


def can_state_fact(user: User, firm: Enterprise) -> bool:
    """A firm speaks for itself; nobody else types its values in, imports aside."""
    return is_own_firm(user, firm)


def can_decide_fact(user: User, proposal: FactValue) -> bool:
    """The untied office accepts or refuses what a firm proposes, never a value it may not read."""
    chains = access_of(user).office_chains
    return proposal.confidentiality not in SECRET and _in_chains(proposal.enterprise, chains)


def can_grant_access(user: User, firm: Enterprise) -> bool:
    """Only the firm itself opens its values."""
    return is_own_firm(user, firm)


def can_merge_firms(user: User, kept: Enterprise, other: Enterprise) -> bool:
    """The office of a chain both firms take part in."""
    chains = access_of(user).office_chains
    return _in_chains(kept, chains) and _in_chains(other, chains)


def _in_chains(firm: Enterprise, chains: frozenset[int]) -> bool:
    return Membership.objects.filter(enterprise=firm, chain__in=chains).exists()


# ── imports ───────────────────────────────────────────────────────────────────────────────────────────────────────


def can_import(user: User, chain: Chain) -> bool:
    """The office and the statistician bring files in."""
    access = access_of(user)
    return chain.pk in access.office_chains | access.statistician_chains


def can_open_batch(user: User, batch: ImportBatch) -> bool:
    """Office and statistician see that a batch exists and its masked preview; the auditor its counts."""
    return can_import(user, batch.chain)


def can_work_on_batch(user: User, batch: ImportBatch) -> bool:
    """Columns, rows, apply, undo: a confidential file belongs to the statistician alone."""
    access = access_of(user)
    if batch.confidential:
        return batch.chain_id in access.statistician_chains
    return batch.chain_id in access.office_chains | access.statistician_chains


def can_read_batch_file(user: User, batch: ImportBatch) -> bool:
    """Who handed the file in has it already; a confidential one is otherwise for the statistician."""
    return batch.uploaded_by_id == user.pk or can_work_on_batch(user, batch)


def has_role(user: User, *roles: Role) -> bool:
    """Whether the person holds one of the roles today."""
    return bool(access_of(user).roles & set(roles))
