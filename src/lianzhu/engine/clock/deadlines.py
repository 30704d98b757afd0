"""Deadlines over working time: due times with pauses, lights, and what a newly entered notice moves."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Literal

from lianzhu.engine.clock.worktime import Amount, Calendar, Due, add, after, is_provisional, working_time

Light = Literal["in_time", "soon", "overdue"]
Pause = tuple[datetime, datetime]
# Yellow from four fifths of the working time.
SOON = Fraction(4, 5)
NO_TIME = timedelta(0)


@dataclass(frozen=True)
class Deadline:
    """An open deadline: whose it is, when its clock started, its limit, its pauses, and the due time on record."""

    key: Hashable
    opened: datetime
    limit: Amount
    due: datetime
    provisional: bool = False
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True)
class Moved:
    """A deadline whose due time, or whose being provisional, changed."""

    key: Hashable
    before: datetime
    after: datetime
    provisional: bool


def due_at(opened: datetime, limit: Amount, calendar: Calendar, pauses: Sequence[Pause] = ()) -> Due:
    """Return when `limit` has run out, counted from `opened`, pauses left out.

    Each pause (from, to) that begins before the due time moves it on by the pause's working time (by its whole length
    for calendar days). A pause still open is given with the present instant as its end.
    """
    due = add(opened, limit, calendar)
    moment, provisional = due.moment, due.provisional
    for begins, ends in _merged(pauses, opened):
        if begins >= moment:
            break
        if limit.unit == "d":
            moment += ends - begins
            continue
        rest = working_time(begins, ends, calendar)
        if rest > NO_TIME:
            moment = after(moment, rest, calendar)
        provisional = is_provisional(opened, moment, calendar)
    return Due(moment, provisional)


def _merged(pauses: Sequence[Pause], opened: datetime) -> list[Pause]:
    """Pauses in order, cut at `opened`, overlapping ones joined so that no instant counts twice."""
    joined: list[Pause] = []
    for begins, ends in sorted(pauses):
        begins = max(begins, opened)
        if ends <= begins:
            continue
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((begins, ends))
    return joined


def _running(opened: datetime, until: datetime, calendar: Calendar, pauses: Sequence[Pause]) -> timedelta:
    """Working time from `opened` to `until` without the pauses."""
    whole = working_time(opened, until, calendar)
    cut = [(begins, min(ends, until)) for begins, ends in _merged(pauses, opened) if begins < until]
    return whole - sum((working_time(begins, ends, calendar) for begins, ends in cut), NO_TIME)


def share_used(
    opened: datetime, due: datetime, now: datetime, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> Fraction:
    """Return how much of the working time from `opened` to `due` has passed at `now`; 1 or more once it is due."""
    if now < opened:
        return Fraction(0)
    limit = _running(opened, due, calendar, pauses)
    if limit <= NO_TIME:
        return Fraction(1) if now >= due else Fraction(0)
    used = _running(opened, now, calendar, pauses)
    return Fraction(used // timedelta(microseconds=1), limit // timedelta(microseconds=1))


def light(opened: datetime, due: datetime, now: datetime, calendar: Calendar, pauses: Sequence[Pause] = ()) -> Light:
    """Return `overdue` from the due instant on, `soon` from 80 % of the working time, else `in_time`.

    `due` is the due time with the same pauses counted (`due_at`).
    """
    if now >= due:
        return "overdue"
    return "soon" if share_used(opened, due, now, calendar, pauses) >= SOON else "in_time"


def moment_at_share(opened: datetime, due: datetime, share: Fraction, calendar: Calendar) -> datetime:
    """Return the instant at which `share` (above 0, up to 1) of the working time from `opened` to `due` has passed."""
    limit = working_time(opened, due, calendar) // timedelta(microseconds=1)
    return min(due, after(opened, timedelta(microseconds=round(share * limit)), calendar))


def changed_deadlines(open_deadlines: Iterable[Deadline], calendar: Calendar) -> list[Moved]:
    """Return which open deadlines move, or stop being provisional, under `calendar` (a newly entered notice)."""
    moved: list[Moved] = []
    for one in open_deadlines:
        due = due_at(one.opened, one.limit, calendar, one.pauses)
        if due.moment != one.due or due.provisional != one.provisional:
            moved.append(Moved(one.key, one.due, due.moment, due.provisional))
    return moved
