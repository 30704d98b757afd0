"""Words of the machine, one event of the log, and where a case stands after some of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    TO_ACCEPT = "to_accept"
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    WORKING = "working"
    PAUSED = "paused"
    TO_REVIEW = "to_review"
    ANSWERED = "answered"
    TO_CALL = "to_call"
    RETURNED = "returned"
    REOPENED = "reopened"
    BUNDLED = "bundled"
    CLOSED = "closed"
    ARCHIVED = "archived"
    REFUSED = "refused"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


CLOSED = frozenset({State.CLOSED, State.ARCHIVED, State.REFUSED, State.MERGED, State.WITHDRAWN})
OPEN = frozenset(State) - CLOSED - {State.DRAFT}
# States in which somebody of the body it was dispatched to has the case in hand.
IN_HAND = frozenset({State.SIGNED, State.WORKING})


class Kind(StrEnum):
    """Kinds of events. Stored in the log: never rename."""

    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    RETURNED = "returned"
    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENSION_ASKED = "extension_asked"
    EXTENSION_DECIDED = "extension_decided"
    HELP_ASKED = "help_asked"
    HELP_TAKEN = "help_taken"
    HELP_GIVEN = "help_given"
    HELP_ENDED = "help_ended"
    NOTED = "noted"
    SEALED = "sealed"
    HANDED_ON = "handed_on"
    SUBMITTED_ANSWER = "submitted_answer"
    REVIEWED = "reviewed"
    ANSWERED_TOGETHER = "answered_together"
    CALLER_NAMED = "caller_named"
    CALLED_BACK = "called_back"
    SILENT = "silent"
    CLOSED = "closed"
    REOPENED = "reopened"
    MERGED = "merged"
    BUNDLED = "bundled"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"
    LADDER = "ladder"
    DUE_MOVED = "due_moved"


class Handling(StrEnum):
    """Handling type, chosen at acceptance, and who it leads to: daily → service team; key → chain lead;
    professional → department; hard → joint meeting."""

    DAILY = "daily"
    KEY = "key"
    PROFESSIONAL = "professional"
    HARD = "hard"


class Outcome(StrEnum):
    """How a case ended. Only `solved` counts as solved, and only the firm itself can say it."""

    SOLVED = "solved"
    SOLVED_ELSEWHERE = "solved_elsewhere"
    EXPLAINED = "explained"
    UNCONFIRMED = "unconfirmed"
    DONE = "done"
    REFUSED = "refused"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Event:
    """One line of the log. `by` and `body` are ids; `data` holds ids, codes and amounts, never what people wrote."""

    kind: Kind
    at: datetime
    by: int
    body: int | None = None
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """A helper's part (协办): which body, since when, its limit, and whether it ended."""

    body: int
    asked_at: datetime
    limit: str
    taken_by: int | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """What a log comes to. Everything a page shows about the course of a case is a function of this and of now."""

    state: State = State.DRAFT
    before_pause: State = State.WORKING
    round: int = 1
    has_firm: bool = False
    last_at: datetime | None = None
    # Limits as they were at entry and at dispatch: rules that change later do not reach back.
    limits: Mapping[str, str] = field(default_factory=dict)
    handling: str = ""
    body: int | None = None
    lead: int | None = None
    caller: int | None = None
    submitted_at: datetime | None = None
    accepted_at: datetime | None = None
    waiting_since: datetime | None = None
    round_began: datetime | None = None
    dispatched_at: datetime | None = None
    signed_at: datetime | None = None
    first_answered_at: datetime | None = None
    answered_at: datetime | None = None
    # Due times as they were when the answers went out: a notice entered later does not move what is past.
    first_due: datetime | None = None
    solution_due: datetime | None = None
    closed_at: datetime | None = None
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    paused_at: datetime | None = None
    waits_for: str = ""
    returns: int = 0
    returns_in_round: int = 0
    # The third return goes to the office, whose next dispatch is final for the round.
    office_decides: bool = False
    final: bool = False
    extension_asked: int | None = None
    extended: int = 0
    extensions: int = 0
    parts: Mapping[str, Part] = field(default_factory=dict)
    stage: str = ""
    submitted_by: int | None = None
    ask_again: bool = False
    silent: tuple[datetime, ...] = ()
    outcome: str = ""
    unconfirmed: bool = False
    into: int | None = None
    ladder: frozenset[str] = frozenset()
    # In time so far, over all rounds; None while nothing was measured.
    signed_in_time: bool | None = None
    first_in_time: bool | None = None
    solved_in_time: bool | None = None

    @property
    def open_parts(self) -> dict[str, Part]:
        """Helpers' parts that have not ended."""
        return {key: part for key, part in self.parts.items() if part.ended_at is None}
