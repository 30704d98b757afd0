"""The calendar in force and the limits in force: dated data that the machine is asked with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType

from django.core.cache import cache

from lianzhu.apps.cases.machine import Event, Standing, governing, replay
from lianzhu.apps.cases.machine import Kind as EventKind
from lianzhu.apps.cases.models import Case, CaseEvent, DayNotice, Kind, Limits, OfficeHours, WorkDay
from lianzhu.apps.enterprises.models import Chain
from lianzhu.engine.clock import Calendar, parse_hours
from lianzhu.library.calendar import published_days

NAMES = ("accept", "dispatch", "sign", "first", "solution", "help", "call")
Entered = tuple[tuple[tuple[date, bool], ...], tuple[int, ...], str]
# A complaint may concern the people who would answer it: more time, and its own hands (see permissions).
OWN_RULE = {Kind.COMPLAINT: {"solution": "15wd", "first": "5wd"}, Kind.COMMON: {"solution": "20wd", "first": "7wd"}}


def calendar_now() -> Calendar:
    """The published days with the office's own notices, days and hours over them; three small queries."""
    return calendar_of(*_entered())


def calendar_shown() -> Calendar:
    """The calendar for words such as "3 working days left": at most a minute old. Due times never come from it."""
    entered: Entered | None = cache.get("cases-calendar")
    if entered is None:
        entered = _entered()
        cache.set("cases-calendar", entered, 60)
    return calendar_of(*entered)


def _entered() -> Entered:
    """What the office entered: days, years with a notice, hours."""
    days = tuple(WorkDay.objects.order_by("date").values_list("date", "is_work"))
    years = tuple(DayNotice.objects.order_by("year").values_list("year", flat=True))
    hours = OfficeHours.objects.order_by("-id").values_list("hours", flat=True).first() or ""
    return days, years, hours


@lru_cache(maxsize=8)
def calendar_of(days: tuple[tuple[date, bool], ...], years: tuple[int, ...], hours: str) -> Calendar:
    """The calendar of the published table with these days over it; kept, because building sums takes time."""
    table = published_days()
    special = MappingProxyType({**table.special, **dict(days)})
    known = table.years | frozenset(years)
    return Calendar(special, known, parse_hours(hours)) if hours else Calendar(special, known)


def limits_in_force(chain: Chain, kind: str, category: str, on: date) -> Limits:
    """The row that holds: kind and category, else category, else kind, else all; unsaved defaults without any row."""
    rows = Limits.objects.filter(chain=chain, since__lte=on, kind__in=["", kind], category__in=["", category]).order_by(
        "since", "id"
    )
    best: dict[tuple[bool, bool], Limits] = {(bool(row.category), bool(row.kind)): row for row in rows}
    for key in ((True, True), (True, False), (False, True), (False, False)):
        if key in best:
            return best[key]
    return Limits(chain=chain, **OWN_RULE.get(Kind(kind), {}))


def limits_table(limits: Limits, *, solution: str = "") -> Mapping[str, str]:
    """Limits as the log keeps them; `solution` is a limit set for this one case."""
    told = {name: getattr(limits, name) for name in NAMES} | {"ladder": ",".join(limits.ladder)}
    return {**told, "solution": solution or limits.solution}


@dataclass(frozen=True)
class Moves:
    """An open case whose due times move: (clock, before, after) for each."""

    case: Case
    clocks: tuple[tuple[str, datetime, datetime], ...]


def moves_under(calendar: Calendar) -> list[Moves]:
    """Open cases whose due times, or whose being provisional, would change under a calendar.

    The columns hold the due times of the calendar before. Only the case's own columns are compared, by replaying.
    """
    found = []
    for case in Case.objects.filter(is_open__in=[True]).select_related("chain", "lead").order_by("id").iterator():
        running = {one.name: one for one in governing(standing_from(case), calendar) if not one.part}
        if not running:
            continue
        now = {name: running[name].due for name in running}
        before = {"first": case.first_due, "solution": case.solution_due, case.due_clock: case.due_at}
        moved = [
            (name, old, now[name])
            for name, old in before.items()
            if name in now and old is not None and now[name] != old
        ]
        provisional = any(one.provisional for one in running.values())
        if moved or provisional != case.provisional:
            found.append(Moves(case, tuple(moved)))
    return found


def standing_from(case: Case) -> Standing:
    """Where the case stands, from its log."""
    rows = CaseEvent.objects.filter(case=case).order_by("number").values_list("kind", "at", "by_id", "body_id", "data")
    return replay(Event(EventKind(kind), at, by, body, data) for kind, at, by, body, data in rows)
