"""Packages of verdicts, desks that answer claims, and claims followed to the money.

No row here holds a value of a firm's file: verdicts keep how a firm stands and which clauses are not met, by number.
"""

from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.models import Case
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, Enterprise, Membership, Role, access_of
from lianzhu.apps.organisation.models import Body
from lianzhu.apps.organisation.queries import bodies_a_user_works_for


def answered_by(user: User) -> "models.QuerySet[Desk]":
    """Desks the person answers for today: a department's person, acting for the body of the desk."""
    if Role.DEPARTMENT not in access_of(user).roles:
        return Desk.objects.none()
    return Desk.objects.filter(body__in=bodies_a_user_works_for(user, clock.today()))


class Package(models.Model):
    """How one firm stood towards every policy on one day."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="packages")
    on = models.DateField()
    built_at = models.DateTimeField()
    latest = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "on"], name="package_once_a_day"),
            models.UniqueConstraint(fields=["enterprise"], condition=models.Q(latest=True), name="package_one_latest"),
        ]


class Standing(models.TextChoices):
    """How a firm stands towards a policy."""

    QUALIFIES = "qualifies", _("qualifies")
    READY = "ready", _("ready, an official judges the rest")
    ONE_STEP = "one_step", _("one step away")
    UNKNOWN = "unknown", _("not decided yet")
    FAILS = "fails", _("does not qualify")
    NOT_IN_FORCE = "not_in_force", _("not in force")


class VerdictQuerySet(models.QuerySet["Verdict"]):
    """Reading goes through `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """The firm itself, untied office staff and statistician of its chain. Committee and departments see counts."""
        access = access_of(user)
        here = Membership.objects.filter(chain__in=access.office_chains | access.statistician_chains)
        return self.filter(
            models.Q(package__enterprise__in=access.own_firms)
            | models.Q(package__enterprise__in=here.values("enterprise"))
        )


class Verdict(models.Model):
    """One policy in a package. `unmet` numbers the clauses not met, from 0, and only where the policy is failed."""

    class Why(models.TextChoices):
        VERSION = "version", _("a new version of the policy")
        FACT = "fact", _("a new value in the file")
        DATE = "date", _("the passing of time")

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="verdicts")
    policy = models.CharField(max_length=60)
    version = models.CharField(max_length=30, blank=True)
    standing = models.CharField(max_length=12, choices=Standing)
    unmet = models.JSONField(default=list)
    # How it stood in the package before, when that was different, and what made the difference.
    before = models.CharField(max_length=12, choices=Standing, blank=True)
    why = models.CharField(max_length=8, choices=Why, blank=True)

    objects = VerdictQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["package", "policy"], name="verdict_once")]
        indexes = [models.Index(fields=["policy", "standing", "id"])]


class Desk(models.Model):
    """The body that answers the claims of one policy in a chain."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    policy = models.CharField(max_length=60)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="desks")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "policy"], name="desk_once")]


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Reading goes through `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """The firm; the office; the department whose desk answers the policy. A seat in the committee gives nothing."""
        access = access_of(user)
        rule = models.Q(enterprise__in=access.own_firms) | models.Q(chain__in=access.office_chains)
        desks = answered_by(user).filter(chain=models.OuterRef("chain"), policy=models.OuterRef("policy"))
        return self.filter(rule | models.Q(models.Exists(desks)))


class Claim(models.Model):
    """A firm applied for a policy; followed until the money, or the certificate, has come. Also a case of the pool."""

    class State(models.TextChoices):
        APPLIED = "applied", pgettext_lazy("claim", "applied")
        ACCEPTED = "accepted", pgettext_lazy("claim", "accepted for handling")
        APPROVED = "approved", pgettext_lazy("claim", "approved")
        RECEIVED = "received", pgettext_lazy("claim", "received")
        REFUSED = "refused", pgettext_lazy("claim", "refused")

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="claim")
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="claims")
    policy = models.CharField(max_length=60)
    version = models.CharField(max_length=30)
    state = models.CharField(max_length=8, choices=State, default=State.APPLIED)
    contact = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    applied_on = models.DateField()
    accepted_on = models.DateField(null=True, blank=True)
    approved_on = models.DateField(null=True, blank=True)
    # The day the money was promised for; days late are counted from it.
    due_on = models.DateField(null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)
    promised = models.DecimalField(max_digits=16, decimal_places=6, null=True, blank=True)
    received = models.DecimalField(max_digits=16, decimal_places=6, null=True, blank=True)
    because = models.CharField(max_length=300, blank=True)
    # What was issued; the validity also stands in the firm's file, as a fact with its source.
    certificate_no = models.CharField(max_length=60, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    OPEN: ClassVar[tuple[str, ...]] = ("applied", "accepted", "approved")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "policy"],
                condition=models.Q(state__in=["applied", "accepted", "approved"]),
                name="claim_one_open",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="received") | models.Q(received_on__isnull=False),
                name="claim_received_has_day",
            ),
        ]
        indexes = [models.Index(fields=["chain", "id"]), models.Index(fields=["policy", "state"])]

    def days_late(self, today: Any) -> int:
        """Days after the promised day, until it came or until today; 0 when nothing was promised for a day."""
        if self.due_on is None or self.state == self.State.REFUSED:
            return 0
        return max(((self.received_on or today) - self.due_on).days, 0)


class Responsible(models.Model):
    """Who sees to a firm's policies: reminders go to this person. Without a row it is the firm's first user."""

    enterprise = models.OneToOneField(Enterprise, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()


class Reminder(models.Model):
    """A person was told that a window closes, or a certificate ends, on `last`; 30, 14 or 3 days before. Told once."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # The policy's id, or the name of the fact that holds the last day of a certificate.
    about = models.CharField(max_length=60)
    last = models.DateField()
    step = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enterprise", "about", "last", "step"], name="reminder_once")]
