"""The working calendar and its two operations: `add` an amount of working time, and the working time `between`.

Instants are local wall time of Asia/Shanghai, which has no daylight saving: a naive datetime is taken as such, an aware
one is converted and answered aware. Everything is counted in whole microseconds; nothing is a float.

One idea carries the module: `_worked` counts all working time from the beginning of the calendar to an instant. It
never falls, so `between` is a difference and `add` is its inverse, the first instant at which the sum is reached.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property
from itertools import accumulate
from typing import Literal
from zoneinfo import ZoneInfo

from lianzhu.library.calendar import published_days
from lianzhu.library.problem import BadInput, Problem, marked

ZONE = ZoneInfo("Asia/Shanghai")
Unit = Literal["wd", "wh", "d"]
MINUTE = 60_000_000
DAY = 1440 * MINUTE
# 8:30-12:00 and 14:00-17:30, as minutes of the day; each segment holds its first minute and not its last instant.
OFFICE_HOURS = ((510, 720), (840, 1050))
LONGEST = 36_500


@dataclass(frozen=True)
class Calendar:
    """Which days are worked and in which hours.

    `special`: days that differ from Monday to Friday. `years`: years whose notice is published; a day outside them is
    provisional. `hours`: office segments in minutes of the day, ascending, not overlapping.
    """

    special: Mapping[date, bool]
    years: frozenset[int]
    hours: tuple[tuple[int, int], ...] = OFFICE_HOURS

    def __post_init__(self) -> None:
        ends = [edge for segment in self.hours for edge in segment]
        if not ends or ends != sorted(set(ends)) or ends[0] < 0 or ends[-1] > 1440:
            raise BadInput(
                Problem(
                    marked("The office hours {hours} are not ascending segments of one day."),
                    {"hours": self.hours},
                    mend=marked("Write them as 8:30-12:00,14:00-17:30."),
                )
            )

    @cached_property
    def day_length(self) -> int:
        """Working time of one working day, in microseconds."""
        return sum(end - start for start, end in self.hours) * MINUTE

    @cached_property
    def _odd_days(self) -> tuple[list[int], list[int]]:
        """Ordinals of the days that differ from Monday to Friday, and the running sum of the difference they make."""
        odd = sorted((day.toordinal(), work - (day.weekday() < 5)) for day, work in self.special.items())
        return [ordinal for ordinal, _ in odd], [0, *accumulate(change for _, change in odd)]

    def days_up_to(self, ordinal: int) -> int:
        """Count of working days with ordinal ≤ `ordinal` (day 1 is a Monday)."""
        ordinals, change = self._odd_days
        return 5 * (ordinal // 7) + min(ordinal % 7, 5) + change[bisect_right(ordinals, ordinal)]

    def nth_day(self, count: int) -> date:
        """The day on which `days_up_to` first reaches `count`."""
        low, high = max(1, count), max(1, count) * 2 + 2 * len(self.special) + 14
        found = low + bisect_left(range(low, high), count, key=self.days_up_to)
        if found > date.max.toordinal() - 1:
            raise _too_far()
        return date.fromordinal(found)


@dataclass(frozen=True)
class Amount:
    """A number of working days (`wd`, whole), working hours (`wh`) or calendar days (`d`, whole)."""

    number: Fraction
    unit: Unit


@dataclass(frozen=True)
class Due:
    """A due time; `provisional` when a day it depends on lies outside the published years."""

    moment: datetime
    provisional: bool


@cache
def published_calendar() -> Calendar:
    """Return the calendar of the published notices with the default office hours."""
    table = published_days()
    return Calendar(table.special, table.years)


def parse_amount(text: str) -> Amount:
    """Read `3wd`, `4wh`, `1.5wh` or `10d`.

    Raises BadInput for anything else, for zero or broken days, and for more than a hundred years.

    >>> parse_amount("3wd")
    Amount(number=Fraction(3, 1), unit='wd')
    """
    read = re.fullmatch(r"\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(wd|wh|d)\s*", text)
    number = Fraction(Decimal(read[1])) if read else Fraction(0)
    unit = read[2] if read else ""
    whole = unit == "wh" or (number >= 1 and number.denominator == 1)
    if not read or not whole or number > LONGEST * (24 if unit == "wh" else 1):
        raise BadInput(
            Problem(
                marked("{text} is not an amount of working time."),
                {"text": text},
                mend=marked("Write 3wd (working days), 4wh or 1.5wh (working hours) or 10d (calendar days)."),
            )
        )
    return Amount(number, "wd" if unit == "wd" else "wh" if unit == "wh" else "d")


def is_working_day(day: date, calendar: Calendar) -> bool:
    """True when the day is worked; days outside the published years follow Monday to Friday."""
    return calendar.special.get(day, day.weekday() < 5)


def _local(moment: datetime) -> datetime:
    """Wall time of Asia/Shanghai, without zone."""
    return moment if moment.tzinfo is None else moment.astimezone(ZONE).replace(tzinfo=None)


def _like(moment: datetime, asked: datetime) -> datetime:
    """The answer as it was asked: aware when the question was."""
    return moment if asked.tzinfo is None else moment.replace(tzinfo=ZONE)


def _since_midnight(moment: datetime) -> int:
    passed = moment - datetime.combine(moment.date(), time.min)
    return passed // timedelta(microseconds=1)


def _at(day: date, microseconds: int) -> datetime:
    return datetime.combine(day, time.min) + timedelta(microseconds=microseconds)


def _worked(moment: datetime, calendar: Calendar) -> int:
    """All working time before `moment`, in microseconds from the beginning of the calendar."""
    ordinal = moment.date().toordinal()
    before = calendar.days_up_to(ordinal - 1)
    today = 0
    if calendar.days_up_to(ordinal) > before:
        now = _since_midnight(moment)
        today = sum(min(max(now - start * MINUTE, 0), (end - start) * MINUTE) for start, end in calendar.hours)
    return before * calendar.day_length + today


def _reached(worked: int, calendar: Calendar) -> datetime:
    """The first instant at which the working time reaches `worked` > 0: the inverse of `_worked`."""
    full_days = (worked - 1) // calendar.day_length
    day = calendar.nth_day(full_days + 1)
    rest = worked - full_days * calendar.day_length
    for start, end in calendar.hours:
        length = (end - start) * MINUTE
        if rest <= length:
            return _at(day, start * MINUTE + rest)
        rest -= length
    raise AssertionError("a working day is as long as its segments")


def after(start: datetime, worked: timedelta, calendar: Calendar) -> datetime:
    """Return the first instant at which `worked` has passed since `start`; the next working instant for no time."""
    local = _local(start)
    if worked <= timedelta(0):
        return next_working_instant(start, calendar)
    return _like(_reached(_worked(local, calendar) + worked // timedelta(microseconds=1), calendar), start)


def is_working_instant(moment: datetime, calendar: Calendar) -> bool:
    """True inside office hours: a segment holds its first instant and not its last."""
    local = _local(moment)
    now = _since_midnight(local)
    inside = any(start * MINUTE <= now < end * MINUTE for start, end in calendar.hours)
    return inside and is_working_day(local.date(), calendar)


def next_working_instant(moment: datetime, calendar: Calendar) -> datetime:
    """Return `moment` when it is worked, else the start of the next office segment."""
    if is_working_instant(moment, calendar):
        return moment
    local = _local(moment)
    first_microsecond = _reached(_worked(local, calendar) + 1, calendar)
    return _like(first_microsecond - timedelta(microseconds=1), moment)


def _provisional(first: datetime, last: datetime, calendar: Calendar) -> bool:
    return any(year not in calendar.years for year in range(first.year, last.year + 1))


def _too_far() -> BadInput:
    return BadInput(Problem(marked("The due time lies beyond the calendar."), mend=marked("Give a smaller amount.")))


def add(start: datetime, amount: Amount, calendar: Calendar) -> Due:
    """Return the due time `amount` after `start`.

    `wd`: close of office hours on the Nth working day after the start day. `wh`: the first instant at which N working
    hours have passed (a sum that ends with a segment is due at its close; zero gives the next working instant),
    rounded to whole seconds. `d`: 24:00 of the Nth calendar day after the start day, written 0:00 of the next.

    Raises BadInput when the due time lies beyond the year 9999. Source: engines contract, clock.

    >>> add(datetime(2026, 9, 30, 16, 0), parse_amount("3wd"), published_calendar())
    Due(moment=datetime.datetime(2026, 10, 10, 17, 30), provisional=False)
    """
    local = _local(start)
    try:
        if amount.unit == "d":
            moment = _at(local.date() + timedelta(int(amount.number) + 1), 0)
            return Due(_like(moment, start), provisional=False)
        if amount.unit == "wd":
            day = calendar.nth_day(calendar.days_up_to(local.date().toordinal()) + int(amount.number))
            moment = _at(day, calendar.hours[-1][1] * MINUTE)
        else:
            moment = after(local, timedelta(seconds=round(amount.number * 3600)), calendar)
    except OverflowError:
        raise _too_far()
    return Due(_like(moment, start), _provisional(local, moment, calendar))


def working_time(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """Return the working time from `start` to `end`; negative when `end` is earlier."""
    return timedelta(microseconds=_worked(_local(end), calendar) - _worked(_local(start), calendar))


def between(start: datetime, end: datetime, calendar: Calendar, unit: Unit = "wh") -> Fraction:
    """Return how much lies between two instants: working hours (exact), or whole days after the start day.

    Days are counted as `add` counts them: the start day not, the day in which `end` falls yes; midnight ends a day.
    Negative when `end` is earlier.

    >>> between(datetime(2026, 9, 30, 16, 0), datetime(2026, 10, 12, 10, 0), published_calendar())
    Fraction(24, 1)
    """
    first, last = _local(start), _local(end)
    if last < first:
        return -between(end, start, calendar, unit)
    if unit == "wh":
        return Fraction(_worked(last, calendar) - _worked(first, calendar), 60 * MINUTE)
    begins = first.date().toordinal()
    ends = max(begins, (last - timedelta(microseconds=1)).date().toordinal())
    if unit == "d":
        return Fraction(ends - begins)
    return Fraction(calendar.days_up_to(ends) - calendar.days_up_to(begins))


def is_provisional(start: datetime, end: datetime, calendar: Calendar) -> bool:
    """True when the working time between two instants depends on a year without a published notice."""
    first, last = sorted((_local(start), _local(end)))
    return _provisional(first, last, calendar)
