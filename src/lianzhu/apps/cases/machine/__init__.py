"""The case machine: what may follow what, and what a log of events comes to. Pure: no Django, no database, no clock.

Imports `engine.clock` and `library`. Start in `standing.py` (words and state), then `rules.py` (what may
follow what; one function per event in `entering.py` and `answering.py`), then `clocks.py` (due times, lights, ladder).
"""

from lianzhu.apps.cases.machine.clocks import STEPS, Clock, Step, clocks, governing, ladder_key, steps_ahead, steps_due
from lianzhu.apps.cases.machine.rules import after_event, allowed, new_event, replay
from lianzhu.apps.cases.machine.ruling import NotNow
from lianzhu.apps.cases.machine.standing import CLOSED, OPEN, Event, Handling, Kind, Outcome, Part, Standing, State

__all__ = [
    "CLOSED",
    "OPEN",
    "STEPS",
    "Clock",
    "Event",
    "Handling",
    "Kind",
    "NotNow",
    "Outcome",
    "Part",
    "Standing",
    "State",
    "Step",
    "after_event",
    "allowed",
    "clocks",
    "governing",
    "ladder_key",
    "new_event",
    "replay",
    "steps_ahead",
    "steps_due",
]
