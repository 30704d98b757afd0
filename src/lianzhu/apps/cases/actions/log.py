"""The one writer of the log. An act asks the machine, adds one event, and lets the cached columns follow."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from lianzhu.apps.cases import clock, machine, permissions
from lianzhu.apps.cases.machine import Event, NotNow, Standing
from lianzhu.apps.cases.models import Case, CaseEvent, HelperPart, Saying
from lianzhu.apps.cases.queries.course import people_of_firm
from lianzhu.apps.cases.queries.days import calendar_now, standing_from
from lianzhu.apps.cases.words import event_words
from lianzhu.apps.core import audit, search
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.engine.clock import Calendar


def lock(case_id: int) -> Case:
    """The case, locked until the action ends."""
    return Case.objects.select_for_update().get(pk=case_id)


def events_of(case: Case) -> list[Event]:
    """The log as the machine reads it."""
    rows = CaseEvent.objects.filter(case=case).order_by("number").values_list("kind", "at", "by_id", "body_id", "data")
    return [Event(machine.Kind(kind), at, by, body, data) for kind, at, by, body, data in rows]


def write(
    case: Case,
    kind: machine.Kind,
    *,
    by: User,
    body_id: int | None = None,
    text: str = "",
    inside: bool = False,
    **data: Any,
) -> CaseEvent:
    """Add one event to a locked case, keep what was written with it, and let the columns follow.

    Raises RuleBroken with the machine's reason, and with the last entry when somebody else was faster.
    """
    calendar = calendar_now()
    before = events_of(case)
    standing = machine.replay(before)
    told = {**data, "has_reason": bool(text.strip())} if "has_reason" not in data else data
    event = Event(kind, clock.now(), by.pk, body_id, told)
    try:
        event, after = machine.new_event(standing, event, calendar)
    except NotNow as refused:
        raise RuleBroken(f"{_(refused.message).format(**refused.params)} {_last_entry(by, case)}".strip()) from None
    row = CaseEvent.objects.create(
        case=case,
        number=len(before) + 1,
        kind=kind.value,
        at=event.at,
        by=by,
        body_id=body_id,
        round=standing.round,
        inside=inside,
        data=dict(event.data),
    )
    if text.strip():
        Saying.objects.create(event=row, text=text.strip())
    settle(case, after, calendar)
    case.save()
    audit.record(by, f"case.{kind.value}", case)
    return row


def _last_entry(reader: User, case: Case) -> str:
    """What happened last, for the one who came second; a hidden firm's people stay hidden."""
    shown = CaseEvent.objects.filter(case=case).exclude(kind=machine.Kind.SEALED.value).select_related("by", "body")
    last = shown.order_by("-number").first()
    if last is None:
        return ""
    masked = not permissions.sees_firm_name(reader, case) and last.by_id in people_of_firm(case)
    who = _("the firm") if masked else str(last.by)
    at = timezone.localtime(last.at).strftime("%Y-%m-%d %H:%M")
    return _("Last entry: %(who)s, %(what)s, %(when)s.") % {"who": who, "what": event_words(last), "when": at}


def settle(case: Case, standing: Standing, calendar: Calendar) -> None:
    """Set every derived column from the standing, and the helpers' parts. The caller saves the case."""
    for name, value in derived(standing, calendar).items():
        setattr(case, name, value)
    if case.pk and (standing.parts or standing.round > 1):
        _settle_parts(case, standing, calendar)


def derived(standing: Standing, calendar: Calendar) -> dict[str, Any]:
    """Column -> value, from the standing and the calendar alone."""
    running = machine.governing(standing, calendar)
    first_due = min(running, key=lambda one: one.due, default=None)
    every = {one.name: one for one in machine.clocks(standing, calendar) if one.name != "help"}
    first, solution = every.get("first"), every.get("solution")
    ahead = machine.steps_ahead(standing, calendar)
    return {
        "state": standing.state.value,
        "is_open": standing.state in machine.OPEN,
        "round": standing.round,
        "handling": standing.handling,
        "body_id": standing.body,
        "lead_id": standing.lead,
        "caller_id": standing.caller,
        "waits_for": standing.waits_for,
        "last_at": standing.last_at,
        "closed_at": standing.closed_at,
        "outcome": standing.outcome,
        "returns": standing.returns,
        "office_decides": standing.office_decides,
        "extension_asked": standing.extension_asked,
        "stage": standing.stage,
        "ask_again": standing.ask_again,
        "due_at": first_due.due if first_due else None,
        "soon_at": min((one.soon for one in running), default=None),
        "due_clock": first_due.name if first_due else "",
        "provisional": any(one.provisional for one in running),
        "first_due": first.due if first and (standing.first_due or first.stopped is None) else None,
        "first_done": standing.first_answered_at,
        "solution_due": solution.due if solution and (standing.solution_due or solution.stopped is None) else None,
        "step_at": ahead[0][0] if ahead else None,
        "signed_in_time": standing.signed_in_time,
        "first_in_time": standing.first_in_time,
        "solved_in_time": standing.solved_in_time,
    }


def _settle_parts(case: Case, standing: Standing, calendar: Calendar) -> None:
    dues = {one.part: one.due for one in machine.clocks(standing, calendar) if one.part}
    HelperPart.objects.filter(case=case).exclude(round=standing.round).update(current=False)
    for key, part in standing.parts.items():
        HelperPart.objects.update_or_create(
            case=case,
            round=standing.round,
            key=key,
            defaults={
                "body_id": part.body,
                "asked_at": part.asked_at,
                "due_at": dues[key],
                "taken_by_id": part.taken_by,
                "ended_at": part.ended_at,
                "current": standing.state in machine.OPEN,
            },
        )


def differences(case: Case, calendar: Calendar) -> list[str]:
    """Names of cached columns that do not follow from the log; an empty list is the proof that they do."""
    now = derived(standing_from(case), calendar)
    return [name for name, value in now.items() if getattr(case, name) != value]


def remember(case: Case, texts: Iterable[str] = ()) -> None:
    """Keep the case findable by number, title and what was said to everybody on it; never by a hidden name."""
    said = Saying.objects.filter(event__case=case, event__inside=False).values_list("text", flat=True)
    search.remember(search.Kind.CASE, [(case.pk, " ".join([case.number, case.title, *said, *texts]))])
