"""An activity, who signed up, its papers, and the decisions that became cases."""

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.cases.models import Case, works_for
from lianzhu.apps.core.models import StoredFile, User
from lianzhu.apps.enterprises.models import Chain, Enterprise, access_of
from lianzhu.apps.organisation.models import Body, keeper_chains

# What came of it is asked so long after the day.
OUTCOME_AFTER = timedelta(days=90)


class ActivityQuerySet(models.QuerySet[Any]):
    """Reading goes through `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """Open to its whole chain, agenda, minutes and decisions included: nothing is agreed behind a door."""
        return self.filter(chain__in=access_of(user).chains)

    def convened_by(self, user: User) -> Self:
        """Those the person may run: chain office, organisation secretary, people of the host body without a tie."""
        access = access_of(user)
        if access.office_chains and access.office_chains == access.chains:
            # The office runs everything of its chain; its first page need not ask for its seats each time.
            return self.filter(chain__in=access.office_chains)
        return self.filter(models.Q(chain__in=keeper_chains(user)) | models.Q(host__in=works_for(user)))


class Activity(models.Model):
    """A forum, lecture, training or joint meeting. `agenda` holds one item a line and has passed the agenda check."""

    class Kind(models.TextChoices):
        JOINT_MEETING = "joint_meeting", _("joint meeting")
        FORUM = "forum", _("forum")
        LECTURE = "lecture", _("lecture")
        TRAINING = "training", _("training")

    class State(models.TextChoices):
        ANNOUNCED = "announced", _("announced")
        HELD = "held", _("held")
        CALLED_OFF = "called_off", _("called off")

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="activities")
    kind = models.CharField(max_length=14, choices=Kind)
    title = models.CharField(max_length=120)
    host = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="activities")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=120)
    agenda = models.TextField()
    # No number: everybody finds a seat.
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ANNOUNCED)
    called_off_why = models.CharField(max_length=200, blank=True)
    announced_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    announced_at = models.DateTimeField()
    minutes = models.TextField(blank=True)
    # Who stopped a forbidden topic and how, when somebody began one.
    objection = models.CharField(max_length=300, blank=True)
    minutes_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    minutes_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(blank=True)
    outcome_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome_at = models.DateTimeField(null=True, blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("begins_at")), name="activity_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__isnull=True) | models.Q(capacity__gte=1), name="activity_has_a_seat"
            ),
        ]
        indexes = [models.Index(fields=["chain", "begins_at", "id"])]

    def __str__(self) -> str:
        return self.title

    @property
    def items(self) -> list[str]:
        """The agenda, item by item."""
        return [line.strip() for line in self.agenda.splitlines() if line.strip()]

    @property
    def outcome_due(self) -> Any:
        """The day on which somebody says what came of it."""
        return timezone.localdate(self.ends_at) + OUTCOME_AFTER


class SignUpQuerySet(models.QuerySet[Any]):
    """Reading goes through `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """By name: to who runs the activity, to the person, and to the firm of its own people. Others see counts."""
        own = models.Q(user=user) | models.Q(signed_by=user) | models.Q(firm__in=access_of(user).own_firms)
        return self.filter(own | models.Q(activity__in=Activity.objects.convened_by(user)))


class SignUp(models.Model):
    """Somebody on the list of an activity: name and unit, nothing else of the person. Waiting goes by `id`."""

    class State(models.TextChoices):
        REGISTERED = "registered", _("registered")
        WAITLISTED = "waitlisted", _("on the waiting list")
        ATTENDED = "attended", _("attended")
        ABSENT = "absent", _("absent")
        CANCELLED = "cancelled", _("cancelled")

    SEATED: ClassVar[tuple[str, ...]] = ("registered", "attended", "absent")

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="sign_ups")
    name = models.CharField(max_length=60)
    unit = models.CharField(max_length=120)
    firm = models.ForeignKey(Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    objects = SignUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "name", "unit"], condition=~models.Q(state="cancelled"), name="signed_up_once"
            )
        ]
        indexes = [models.Index(fields=["activity", "state", "id"])]

    def __str__(self) -> str:
        return self.name


class Paper(models.Model):
    """A file handed out at an activity; opened by who may see the activity."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="papers")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()


class Decision(models.Model):
    """What the meeting decided, and the case that carries it out."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="decisions")
    text = models.CharField(max_length=500)
    owner = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="decision")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
