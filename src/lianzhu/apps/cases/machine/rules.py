"""What may follow what. A standing changes only by `after_event`, and a new event enters only by `new_event`.

Source: people.md "One pool, one clock", modelled on the hotline rules of 国办发〔2020〕53号.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from lianzhu.apps.cases.machine.answering import ANSWERING
from lianzhu.apps.cases.machine.entering import ENTERING
from lianzhu.apps.cases.machine.judging import judged
from lianzhu.apps.cases.machine.ruling import NotNow, Rule
from lianzhu.apps.cases.machine.standing import Event, Kind, Standing, State
from lianzhu.engine.clock import Calendar
from lianzhu.library.problem import marked

RULES: Mapping[Kind, tuple[frozenset[State], Rule]] = {**ENTERING, **ANSWERING}


def allowed(standing: Standing) -> frozenset[Kind]:
    """Kinds of events whose state fits; the rest of a rule is looked at when the event comes."""
    return frozenset(kind for kind, (states, _rule) in RULES.items() if standing.state in states)


def new_event(standing: Standing, event: Event, calendar: Calendar) -> tuple[Event, Standing]:
    """Return the event as it enters the log, with the calendar's verdicts, and where the case stands after it.

    Raises NotNow when the state does not fit, when a rule of people.md is broken, or when the event is older than the
    one before it: a clock never runs backwards.
    """
    if standing.last_at is not None and event.at < standing.last_at:
        raise NotNow(marked("This would be dated before the last entry of the case; look at the clock of the server."))
    if event.kind not in allowed(standing):
        raise NotNow(marked("The case is not at this step any more. Look at its course, then choose again."))
    told = judged(standing, event, calendar)
    return told, after_event(standing, told)


def after_event(standing: Standing, event: Event) -> Standing:
    """Return where the case stands after an event of the log. Raises NotNow when no rule leads there."""
    states, rule = RULES[event.kind]
    if standing.state not in states:
        raise NotNow(marked("The case is not at this step any more. Look at its course, then choose again."))
    return replace(standing, last_at=event.at, **rule(standing, event))


def replay(events: Iterable[Event]) -> Standing:
    """Return where a whole log leads; the one truth that every cached column is checked against."""
    standing = Standing()
    for event in events:
        standing = after_event(standing, event)
    return standing
