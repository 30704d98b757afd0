"""Rules as dated data: limits, assignment, absence, calendar notices, approved answers; numbers; two at once."""

import threading
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import translation
from tests import factories
from tests.apps.cases.conftest import ZONE, answered, body, closed, dispatched, raised

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.actions import calling, entering, log, rules, steering
from lianzhu.apps.cases.machine import Handling
from lianzhu.apps.cases.models import Case, CaseEvent, Category, Limits
from lianzhu.apps.cases.queries import people
from lianzhu.apps.cases.queries.days import NAMES, calendar_now
from lianzhu.apps.cases.queries.numbers import numbers_of
from lianzhu.apps.cases.queries.suggest import suggestions
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.enterprises.actions.accounts import system_user

pytestmark = pytest.mark.django_db


def limits(town, **told) -> Limits:
    where = {name: told.pop(name, "") for name in ("kind", "category")}
    base = {name: getattr(Limits(), name) for name in (*NAMES, "extensions", "ladder", "checklist")}
    since = told.pop("since", date(2026, 11, 2))
    actor = told.pop("actor", town.office)
    return rules.set_limits(actor=actor, chain=town.chain, since=since, **where, told={**base, **told})


def due(case) -> date:
    return Case.objects.get(pk=case.pk).solution_due.astimezone(ZONE).date()


def test_the_most_specific_limits_win_from_their_day_on(town):
    limits(town, solution="5wd")
    limits(town, category="power", solution="3wd")
    limits(town, category="power", solution="2wd", since=date(2026, 11, 4))
    assert due(dispatched(town)) == date(2026, 11, 5)
    assert due(dispatched(town, category="tax")) == date(2026, 11, 9)
    before = dispatched(town)
    town.hand.set("2026-11-04T09:00")
    assert due(dispatched(town)) == date(2026, 11, 6)
    assert due(before) == date(2026, 11, 5)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"solution": "soon"}, "not an amount"),
        ({"since": date(2026, 11, 1)}, "today or later"),
        ({"ladder": ["99"]}, "from the list"),
    ],
)
def test_wrong_limits_are_refused(town, told, said):
    with pytest.raises(RuleBroken, match=said):
        limits(town, **told)
    with pytest.raises(PermissionDenied):
        limits(town, actor=town.member)


def test_assignment_by_category_then_least_open_and_absence(town):
    other = body("先锋服务队一组", "team", town.taxman)
    for one in (town.team, other):
        rules.set_assignment(actor=town.office, chain=town.chain, category="", area="", body=one)
    rules.set_assignment(actor=town.office, chain=town.chain, category="tax", area="", body=town.tax)
    on = clock.today()

    def suggested(case):
        return people.suggested_bodies([case], on).get(case.pk)

    assert suggested(raised(town, category="tax")) == town.tax.pk
    assert suggested(raised(town)) == town.team.pk
    dispatched(town)
    assert suggested(raised(town)) == other.pk
    rules.set_absence(actor=town.taxman, since=on, until=on)
    assert suggested(raised(town)) == town.team.pk
    with pytest.raises(PermissionDenied):
        rules.set_assignment(actor=town.member, chain=town.chain, category="", area="", body=other)
    with pytest.raises(RuleBroken, match="takes no cases"):
        rules.set_assignment(actor=town.office, chain=town.chain, category="", area="", body=town.committee)


def test_a_notice_moves_open_due_times_and_says_which(town):
    town.hand.set("2027-12-29T09:00")
    case, finished = dispatched(town), closed(town)
    found = Case.objects.get(pk=case.pk)
    assert found.provisional and due(case) == date(2028, 1, 7)
    moved = rules.enter_notice(
        actor=town.office,
        chain=town.chain,
        year=2027,
        text="2027-12-30,0\n2027-12-31,0",
        source="测试通知",
    )
    # The span still reaches into 2028, whose notice is not known.
    assert [one.case.number for one in moved] == [case.number] and due(case) == date(2028, 1, 11)
    told = CaseEvent.objects.get(case=case, kind="due_moved").data["clocks"]["solution"]
    assert told == ["2028-01-07T09:30:00+00:00", "2028-01-11T17:30:00+08:00"]
    assert not CaseEvent.objects.filter(case=finished, kind="due_moved").exists()
    for one in Case.objects.all():
        assert log.differences(one, calendar_now()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [("2028-01-01,0", "lies in 2027"), ("", "at least one"), ("2027-13-01,0\n2027-01-02,maybe", "row 2.*\n?.*row 3")],
)
def test_a_wrong_notice_says_every_line(town, text, said):
    with pytest.raises(RuleBroken, match=said):
        rules.enter_notice(actor=town.office, chain=town.chain, year=2027, text=text, source="x")
    with pytest.raises(PermissionDenied):
        rules.enter_notice(actor=town.owner, chain=town.chain, year=2027, text="2027-01-01,0", source="x")


def test_office_hours_move_due_times(town):
    case = dispatched(town)
    assert [
        one.case for one in rules.set_hours(actor=town.office, chain=town.chain, hours="9:00-12:00,13:00-17:00")
    ] == [case]
    assert Case.objects.get(pk=case.pk).solution_due.astimezone(ZONE).hour == 17
    with pytest.raises(RuleBroken, match="segment"):
        rules.set_hours(actor=town.office, chain=town.chain, hours="all day")


def test_an_answer_that_names_a_firm_is_refused(town):
    told = {"chain": town.chain, "category": "", "question": "怎么增容", "firm_names": [town.firm.name]}
    with pytest.raises(RuleBroken, match="named"):
        rules.approve_answer(actor=town.office, answer=f"像{town.firm.name}那样", **told)
    with pytest.raises(PermissionDenied):
        rules.approve_answer(actor=town.member, answer="找供电所", **told)
    row = rules.approve_answer(actor=town.office, answer="找供电所", **told)
    assert suggestions(town.rival, town.chain, "增容怎么办").answers == [row]
    rules.withdraw_answer(actor=town.office, answer_id=row.pk)
    assert not suggestions(town.rival, town.chain, "增容怎么办").any


def test_suggestions_never_show_another_firms_case(town):
    case = raised(town, "夜间用电容量不够")
    assert suggestions(town.owner, town.chain, "夜间用电").own == [case]
    assert not suggestions(town.rival, town.chain, "夜间用电").any


def test_rebuild_mends_a_wrong_column_and_proves_the_rest(town, capsys):
    case, other = dispatched(town), answered(town)
    Case.objects.filter(pk=case.pk).update(state="working", returns=3)
    call_command("rebuild_cases")
    assert "1 of 2" in capsys.readouterr().out
    for one in (case, other):
        assert log.differences(Case.objects.get(pk=one.pk), calendar_now()) == []


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────


def figure(town, key):
    told = numbers_of(town.chain, date(2026, 11, 1), date(2026, 11, 30))
    return next(one for one in told.figures if one.key == key)


def test_nothing_is_shown_under_ten(town):
    for _n in range(9):
        closed(town)
    assert (figure(town, "solved").n, figure(town, "solved").counted) == (None, None)
    closed(town)
    assert (figure(town, "solved").n, figure(town, "solved").share) == (10, 100)


def test_the_unconfirmed_stay_in_the_denominator(town):
    for _n in range(9):
        closed(town)
    silent, explained = answered(town), answered(town)
    calling.call_back(actor=town.office, case_id=explained.pk, solved="explained", by_whom="", again=True)
    for _day in range(2):
        calling.record_silence(actor=town.office, case_id=silent.pk)
        town.hand.move(days=1)
    withdrawn = raised(town)
    calling.withdraw(actor=town.owner, case_id=withdrawn.pk, reason="")
    assert (figure(town, "solved").counted, figure(town, "solved").n) == (9, 11)
    assert (figure(town, "explained").counted, figure(town, "unconfirmed").counted) == (1, 1)
    # Not one is closed for ninety days yet: whether it came again cannot be known.
    assert figure(town, "again").n is None


def test_came_again_within_ninety_days(town):
    for _n in range(10):
        closed(town, category=Category.TAX)
    town.hand.set("2026-12-01T09:00")
    raised(town, category=Category.TAX)
    town.hand.set("2027-03-01T09:00")
    assert (figure(town, "again").counted, figure(town, "again").n) == (10, 10)


# ── two at once ──────────────────────────────────────────────────────────────────────────────────────────────


def accept(user, case, _town) -> None:
    steering.accept(actor=user, case_id=case.pk, handling=Handling.DAILY)


def dispatch(user, case, town) -> None:
    to = town.team if user == town.office else town.tax
    steering.dispatch(actor=user, case_id=case.pk, body_id=to.pk)


def close(user, case, town) -> None:
    said = "yes" if user == town.office else "explained"
    calling.call_back(actor=user, case_id=case.pk, solved=said, by_whom="service", again=True)


def accepted(town):
    case = raised(town)
    steering.accept(actor=town.office, case_id=case.pk, handling=Handling.DAILY)
    return case


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("before", "act", "kind"),
    [(raised, accept, "accepted"), (accepted, dispatch, "dispatched"), (answered, close, "called_back")],
)
def test_two_office_workers_at_once_one_wins_and_nothing_is_lost(town, before, act, kind):
    cases = [before(town) for _n in range(4)]
    now, told, gate = town.hand.now, [], threading.Barrier(2)

    def work(user) -> None:
        with clock.telling(lambda: now), translation.override("en"):
            for case in cases:
                gate.wait()
                try:
                    act(user, case, town)
                    told.append((case.pk, user.name, ""))
                except RuleBroken as said:
                    told.append((case.pk, user.name, str(said)))
        connection.close()

    threads = [threading.Thread(target=work, args=(user,)) for user in (town.office, town.office2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 8
    for case in cases:
        (winner,) = [name for pk, name, said in told if pk == case.pk and not said]
        (said,) = [said for pk, _name, said in told if pk == case.pk and said]
        # The other is told what happened, and by whom.
        assert winner in said
        (event,) = CaseEvent.objects.filter(case=case, kind=kind)
        assert event.by.name == winner
        numbers = CaseEvent.objects.filter(case=case).order_by("number").values_list("number", flat=True)
        assert list(numbers) == list(range(1, len(numbers) + 1))
        assert log.differences(Case.objects.get(pk=case.pk), calendar_now()) == []


@pytest.mark.django_db
def test_who_comes_second_reads_on_the_page_who_was_first(town):
    case = raised(town)
    second = factories.browser(town.office2)
    page = reverse("cases:case", args=[case.pk])
    assert "accept-handling" in second.get(f"{page}?do=accept").content.decode()
    steering.accept(actor=town.office, case_id=case.pk, handling=Handling.DAILY)
    answer = second.post(page, {"do": "accept", "accept-handling": "daily", "accept-category": "power"})
    shown = answer.content.decode()
    assert answer.status_code == 409 and 'role="alert"' in shown and town.office.name in shown
    # The acts are those that fit now.
    assert "?do=dispatch" in shown and "?do=accept#" not in shown


@pytest.mark.django_db
def test_what_the_second_had_written_is_not_lost(town):
    case = answered(town)
    closed_by = {"solved": "yes", "by_whom": "service", "again": True}
    calling.call_back(actor=town.office, case_id=case.pk, **closed_by)
    told = {"call-solved": "no", "call-by_whom": "", "call-again": "1", "call-text": "还是跳闸，换了三次保险"}
    answer = factories.browser(town.office2).post(reverse("cases:case", args=[case.pk]), {"do": "call", **told})
    assert answer.status_code == 409 and "还是跳闸，换了三次保险" in answer.content.decode()
    assert Case.objects.get(pk=case.pk).outcome == "solved"


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_numbers_are_given_once(town):
    now, gate = town.hand.now, threading.Barrier(3)
    system_user()

    def work() -> None:
        with clock.telling(lambda: now):
            gate.wait()
            for _n in range(5):
                entering.complain(actor=None, chain=town.chain, title="投诉", text="")
        connection.close()

    threads = [threading.Thread(target=work) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(Case.objects.values_list("number", flat=True)) == [f"TS-{n:04d}" for n in range(1, 16)]
