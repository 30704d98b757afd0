"""What the rules stand on: the refusal, the type of a rule, and reading an event's data."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from lianzhu.apps.cases.machine.standing import Event, Outcome, Standing, State


class NotNow(Exception):
    """The rules do not allow this now; the message is an English template for translation."""

    def __init__(self, message: str, params: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message, self.params = message, dict(params or {})


# Given where the case stands and the event: the fields of the standing that change. Raises NotNow.
Rule = Callable[[Standing, Event], dict[str, Any]]


def table_of(value: object) -> Mapping[str, Any]:
    """A nested table of an event's data."""
    if not isinstance(value, Mapping):
        raise TypeError("limits are a table")
    return value


def number_of(value: object) -> int:
    """An id or a count of an event's data."""
    if not isinstance(value, int):
        raise TypeError("ids and numbers are integers")
    return value


def worse(before: bool | None, now: object) -> bool:
    """In time over all rounds: once late is late."""
    return bool(now) if before is None else before and bool(now)


def end(event: Event, state: State, outcome: Outcome, **more: Any) -> dict[str, Any]:
    """The case ends here, with this outcome."""
    return {"state": state, "outcome": outcome.value, "closed_at": event.at, **more}


def unpaused(standing: Standing, at: datetime) -> dict[str, Any]:
    """A pause ends: its interval is kept. Nothing when none runs."""
    if standing.paused_at is None:
        return {}
    interval = (standing.paused_at, at)
    return {"paused_at": None, "waits_for": "", "pauses": (*standing.pauses, interval)}
