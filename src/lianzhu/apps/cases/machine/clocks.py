"""Clocks of a case: acceptance, dispatch, signing, first answer, solution, helpers' parts, call-back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from lianzhu.apps.cases.machine.standing import OPEN, Standing, State
from lianzhu.engine.clock import Amount, Calendar, add, after, due_at, parse_amount, share_used, working_time

Light = Literal["ok", "soon", "late", "paused"]
SOON = Fraction(4, 5)
NO_TIME = timedelta(0)
WORKED_ON = frozenset({State.DISPATCHED, State.SIGNED, State.WORKING, State.PAUSED, State.TO_REVIEW, State.RETURNED})


@lru_cache(maxsize=512)
def amount(text: str) -> Amount:
    """A limit as written in the tables, `3wd`; parsed once."""
    return parse_amount(text)


@dataclass(frozen=True)
class Clock:
    """One limit of a case: since when it runs, when it is due, when it is four fifths used, when it stopped."""

    name: str
    opened: datetime
    limit: str
    due: datetime
    soon: datetime
    provisional: bool
    stopped: datetime | None = None
    paused: bool = False
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    part: str = ""

    def light(self, now: datetime) -> Light:
        """Shape of the light: a stopped clock keeps the one it had when it stopped."""
        if self.stopped is None and self.paused:
            return "paused"
        at = self.stopped or now
        # Done at the very instant it is due is in time; still open at it is not.
        if at > self.due or (self.stopped is None and at == self.due):
            return "late"
        return "soon" if at >= self.soon else "ok"

    def share(self, now: datetime, calendar: Calendar) -> Fraction:
        """How much of the time is used, pauses left out; above 1 when overdue."""
        at = self.stopped or now
        return share_used(self.opened, self.due, at, calendar, self.pauses)


def _limit(standing: Standing, name: str) -> Amount:
    """The limit of a clock; an extension adds whole working days to the solution's."""
    told = amount(standing.limits[name])
    if name == "solution" and standing.extended:
        return Amount(told.number + standing.extended, told.unit)
    return told


def _moment_at(
    share: Fraction,
    opened: datetime,
    due: datetime,
    pauses: Iterable[tuple[datetime, datetime]],
    calendar: Calendar,
) -> datetime:
    """The instant at which this share of the working time is used, pauses left out."""
    cut = [(max(a, opened), min(b, due)) for a, b in pauses if b > opened and a < due]
    whole = working_time(opened, due, calendar) - sum((working_time(a, b, calendar) for a, b in cut), NO_TIME)
    moment = after(opened, whole * share.numerator / share.denominator, calendar)
    for begins, ends in cut:
        if begins >= moment:
            break
        rest = working_time(begins, ends, calendar)
        if rest > NO_TIME:
            moment = after(moment, rest, calendar)
    return min(moment, due)


def make_clock(
    standing: Standing,
    name: str,
    opened: datetime,
    calendar: Calendar,
    *,
    stopped: datetime | None = None,
    pausing: bool = False,
    limit: Amount | None = None,
    part: str = "",
    was_due: datetime | None = None,
) -> Clock:
    """Compute one clock. While a pause runs, what is left of the time stands still: the pause is not yet counted.

    `was_due`: when it was due as it stopped, which no later calendar changes.
    """
    told = limit or _limit(standing, name)
    pauses = standing.pauses if pausing else ()
    due = due_at(opened, told, calendar, pauses)
    text = f"{float(told.number):g}{told.unit}"
    moment = was_due or due.moment
    soon = _moment_at(SOON, opened, moment, pauses, calendar)
    paused = pausing and standing.state is State.PAUSED
    provisional = due.provisional and was_due is None
    return Clock(name, opened, text, moment, soon, provisional, stopped, paused, pauses, part)


def clocks(standing: Standing, calendar: Calendar) -> list[Clock]:
    """Every clock of the present round, stopped ones too, in the order in which they run."""
    found: list[Clock] = []
    if standing.submitted_at and "accept" in standing.limits and standing.round == 1:
        ended = standing.accepted_at or standing.closed_at
        found.append(make_clock(standing, "accept", standing.submitted_at, calendar, stopped=ended))
    if standing.waiting_since and standing.state in (State.ACCEPTED, State.REOPENED, State.RETURNED):
        found.append(make_clock(standing, "dispatch", standing.waiting_since, calendar))
    if standing.dispatched_at and standing.state is not State.RETURNED and "sign" in standing.limits:
        ended = standing.signed_at or standing.answered_at or standing.closed_at
        found.append(make_clock(standing, "sign", standing.dispatched_at, calendar, stopped=ended))
    if standing.round_began:
        ended = standing.answered_at or standing.closed_at
        first = standing.first_answered_at or ended
        for name, stopped, was in (("first", first, standing.first_due), ("solution", ended, standing.solution_due)):
            began = standing.round_began
            found.append(make_clock(standing, name, began, calendar, stopped=stopped, pausing=True, was_due=was))
    for key, part in standing.parts.items():
        told = amount(part.limit)
        ended = part.ended_at or standing.answered_at or standing.closed_at
        found.append(make_clock(standing, "help", part.asked_at, calendar, stopped=ended, limit=told, part=key))
    if standing.answered_at and "call" in standing.limits:
        found.append(make_clock(standing, "call", standing.answered_at, calendar, stopped=standing.closed_at))
    return found


def governing(standing: Standing, calendar: Calendar) -> list[Clock]:
    """The clocks that run now and decide the light of the case. None once it is closed, or still a draft."""
    return [one for one in clocks(standing, calendar) if one.stopped is None] if standing.state in OPEN else []


@dataclass(frozen=True)
class Step:
    """A step of the ladder: at this share of the time, or this long after it is due, tell these people."""

    key: str
    share: Fraction | None
    late_by: str
    tells: Literal["worker", "leader", "office"]


# Notice and reminder to who works on it; overdue to the supervising leader; then written supervision and notice.
STEPS = (
    Step("50", Fraction(1, 2), "", "worker"),
    Step("80", SOON, "", "worker"),
    Step("100", Fraction(1), "", "leader"),
    Step("+1wd", None, "1wd", "office"),
    Step("+5wd", None, "5wd", "office"),
)


def step_moment(step: Step, clock: Clock, calendar: Calendar) -> datetime:
    """When a step of the ladder is due on a clock."""
    if step.share is None:
        return add(clock.due, amount(step.late_by), calendar).moment
    if step.share == 1:
        return clock.due
    if step.share == SOON:
        return clock.soon
    return _moment_at(step.share, clock.opened, clock.due, clock.pauses, calendar)


def ladder_key(standing: Standing, clock: Clock, step: Step) -> str:
    """Name of a step in the log: once per clock, round and due time's owner."""
    return f"{clock.name}{clock.part}/{standing.round}/{step.key}"


def steps_ahead(standing: Standing, calendar: Calendar) -> list[tuple[datetime, Clock, Step]]:
    """Steps not taken yet of the clocks that run, with their moments; a paused clock takes no step."""
    told = standing.limits.get("ladder")
    on = None if told is None else told.split(",")
    found = []
    for clock in governing(standing, calendar):
        if clock.paused:
            continue
        for step in STEPS:
            if (on is None or step.key in on) and ladder_key(standing, clock, step) not in standing.ladder:
                found.append((step_moment(step, clock, calendar), clock, step))
    return sorted(found, key=lambda one: one[0])


def steps_due(standing: Standing, now: datetime, calendar: Calendar) -> list[tuple[Clock, Step]]:
    """Steps whose moment has come, earliest first."""
    return [(clock, step) for moment, clock, step in steps_ahead(standing, calendar) if moment <= now]
