"""May this person do this? No side effects; who may read is `visible_to`, not here."""

from typing import Any

from django.db import models
from django.utils import timezone

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import (
    SECOND_FACTOR,
    Chain,
    Confidentiality,
    Enterprise,
    FactValue,
    ImportBatch,
    Membership,
    Role,
    RoleAssignment,
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


def can_record_certificate(user: User, firm: Enterprise) -> bool:
    """A department of the firm's chain; which department issues what is for the room that calls to check."""
    return _holds(user, Role.DEPARTMENT, Membership.objects.filter(enterprise=firm).values("chain"))


def can_grant_access(user: User, firm: Enterprise) -> bool:
    """Only the firm itself opens its values."""
    return is_own_firm(user, firm)


def can_merge_firms(user: User, kept: Enterprise, other: Enterprise) -> bool:
    """The office of a chain both firms take part in."""
    chains = access_of(user).office_chains
    return _in_chains(kept, chains) and _in_chains(other, chains)


def can_state_product(user: User, chain: Chain, firm: Enterprise) -> bool:
    """The untied office writes down what a firm of its chain publicly makes."""
    return chain.pk in access_of(user).office_chains and _in_chains(firm, frozenset({chain.pk}))


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


# ── accounts ──────────────────────────────────────────────────────────────────────────────────────────────────────

# A seat in the committee is a tie even when the firm is not named.
TIED = (Role.FIRM, Role.COMMITTEE)
# Whom the office brings in; roles that read or watch everything come from the administrator.
BY_OFFICE = (Role.FIRM, Role.COMMITTEE, Role.TEAM, Role.DEPARTMENT, Role.EXPERT)


def tie() -> models.Q:
    """Role assignments that tie a person to a firm."""
    return models.Q(enterprise__isnull=False) | models.Q(role__in=TIED)


def roles_to_give(user: User, chain: Chain) -> tuple[Role, ...]:
    """Roles this person may invite to in a chain, in the order of `Role`."""
    if _holds(user, Role.ADMINISTRATOR, [chain.pk]):
        return tuple(Role)
    access = access_of(user)
    if chain.pk in access.office_chains:
        return BY_OFFICE
    return (Role.FIRM,) if access.own_firms and chain.pk in access.chains else ()


def can_invite(user: User, role: Role, chain: Chain, firm: Enterprise | None) -> bool:
    """Administrators invite anybody, the office people without reach, a firm's user colleagues of the same firm."""
    access = access_of(user)
    if role not in roles_to_give(user, chain):
        return False
    wide = chain.pk in access.office_chains or _holds(user, Role.ADMINISTRATOR, [chain.pk])
    return wide or (firm is not None and firm.pk in access.own_firms)


def can_look_after(user: User, other: User) -> bool:
    """Whether the person administers a chain in which the other holds, or last held, a role."""
    chains = RoleAssignment.objects.filter(user=other).values("chain")
    return user != other and _holds(user, Role.ADMINISTRATOR, chains)


def can_reset(user: User, other: User) -> bool:
    """A password is reset by an administrator, in person."""
    return can_look_after(user, other)


def can_deactivate(user: User, other: User) -> bool:
    """Administrators let anybody go; a firm's user a colleague who has no other tie or role."""
    if can_look_after(user, other):
        return True
    held = RoleAssignment.objects.filter(user=other, until__isnull=True)
    own = held.filter(role=Role.FIRM, enterprise__in=access_of(user).own_firms)
    return user != other and own.exists() and own.count() == held.count()


def can_vouch_for_lost_factor(user: User, other: User) -> bool:
    """Administrators and the office vouch for a person who lost the second factor; never for themselves."""
    chains = RoleAssignment.objects.filter(user=other, until__isnull=True).values("chain")
    return user != other and (_holds(user, Role.ADMINISTRATOR, chains) or _holds(user, Role.OFFICE, chains))


def _holds(user: User, role: Role, chains: Any) -> bool:
    """Whether the role is in force today in one of the chains; `access_of` drops untied roles of tied people."""
    if role not in access_of(user).roles:
        return False
    today = timezone.localdate()
    in_force = models.Q(until__isnull=True) | models.Q(until__gte=today)
    return RoleAssignment.objects.filter(in_force, user=user, role=role, since__lte=today, chain__in=chains).exists()


def needs_second_factor(user: User) -> bool:
    """Roles that read confidential things, or let others in, open nothing on a password alone."""
    return bool(access_of(user).roles & set(SECOND_FACTOR))
