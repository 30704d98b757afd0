"""Rules from the answer to the end: review, call-back, silence, reopening, merging, bundling, withdrawal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lianzhu.apps.cases.machine.ruling import NotNow, Rule, end, number_of, table_of, unpaused, worse
from lianzhu.apps.cases.machine.standing import IN_HAND, OPEN, Event, Kind, Outcome, Standing, State
from lianzhu.library.problem import marked


def _submitted_answer(standing: Standing, event: Event) -> dict[str, Any]:
    stage = event.data.get("stage")
    if stage not in ("first", "final"):
        raise NotNow(marked("An answer is the first one or the final one."))
    if stage == "first" and standing.first_answered_at is not None:
        raise NotNow(marked("The first answer was given already."))
    if stage == "final" and standing.open_parts:
        raise NotNow(marked("A helper's part must end before the answer is reviewed."))
    return {"state": State.TO_REVIEW, "stage": stage, "submitted_by": event.by}


def _reviewed(standing: Standing, event: Event) -> dict[str, Any]:
    if event.by in (standing.submitted_by, standing.lead):
        raise NotNow(marked("Somebody other than the lead reviews the answer."))
    if not event.data["approved"]:
        return {"state": State.WORKING, "stage": "", "submitted_by": None}
    if standing.stage == "first":
        return {"state": State.WORKING, "stage": "", "submitted_by": None, **_first(standing, event)}
    return {"stage": "", "submitted_by": None, "extension_asked": None, **_answered(standing, event)}


def _first(standing: Standing, event: Event) -> dict[str, Any]:
    if standing.first_answered_at is not None or standing.round_began is None:
        return {}
    return {
        "first_answered_at": event.at,
        "first_due": datetime.fromisoformat(str(event.data["first_due"])),
        "first_in_time": worse(standing.first_in_time, event.data["first_on_time"]),
    }


def _answered(standing: Standing, event: Event) -> dict[str, Any]:
    return {
        "state": State.ANSWERED,
        "answered_at": event.at,
        "solution_due": datetime.fromisoformat(str(event.data["due"])),
        "solved_in_time": worse(standing.solved_in_time, event.data["on_time"]),
        **_first(standing, event),
    }


def _answered_together(standing: Standing, event: Event) -> dict[str, Any]:
    return _answered(standing, event)


def _caller_named(standing: Standing, event: Event) -> dict[str, Any]:
    caller = number_of(event.data["caller"])
    if caller == standing.lead:
        raise NotNow(marked("Who calls back is never the lead."))
    return {"state": State.TO_CALL, "caller": caller}


def _called_back(standing: Standing, event: Event) -> dict[str, Any]:
    if event.by == standing.lead:
        raise NotNow(marked("Who calls back is never the lead."))
    if not standing.has_firm:
        raise NotNow(marked("No firm stands behind this case; the office closes it."))
    said = event.data.get("solved")
    if said not in ("yes", "basically", "explained", "no"):
        raise NotNow(marked("Write down what the firm said: solved, basically, explained or not."))
    if said in ("yes", "basically") and event.data.get("by_whom") not in ("service", "firm", "others"):
        raise NotNow(marked("Write down who solved it."))
    if event.data.get("again") not in (True, False):
        raise NotNow(marked("Write down whether the firm would raise such a matter again."))
    if said == "basically":
        if standing.ask_again:
            raise NotNow(marked("The firm said basically satisfied before; this time it is yes, explained or no."))
        return {"state": State.TO_CALL, "ask_again": True}
    if said == "no":
        return _new_round(standing, event.at)
    outcome = Outcome.EXPLAINED
    if said == "yes":
        outcome = Outcome.SOLVED if event.data["by_whom"] == "service" else Outcome.SOLVED_ELSEWHERE
    return end(event, State.CLOSED, outcome, ask_again=False, unconfirmed=False)


def _silent(standing: Standing, event: Event) -> dict[str, Any]:
    if event.by == standing.lead:
        raise NotNow(marked("Who calls back is never the lead."))
    if event.data["second"]:
        return end(event, State.CLOSED, Outcome.UNCONFIRMED, unconfirmed=True, silent=(*standing.silent, event.at))
    return {"state": State.TO_CALL, "silent": (*standing.silent, event.at)}


def _closed(standing: Standing, event: Event) -> dict[str, Any]:
    if standing.has_firm:
        raise NotNow(marked("Only the firm's own word closes its case; call it back."))
    if event.by == standing.lead:
        raise NotNow(marked("Somebody other than the lead closes the case."))
    return end(event, State.CLOSED, Outcome.DONE)


def _new_round(standing: Standing, at: datetime) -> dict[str, Any]:
    """Round n+1 with its own clock, which starts at its dispatch. What was measured so far stays measured."""
    fresh = Standing()
    kept = (
        "signed_at",
        "first_answered_at",
        "answered_at",
        "first_due",
        "solution_due",
        "round_began",
        "dispatched_at",
        "closed_at",
        "caller",
    )
    reset = {name: getattr(fresh, name) for name in kept}
    reset |= {"pauses": (), "extended": 0, "extensions": 0, "extension_asked": None, "returns_in_round": 0}
    reset |= {"silent": (), "parts": {}, "ask_again": False, "final": False, "office_decides": False, "into": None}
    return {
        **reset,
        "state": State.REOPENED,
        "round": standing.round + 1,
        "outcome": "",
        "unconfirmed": False,
        "lead": None,
        "body": None,
        "waiting_since": at,
    }


def _reopened(standing: Standing, event: Event) -> dict[str, Any]:
    if not event.data.get("has_reason"):
        raise NotNow(marked("Say what is not solved."))
    return _new_round(standing, event.at)


def _merged(standing: Standing, event: Event) -> dict[str, Any]:
    return end(event, State.MERGED, Outcome.MERGED, into=number_of(event.data["into"]), **unpaused(standing, event.at))


def _bundled(standing: Standing, event: Event) -> dict[str, Any]:
    if standing.open_parts:
        raise NotNow(marked("Helpers still work on this; end their parts first."))
    return {
        "state": State.BUNDLED,
        "into": number_of(event.data["into"]),
        "limits": {**standing.limits, **table_of(event.data["limits"])},
        "round_began": standing.round_began or event.at,
        "waiting_since": None,
        "extension_asked": None,
        "body": None,
        "lead": None,
    }


def _withdrawn(standing: Standing, event: Event) -> dict[str, Any]:
    return end(event, State.WITHDRAWN, Outcome.WITHDRAWN, **unpaused(standing, event.at))


def _archived(_standing: Standing, _event: Event) -> dict[str, Any]:
    return {"state": State.ARCHIVED}


def _laddered(standing: Standing, event: Event) -> dict[str, Any]:
    key = str(event.data["key"])
    if key in standing.ladder:
        raise NotNow(marked("This step of the ladder was taken already."))
    return {"ladder": standing.ladder | {key}}


def _due_moved(_standing: Standing, _event: Event) -> dict[str, Any]:
    return {}


# Event -> the states it fits, and its rule.
ANSWERING: Mapping[Kind, tuple[frozenset[State], Rule]] = {
    Kind.SUBMITTED_ANSWER: (IN_HAND, _submitted_answer),
    Kind.REVIEWED: (frozenset({State.TO_REVIEW}), _reviewed),
    Kind.ANSWERED_TOGETHER: (frozenset({State.BUNDLED}), _answered_together),
    Kind.CALLER_NAMED: (frozenset({State.ANSWERED, State.TO_CALL}), _caller_named),
    Kind.CALLED_BACK: (frozenset({State.ANSWERED, State.TO_CALL}), _called_back),
    Kind.SILENT: (frozenset({State.ANSWERED, State.TO_CALL}), _silent),
    Kind.CLOSED: (frozenset({State.ANSWERED, State.TO_CALL}), _closed),
    Kind.REOPENED: (frozenset({State.CLOSED}), _reopened),
    Kind.MERGED: (OPEN - {State.ANSWERED, State.TO_CALL}, _merged),
    Kind.BUNDLED: (
        frozenset({State.ACCEPTED, State.DISPATCHED, State.RETURNED, State.REOPENED, State.SIGNED, State.WORKING}),
        _bundled,
    ),
    Kind.WITHDRAWN: (OPEN | {State.DRAFT}, _withdrawn),
    Kind.ARCHIVED: (frozenset({State.CLOSED}), _archived),
    Kind.LADDER: (OPEN, _laddered),
    Kind.DUE_MOVED: (OPEN, _due_moved),
}
