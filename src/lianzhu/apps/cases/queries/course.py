"""One case as a page shows it: its course, its clocks, and the acts open to this person."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from lianzhu.apps.cases import clock, machine, permissions, words
from lianzhu.apps.cases.machine import Kind, Standing, State
from lianzhu.apps.cases.models import Case, CaseEvent, CaseFile, HelperPart, SealedNote
from lianzhu.apps.cases.queries.days import calendar_now, standing_from
from lianzhu.apps.cases.queries.pool import left_words
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import RoleAssignment
from lianzhu.engine.clock import Calendar, between

CHANGES_STATE = frozenset(
    {
        Kind.SUBMITTED, Kind.ACCEPTED, Kind.REFUSED, Kind.DISPATCHED, Kind.SIGNED, Kind.RETURNED, Kind.RESUMED,
        Kind.REVIEWED, Kind.ANSWERED_TOGETHER, Kind.CALLED_BACK, Kind.CLOSED, Kind.REOPENED, Kind.MERGED, Kind.BUNDLED,
        Kind.WITHDRAWN, Kind.ARCHIVED,
    }
)  # fmt: skip
NAMES_THE_BODY = frozenset({Kind.DISPATCHED, Kind.HELP_ASKED})
# The way of a case, as people name its steps, and the states in which each is reached.
WAY: tuple[tuple[str, frozenset[State]], ...] = (
    ("accept", frozenset({State.TO_ACCEPT})),
    ("dispatch", frozenset({State.ACCEPTED, State.RETURNED, State.REOPENED})),
    ("sign", frozenset({State.DISPATCHED})),
    ("work", frozenset({State.SIGNED, State.WORKING, State.PAUSED, State.BUNDLED})),
    ("review", frozenset({State.TO_REVIEW})),
    ("answer", frozenset({State.ANSWERED})),
    ("call", frozenset({State.TO_CALL})),
    ("close", frozenset({State.CLOSED, State.ARCHIVED})),
)


@dataclass(frozen=True)
class Entry:
    """One line of the course. `text` is None when there is none or it is not for this reader."""

    event: CaseEvent
    who: str
    body: str
    says: str
    text: str | None
    kind: str
    files: list[CaseFile]
    more: str


@dataclass(frozen=True)
class ClockView:
    """A clock in words and cells: one cell is one working day."""

    name: str
    light: str
    due: datetime
    left: str
    cells: list[str]
    used: str
    provisional: bool
    stopped: datetime | None


@dataclass(frozen=True)
class WayStep:
    """One step of the way: done, current or ahead."""

    label: str
    at: str


@dataclass(frozen=True)
class Course:
    """Everything the page of one case shows of its course."""

    standing: Standing
    entries: list[Entry]
    clocks: list[ClockView]
    way: list[WayStep]
    parts: list[HelperPart]
    sealed: list[SealedNote]


def course_of(user: User, case: Case) -> Course:
    """The course as this reader may see it; seven queries however long it is."""
    standing, calendar, now = standing_from(case), calendar_now(), clock.now()
    entries = entries_of(user, case)
    views = [_clock_view(one, now, calendar) for one in machine.clocks(standing, calendar) if _shown(one, standing)]
    parts = case.parts.filter(round=case.round).select_related("body", "taken_by").order_by("pk")
    sealed = SealedNote.objects.filter(case=case, officer=user).select_related("by").order_by("pk")
    return Course(standing, entries, views, way_of(case), list(parts), list(sealed))


def _shown(one: machine.Clock, standing: Standing) -> bool:
    """First answer and solution always; the others while they run."""
    if one.part:
        return False
    return one.name in ("first", "solution") or (one.stopped is None and standing.state in machine.OPEN)


def entries_of(user: User, case: Case) -> list[Entry]:
    """The log, newest first. The firm does not read what was written inside; sealed notes show to nobody but two."""
    own = permissions.is_own(user, case)
    rows = (
        CaseEvent.objects.filter(case=case)
        .select_related("by", "body", "saying")
        .prefetch_related(Prefetch("files", CaseFile.objects.select_related("file")))
        .order_by("-number")
    )
    masked = frozenset() if permissions.sees_firm_name(user, case) else people_of_firm(case)
    officers = set(SealedNote.objects.filter(case=case).values_list("officer", flat=True))
    entries = []
    for event in rows:
        if event.kind == Kind.SEALED and not (event.by_id == user.pk or user.pk in officers):
            continue
        if event.kind == Kind.LADDER and (own or event.data.get("step") in ("50", "80")):
            continue
        hidden = event.inside and own and event.by_id != user.pk
        saying = getattr(event, "saying", None)
        entries.append(
            Entry(
                event=event,
                who=_("the firm") if event.by_id in masked else str(event.by),
                body="" if event.kind in NAMES_THE_BODY else str(event.body or ""),
                says=words.event_words(event),
                text=None if hidden or saying is None else saying.text,
                kind="is-state" if event.kind in CHANGES_STATE else "is-pause" if event.kind == Kind.PAUSED else "",
                files=list(event.files.all()),
                more=_more(event),
            )
        )
    return _with_answers(entries) if own else entries


def people_of_firm(case: Case) -> frozenset[int]:
    """Accounts tied to the case's firm: their names would give a hidden firm away."""
    held = RoleAssignment.objects.filter(enterprise=case.firm_id)
    return frozenset(held.values_list("user", flat=True)) | {case.opened_by_id}


def _more(event: CaseEvent) -> str:
    """The second line of an entry: what the codes in the log say."""
    data = event.data
    if event.kind == Kind.ACCEPTED:
        return str(words.HANDLINGS[str(data["handling"])])
    if event.kind == Kind.CALLED_BACK and data.get("by_whom"):
        return _("Solved by: %(who)s") % {"who": words.BY_WHOM[str(data["by_whom"])]}
    if event.kind == Kind.DUE_MOVED:
        moved = data.get("clocks", {})
        return "；".join(
            f"{words.CLOCKS[name]} {_day_of(before)} → {_day_of(after)}" for name, (before, after) in moved.items()
        )
    return ""


def _day_of(text: str) -> str:
    return timezone.localtime(datetime.fromisoformat(text)).strftime("%Y-%m-%d")


def _with_answers(entries: list[Entry]) -> list[Entry]:
    """For the firm, the approved answer stands with the approval: what was submitted inside is then its own."""
    sayings = {entry.event.number: getattr(entry.event, "saying", None) for entry in entries}
    shown = []
    for entry in entries:
        if entry.event.kind == Kind.REVIEWED and entry.event.data.get("approved"):
            before = [
                one.event.number
                for one in entries
                if one.event.kind == Kind.SUBMITTED_ANSWER and one.event.number < entry.event.number
            ]
            saying = sayings[max(before)] if before else None
            entry = Entry(**{**entry.__dict__, "text": saying.text if saying else entry.text})
        shown.append(entry)
    return shown


def way_of(case: Case) -> list[WayStep]:
    """Where the case stands on its way, in the words people use."""
    labels = [
        _("Acceptance"), _("Dispatch"), _("Signing for it"), _("Work on it"), _("Review"), _("Answer"), _("Call-back"),
        _("End of the case"),
    ]  # fmt: skip
    at = next((n for n, (_key, states) in enumerate(WAY) if State(case.state) in states), -1)
    if at < 0:
        return []
    done = at == len(WAY) - 1
    return [
        WayStep(label, "done" if n < at or (done and n == at) else "now" if n == at else "")
        for n, label in enumerate(labels)
    ]


def _clock_view(one: machine.Clock, now: datetime, calendar: Calendar) -> ClockView:
    at = one.stopped or now
    share = min(one.share(now, calendar), Fraction(1))
    days = max(1, min(30, int(between(one.opened, one.due, calendar, "wd"))))
    used = share * days
    cells = ["used" if n + 1 <= used else "part" if n < used else "" for n in range(days)]
    pausing = sum((b - a).total_seconds() for a, b in one.pauses)
    told = _("%(limit)s, %(share)s %% used") % {"limit": limit_words(one.limit), "share": round(share * 100)}
    if pausing:
        told += _("; pauses left out")
    left = pgettext("clock", "stopped") if one.stopped else left_words(one.due, now, calendar)
    name = str(words.CLOCKS[one.name])
    return ClockView(name, one.light(at), one.due, left, cells, told, one.provisional, one.stopped)


def limit_words(text: str) -> str:
    """A limit such as 3wd in words."""
    number = text.rstrip("wdh")
    n = int(float(number))
    if text.endswith("wd"):
        return ngettext("%(n)s working day", "%(n)s working days", n) % {"n": number}
    if text.endswith("wh"):
        return ngettext("%(n)s working hour", "%(n)s working hours", n) % {"n": number}
    return ngettext("%(n)s day", "%(n)s days", n) % {"n": number}
