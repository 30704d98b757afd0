"""What states, acts, clocks and outcomes are called, in the reader's language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianzhu.apps.cases.machine import Kind, State
from lianzhu.apps.cases.models import Case, CaseEvent

STATES: Mapping[str, Promise] = {
    State.DRAFT: gettext_lazy("draft"),
    State.TO_ACCEPT: gettext_lazy("to accept"),
    State.ACCEPTED: gettext_lazy("to dispatch"),
    State.DISPATCHED: gettext_lazy("dispatched"),
    State.SIGNED: gettext_lazy("signed for"),
    State.WORKING: gettext_lazy("being worked on"),
    State.PAUSED: gettext_lazy("paused"),
    State.TO_REVIEW: gettext_lazy("to review"),
    State.ANSWERED: gettext_lazy("answered"),
    State.TO_CALL: gettext_lazy("to call back"),
    State.RETURNED: gettext_lazy("returned to dispatcher"),
    State.REOPENED: gettext_lazy("reopened, to dispatch"),
    State.BUNDLED: gettext_lazy("in a common cause"),
    State.CLOSED: gettext_lazy("closed"),
    State.ARCHIVED: gettext_lazy("archived"),
    State.REFUSED: gettext_lazy("not accepted"),
    State.MERGED: gettext_lazy("merged into another"),
    State.WITHDRAWN: gettext_lazy("withdrawn"),
}
LIGHTS: Mapping[str, Promise] = {
    "ok": gettext_lazy("in time"),
    "soon": gettext_lazy("due soon"),
    "late": gettext_lazy("overdue"),
    "paused": gettext_lazy("paused"),
}
WAITS_FOR: Mapping[str, Promise] = {
    "firm": gettext_lazy("waiting for the firm"),
    "third": gettext_lazy("waiting for a third party"),
}
HANDLINGS: Mapping[str, Promise] = {
    "daily": gettext_lazy("daily: service team"),
    "key": gettext_lazy("key: chain lead"),
    "professional": gettext_lazy("professional: department"),
    "hard": gettext_lazy("hard: joint meeting"),
}
CLOCKS: Mapping[str, Promise] = {
    "accept": gettext_lazy("Acceptance"),
    "dispatch": gettext_lazy("Dispatch"),
    "sign": gettext_lazy("Signing for it"),
    "first": gettext_lazy("First answer"),
    "solution": gettext_lazy("Solution"),
    "help": gettext_lazy("Helper's part"),
    "call": gettext_lazy("Call-back"),
}
OUTCOMES: Mapping[str, Promise] = {
    "solved": gettext_lazy("solved, confirmed by the firm"),
    "solved_elsewhere": gettext_lazy("solved by the firm itself or others"),
    "explained": gettext_lazy("explained"),
    "unconfirmed": gettext_lazy("unconfirmed"),
    "done": gettext_lazy("done, no firm concerned"),
    "refused": gettext_lazy("not accepted"),
    "merged": gettext_lazy("merged into another"),
    "withdrawn": gettext_lazy("withdrawn"),
}
SOLVED: Mapping[str, Promise] = {
    "yes": gettext_lazy("solved"),
    "basically": gettext_lazy("basically satisfied"),
    "explained": gettext_lazy("not solvable, the explanation is accepted"),
    "no": gettext_lazy("not solved"),
}
BY_WHOM: Mapping[str, Promise] = {
    "service": gettext_lazy("who took the case in hand"),
    "firm": gettext_lazy("the firm itself"),
    "others": gettext_lazy("others"),
}
ACTS: Mapping[str, Promise] = {
    Kind.DRAFTED: gettext_lazy("began a draft"),
    Kind.SUBMITTED: gettext_lazy("raised the matter"),
    Kind.ACCEPTED: gettext_lazy("accepted"),
    Kind.REFUSED: gettext_lazy("refused to accept it"),
    Kind.DISPATCHED: gettext_lazy("dispatched it"),
    Kind.SIGNED: gettext_lazy("signed for it"),
    Kind.RETURNED: gettext_lazy("returned it to the dispatcher"),
    Kind.PAUSED: gettext_lazy("stopped the clock"),
    Kind.RESUMED: gettext_lazy("let the clock go on"),
    Kind.EXTENSION_ASKED: gettext_lazy("asked for more time"),
    Kind.EXTENSION_DECIDED: gettext_lazy("decided on more time"),
    Kind.HELP_ASKED: gettext_lazy("asked for help"),
    Kind.HELP_TAKEN: gettext_lazy("agreed to help"),
    Kind.HELP_GIVEN: gettext_lazy("gave the helper's opinion"),
    Kind.HELP_ENDED: gettext_lazy("ended the helper's part"),
    Kind.NOTED: gettext_lazy("added something"),
    Kind.SEALED: gettext_lazy("left a sealed note for one officer"),
    Kind.HANDED_ON: gettext_lazy("handed the case on"),
    Kind.SUBMITTED_ANSWER: gettext_lazy("submitted an answer for review"),
    Kind.REVIEWED: gettext_lazy("reviewed the answer"),
    Kind.ANSWERED_TOGETHER: gettext_lazy("answered with the common cause"),
    Kind.CALLER_NAMED: gettext_lazy("named who calls back"),
    Kind.CALLED_BACK: gettext_lazy("called back"),
    Kind.SILENT: gettext_lazy("called back, nobody answered"),
    Kind.CLOSED: gettext_lazy("closed the case"),
    Kind.REOPENED: gettext_lazy("reopened the case"),
    Kind.MERGED: gettext_lazy("merged it into another case"),
    Kind.BUNDLED: gettext_lazy("put it into a common cause"),
    Kind.WITHDRAWN: gettext_lazy("withdrew the matter"),
    Kind.ARCHIVED: gettext_lazy("archived"),
    Kind.LADDER: gettext_lazy("a limit was reached"),
    Kind.DUE_MOVED: gettext_lazy("a calendar notice moved the due time"),
}
STEPS: Mapping[str, Promise] = {
    "50": gettext_lazy("half of the time is used"),
    "80": gettext_lazy("four fifths of the time are used"),
    "100": gettext_lazy("overdue: the supervising leader is told"),
    "+1wd": gettext_lazy("overdue by one working day: written supervision"),
    "+5wd": gettext_lazy("overdue by five working days: notice"),
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
    if event.kind == Kind.DISPATCHED and event.body:
        return _("dispatched it to %(body)s") % {"body": event.body}
    if event.kind == Kind.HELP_ASKED and event.body:
        return _("asked %(body)s for help") % {"body": event.body}
    if event.kind == Kind.NOTED and data.get("published"):
        return _("let firms join")
    if event.kind == Kind.LADDER:
        clock = CLOCKS.get(str(data.get("clock")), "")
        return f"{clock}: {STEPS[str(data.get('step'))]}"
    return str(ACTS[event.kind])


# What the frame calls the pages, and the auditor the acts of this room.
POOL = gettext_lazy("Cases")
RAISE = gettext_lazy("Raise a difficulty")
NUMBERS = gettext_lazy("Numbers of the cases")
AUDIT_ACTS: Mapping[str, Promise] = {
    **{f"case.{kind}": words for kind, words in ACTS.items()},
    "answer.approved": gettext_lazy("answer approved for suggestions"),
    "answer.withdrawn": gettext_lazy("answer no longer suggested"),
    "assignment.ended": gettext_lazy("rule of assignment ended"),
    "assignment.set": gettext_lazy("rule of assignment set"),
    "absence.set": gettext_lazy("absence written down"),
    "calendar.hours_set": gettext_lazy("office hours changed"),
    "calendar.notice_entered": gettext_lazy("calendar notice entered"),
    "case.note_read": gettext_lazy("sealed note read"),
    "case.note_sealed": gettext_lazy("sealed note written"),
    "case.rebuilt": gettext_lazy("case computed anew from its log"),
    "channel.set": gettext_lazy("way out configured"),
    "limits.set": gettext_lazy("limits set"),
    "mail_address.set": gettext_lazy("mail address for the digest set"),
}
