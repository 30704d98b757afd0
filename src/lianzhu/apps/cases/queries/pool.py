"""The pool as a list: saved views with counts, filters, search, pages by key; lights as of one moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from lianzhu.apps.cases import clock, permissions, words
from lianzhu.apps.cases.machine import State
from lianzhu.apps.cases.models import IS_OPEN, Case, CaseEvent, HelperPart, Kind, works_for
from lianzhu.apps.cases.queries.days import calendar_shown
from lianzhu.apps.cases.queries.numbers import METRICS, list_of
from lianzhu.apps.core import search
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import access_of
from lianzhu.apps.enterprises.queries.lists import find_firms
from lianzhu.engine.clock import Calendar, between

WEEKDAYS = (
    gettext_lazy("Mon"), gettext_lazy("Tue"), gettext_lazy("Wed"), gettext_lazy("Thu"), gettext_lazy("Fri"),
    gettext_lazy("Sat"), gettext_lazy("Sun"),
)  # fmt: skip
PAGE = 20
OF_OPEN = frozenset({"late", "soon", "paused", "call", "open"})
# What a row shows; the rest of the columns is not fetched.
SHOWN = (
    *("chain", "number", "kind", "title", "hide_firm_name", "opened_by", "state", "is_open", "waits_for", "closed_at"),
    *("due_at", "soon_at", "first_due", "first_done", "solution_due", "provisional", "stage", "category", "outcome"),
    *("firm__name", "lead__name", "body__name"),
)
MOST_COUNTED = 1000
MOST_FOUND = 2000
Light = Literal["ok", "soon", "late", "paused", ""]
OFFICE_STEPS = (State.TO_ACCEPT, State.ACCEPTED, State.REOPENED, State.RETURNED, State.ANSWERED, State.TO_REVIEW)


def light_of(case: Case, now: datetime) -> Light:
    """The light of the clock that decides; '' when none runs."""
    if not case.is_open or case.due_at is None or case.soon_at is None:
        return ""
    if case.state == State.PAUSED:
        return "paused"
    return "late" if case.due_at <= now else "soon" if case.soon_at <= now else "ok"


def left_words(due: datetime | None, now: datetime, calendar: Calendar) -> str:
    """How far off a due time is, in working days: stands beside the date, never alone."""
    if due is None:
        return ""
    days = int(between(now, due, calendar, "wd"))
    if due <= now:
        late = -days
        return ngettext("%(n)s working day over", "%(n)s working days over", late) % {"n": late} if late else _("over")
    return ngettext("%(n)s working day left", "%(n)s working days left", days) % {"n": days} if days else _("due today")


def waits_for_me(user: User) -> Q:
    """Cases in which the next step is this person's."""
    access, bodies = access_of(user), works_for(user)
    # No office member reviews or decides on a case they lead.
    steer = Q(state__in=[state.value for state in OFFICE_STEPS]) | Q(extension_asked__isnull=False, is_open__in=[True])
    mine = Q(chain__in=access.office_chains) & steer & ~(Q(state=State.TO_REVIEW) & Q(lead=user))
    mine |= Q(caller=user, state=State.TO_CALL)
    mine |= Q(lead=user, state__in=[State.SIGNED.value, State.WORKING.value])
    mine |= Q(body__in=bodies, state=State.DISPATCHED)
    if bodies:
        helping = HelperPart.objects.filter(body__in=bodies, current=True, ended_at__isnull=True)
        mine |= Q(pk__in=helping.values("case"))
    own = Q(firm__in=access.own_firms) | Q(opened_by=user, firm__isnull=True)
    to_say = [State.ANSWERED.value, State.TO_CALL.value]
    mine |= Q(firm__in=access.own_firms, state__in=to_say)
    mine |= own & Q(state=State.PAUSED, waits_for="firm")
    return mine | Q(opened_by=user, state=State.DRAFT)


def _mine(user: User, _now: datetime) -> Q:
    return waits_for_me(user)


RUNNING = ~Q(state=State.PAUSED)
# Saved views: key -> (label, condition). Counts stand beside the label. All but the first and last are of open cases.
VIEWS: Mapping[str, tuple[Promise, Callable[[User, datetime], Q]]] = {
    "mine": (gettext_lazy("Waiting for me"), _mine),
    "late": (gettext_lazy("Overdue"), lambda _user, now: RUNNING & Q(due_at__lte=now)),
    "soon": (gettext_lazy("Due soon"), lambda _user, now: RUNNING & Q(due_at__gt=now, soon_at__lte=now)),
    "paused": (gettext_lazy("Paused"), lambda _user, _now: Q(state=State.PAUSED)),
    "call": (
        gettext_lazy("To call back"),
        lambda _user, _now: Q(state__in=[State.ANSWERED.value, State.TO_CALL.value]),
    ),
    "open": (gettext_lazy("Not closed"), lambda _user, _now: Q()),
    "all": (gettext_lazy("All"), lambda _user, _now: Q()),
}


@dataclass(frozen=True)
class View:
    """A saved view: its key, label and count; `more` when there are more than were counted."""

    key: str
    label: str
    count: int
    more: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One case in the list as this reader may see it; `firm` is None when the name is hidden.

    Flat, with days and words made here once: a template that looks them up or includes parts takes four times as long.
    """

    pk: int
    number: str
    title: str
    address: str
    light: Light
    light_words: str
    state: str
    firm: str | None
    source: str
    hand: str
    first_day: str
    first_left: str
    answered: bool
    solution_day: str
    solution_left: str
    is_open: bool
    provisional: bool
    closed_day: str


@dataclass(frozen=True)
class Wording:
    """Words of the rows in the reader's language, looked up once for the whole page."""

    base: str
    lights: Mapping[str, str]
    kinds: Mapping[str, str]
    weekdays: tuple[str, ...]

    def day(self, at: datetime | None) -> str:
        """A day with its weekday, as the frame's filter writes it; '' for None."""
        if at is None:
            return ""
        on = timezone.localtime(at).date()
        return f"{on.isoformat()} {self.weekdays[on.weekday()]}"


@lru_cache(maxsize=8)
def wording(_language: str | None) -> Wording:
    """The words in the language that is active now."""
    return Wording(
        reverse("cases:pool"),
        {key: str(label) for key, label in words.LIGHTS.items()},
        {key: str(label) for key, label in Kind.choices},
        tuple(str(name) for name in WEEKDAYS),
    )


@dataclass(frozen=True)
class PoolPage:
    """One page of cases; `after` is the key of the next one, '' at the end."""

    rows: list[Row]
    after: str


@dataclass(frozen=True)
class Filters:
    """What the filter bar says; an empty string is no condition."""

    view: str = "open"
    q: str = ""
    state: str = ""
    kind: str = ""
    category: str = ""
    body: str = ""
    due: str = ""
    node: str = ""
    outcome: str = ""
    # A number of the metrics page and its period: the list behind it.
    number: str = ""
    since: str = ""
    until: str = ""
    after: str = ""

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> "Filters":
        """From the address; unknown values become no condition."""
        told = {name: str(said.get(name, "")).strip()[:80] for name in cls.__dataclass_fields__}
        told["number"] = told["number"] if told["number"] in METRICS else ""
        wide = told["state"] or told["outcome"] or told["number"] or told["q"]
        told["view"] = told["view"] if told["view"] in VIEWS else "all" if wide else "open"
        return cls(**told)


def views_of(user: User) -> list[View]:
    """The saved views with counts. Kept until the log grows or the minute ends: then they are counted anew."""
    last = CaseEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
    key = f"cases-views-{user.pk}-{access_key(user)}-{last}-{clock.now():%Y%m%d%H%M}"
    counts: dict[str, int] | None = cache.get(key)
    if counts is None:
        counts = _counts(user)
        cache.set(key, counts, 60)
    return [
        View(name, str(label), min(counts[name], MOST_COUNTED), counts[name] > MOST_COUNTED)
        for name, (label, _condition) in VIEWS.items()
    ]


def access_key(user: User) -> int:
    """Changes when the person's reach does."""
    return hash(access_of(user))


def _counts(user: User) -> dict[str, int]:
    """Three queries however large the pool is."""
    now = clock.now()
    cases = Case.objects.visible_to(user)
    told = {key: Count("pk", filter=VIEWS[key][1](user, now)) for key in sorted(OF_OPEN - {"open"})}
    counts: dict[str, int] = cases.filter(IS_OPEN).aggregate(open=Count("pk"), **told)
    mine = cases.filter(waits_for_me(user)).order_by()
    counts["mine"] = mine[: MOST_COUNTED + 1].count()
    counts["all"] = cases.order_by()[: MOST_COUNTED + 1].count()
    return counts


def filtered(user: User, filters: Filters) -> QuerySet[Case]:
    """Cases this person may see that fit the filters, without order."""
    now = clock.now()
    cases: QuerySet[Case] = Case.objects.visible_to(user).filter(VIEWS[filters.view][1](user, now))
    if filters.view in OF_OPEN:
        cases = cases.filter(IS_OPEN)
    if filters.q:
        cases = cases.filter(_fits(user, filters.q))
    exact = {"state": filters.state, "kind": filters.kind, "category": filters.category, "node": filters.node}
    exact["outcome"] = filters.outcome
    cases = cases.filter(**{name: value for name, value in exact.items() if value})
    if filters.body.isdigit():
        cases = cases.filter(body=int(filters.body))
    if filters.due in ("today", "week"):
        days = 1 if filters.due == "today" else 7
        end = datetime.combine(clock.today() + timedelta(days=days), datetime.min.time(), tzinfo=now.tzinfo)
        cases = cases.filter(IS_OPEN, due_at__lt=end)
    since, until = day_in(filters.since), day_in(filters.until)
    if filters.number and since and until:
        cases = list_of(cases, filters.number, since, until)
    return cases


def day_in(text: str) -> date | None:
    """A day written as 2026-10-10; None for anything else."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def _fits(user: User, text: str) -> Q:
    """Number, title, what was said to all; or a firm's name where it is not hidden from this reader."""
    found: list[int] = []
    after = 0
    while len(found) < MOST_FOUND:
        some = search.find(search.Kind.CASE, text, after=after, limit=1000)
        found += some
        if len(some) < 1000:
            break
        after = some[-1]
    firms = find_firms(user, text)
    access = access_of(user)
    open_name = Q(hide_firm_name=False) | Q(firm__in=access.own_firms) | Q(chain__in=access.office_chains)
    return Q(pk__in=found) | (Q(firm__in=firms.order_by().values("pk")) & open_name)


def _moment_in(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


def page_of(user: User, filters: Filters) -> PoolPage:
    """One page: open views by due time, others newest first. Never counted, never skipped over."""
    cases = filtered(user, filters).select_related("firm", "lead", "body").only(*SHOWN)
    by_due = filters.view not in ("all", "mine")
    number, _bar, due = filters.after.partition("|")
    if number.isdigit():
        at = _moment_in(due) if by_due else None
        if by_due and at is not None:
            cases = cases.filter(Q(due_at__gt=at) | Q(due_at=at, pk__gt=int(number)))
        elif not by_due:
            cases = cases.filter(pk__lt=int(number))
    found = list(cases.order_by("due_at", "pk")[: PAGE + 1] if by_due else cases.order_by("-pk")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    after = ""
    if last:
        after = f"{last.pk}|{last.due_at.isoformat()}" if by_due and last.due_at else f"{last.pk}|"
    return PoolPage(rows_of(user, found[:PAGE]), after)


def firm_words(user: User, case: Case) -> str | None:
    """The firm's name, None when it is hidden from this reader, and a word for cases without one."""
    if case.firm is None:
        return _("several firms") if case.kind == Kind.COMMON else ""
    return case.firm.name if permissions.sees_firm_name(user, case) else None


def rows_of(user: User, cases: list[Case]) -> list[Row]:
    """Cases as rows, all lights as of the same moment."""
    now, calendar, told = clock.now(), calendar_shown(), wording(get_language())
    return [_row(user, case, now, calendar, told) for case in cases]


def _row(user: User, case: Case, now: datetime, calendar: Calendar, told: Wording) -> Row:
    light = light_of(case, now)
    waits_first = case.is_open and case.first_done is None
    return Row(
        pk=case.pk,
        number=case.number,
        title=case.title,
        address=f"{told.base}new/?draft={case.pk}" if case.state == State.DRAFT else f"{told.base}{case.pk}/",
        light=light,
        light_words=told.lights.get(light, ""),
        state=words.state_words(case),
        firm=firm_words(user, case),
        source=told.kinds[case.kind],
        hand=str(case.lead or case.body or ""),
        first_day=told.day(case.first_due) if waits_first else "",
        first_left=left_words(case.first_due, now, calendar) if waits_first else "",
        answered=case.first_done is not None,
        solution_day=told.day(case.solution_due) if case.is_open else "",
        solution_left=left_words(case.solution_due, now, calendar) if case.is_open else "",
        is_open=case.is_open,
        provisional=case.provisional,
        closed_day=told.day(case.closed_at),
    )


def find_cases(user: User, text: str, most: int) -> list[Row]:
    """Cases for the search over everything, newest first, as this reader may see them."""
    found = Case.objects.visible_to(user).filter(_fits(user, text)).select_related("firm", "lead", "body")
    return rows_of(user, list(found.order_by("-pk")[:most]))


def export_rows(user: User, filters: Filters, most: int = 10_000) -> list[tuple[str | datetime | None, ...]]:
    """The same list as rows of a ledger; hidden names stay hidden."""
    cases = filtered(user, filters).select_related("firm", "lead", "body").order_by("pk")[:most]
    return [
        (
            case.number,
            case.title,
            firm_words(user, case) if firm_words(user, case) is not None else _("(name hidden)"),
            str(Kind(case.kind).label),
            str(case.get_category_display()),
            str(case.body or ""),
            str(case.lead or ""),
            words.state_words(case),
            str(words.OUTCOMES.get(case.outcome, "")),
            case.opened_at,
            case.solution_due,
            case.closed_at,
        )
        for case in cases
    ]
