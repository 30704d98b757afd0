"""What states, acts, clocks and outcomes are called, in the reader's language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lianzhu.apps.cases.machine import Kind, State
from lianzhu.apps.cases.models import Case, CaseEvent

STATES: Mapping[str, Promise] = {
    State.DRAFT: lazy("draft"),
    State.TO_ACCEPT: lazy("to accept"),
    State.ACCEPTED: lazy("to dispatch"),
    State.DISPATCHED: lazy("dispatched"),
    State.SIGNED: lazy("signed for"),
    State.WORKING: lazy("being worked on"),
    State.PAUSED: lazy("paused"),
    State.TO_REVIEW: lazy("to review"),
    State.ANSWERED: lazy("answered"),
    State.TO_CALL: lazy("to call back"),
    State.RETURNED: lazy("returned to dispatcher"),
    State.REOPENED: lazy("reopened, to dispatch"),
    State.BUNDLED: lazy("in a common cause"),
    State.CLOSED: lazy("closed"),
    State.ARCHIVED: lazy("archived"),
    State.REFUSED: lazy("refused"),
    State.MERGED: lazy("merged"),
    State.WITHDRAWN: lazy("withdrawn"),
}
WAITS_FOR: Mapping[str, Promise] = {"firm": lazy("waiting for the firm"), "third": lazy("waiting for a third party")}
HANDLINGS: Mapping[str, Promise] = {
    "daily": lazy("daily: service team"),
    "key": lazy("key: chain lead"),
    "professional": lazy("professional: department"),
    "hard": lazy("hard: joint meeting"),
}
CLOCKS: Mapping[str, Promise] = {
    "accept": lazy("Acceptance"),
    "dispatch": lazy("Dispatch"),
    "sign": lazy("Signing for it"),
    "first": lazy("First answer"),
    "solution": lazy("Solution"),
    "help": lazy("Helper's part"),
    "call": lazy("Call-back"),
}
OUTCOMES: Mapping[str, Promise] = {
    "solved": lazy("solved, confirmed by the firm"),
    "solved_elsewhere": lazy("solved by the firm itself or others"),
    "explained": lazy("explained"),
    "unconfirmed": lazy("unconfirmed"),
    "done": lazy("done, no firm concerned"),
    "refused": lazy("refused"),
    "merged": lazy("merged"),
    "withdrawn": lazy("withdrawn"),
}
SOLVED: Mapping[str, Promise] = {
    "yes": lazy("solved"),
    "basically": lazy("basically satisfied"),
    "explained": lazy("not solvable, the explanation is accepted"),
    "no": lazy("not solved"),
}
BY_WHOM: Mapping[str, Promise] = {
    "service": lazy("who took the case in hand"),
    "firm": lazy("the firm itself"),
    "others": lazy("others"),
}
ACTS: Mapping[str, Promise] = {
    Kind.DRAFTED: lazy("began a draft"),
    Kind.SUBMITTED: lazy("raised the matter"),
    Kind.ACCEPTED: lazy("accepted"),
    Kind.REFUSED: lazy("refused"),
    Kind.DISPATCHED: lazy("dispatched"),
    Kind.SIGNED: lazy("signed for it"),
    Kind.RETURNED: lazy("returned it to the dispatcher"),
    Kind.PAUSED: lazy("stopped the clock"),
    Kind.RESUMED: lazy("let the clock go on"),
    Kind.EXTENSION_ASKED: lazy("asked for more time"),
    Kind.EXTENSION_DECIDED: lazy("decided on more time"),
    Kind.HELP_ASKED: lazy("asked for help"),
    Kind.HELP_TAKEN: lazy("agreed to help"),
    Kind.HELP_GIVEN: lazy("gave the helper's opinion"),
    Kind.HELP_ENDED: lazy("ended the helper's part"),
    Kind.NOTED: lazy("added"),
    Kind.SEALED: lazy("left a sealed note for one officer"),
    Kind.HANDED_ON: lazy("handed the case on"),
    Kind.SUBMITTED_ANSWER: lazy("submitted an answer for review"),
    Kind.REVIEWED: lazy("reviewed the answer"),
    Kind.ANSWERED_TOGETHER: lazy("answered with the common cause"),
    Kind.CALLER_NAMED: lazy("named who calls back"),
    Kind.CALLED_BACK: lazy("called back"),
    Kind.SILENT: lazy("called back, nobody answered"),
    Kind.CLOSED: lazy("closed the case"),
    Kind.REOPENED: lazy("reopened the case"),
    Kind.MERGED: lazy("merged it into another case"),
    Kind.BUNDLED: lazy("put it into a common cause"),
    Kind.WITHDRAWN: lazy("withdrew the matter"),
    Kind.ARCHIVED: lazy("archived"),
    Kind.LADDER: lazy("a limit was reached"),
    Kind.DUE_MOVED: lazy("a calendar notice moved the due time"),
}
STEPS: Mapping[str, Promise] = {
    "50": lazy("half of the time is used"),
    "80": lazy("four fifths of the time are used"),
    "100": lazy("overdue: the supervising leader is told"),
    "+1wd": lazy("overdue by one working day: written supervision"),
    "+5wd": lazy("overdue by five working days: notice"),
}


def state_words(case: Case) -> str:
    """The state, with what a pause waits for."""
    if case.state == State.PAUSED:
        return _("paused: %(why)s") % {"why": WAITS_FOR[case.waits_for]}
    return str(STATES[case.state])


def event_words(event: CaseEvent) -> str:
    """What somebody did, as a short phrase."""
    data = event.data
    if event.kind == Kind.SUBMITTED_ANSWER:
        first = data.get("stage") == "first"
        return _("submitted the first answer for review") if first else _("submitted the answer for review")
    if event.kind == Kind.REVIEWED:
        return _("approved the answer") if data.get("approved") else _("sent the answer back")
    if event.kind == Kind.EXTENSION_ASKED:
        return _("asked for %(n)s more working days") % {"n": data.get("days")}
    if event.kind == Kind.EXTENSION_DECIDED:
        return _("granted more time") if data.get("granted") else _("refused more time")
    if event.kind == Kind.CALLED_BACK:
        return _("wrote down the call-back: %(said)s") % {"said": SOLVED[str(data.get("solved"))]}
    if event.kind == Kind.PAUSED:
        return _("stopped the clock: %(why)s") % {"why": WAITS_FOR[str(data.get("waits_for"))]}
    if event.kind == Kind.LADDER:
        clock = CLOCKS.get(str(data.get("clock")), "")
        return f"{clock}: {STEPS[str(data.get('step'))]}"
    return str(ACTS[event.kind])
