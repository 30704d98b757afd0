"""What the calendar says of an event at the moment it happens: in time or not, too late to ask, the second call.

The verdict is written into the event. So replaying a log asks no calendar, and a notice entered later moves open due
times but never rewrites what was found in time or late.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

from lianzhu.apps.cases.machine.clocks import amount, clocks, make_clock
from lianzhu.apps.cases.machine.ruling import NotNow
from lianzhu.apps.cases.machine.standing import Event, Kind, Standing
from lianzhu.engine.clock import Calendar, add, between, is_working_day
from lianzhu.engine.clock.worktime import ZONE
from lianzhu.library.problem import marked

# Two calls nobody answered, on different working days, the second at most this many working days after the first.
SILENT_DAYS = 10
Verdict = Callable[[Standing, Event, Calendar], dict[str, bool | str]]


def judged(standing: Standing, event: Event, calendar: Calendar) -> Event:
    """Return the event with the calendar's verdicts in its data; NotNow where the calendar refuses it."""
    verdict = VERDICTS.get(event.kind)
    return replace(event, data={**event.data, **verdict(standing, event, calendar)}) if verdict else event


def _signed(standing: Standing, event: Event, calendar: Calendar) -> dict[str, bool | str]:
    since = standing.dispatched_at or event.at
    return {"on_time": event.at <= make_clock(standing, "sign", since, calendar).due}


def _answered(standing: Standing, event: Event, calendar: Calendar) -> dict[str, bool | str]:
    began = standing.round_began or event.at
    first = make_clock(standing, "first", began, calendar, pausing=True).due
    solution = make_clock(standing, "solution", began, calendar, pausing=True).due
    return {
        "first_on_time": event.at <= first,
        "first_due": first.isoformat(),
        "on_time": event.at <= solution,
        "due": solution.isoformat(),
    }


def _extension(standing: Standing, event: Event, calendar: Calendar) -> dict[str, bool | str]:
    solution = next((one for one in clocks(standing, calendar) if one.name == "solution"), None)
    if solution and add(event.at, amount("1wd"), calendar).moment > solution.due:
        raise NotNow(marked("An extension is asked at least one working day before it is due; this is too late."))
    return {}


def _silent(standing: Standing, event: Event, calendar: Calendar) -> dict[str, bool | str]:
    if not is_working_day(_day(event.at), calendar):
        raise NotNow(marked("Calls on days off do not count; call again on a working day."))
    recent = [at for at in standing.silent if between(at, event.at, calendar, "wd") <= SILENT_DAYS]
    if any(_day(at) == _day(event.at) for at in recent):
        raise NotNow(marked("One call a day counts; call again on another working day."))
    return {"second": bool(recent)}


def _day(at: datetime) -> date:
    """The day of an instant where working days are counted."""
    return at.date() if at.tzinfo is None else at.astimezone(ZONE).date()


VERDICTS: Mapping[Kind, Verdict] = {
    Kind.SIGNED: _signed,
    Kind.REVIEWED: _answered,
    Kind.ANSWERED_TOGETHER: _answered,
    Kind.EXTENSION_ASKED: _extension,
    Kind.SILENT: _silent,
}
