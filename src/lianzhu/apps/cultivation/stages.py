"""The stages of dual cultivation and their days. No database.

Key staff to member follows the detailed rules for admitting Party members (中国共产党发展党员工作细则, 2014).
An activist is trained at least a year with two contacts; probation is one year; conversion is approved within three
months after it; probation is extended once at most, by six to twelve months. Member to key staff has no legal days:
the year after which the next step is looked at is this product's own reminder.
"""

import calendar
from dataclasses import dataclass, replace
from datetime import date

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianzhu.apps.core.errors import RuleBroken


class Track(models.TextChoices):
    """The two directions."""

    TO_MEMBER = "to_member", gettext_lazy("key staff to member")
    TO_KEY_STAFF = "to_key_staff", gettext_lazy("member to key staff")


class Stage(models.TextChoices):
    """Stages of both directions, in order."""

    APPLICANT = "applicant", gettext_lazy("applicant")
    ACTIVIST = "activist", gettext_lazy("activist")
    CANDIDATE = "candidate", gettext_lazy("candidate for admission")
    PROBATION = "probation", gettext_lazy("on probation")
    MEMBER = "member", gettext_lazy("full member")
    CHOSEN = "chosen", gettext_lazy("chosen for cultivation")
    AT_WORK = "at_work", gettext_lazy("proves themself at a post")
    REVIEWED = "reviewed", gettext_lazy("reviewed")
    KEY_STAFF = "key_staff", gettext_lazy("key staff")


ORDER: dict[str, tuple[Stage, ...]] = {
    Track.TO_MEMBER: (Stage.APPLICANT, Stage.ACTIVIST, Stage.CANDIDATE, Stage.PROBATION, Stage.MEMBER),
    Track.TO_KEY_STAFF: (Stage.CHOSEN, Stage.AT_WORK, Stage.REVIEWED, Stage.KEY_STAFF),
}
# From these on two contacts accompany the person.
WITH_CONTACTS = (Stage.ACTIVIST, Stage.CANDIDATE, Stage.PROBATION)
CONTACTS = 2
YEAR, CONVERSION, SHORTEST, LONGEST = 12, 3, 6, 12


@dataclass(frozen=True)
class Standing:
    """Where a person stands: stage, since when, and the end of probation while there is one."""

    track: str
    stage: str
    since: date
    probation_end: date | None = None
    extended: bool = False


@dataclass(frozen=True)
class NextStep:
    """What comes next: the stage, the first day it may begin, and the day it is due. None: no such day."""

    stage: Stage
    earliest: date
    due: date | None


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later; a month too short ends on its last day.

    >>> add_months(date(2025, 8, 31), 6), add_months(date(2024, 2, 29), 12)
    (datetime.date(2026, 2, 28), datetime.date(2025, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def begin(track: str, stage: str, since: date, *, contacts: int, today: date) -> Standing:
    """Enter a person at a stage; probation begins with the year it lasts."""
    if stage not in ORDER.get(track, ()):
        raise RuleBroken(_("Choose a stage of this direction."))
    _check_day(since, None, today)
    _check_contacts(stage, contacts)
    return Standing(track, stage, since, add_months(since, YEAR) if stage == Stage.PROBATION else None)


def next_step(standing: Standing) -> NextStep | None:
    """What comes next and when; None at the last stage.

    >>> next_step(Standing(Track.TO_MEMBER, Stage.ACTIVIST, date(2026, 3, 1))).earliest
    datetime.date(2027, 3, 1)
    """
    order = ORDER[standing.track]
    at = order.index(Stage(standing.stage))
    if at + 1 == len(order):
        return None
    after, year = order[at + 1], add_months(standing.since, YEAR)
    if standing.stage == Stage.ACTIVIST:
        return NextStep(after, year, None)
    if standing.stage == Stage.PROBATION:
        end = standing.probation_end or year
        return NextStep(after, end, add_months(end, CONVERSION))
    if standing.track == Track.TO_KEY_STAFF:
        return NextStep(after, standing.since, year)
    return NextStep(after, standing.since, None)


def advance(standing: Standing, on: date, *, contacts: int, today: date) -> Standing:
    """Go on to the next stage. Too early is refused; late is recorded as it was."""
    step = next_step(standing)
    if step is None:
        raise RuleBroken(_("The last stage is reached; close the record."))
    _check_day(on, standing.since, today)
    if on < step.earliest:
        raise RuleBroken(
            _("%(stage)s is possible from %(day)s on; until then the time required has not passed.")
            % {"stage": step.stage.label, "day": step.earliest}
        )
    _check_contacts(step.stage, contacts)
    probation_end = add_months(on, YEAR) if step.stage == Stage.PROBATION else None
    return Standing(standing.track, step.stage, on, probation_end)


def extend(standing: Standing, until: date, on: date, *, today: date) -> Standing:
    """Extend probation once, by six to twelve months from its end, decided when it ends."""
    if standing.stage != Stage.PROBATION or standing.probation_end is None:
        raise RuleBroken(_("Only probation can be extended."))
    if standing.extended:
        raise RuleBroken(_("Probation was extended already; a second time is not possible."))
    end = standing.probation_end
    _check_day(on, standing.since, today)
    if on < end:
        raise RuleBroken(_("Extension is decided when probation ends, on %(day)s.") % {"day": end})
    if not add_months(end, SHORTEST) <= until <= add_months(end, LONGEST):
        raise RuleBroken(
            _("An extension lasts six to twelve months: until %(first)s to %(last)s.")
            % {"first": add_months(end, SHORTEST), "last": add_months(end, LONGEST)}
        )
    return replace(standing, probation_end=until, extended=True)


def _check_day(on: date, since: date | None, today: date) -> None:
    if on > today:
        raise RuleBroken(_("This day is still to come."))
    if since is not None and on < since:
        raise RuleBroken(_("The day lies before the present stage began, %(day)s.") % {"day": since})


def _check_contacts(stage: str, contacts: int) -> None:
    if stage in WITH_CONTACTS and contacts < CONTACTS:
        raise RuleBroken(_("From this stage on two contacts accompany the person. Name both first."))
