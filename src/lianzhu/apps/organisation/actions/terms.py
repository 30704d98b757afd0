"""What every dated relation obeys: a source, days in order, no overlap where the rules forbid one."""

from datetime import date
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.organisation.models import Dated

AnyDated = TypeVar("AnyDated", bound=Dated)
OLDEST = date(1921, 7, 1)


def overlapping(since: date, until: date | None) -> models.Q:
    """Relations that share a day with [since, until]; no `until` reaches for ever."""
    begins = models.Q() if until is None else models.Q(since__lte=until)
    return begins & (models.Q(until__isnull=True) | models.Q(until__gte=since))


def check_term(name: str, source: str, since: date, until: date | None) -> tuple[str, str]:
    """Refuse a term that ends before it begins or that nobody vouches for; return name and source trimmed."""
    name, source = " ".join(name.split()), " ".join(source.split())
    if not name:
        raise RuleBroken(_("Give the name."))
    if not source:
        raise RuleBroken(_("Say where this comes from: the decision and its date."))
    if until is not None and until < since:
        raise RuleBroken(_("The last day, %(until)s, lies before the first, %(since)s.") % _days(since, until))
    if since < OLDEST:
        raise RuleBroken(_("%(since)s is too early; check the year.") % _days(since, until))
    return name, source


def _days(since: date, until: date | None) -> dict[str, Any]:
    """The two days as fields of a sentence."""
    return {"since": since, "until": until}


def within(outer: Dated, since: date, until: date | None) -> bool:
    """Whether a term lies inside the life of another."""
    late = outer.until is not None and (until is None or until > outer.until)
    return outer.since <= since and not late


def close(row: AnyDated, on: date) -> AnyDated:
    """Set the last day of a relation that still holds then."""
    if row.until is not None and row.until <= on:
        raise RuleBroken(_("This ended on %(day)s already.") % {"day": row.until})
    if on < row.since:
        raise RuleBroken(_("The last day cannot lie before the first, %(day)s.") % {"day": row.since})
    row.until = on
    row.save(update_fields=["until"])
    return row
