"""Records of dual cultivation. What names a person lies in `Details` and can be erased; all else holds ids."""

from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.core.models import User
from lianzhu.apps.cultivation.stages import Stage, Standing, Track
from lianzhu.apps.enterprises.models import Chain, Enterprise
from lianzhu.apps.organisation.models import held_on, secretary_chains


class Switch(models.Model):
    """Somebody turned the room on or off; the newest row counts. No row: off."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    on = models.BooleanField()
    # Which wording of the notice was read.
    notice = models.CharField(max_length=20)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]


class Keeper(models.Model):
    """The room's own role: an organisation secretary whom the administrator lets in, from a day to a day."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    assigned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["chain", "user"], condition=models.Q(until__isnull=True), name="keeper_once"
            )
        ]


def is_on(chain_id: int) -> bool:
    """Whether the room is open in a chain."""
    newest = Switch.objects.filter(chain=chain_id).values_list("on", flat=True).first()
    return bool(newest)


def keeper_chains(user: User) -> frozenset[int]:
    """Chains whose records the person keeps: organisation secretary, let in as keeper, and the room is on."""
    secretary = secretary_chains(user)
    if not secretary:
        return frozenset()
    kept = Keeper.objects.filter(held_on(timezone.localdate()), user=user, chain__in=secretary)
    return frozenset(chain for chain in kept.values_list("chain", flat=True) if is_on(chain))


class RecordQuerySet(models.QuerySet[Any]):
    """Reading goes through `visible_to`, and through `actions.look_at`, which logs it."""

    def visible_to(self, user: User) -> Self:
        """Records of chains the person keeps, as long as they are not erased. Nobody else, whatever the role."""
        return self.filter(chain__in=keeper_chains(user), erased_at__isnull=True)

    def running(self) -> Self:
        """Records that are not closed."""
        return self.filter(closed_on__isnull=True)


class Record(models.Model):
    """One person's way in one direction: stage and days, no name. The entries hold its history."""

    class End(models.TextChoices):
        FINISHED = "finished", _("last stage reached")
        STOPPED = "stopped", _("stopped")
        WITHDRAWN = "withdrawn", _("consent withdrawn")

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    track = models.CharField(max_length=12, choices=Track)
    stage = models.CharField(max_length=10, choices=Stage)
    since = models.DateField()
    probation_end = models.DateField(null=True)
    extended = models.BooleanField(default=False)
    # The day by which, or from which, the next step is to be looked at; kept for the order of the list.
    next_on = models.DateField(null=True)
    consent_on = models.DateField()
    closed_on = models.DateField(null=True)
    end = models.CharField(max_length=9, choices=End, blank=True)
    erased_at = models.DateTimeField(null=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_on__isnull=True, end="")
                | (models.Q(closed_on__isnull=False) & ~models.Q(end="")),
                name="record_closed_says_how",
            ),
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=True) | models.Q(closed_on__isnull=False),
                name="record_closed_before_erased",
            ),
        ]
        indexes = [models.Index(fields=["chain", "closed_on", "next_on", "id"])]

    @property
    def standing(self) -> Standing:
        """The stage and its days, for the rules."""
        return Standing(self.track, self.stage, self.since, self.probation_end, self.extended)


class Details(models.Model):
    """Everything that tells who it is. Blank after erasure; the row and its id stay."""

    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="details")
    name = models.CharField(max_length=60, blank=True)
    enterprise = models.ForeignKey(Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    contact_a = models.CharField(max_length=60, blank=True)
    contact_b = models.CharField(max_length=60, blank=True)
    # Where the paper file lies; the content is in the official system, never here.
    paper_file = models.CharField(max_length=160, blank=True)
    consent_paper = models.CharField(max_length=160, blank=True)


class Entry(models.Model):
    """A step that was taken: stage or extension, its day, who entered it. Never changed."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="entries")
    stage = models.CharField(max_length=10, choices=Stage)
    since = models.DateField()
    probation_end = models.DateField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]


class Reading(models.Model):
    """Somebody read a record: ids and time, kept after the record is erased."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="readings")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
