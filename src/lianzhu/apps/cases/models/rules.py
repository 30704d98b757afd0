"""Rules as dated data: limits and ladders, who gets what, absences, approved answers. A new version is a new row."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.cases.machine import STEPS
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.organisation.models import Body


def all_steps() -> list[str]:
    """Keys of every step of the ladder: what a new version of limits begins with."""
    return [step.key for step in STEPS]


class Category(models.TextChoices):
    """What a case is about."""

    POWER = "power", _("power, water, gas")
    LAND = "land", _("land and buildings")
    LABOUR = "labour", _("people and skills")
    FINANCE = "finance", _("financing")
    TAX = "tax", _("tax")
    APPROVAL = "approval", _("permits and approvals")
    TESTING = "testing", _("testing and standards")
    SUPPLY = "supply", _("materials and supply")
    EXPORT = "export", _("export and customs")
    RIGHTS = "rights", _("patents and rights")
    SAFETY = "safety", _("safety and environment")
    TRAFFIC = "traffic", _("roads and transport")
    OTHER = "other", _("other")


class Limits(models.Model):
    """Time limits for a kind and category of case from a day on; '' stands for all. The most specific row wins."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, blank=True)
    category = models.CharField(max_length=10, choices=Category, blank=True)
    since = models.DateField()
    accept = models.CharField(max_length=8, default="1wd")
    dispatch = models.CharField(max_length=8, default="1wd")
    sign = models.CharField(max_length=8, default="1wd")
    first = models.CharField(max_length=8, default="3wd")
    solution = models.CharField(max_length=8, default="7wd")
    help = models.CharField(max_length=8, default="3wd")
    call = models.CharField(max_length=8, default="10wd")
    extensions = models.PositiveSmallIntegerField(default=1)
    # Steps of the ladder that are taken, keys of machine.STEPS.
    ladder = models.JSONField(default=all_steps)
    # What to have at hand, one thing a line; shown to the firm before it sends and to the lead.
    checklist = models.TextField(blank=True)
    set_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "kind", "category", "since"], name="limits_once_a_day")]


class AssignmentRule(models.Model):
    """Cases of this category and area are suggested for this body; among several, the one with the fewest open."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=10, choices=Category, blank=True)
    area = models.CharField(max_length=40, blank=True)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)


class Absence(models.Model):
    """A person is away from a day to a day: nothing new is suggested for them."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    since = models.DateField()
    until = models.DateField()


class KnownAnswer(models.Model):
    """A question and its answer, made anonymous and approved by the office; offered while somebody types."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=10, choices=Category, blank=True)
    question = models.CharField(max_length=200)
    answer = models.TextField()
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["chain", "withdrawn_at"])]
