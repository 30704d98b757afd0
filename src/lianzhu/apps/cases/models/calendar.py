"""Days that differ from the published calendar, notices entered here, office hours. The base is `library.calendar`."""

from django.db import models

from lianzhu.apps.core.models import User


class DayNotice(models.Model):
    """A year's notice on holidays and make-up days, entered by the office: from then on the year is not provisional."""

    year = models.PositiveSmallIntegerField(unique=True)
    source = models.CharField(max_length=160)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()


class WorkDay(models.Model):
    """One day that is worked or not, against the table it stands on."""

    date = models.DateField(unique=True)
    is_work = models.BooleanField()
    source = models.CharField(max_length=160)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()


class OfficeHours(models.Model):
    """Office hours, such as 8:30-12:00,14:00-17:30; the newest row holds."""

    hours = models.CharField(max_length=80)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
