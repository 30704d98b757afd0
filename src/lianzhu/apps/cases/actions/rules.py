"""Rules are dated data: limits, assignment, absence, calendar, approved answers. Each version is a new row."""

from datetime import date
from types import MappingProxyType
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lianzhu.apps.cases import clock, machine, permissions
from lianzhu.apps.cases.actions import log
from lianzhu.apps.cases.actions.telling import tell
from lianzhu.apps.cases.machine import STEPS
from lianzhu.apps.cases.models import (
    Absence,
    AssignmentRule,
    Case,
    DayNotice,
    KnownAnswer,
    Limits,
    Message,
    OfficeHours,
    WorkDay,
)
from lianzhu.apps.cases.queries import people
from lianzhu.apps.cases.queries.days import NAMES, Moves, calendar_now, moves_under, standing_from
from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.organisation.models import Body
from lianzhu.engine.clock import parse_amount, parse_hours, read_day_table
from lianzhu.library.calendar import DayTable
from lianzhu.library.problem import BadInput


def said_of(bad: BadInput) -> str:
    """Everything wrong with an input, in the reader's language."""
    lines = []
    for problem in bad.problems:
        place = _("row %(row)s: ") % {"row": problem.row} if problem.row else ""
        lines.append(f"{place}{_(problem.message).format(**problem.params)} {_(problem.mend).format(**problem.params)}")
    return "\n".join(lines)


def _may_set(actor: User, chain: Chain) -> None:
    if not permissions.can_set_rules(actor, chain):
        raise PermissionDenied


@transaction.atomic
def set_limits(*, actor: User, chain: Chain, kind: str, category: str, since: date, told: dict[str, Any]) -> Limits:
    """Put limits in force from a day on. Cases dispatched before keep the limits they were dispatched with."""
    _may_set(actor, chain)
    if since < clock.today():
        raise RuleBroken(_("New limits begin today or later; the past keeps its own."))
    try:
        for name in NAMES:
            parse_amount(told[name])
    except BadInput as bad:
        raise RuleBroken(said_of(bad)) from None
    if set(told["ladder"]) - {step.key for step in STEPS}:
        raise RuleBroken(_("Choose steps of the ladder from the list."))
    values = {**told, "set_by": actor, "set_at": clock.now()}
    limits, _new = Limits.objects.update_or_create(
        chain=chain, kind=kind, category=category, since=since, defaults=values
    )
    audit.record(actor, "limits.set", limits)
    return limits


@transaction.atomic
def set_assignment(*, actor: User, chain: Chain, category: str, area: str, body: Body) -> AssignmentRule:
    """Suggest a body for cases of a category and area from today on."""
    _may_set(actor, chain)
    if body.chain_id != chain.pk or body.kind not in people.TAKES_CASES:
        raise RuleBroken(_("This body takes no cases today. Choose a team, a department, an institute or the office."))
    rule = AssignmentRule.objects.create(
        chain=chain, category=category, area=area.strip(), body=body, since=clock.today()
    )
    audit.record(actor, "assignment.set", rule)
    return rule


@transaction.atomic
def end_assignment(*, actor: User, rule_id: int) -> None:
    """End a rule today; it stays on record."""
    rule = AssignmentRule.objects.select_for_update().get(pk=rule_id)
    _may_set(actor, rule.chain)
    rule.until = clock.today()
    rule.save(update_fields=["until"])
    audit.record(actor, "assignment.ended", rule)


@transaction.atomic
def set_absence(*, actor: User, since: date, until: date) -> Absence:
    """Say that one is away; nothing new is suggested for one meanwhile."""
    if not clock.today() <= since <= until:
        raise RuleBroken(_("Say from which day to which day, beginning today or later."))
    absence = Absence.objects.create(user=actor, since=since, until=until)
    audit.record(actor, "absence.set", absence)
    return absence


def read_notice(text: str, year: int) -> tuple[tuple[date, bool], ...]:
    """The days of a notice from lines `2027-01-01,0`; RuleBroken with every wrong line."""
    lines = text.strip()
    if not lines.lower().startswith("date"):
        lines = f"date,is_work\n{lines}"
    try:
        table = read_day_table(lines, DayTable(MappingProxyType({}), frozenset()))
    except BadInput as bad:
        raise RuleBroken(said_of(bad)) from None
    if not table.special or {day.year for day in table.special} != {year}:
        raise RuleBroken(_("Every day of the notice lies in %(year)s, and there is at least one.") % {"year": year})
    return tuple(sorted(table.special.items()))


@transaction.atomic
def enter_notice(*, actor: User, chain: Chain, year: int, text: str, source: str) -> list[Moves]:
    """Enter a year's notice: days off and make-up days. Open due times are computed anew; returns which moved."""
    _may_set(actor, chain)
    days = read_notice(text, year)
    if not source.strip():
        raise RuleBroken(_("Say which notice this is: number and date."))
    now = clock.now()
    for day, work in days:
        WorkDay.objects.update_or_create(
            date=day,
            defaults={"is_work": work, "source": source.strip(), "entered_by": actor, "entered_at": now},
        )
    notice, _new = DayNotice.objects.update_or_create(
        year=year, defaults={"source": source.strip(), "entered_by": actor, "entered_at": now}
    )
    moved = _follow(actor)
    audit.record(actor, "calendar.notice_entered", notice)
    return moved


@transaction.atomic
def set_hours(*, actor: User, chain: Chain, hours: str) -> list[Moves]:
    """Change the office hours from now on; open due times are computed anew."""
    _may_set(actor, chain)
    try:
        parse_hours(hours)
    except BadInput as bad:
        raise RuleBroken(said_of(bad)) from None
    row = OfficeHours.objects.create(hours=hours.strip(), entered_by=actor, entered_at=clock.now())
    moved = _follow(actor)
    audit.record(actor, "calendar.hours_set", row)
    return moved


def _follow(actor: User) -> list[Moves]:
    """Let open cases follow a changed calendar: say so in each log, and tell who works on it."""
    moved = moves_under(calendar_now())
    for one in moved:
        case = log.lock(one.case.pk)
        told = {name: [before.isoformat(), after.isoformat()] for name, before, after in one.clocks}
        log.write(case, machine.Kind.DUE_MOVED, by=actor, clocks=told)
        if case.lead:
            tell([case.lead], case, Message.Why.MOVED, besides=actor)
    return moved


@transaction.atomic
def approve_answer(
    *, actor: User, chain: Chain, category: str, question: str, answer: str, firm_names: list[str]
) -> KnownAnswer:
    """Approve an anonymous answer for suggestions. A firm's name in it is refused."""
    _may_set(actor, chain)
    if not question.strip() or not answer.strip():
        raise RuleBroken(_("Write the question and the answer."))
    named = [name for name in firm_names if name and name in question + answer]
    if named:
        raise RuleBroken(_("A firm is named in it: %(names)s. Write it without names.") % {"names": "、".join(named)})
    row = KnownAnswer.objects.create(
        chain=chain,
        category=category,
        question=question.strip(),
        answer=answer.strip(),
        approved_by=actor,
        approved_at=clock.now(),
    )
    audit.record(actor, "answer.approved", row)
    return row


@transaction.atomic
def withdraw_answer(*, actor: User, answer_id: int) -> None:
    """Stop suggesting an answer."""
    row = KnownAnswer.objects.select_for_update().get(pk=answer_id)
    _may_set(actor, row.chain)
    row.withdrawn_at = clock.now()
    row.save(update_fields=["withdrawn_at"])
    audit.record(actor, "answer.withdrawn", row)


@transaction.atomic
def rebuild(*, actor: User, case: Case) -> list[str]:
    """Write the derived columns of a case anew from its log; returns which had been wrong."""
    locked, calendar = log.lock(case.pk), calendar_now()
    wrong = log.differences(locked, calendar)
    if wrong:
        log.settle(locked, standing_from(locked), calendar)
        locked.save()
        audit.record(actor, "case.rebuilt", locked)
    return wrong
