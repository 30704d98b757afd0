"""Accounts by invitation: who may sign in, with which role, and how access ends. Every write to a person is here.

A code is printed and handed over; only its hash is kept. The record says who did it, never what the code was.
"""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises import permissions
from lianzhu.apps.enterprises.models import (
    UNTIED,
    AccessGrant,
    Chain,
    Enterprise,
    Invitation,
    Role,
    RoleAssignment,
)

SYSTEM = "lianzhu"
CODE_DAYS = 14
RESET_HOURS = 24
# No 0 O 1 I L: read aloud and typed by hand.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

# What one room does with the open work of a leaver: (actor, leaver, heir) -> number of things handed on.
HandOn = Callable[[User, User, User], int]


# ── The first start ──────────────────────────────────────────────────────────────────────────────────────────


def system_user() -> User:
    """The product itself as a named person in the record; nobody can sign in as it."""
    user = User.objects.filter(username=SYSTEM).first()
    return user or User.objects.create_user(SYSTEM, name="链珠")


@transaction.atomic
def found_town(*, town: str, chain: str, code: str, fictional: bool) -> Chain:
    """Make the chain this deployment serves; a second call with the same code returns it unchanged."""
    made, new = Chain.objects.get_or_create(code=code, defaults={"town": town, "name": chain, "fictional": fictional})
    if new:
        audit.record(system_user(), "chain.founded", made)
    return made


@transaction.atomic
def make_first_administrator(*, chain: Chain, username: str, name: str, password: str) -> User:
    """Make the account that invites all others. Refused once the chain has an administrator."""
    Chain.objects.select_for_update().get(pk=chain.pk)
    if administrators_of(chain).exists():
        raise RuleBroken(_("This chain has an administrator already; sign in and invite others."))
    user = _make_user(username=username, name=name, password=password, language="zh-hans")
    _assign(user, Role.ADMINISTRATOR, chain, None, by=system_user())
    return user


def administrators_of(chain: Chain) -> models.QuerySet[User]:
    """Active people who hold the administrator's role of a chain."""
    held = RoleAssignment.objects.filter(role=Role.ADMINISTRATOR, chain=chain, until__isnull=True)
    return User.objects.filter(pk__in=held.values("user"), is_active=True)


# ── Invitations ──────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def invite(
    *, actor: User, name: str, role: Role, chain: Chain, enterprise: Enterprise | None = None
) -> tuple[Invitation, str]:
    """Invite one person to one role; returns the invitation and the code, which is shown this once."""
    if not permissions.can_invite(actor, role, chain, enterprise):
        raise PermissionDenied
    _refuse_ill_tied(role, chain, enterprise)
    return _make_code(
        actor, "person.invited", name=name, role=role, chain=chain, enterprise=enterprise, lasts=timedelta(CODE_DAYS)
    )


@transaction.atomic
def withdraw_invitation(*, actor: User, invitation_id: int) -> None:
    """Make an unused code worthless."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
    if not permissions.can_invite(actor, Role(invitation.role), invitation.chain, invitation.enterprise):
        raise PermissionDenied
    if invitation.used_at:
        raise RuleBroken(_("This code was used already. To end a person's access, use the list of people."))
    invitation.expires_at = timezone.now()
    invitation.save(update_fields=["expires_at"])
    audit.record(actor, "invitation.withdrawn", invitation)


def open_invitation(code: str) -> Invitation | None:
    """The invitation a code opens today, or None: unknown, used and expired codes look alike."""
    return Invitation.objects.filter(
        code_hash=hash_of(code), used_at__isnull=True, expires_at__gt=timezone.now()
    ).first()


@transaction.atomic
def accept_invitation(*, code: str, username: str, password: str, language: str) -> User:
    """Turn a code into an account with its role. The code is used up."""
    invitation = _lock_invitation(code)
    if invitation.for_user_id:
        raise RuleBroken(_("This code gives a new password to an existing account; open it from the sign-in page."))
    user = _make_user(username=username, name=invitation.name, password=password, language=language)
    _use_up(invitation)
    _assign(user, Role(invitation.role), invitation.chain, invitation.enterprise, by=invitation.made_by)
    return user


def hash_of(code: str) -> str:
    """Digest of a code without regard to case, spaces and dashes.

    >>> hash_of("abcd-efgh 2345") == hash_of("ABCDEFGH2345")
    True
    """
    return hashlib.sha256("".join(filter(str.isalnum, code)).upper().encode()).hexdigest()


# ── Passwords, language, visits ──────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def reset_password(*, actor: User, user_id: int) -> tuple[Invitation, str]:
    """In person, after looking at the papers: the old password ends at once, a one-time code gives a new one."""
    user = User.objects.select_for_update().get(pk=user_id)
    if not permissions.can_reset(actor, user):
        raise PermissionDenied
    held = RoleAssignment.objects.filter(user=user, until__isnull=True).order_by("id").first()
    if held is None or not user.is_active:
        raise RuleBroken(_("This person has no role any more. Invite them again instead."))
    user.set_unusable_password()
    user.save(update_fields=["password"])
    Invitation.objects.filter(for_user=user, used_at__isnull=True).update(expires_at=timezone.now())
    return _make_code(
        actor,
        "password.reset",
        name=user.name,
        role=Role(held.role),
        chain=held.chain,
        enterprise=held.enterprise,
        for_user=user,
        lasts=timedelta(hours=RESET_HOURS),
    )


@transaction.atomic
def use_reset(*, code: str, password: str) -> User:
    """Give the account of a reset code its new password. The code is used up."""
    invitation = _lock_invitation(code)
    user = invitation.for_user
    if user is None or not user.is_active:
        raise RuleBroken(_("This code is not for a new password."))
    user.set_password(password)
    user.save(update_fields=["password"])
    _use_up(invitation)
    audit.record(user, "password.renewed", user)
    return user


@transaction.atomic
def change_password(*, actor: User, password: str) -> None:
    """A person's own new password; every other session of theirs ends."""
    user = User.objects.select_for_update().get(pk=actor.pk)
    user.set_password(password)
    user.save(update_fields=["password"])
    # The session that goes on is told by the view; it compares with this object.
    actor.password = user.password
    audit.record(actor, "password.changed", user)


@transaction.atomic
def choose_language(*, actor: User, language: str) -> None:
    """The language a person reads from now on."""
    User.objects.filter(pk=actor.pk).update(language=language)
    audit.record(actor, "language.chosen", actor, about=language)


@transaction.atomic
def begin_visit(*, actor: User) -> None:
    """A new session begins: what changed since the last one is news."""
    now = timezone.now()
    user = User.objects.select_for_update().get(pk=actor.pk)
    user.previous_visit_at, user.last_visit_at = user.last_visit_at, now
    user.save(update_fields=["previous_visit_at", "last_visit_at"])
    audit.record(actor, "session.begun", user)


@transaction.atomic
def end_visit(*, actor: User) -> None:
    """A person signs out."""
    audit.record(actor, "session.ended", actor)


# ── Roles ────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def assign_role(
    *, actor: User, user_id: int, role: Role, chain: Chain, enterprise: Enterprise | None = None
) -> RoleAssignment:
    """Give one more role to a person who has an account."""
    user = User.objects.select_for_update().get(pk=user_id)
    if not permissions.can_invite(actor, role, chain, enterprise):
        raise PermissionDenied
    return _assign(user, role, chain, enterprise, by=actor)


@transaction.atomic
def end_role(*, actor: User, assignment_id: int) -> None:
    """End one role today; the row stays as history."""
    held = RoleAssignment.objects.select_for_update().get(pk=assignment_id)
    if not permissions.can_invite(actor, Role(held.role), held.chain, held.enterprise):
        raise PermissionDenied
    if held.until is not None:
        raise RuleBroken(_("This role ended already."))
    _refuse_last_administrator(held.user, held.chain, ending=held.role)
    held.until = timezone.localdate() - timedelta(1)
    held.save(update_fields=["until"])
    audit.record(actor, "role.ended", held, about=held.user_id)


@transaction.atomic
def deactivate(*, actor: User, user_id: int, heir_id: int, hand_on: Sequence[HandOn]) -> int:
    """A leaver loses access at once; what they owned goes to a named person. Returns how many things went over.

    `hand_on` is the list of all rooms that keep open work of people; the caller has it because it stands above them.
    """
    people = {user.pk: user for user in User.objects.select_for_update().filter(pk__in=[user_id, heir_id])}
    user, heir = people[user_id], people[heir_id]
    if not permissions.can_deactivate(actor, user):
        raise PermissionDenied
    if user == heir or not heir.is_active or heir.username == SYSTEM:
        raise RuleBroken(_("Name another person with an account who takes over."))
    if not user.is_active:
        raise RuleBroken(_("This person's access ended already."))
    for held in RoleAssignment.objects.filter(user=user, until__isnull=True).select_related("chain"):
        _refuse_last_administrator(user, held.chain, ending=held.role)
    moved = sum(room(actor, user, heir) for room in hand_on)
    # An inactive account is nobody in every session it still has; the unusable password ends them for good.
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    today = timezone.localdate()
    RoleAssignment.objects.filter(user=user, until__isnull=True).update(until=today)
    AccessGrant.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=timezone.now())
    audit.record(actor, "person.left", user, about=heir.pk)
    return moved


# ── Inside ───────────────────────────────────────────────────────────────────────────────────────────────────


def _make_user(*, username: str, name: str, password: str, language: str) -> User:
    try:
        with transaction.atomic():
            user = User.objects.create_user(username, password, name=name, language=language)
    except IntegrityError:
        raise RuleBroken(_("This user name is taken; choose another.")) from None
    audit.record(user, "account.made", user)
    return user


def _make_code(
    actor: User,
    act: str,
    *,
    name: str,
    role: Role,
    chain: Chain,
    enterprise: Enterprise | None,
    lasts: timedelta,
    for_user: User | None = None,
) -> tuple[Invitation, str]:
    code = "-".join("".join(secrets.choice(ALPHABET) for _n in range(4)) for _group in range(3))
    now = timezone.now()
    invitation = Invitation.objects.create(
        code_hash=hash_of(code),
        name=name,
        role=role,
        chain=chain,
        enterprise=enterprise,
        for_user=for_user,
        made_by=actor,
        made_at=now,
        expires_at=now + lasts,
    )
    audit.record(actor, act, invitation, about=for_user.pk if for_user else role.value)
    return invitation, code


def _lock_invitation(code: str) -> Invitation:
    invitation = Invitation.objects.select_for_update().filter(code_hash=hash_of(code)).first()
    if invitation is None or invitation.used_at or invitation.expires_at <= timezone.now():
        raise RuleBroken(_("This code is unknown, used or expired. Ask for a new one at the chain office."))
    return invitation


def _use_up(invitation: Invitation) -> None:
    invitation.used_at = timezone.now()
    invitation.save(update_fields=["used_at"])


def _refuse_ill_tied(role: Role, chain: Chain, enterprise: Enterprise | None) -> None:
    if role == Role.FIRM and enterprise is None:
        raise RuleBroken(_("Say which firm this person belongs to."))
    if role in UNTIED and enterprise is not None:
        raise RuleBroken(_("Office, statistician and auditor are for people without a tie to any firm."))
    if enterprise is not None and not enterprise.chains.filter(pk=chain.pk).exists():
        raise RuleBroken(_("This firm does not take part in this chain."))


def _assign(user: User, role: Role, chain: Chain, enterprise: Enterprise | None, *, by: User) -> RoleAssignment:
    """Write the role. A tie to a firm and a role that reads all firms exclude each other, in any order."""
    _refuse_ill_tied(role, chain, enterprise)
    current = RoleAssignment.objects.filter(user=user, until__isnull=True)
    if role in UNTIED and current.filter(permissions.tie()).exists():
        raise RuleBroken(_("This person is tied to a firm and cannot hold this role."))
    if (enterprise is not None or role in permissions.TIED) and current.filter(role__in=UNTIED).exists():
        raise RuleBroken(_("This person holds office, statistician or auditor and cannot be tied to a firm."))
    if current.filter(role=role, chain=chain, enterprise=enterprise).exists():
        raise RuleBroken(_("This person holds this role already."))
    held = RoleAssignment.objects.create(
        user=user, role=role, chain=chain, enterprise=enterprise, since=timezone.localdate(), assigned_by=by
    )
    user.kept_access = None
    audit.record(by, "role.assigned", held, about=user.pk)
    return held


def _refuse_last_administrator(user: User, chain: Chain, *, ending: str) -> None:
    if ending == Role.ADMINISTRATOR and not administrators_of(chain).exclude(pk=user.pk).exists():
        raise RuleBroken(_("This is the chain's last administrator. Invite another one first."))
