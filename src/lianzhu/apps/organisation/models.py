"""One tree of bodies and dated relations between people, bodies and firms. Ended, never deleted.

A relation holds from `since` to `until`, both days included; no `until` means that it still holds.
"""

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, Enterprise, Place, Role, RoleAssignment, access_of


def held_on(day: date, path: str = "") -> models.Q:
    """Relations in force on a day; `path` reaches them from another table (`"appointments__"`)."""
    open_end = models.Q(**{f"{path}until__isnull": True}) | models.Q(**{f"{path}until__gte": day})
    return models.Q(**{f"{path}since__lte": day}) & open_end


def secretary_chains(user: User) -> frozenset[int]:
    """Chains in which the person is organisation secretary today."""
    if Role.ORGANISATION not in access_of(user).roles:
        return frozenset()
    held = RoleAssignment.objects.filter(held_on(timezone.localdate()), user=user, role=Role.ORGANISATION)
    return frozenset(held.values_list("chain", flat=True))


def keeper_chains(user: User) -> frozenset[int]:
    """Chains whose office-holders the person may read by name: the organisation secretary's and the office's."""
    return secretary_chains(user) | access_of(user).office_chains


class DatedQuerySet(models.QuerySet[Any]):
    """Relations with a first and a last day."""

    def as_of(self, day: date) -> Self:
        """Those in force on a day."""
        return self.filter(held_on(day))


class Dated(models.Model):
    """Something that holds from a day to a day, and who said so."""

    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=160)

    class Meta:
        abstract = True


def _ends_after_it_begins(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")), name=name
    )


class BodyQuerySet(DatedQuerySet):
    """Reading goes through `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """The tree is open to its chain; a post or task force names a firm's project, so only to those it concerns."""
        inside = models.Q(enterprise__in=access_of(user).own_firms) | models.Q(chain__in=keeper_chains(user))
        mine = Appointment.objects.filter(person__user=user).values("body")
        return self.filter(
            models.Q(chain__in=access_of(user).chains)
            & (~models.Q(kind__in=Body.AT_A_PLACE) | inside | models.Q(pk__in=mine))
        )


class Body(Dated):
    """A committee, branch, department, institute, team, post or task force. `enterprise` is the firm it belongs to."""

    class Kind(models.TextChoices):
        COMMITTEE = "committee", _("chain committee")
        BRANCH = "branch", _("firm branch")
        UNITED_BRANCH = "united_branch", _("united branch")
        OFFICE = "office", _("chain office")
        DEPARTMENT = "department", _("department")
        INSTITUTE = "institute", _("institute")
        TEAM = "team", _("service team")
        POST = "post", _("pioneer post")
        TASK_FORCE = "task_force", _("task force")

    BRANCHES: ClassVar[tuple[str, ...]] = ("branch", "united_branch")
    AT_A_PLACE: ClassVar[tuple[str, ...]] = ("post", "task_force")

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="bodies")
    kind = models.CharField(max_length=14, choices=Kind)
    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    enterprise = models.ForeignKey(Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="bodies")

    objects = BodyQuerySet.as_manager()

    class Meta:
        constraints = [
            _ends_after_it_begins("body_ends_after_it_begins"),
            models.CheckConstraint(condition=~models.Q(parent=models.F("pk")), name="body_not_its_own_parent"),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["branch", "post", "task_force"]) | models.Q(enterprise__isnull=False),
                name="body_of_a_firm_names_it",
            ),
            models.UniqueConstraint(
                "chain", Lower("name"), condition=models.Q(until__isnull=True), name="body_name_once"
            ),
        ]
        indexes = [models.Index(fields=["chain", "kind", "id"])]

    def __str__(self) -> str:
        return self.name


class PersonQuerySet(models.QuerySet[Any]):
    """Reading goes through `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """By name: to secretary and office, to the person, and to the chain where the person agreed."""
        return self.filter(
            models.Q(chain__in=keeper_chains(user))
            | models.Q(user=user)
            | models.Q(chain__in=access_of(user).chains, consent_on__isnull=False)
        )


class Person(models.Model):
    """Somebody who holds a seat. Name, firm or unit, account, and consent to be shown by name: nothing else."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    # Tells namesakes apart: the firm or unit the person comes from.
    enterprise = models.ForeignKey(Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(max_length=120, blank=True)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="seated")
    consent_on = models.DateField(null=True, blank=True)
    consent_source = models.CharField(max_length=160, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "user"], name="person_account_once"),
            models.UniqueConstraint(
                fields=["chain", "name", "enterprise"],
                condition=models.Q(enterprise__isnull=False),
                name="person_once_in_firm",
            ),
            models.UniqueConstraint(
                fields=["chain", "name", "unit"],
                condition=models.Q(enterprise__isnull=True),
                name="person_once_in_unit",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AppointmentQuerySet(DatedQuerySet):
    """Reading goes through `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """Seats of bodies one may see, held by people one may read by name; the rest is only counted."""
        return self.filter(body__in=Body.objects.visible_to(user), person__in=Person.objects.visible_to(user))


class Appointment(Dated):
    """A person holds a role in a body."""

    class Role(models.TextChoices):
        SECRETARY = "secretary", _("secretary")
        DEPUTY = "deputy", _("deputy secretary")
        MEMBER = "member", _("ordinary member")
        LEAD = "lead", _("team lead")
        OFFICER = "officer", _("handling officer")
        LIAISON = "liaison", _("liaison")

    # At most one person at a time holds these in one body.
    ALONE: ClassVar[tuple[str, ...]] = ("secretary", "lead")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=10, choices=Role)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            _ends_after_it_begins("appointment_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["person", "body", "role"], condition=models.Q(until__isnull=True), name="seat_held_once"
            ),
            models.UniqueConstraint(
                fields=["body", "role"],
                condition=models.Q(until__isnull=True, role__in=["secretary", "lead"]),
                name="seat_held_alone",
            ),
        ]
        indexes = [models.Index(fields=["body", "since"]), models.Index(fields=["person", "since"])]


class FirmManagementQuerySet(DatedQuerySet):
    """Reading goes through `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """Named management posts: to the organisation secretary and the person; others get counts."""
        return self.filter(models.Q(person__chain__in=secretary_chains(user)) | models.Q(person__user=user))


class FirmManagement(Dated):
    """A person has a post in the management of a firm (board, management, supervision)."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="management")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="management")
    post = models.CharField(max_length=60)

    objects = FirmManagementQuerySet.as_manager()

    class Meta:
        constraints = [_ends_after_it_begins("management_ends_after_it_begins")]
        indexes = [models.Index(fields=["enterprise", "since"])]


class BranchFirmQuerySet(DatedQuerySet):
    """Reading goes through `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """Open to the chain."""
        return self.filter(body__chain__in=access_of(user).chains)


class BranchFirm(Dated):
    """A branch or united branch looks after a firm. Founding a firm's own branch makes this row too."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="firms")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="branches")

    objects = BranchFirmQuerySet.as_manager()

    class Meta:
        constraints = [
            _ends_after_it_begins("branch_firm_ends_after_it_begins"),
            # One branch is answerable for a firm at a time.
            models.UniqueConstraint(
                fields=["enterprise"], condition=models.Q(until__isnull=True), name="firm_has_one_branch"
            ),
        ]


class PairingQuerySet(DatedQuerySet):
    """Reading goes through `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """Open to the chain."""
        return self.filter(branch_a__chain__in=access_of(user).chains)


class Pairing(Dated):
    """Two branches help each other; the one with the smaller id is `branch_a`, so that a pair is one row."""

    branch_a = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="pairings_as_a")
    branch_b = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="pairings_as_b")
    purpose = models.CharField(max_length=200)

    objects = PairingQuerySet.as_manager()

    class Meta:
        constraints = [
            _ends_after_it_begins("pairing_ends_after_it_begins"),
            models.CheckConstraint(
                condition=models.Q(branch_a__lt=models.F("branch_b")), name="pairing_of_two_in_order"
            ),
            models.UniqueConstraint(
                fields=["branch_a", "branch_b"], condition=models.Q(until__isnull=True), name="pairing_once"
            ),
        ]


class MissionQuerySet(models.QuerySet[Any]):
    """Reading goes through `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """As its body: secretary, office, the firm, its members. A project of one firm is no news for another."""
        return self.filter(body__in=Body.objects.visible_to(user))


class Mission(models.Model):
    """What a pioneer post or task force (its `body`) is there for: place, goal, term, result, the firm's word on it.

    Members are appointments to the body, so that cases can be given to it and its past can be read.
    """

    class Verdict(models.TextChoices):
        REACHED = "reached", _("goal reached")
        PARTLY = "partly", _("partly reached")
        MISSED = "missed", _("not reached")

    body = models.OneToOneField(Body, on_delete=models.PROTECT, related_name="mission")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="missions")
    goal = models.CharField(max_length=300)
    due_on = models.DateField()
    result = models.CharField(max_length=500, blank=True)
    reported_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(null=True, blank=True)
    # What the firm says of the result; only this counts.
    verdict = models.CharField(max_length=7, choices=Verdict, blank=True)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_by_firm_at = models.DateTimeField(null=True, blank=True)

    objects = MissionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_by_firm_at__isnull=True, verdict="")
                | (models.Q(confirmed_by_firm_at__isnull=False, reported_at__isnull=False) & ~models.Q(verdict="")),
                name="mission_confirmed_after_report",
            )
        ]
