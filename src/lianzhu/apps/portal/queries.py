"""Reads that join several apps for one page."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, Invitation, Role, RoleAssignment, access_of


@dataclass(frozen=True)
class RoleGroup:
    """One role and who holds it now."""

    role: Role
    held: list[RoleAssignment]


def chains_run_by(user: User) -> frozenset[int]:
    """Chains whose people this person sees: the administrator's and the office's."""
    access = access_of(user)
    if Role.ADMINISTRATOR not in access.roles:
        return access.office_chains
    run = RoleAssignment.objects.filter(user=user, role=Role.ADMINISTRATOR, until__isnull=True)
    return access.office_chains | frozenset(run.values_list("chain", flat=True))


def assignments_visible_to(user: User) -> Q:
    """Which role assignments, or invitations, this person sees: those of the chains they run, and of their firm."""
    return Q(chain__in=chains_run_by(user)) | Q(enterprise__in=access_of(user).own_firms)


def people_by_role(user: User) -> list[RoleGroup]:
    """Everybody with a role now, grouped in the order of `Role`; two queries."""
    held = (
        RoleAssignment.objects.filter(assignments_visible_to(user), until__isnull=True, user__is_active=True)
        .select_related("user", "enterprise", "chain")
        .order_by("user__name", "id")
    )
    groups: dict[str, list[RoleAssignment]] = {}
    for one in held:
        groups.setdefault(one.role, []).append(one)
    return [RoleGroup(role, groups[role]) for role in Role if role in groups]


def open_invitations(user: User) -> list[Invitation]:
    """Codes that still work, newest first."""
    waiting = Invitation.objects.filter(
        assignments_visible_to(user), used_at__isnull=True, expires_at__gt=timezone.now()
    )
    return list(waiting.select_related("enterprise", "chain", "made_by", "for_user").order_by("-id")[:200])


def chains_to_invite_to(user: User) -> list[Chain]:
    """Chains in which this person may invite somebody."""
    access = access_of(user)
    wanted = chains_run_by(user) or (access.chains if access.own_firms else frozenset())
    return list(Chain.objects.filter(pk__in=wanted).order_by("id"))
