"""Rules from the draft to work in hand: entering, accepting, dispatching, returns, pauses, extensions, helpers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lianzhu.apps.cases.machine.clocks import WORKED_ON
from lianzhu.apps.cases.machine.ruling import NotNow, Rule, end, number_of, table_of, unpaused, worse
from lianzhu.apps.cases.machine.standing import IN_HAND, OPEN, Event, Kind, Outcome, Part, Standing, State
from lianzhu.library.problem import marked

# The third return of a round goes to the office, which decides.
MOST_RETURNS = 3


def _drafted(standing: Standing, event: Event) -> dict[str, Any]:
    if standing.last_at is not None:
        raise NotNow(marked("The draft is there already."))
    return {"has_firm": bool(event.data.get("firm"))}


def _submitted(_standing: Standing, event: Event) -> dict[str, Any]:
    return {
        "state": State.TO_ACCEPT,
        "submitted_at": event.at,
        "limits": dict(table_of(event.data["limits"])),
        "has_firm": bool(event.data.get("firm")),
    }


def _accepted(_standing: Standing, event: Event) -> dict[str, Any]:
    return {
        "state": State.ACCEPTED,
        "accepted_at": event.at,
        "waiting_since": event.at,
        "handling": str(event.data["handling"]),
    }


def _refused(_standing: Standing, event: Event) -> dict[str, Any]:
    if not event.data.get("decided_by") or not event.data.get("has_next"):
        raise NotNow(marked("A refusal names who decided and where to go next."))
    return end(event, State.REFUSED, Outcome.REFUSED)


def _dispatched(standing: Standing, event: Event) -> dict[str, Any]:
    begins = standing.round_began or event.at
    return {
        "state": State.DISPATCHED,
        "body": event.body,
        "lead": None,
        "limits": {**standing.limits, **table_of(event.data["limits"])},
        # The clock starts at the first dispatch of the round; a return does not stop it.
        "round_began": begins,
        "dispatched_at": event.at,
        "signed_at": None,
        "final": standing.office_decides,
        "office_decides": False,
        "waiting_since": None,
    }


def _signed(standing: Standing, event: Event) -> dict[str, Any]:
    lead = number_of(event.data.get("lead", event.by))
    return {
        "state": State.SIGNED,
        "lead": lead,
        "signed_at": event.at,
        "signed_in_time": worse(standing.signed_in_time, event.data["on_time"]),
    }


def _returned(standing: Standing, event: Event) -> dict[str, Any]:
    if standing.final:
        raise NotNow(marked("The office decided after the third return; this round cannot be returned again."))
    if not event.data.get("has_reason") or not event.data.get("suggested"):
        raise NotNow(marked("A return gives a reason and says who should have it instead."))
    if standing.open_parts:
        raise NotNow(marked("Helpers still work on this; end their parts first."))
    count = standing.returns_in_round + 1
    return {
        "state": State.RETURNED,
        "returns": standing.returns + 1,
        "returns_in_round": count,
        "office_decides": count >= MOST_RETURNS,
        "lead": None,
        "body": None,
        "waiting_since": event.at,
        "extension_asked": None,
    }


def _paused(standing: Standing, event: Event) -> dict[str, Any]:
    if event.data.get("waits_for") not in ("firm", "third") or not event.data.get("has_reason"):
        raise NotNow(marked("A pause says whom it waits for, and why."))
    return {
        "state": State.PAUSED,
        "before_pause": State.WORKING,
        "paused_at": event.at,
        "waits_for": str(event.data["waits_for"]),
    }


def _resumed(standing: Standing, event: Event) -> dict[str, Any]:
    return {"state": standing.before_pause, **unpaused(standing, event.at)}


def _extension_asked(standing: Standing, event: Event) -> dict[str, Any]:
    days = number_of(event.data["days"])
    if not event.data.get("has_reason") or days < 1:
        raise NotNow(marked("Say how many working days more, and why."))
    if standing.extension_asked is not None:
        raise NotNow(marked("An extension is asked already and waits for the office."))
    if standing.extensions >= number_of(event.data.get("most", 1)):
        raise NotNow(marked("This round was extended already. Answer with what there is, and say what remains."))
    return {"extension_asked": days, "state": State.WORKING}


def _extension_decided(standing: Standing, event: Event) -> dict[str, Any]:
    if standing.extension_asked is None:
        raise NotNow(marked("No extension is asked for."))
    if not event.data["granted"]:
        return {"extension_asked": None}
    more = standing.extended + standing.extension_asked
    return {"extension_asked": None, "extended": more, "extensions": standing.extensions + 1}


def _help_asked(standing: Standing, event: Event) -> dict[str, Any]:
    key = str(event.data["part"])
    if event.body is None or event.body == standing.body or key in standing.parts:
        raise NotNow(marked("Helpers are another body than the lead's."))
    if any(part.body == event.body for part in standing.open_parts.values()):
        raise NotNow(marked("This body helps already."))
    part = Part(event.body, event.at, standing.limits.get("help", "3wd"))
    return {"parts": {**standing.parts, key: part}, "state": State.WORKING}


def _part_of(standing: Standing, event: Event) -> tuple[str, Part]:
    key = str(event.data["part"])
    part = standing.open_parts.get(key)
    if part is None:
        raise NotNow(marked("This helper's part ended already."))
    return key, part


def _help_taken(standing: Standing, event: Event) -> dict[str, Any]:
    key, part = _part_of(standing, event)
    if part.taken_by is not None:
        raise NotNow(marked("Somebody has taken this part already."))
    return {"parts": {**standing.parts, key: replace(part, taken_by=event.by)}}


def _help_given(standing: Standing, event: Event) -> dict[str, Any]:
    key, part = _part_of(standing, event)
    done = replace(part, taken_by=part.taken_by or event.by, ended_at=event.at)
    return {"parts": {**standing.parts, key: done}}


def _help_ended(standing: Standing, event: Event) -> dict[str, Any]:
    key, part = _part_of(standing, event)
    return {"parts": {**standing.parts, key: replace(part, ended_at=event.at)}}


def _noted(standing: Standing, event: Event) -> dict[str, Any]:
    if standing.state is State.SIGNED and event.by == standing.lead:
        return {"state": State.WORKING}
    return {}


def _sealed(_standing: Standing, _event: Event) -> dict[str, Any]:
    return {}


def _handed_on(standing: Standing, event: Event) -> dict[str, Any]:
    lead = number_of(event.data["lead"])
    if standing.lead is None or lead == standing.lead:
        raise NotNow(marked("Nobody leads this case, or this person leads it already."))
    return {"lead": lead, "caller": None if standing.caller == lead else standing.caller}


# Event -> the states it fits, and its rule.
ENTERING: Mapping[Kind, tuple[frozenset[State], Rule]] = {
    Kind.DRAFTED: (frozenset({State.DRAFT}), _drafted),
    Kind.SUBMITTED: (frozenset({State.DRAFT}), _submitted),
    Kind.ACCEPTED: (frozenset({State.TO_ACCEPT}), _accepted),
    Kind.REFUSED: (frozenset({State.TO_ACCEPT, State.ACCEPTED}), _refused),
    Kind.DISPATCHED: (frozenset({State.ACCEPTED, State.RETURNED, State.REOPENED}), _dispatched),
    Kind.SIGNED: (frozenset({State.DISPATCHED}), _signed),
    Kind.RETURNED: (frozenset({State.DISPATCHED, State.SIGNED, State.WORKING}), _returned),
    Kind.PAUSED: (IN_HAND, _paused),
    Kind.RESUMED: (frozenset({State.PAUSED}), _resumed),
    Kind.EXTENSION_ASKED: (IN_HAND, _extension_asked),
    Kind.EXTENSION_DECIDED: (WORKED_ON, _extension_decided),
    Kind.HELP_ASKED: (IN_HAND, _help_asked),
    Kind.HELP_TAKEN: (IN_HAND | {State.PAUSED}, _help_taken),
    Kind.HELP_GIVEN: (IN_HAND | {State.PAUSED}, _help_given),
    Kind.HELP_ENDED: (IN_HAND | {State.PAUSED}, _help_ended),
    Kind.NOTED: (OPEN | {State.CLOSED}, _noted),
    Kind.SEALED: (OPEN, _sealed),
    Kind.HANDED_ON: (
        frozenset({State.SIGNED, State.WORKING, State.PAUSED, State.TO_REVIEW, State.ANSWERED, State.TO_CALL}),
        _handed_on,
    ),
}
