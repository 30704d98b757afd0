"""New tracks as hypotheses: each with a gate it stands before, a stop date, and an append-only list of steps.

What engines find about the chain is kept in `findings`; only tracks have tables here.
"""

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.cases.models import Case, works_for
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, access_of
from lianzhu.apps.organisation.models import Body

# What has to be shown at each gate, in order. Behind the last one a track needs no office any more.
GATES = {
    1: _("Demand asked: buyers say what they need and who pays"),
    2: _("First step tried: done once with one buyer"),
    3: _("Paid trial: somebody paid for it"),
    4: _("Carried by firms: it goes on without the office"),
}
LAST_GATE = len(GATES)


class TrackQuerySet(models.QuerySet[Any]):
    """Reading goes through `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """Open to everybody with a role in the chain: one list for all, so that nobody is led into a market alone."""
        return self.filter(chain__in=access_of(user).chains)

    def kept_by(self, user: User) -> Self:
        """Those whose stop date is this person's to watch: the untied office, and the people of the owning body."""
        access = access_of(user)
        if access.office_chains and access.office_chains == access.chains:
            return self.filter(chain__in=access.office_chains)
        mine = models.Q(chain__in=access.office_chains) | models.Q(owner__in=works_for(user))
        return self.filter(mine, chain__in=access.chains)


class Track(models.Model):
    """One attempt at a track. `code` is the library's, or O01, O02 … for a track of the chain's own with its title.

    A stopped track may be taken up again on new evidence: that is a new row, and the old one stays to be read.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("under way")
        ARRIVED = "arrived", _("carried by firms")
        STOPPED = "stopped", _("given up")

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="tracks")
    code = models.CharField(max_length=8)
    title = models.CharField(max_length=60, blank=True)
    hypothesis = models.CharField(max_length=400)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    gate = models.PositiveSmallIntegerField(default=1)
    owner = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    stop_on = models.DateField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TrackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["chain", "code"], condition=models.Q(state="running"), name="track_runs_once"
            ),
            models.CheckConstraint(
                condition=models.Q(gate__gte=1, gate__lte=LAST_GATE), name="track_stands_before_a_gate"
            ),
            models.CheckConstraint(
                condition=models.Q(state="running", ended_at__isnull=True)
                | (~models.Q(state="running") & models.Q(ended_at__isnull=False)),
                name="track_ended_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="arrived") | models.Q(gate=LAST_GATE), name="track_arrives_at_the_last_gate"
            ),
            models.CheckConstraint(condition=~models.Q(hypothesis=""), name="track_has_a_hypothesis"),
        ]
        indexes = [models.Index(fields=["chain", "code", "id"]), models.Index(fields=["state", "stop_on"])]

    def __str__(self) -> str:
        return self.title or self.code

    @property
    def running(self) -> bool:
        """Whether it is still under way."""
        return self.state == self.State.RUNNING

    def is_past(self, on: date) -> bool:
        """Whether its stop date is over and a person has to decide: prolong with a reason, or stop."""
        return self.running and self.stop_on < on


class TrackStep(models.Model):
    """What happened to a track. Database triggers refuse UPDATE and DELETE; `gate` is the one it stood before."""

    class Kind(models.TextChoices):
        TAKEN_UP = "taken_up", _("taken up")
        EVIDENCE = "evidence", _("evidence noted")
        PASSED = "passed", _("gate passed")
        PROLONGED = "prolonged", _("prolonged")
        STOPPED = "stopped", _("given up")
        CASE = "case", _("made a case")

    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=9, choices=Kind)
    gate = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=400, blank=True)
    # Of evidence: where it was seen and of which day it is.
    source = models.CharField(max_length=160, blank=True)
    source_on = models.DateField(null=True, blank=True)
    # The stop date from here on, when the step sets one.
    stop_on = models.DateField(null=True, blank=True)
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["track", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="evidence")
                | (~models.Q(text="") & ~models.Q(source="") & models.Q(source_on__isnull=False)),
                name="track_evidence_is_sourced",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["stopped", "prolonged"]) | ~models.Q(text=""),
                name="track_step_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["taken_up", "prolonged"]) | models.Q(stop_on__isnull=False),
                name="track_step_has_a_stop_date",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="case", case__isnull=False)
                | (~models.Q(kind="case") & models.Q(case__isnull=True)),
                name="track_case_step_has_its_case",
            ),
        ]
