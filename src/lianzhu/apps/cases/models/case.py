"""The case, its append-only log, and what people wrote. Cached columns follow from the log alone."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.machine import OPEN, State
from lianzhu.apps.cases.models.rules import Category
from lianzhu.apps.core.models import StoredFile, User
from lianzhu.apps.enterprises.models import Chain, Enterprise, Role, access_of
from lianzhu.apps.findings.models import Finding
from lianzhu.apps.organisation.models import Body
from lianzhu.apps.organisation.queries import bodies_a_user_works_for

OPEN_VALUES = sorted(state.value for state in OPEN)


class Kind(models.TextChoices):
    """What brought the case here. The first two letters of its number say it."""

    DIFFICULTY = "difficulty", _("firm's difficulty")
    FINDING = "finding", _("chain finding")
    CLAIM = "claim", _("policy claim")
    NEED = "need", _("technical need")
    DECISION = "decision", _("meeting decision")
    STANDARD = "standard", _("standard's new edition")
    RIGHTS = "rights", _("rights enforcement")
    COMMON = "common", _("common cause")
    COMPLAINT = "complaint", _("complaint or suggestion")


def tied_to_a_firm(user: User) -> bool:
    """Heads and people of firms never work on other firms' cases, whatever body they sit in."""
    access = access_of(user)
    return bool(access.own_firms or access.roles & {Role.FIRM, Role.COMMITTEE})


def works_for(user: User) -> frozenset[int]:
    """Bodies for which the person works on cases today."""
    return frozenset() if tied_to_a_firm(user) else bodies_a_user_works_for(user, clock.today())


# `is_open=True` becomes a bare column, for which SQLite uses no index; this becomes an equality.
IS_OPEN = models.Q(is_open__in=[True])


class CaseQuerySet(models.QuerySet["Case"]):
    """Reading goes through `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """The office of its chain; the firm; who opened it; the bodies that lead or help now; who calls back.

        A draft is its writer's alone. A complaint is never open to the body it is about. Everybody else sees counts.
        """
        access = access_of(user)
        if access.office_chains and access.office_chains == access.chains:
            # Most of the day's work: plain conditions, so that the pool's index gives rows in order. Drafts are firms'.
            return self.filter(chain__in=access.office_chains).exclude(state=State.DRAFT)
        bodies = works_for(user)
        rule = models.Q(firm__in=access.own_firms) | models.Q(opened_by=user.pk)
        if access.office_chains:
            rule |= models.Q(chain__in=access.office_chains)
        if not tied_to_a_firm(user):
            rule |= models.Q(caller=user.pk) | models.Q(lead=user.pk)
        if bodies:
            helping = HelperPart.objects.filter(body__in=bodies, case=models.OuterRef("pk"), current=True)
            rule |= models.Q(body__in=bodies) | models.Q(models.Exists(helping))
        seen = self.filter(rule).exclude(models.Q(state=State.DRAFT) & ~models.Q(opened_by=user.pk))
        return seen.exclude(about_body__in=bodies) if bodies else seen


class Case(models.Model):
    """One piece of work. Below the line everything is derived from the log by `actions.log`, never set by hand."""

    PREFIX: ClassVar[dict[str, str]] = {
        Kind.DIFFICULTY: "QJ",
        Kind.FINDING: "LT",
        Kind.CLAIM: "ZC",
        Kind.NEED: "XQ",
        Kind.DECISION: "HY",
        Kind.STANDARD: "BZ",
        Kind.RIGHTS: "WQ",
        Kind.COMMON: "GT",
        Kind.COMPLAINT: "TS",
    }

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="cases")
    number = models.CharField(max_length=16)
    kind = models.CharField(max_length=12, choices=Kind)
    category = models.CharField(max_length=10, choices=Category, default=Category.OTHER)
    area = models.CharField(max_length=40, blank=True)
    node = models.CharField(max_length=10, blank=True)
    title = models.CharField(max_length=120)
    firm = models.ForeignKey(Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="cases")
    # From departments, teams and helpers; the office and the firm itself see the name.
    hide_firm_name = models.BooleanField(default=False)
    finding = models.ForeignKey(Finding, null=True, blank=True, on_delete=models.PROTECT, related_name="cases")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by_phone = models.BooleanField(default=False)
    contact = models.CharField(max_length=60, blank=True)
    about_body = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Digest of the code with which somebody without an account follows a complaint.
    receipt = models.CharField(max_length=64, blank=True, db_index=True)
    # The case this one was merged into, or the common cause it was bundled into.
    into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="members")
    # A common cause other firms may join.
    published = models.BooleanField(default=False)
    cause = models.CharField(max_length=60, blank=True)

    # ── derived from the log ──────────────────────────────────────────────────────────────────────────────────
    state = models.CharField(max_length=12, choices=[(state.value, state.value) for state in State])
    is_open = models.BooleanField(default=False)
    round = models.PositiveSmallIntegerField(default=1)
    handling = models.CharField(max_length=12, blank=True)
    body = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    caller = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    waits_for = models.CharField(max_length=6, blank=True)
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=16, blank=True)
    returns = models.PositiveSmallIntegerField(default=0)
    office_decides = models.BooleanField(default=False)
    extension_asked = models.PositiveSmallIntegerField(null=True, blank=True)
    stage = models.CharField(max_length=5, blank=True)
    ask_again = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True, blank=True)
    soon_at = models.DateTimeField(null=True, blank=True)
    due_clock = models.CharField(max_length=10, blank=True)
    provisional = models.BooleanField(default=False)
    first_due = models.DateTimeField(null=True, blank=True)
    first_done = models.DateTimeField(null=True, blank=True)
    solution_due = models.DateTimeField(null=True, blank=True)
    # When the next step of the ladder is to be looked at.
    step_at = models.DateTimeField(null=True, blank=True)
    signed_in_time = models.BooleanField(null=True)
    first_in_time = models.BooleanField(null=True)
    solved_in_time = models.BooleanField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="case_number_once"),
            models.CheckConstraint(
                condition=models.Q(is_open=True, state__in=OPEN_VALUES, due_at__isnull=False)
                | (models.Q(is_open=False, due_at__isnull=True) & ~models.Q(state__in=OPEN_VALUES)),
                name="case_open_has_due",
            ),
            models.CheckConstraint(
                condition=models.Q(hide_firm_name=False) | models.Q(firm__isnull=False),
                name="case_hides_a_name",
            ),
        ]
        indexes = [
            models.Index(fields=["chain", "is_open", "due_at", "id"]),
            # Holds everything the counts over the pool ask for, so that they never touch the table.
            models.Index(fields=["chain", "is_open", "state", "due_at", "soon_at"]),
            models.Index(fields=["firm", "id"]),
            models.Index(fields=["body", "is_open", "due_at"]),
            models.Index(fields=["lead", "is_open", "due_at"]),
            models.Index(fields=["chain", "closed_at"]),
            models.Index(fields=["is_open", "step_at"]),
        ]

    def __str__(self) -> str:
        return self.number


class CaseNumber(models.Model):
    """The last number given, per chain and kind; locked while the next one is taken."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "kind"], name="case_number_counter")]


class CaseEvent(models.Model):
    """One line of the log: ids, codes and times only. Database triggers refuse UPDATE and DELETE."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    # Between the people who work on it; the firm sees that it happened, not what was written.
    inside = models.BooleanField(default=False)
    data = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar[list[str]] = ["case", "number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="case_event_in_order")]
        indexes = [models.Index(fields=["at"])]


class Saying(models.Model):
    """What somebody wrote with an event. Apart from the log, so that it can be erased and the log cannot."""

    event = models.OneToOneField(CaseEvent, on_delete=models.PROTECT, related_name="saying")
    text = models.TextField()


class SealedNote(models.Model):
    """Words of a firm for one officer. Nobody else reads them, on no page, in no search, export or log."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="sealed")
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()


class HelperPart(models.Model):
    """A helper's part as derived from the log; `current` while its round is worked on."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="parts")
    key = models.CharField(max_length=8)
    round = models.PositiveSmallIntegerField()
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    taken_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    current = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "round", "key"], name="part_once")]
        indexes = [models.Index(fields=["body", "current"])]


class CaseFile(models.Model):
    """A file attached because a decision needs it; opened only by who may see the case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="files")
    event = models.ForeignKey(CaseEvent, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
