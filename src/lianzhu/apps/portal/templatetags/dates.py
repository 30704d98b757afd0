"""Dates as people here write them: 2026-10-10 周六 09:30. Absolute always; what is relative stands beside."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

register = template.Library()


def _weekday(on: date) -> str:
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return names[on.weekday()]


@register.filter
def day(value: date | datetime | None) -> str:
    """A day with its weekday; '' for None."""
    if value is None:
        return ""
    on = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return f"{on.isoformat()} {_weekday(on)}"


@register.filter
def moment(value: datetime | None) -> str:
    """A moment in the server's time zone, to the minute; '' for None."""
    if value is None:
        return ""
    at = timezone.localtime(value)
    return f"{at.date().isoformat()} {_weekday(at.date())} {at:%H:%M}"
