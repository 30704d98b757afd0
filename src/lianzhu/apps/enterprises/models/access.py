"""Who is who in a chain, what a firm allows, and who looked. Dated, ended, never deleted."""

from dataclasses import dataclass

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models.firms import Chain, Enterprise


class Role(models.TextChoices):
    """Roles of mission.md. Committee membership gives no right to read firms' values."""

    OFFICE = "office", _("chain office")
    COMMITTEE = "committee", _("committee member")
    FIRM = "firm", _("firm")
    TEAM = "team", _("service team")
    DEPARTMENT = "department", _("department")
    EXPERT = "expert", _("institute or expert")
    STATISTICIAN = "statistician", _("statistician")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")
    ORGANISATION = "organisation", _("organisation secretary")


# A tie to any firm excludes these: they read what firms may not read of each other.
UNTIED = (Role.OFFICE, Role.STATISTICIAN, Role.AUDITOR)
SECOND_FACTOR = (Role.OFFICE, Role.STATISTICIAN, Role.AUDITOR, Role.ADMINISTRATOR)
TIED = (Role.FIRM, Role.COMMITTEE)


class RoleAssignment(models.Model):
    """A person holds a role in a chain from a day to a day; `enterprise` is the firm the person is tied to."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=14, choices=Role)
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT)
    enterprise = models.ForeignKey(Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    assigned_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "chain", "enterprise"],
                condition=models.Q(until__isnull=True, enterprise__isnull=False),
                name="role_held_once_for_firm",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "chain"],
                condition=models.Q(until__isnull=True, enterprise__isnull=True),
                name="role_held_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(role="firm") | models.Q(enterprise__isnull=False), name="role_firm_has_firm"
            ),
            models.CheckConstraint(
                condition=~models.Q(role__in=[role.value for role in UNTIED]) | models.Q(enterprise__isnull=True),
                name="role_untied_has_no_firm",
            ),
        ]


class AccessGrant(models.Model):
    """A firm lets one person read its values, for a purpose, until a date; revocable at once."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="grants")
    purpose = models.CharField(max_length=200)
    until = models.DateField()
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "enterprise", "until"])]


class Look(models.Model):
    """Somebody read confidential values of a firm: who, which firm, why, when. The firm can see this list."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="looks")
    purpose = models.CharField(max_length=200)
    at = models.DateTimeField()


class Invitation(models.Model):
    """A printed one-time code that makes one account with one role. Only its hash is kept."""

    code_hash = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=14, choices=Role)
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT)
    enterprise = models.ForeignKey(Enterprise, null=True, blank=True, on_delete=models.PROTECT)
    # Set for a reset: the code gives a new password to this account instead of making one.
    for_user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


@dataclass(frozen=True)
class Access:
    """What a person may reach today, as sets of ids. Everything about reading starts from this."""

    roles: frozenset[str]
    chains: frozenset[int]
    office_chains: frozenset[int]
    statistician_chains: frozenset[int]
    own_firms: frozenset[int]
    granted_firms: frozenset[int]


NOBODY = Access(frozenset(), frozenset(), frozenset(), frozenset(), frozenset(), frozenset())


def access_of(user: User) -> Access:
    """Compute a person's reach from roles and grants in force today; kept on the user object for one request.

    A committee member of a firm is tied to it but reads it only with a firm role: sitting somewhere gives nothing.
    """
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    if isinstance(user.kept_access, Access):
        return user.kept_access
    today = timezone.localdate()
    held = [
        (role, chain, firm)
        for role, chain, firm in RoleAssignment.objects.filter(
            models.Q(until__isnull=True) | models.Q(until__gte=today), user=user, since__lte=today
        ).values_list("role", "chain_id", "enterprise_id")
    ]
    # A tie to a firm closes the untied roles even if somebody assigned both.
    tied = any(firm is not None for _role, _chain, firm in held)
    access = Access(
        roles=frozenset(role for role, _chain, _firm in held if not (tied and role in UNTIED)),
        chains=frozenset(chain for _role, chain, _firm in held),
        office_chains=frozenset(chain for role, chain, _firm in held if role == Role.OFFICE and not tied),
        statistician_chains=frozenset(chain for role, chain, _firm in held if role == Role.STATISTICIAN and not tied),
        own_firms=frozenset(firm for role, _chain, firm in held if role == Role.FIRM and firm is not None),
        granted_firms=frozenset(
            AccessGrant.objects.filter(user=user, until__gte=today, revoked_at__isnull=True).values_list(
                "enterprise_id", flat=True
            )
        ),
    )
    user.kept_access = access
    return access
