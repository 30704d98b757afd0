"""Every act: done, refused by a rule, refused to a person, on one set-up."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from tests.apps.cases.conftest import ZONE, answered, closed, dispatched, raised, signed

from lianzhu.apps.cases.actions import calling, entering, log, steering, working
from lianzhu.apps.cases.machine import Handling
from lianzhu.apps.cases.models import Case, CaseEvent, HelperPart, Kind, Message, Saying
from lianzhu.apps.cases.queries.days import calendar_now
from lianzhu.apps.core.audit import verify
from lianzhu.apps.core.errors import RuleBroken

pytestmark = pytest.mark.django_db


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def proven(case: Case) -> Case:
    """The case, whose columns follow from its log."""
    found = fresh(case)
    assert log.differences(found, calendar_now()) == []
    return found


def told(user, why: str = "new") -> list[int]:
    return list(Message.objects.filter(user=user, why=why).values_list("case", flat=True))


def test_a_difficulty_enters_with_a_number_a_clock_and_a_line_for_the_office(town):
    case = proven(raised(town))
    assert (case.number, case.state, case.due_clock) == ("QJ-0001", "to_accept", "accept")
    assert case.due_at.astimezone(ZONE).isoformat() == "2026-11-03T17:30:00+08:00"
    assert told(town.office) == told(town.office2) == [case.pk]
    assert Saying.objects.get().text == "想临时增容" and "想" not in str(CaseEvent.objects.get().data)
    assert proven(raised(town)).number == "QJ-0002"


@pytest.mark.parametrize("who", ["rival", "member", "secretary", "auditor"])
def test_nobody_raises_for_another_firm(town, who):
    with pytest.raises(PermissionDenied):
        entering.open_case(
            actor=getattr(town, who), chain=town.chain, kind=Kind.DIFFICULTY, firm=town.firm, title="冒名"
        )


def test_open_case_by_the_office_with_an_owner_is_dispatched_at_once(town):
    case = entering.open_case(
        actor=town.office, chain=town.chain, kind=Kind.DECISION, title="联席会议第3项", owner=town.tax, limit="10wd"
    )
    found = proven(case)
    assert (found.number, found.state, found.body) == ("HY-0001", "dispatched", town.tax)
    assert found.solution_due.astimezone(ZONE).date() == date(2026, 11, 16)
    assert told(town.taxman) == [case.pk]


def test_an_owner_named_by_a_firm_is_only_a_suggestion(town):
    case = entering.open_case(
        actor=town.owner, chain=town.chain, kind=Kind.CLAIM, firm=town.firm, title="补助", owner=town.tax
    )
    assert fresh(case).state == "to_accept" and case.events.get().data["suggested"] == town.tax.pk


def test_acceptance_names_the_handling_and_only_the_office_accepts(town):
    case = raised(town)
    for who in (town.owner, town.member, town.secretary, town.auditor, town.taxman):
        with pytest.raises(PermissionDenied):
            steering.accept(actor=who, case_id=case.pk, handling=Handling.DAILY)
    steering.accept(actor=town.office, case_id=case.pk, handling=Handling.HARD)
    assert proven(case).handling == "hard"


def test_the_second_of_two_is_told_what_happened(town):
    case = raised(town)
    steering.accept(actor=town.office, case_id=case.pk, handling=Handling.DAILY)
    with pytest.raises(RuleBroken, match=r"not at this step.*钱某, accepted, 2026-11-02 09:00"):
        steering.accept(actor=town.office2, case_id=case.pk, handling=Handling.DAILY)


def test_a_refusal_says_who_and_where(town):
    case = raised(town)
    told_by = {"actor": town.office, "case_id": case.pk, "decided_by": town.office2}
    with pytest.raises(RuleBroken, match="where to go next"):
        steering.refuse(**told_by, why="不归本镇管", where_next=" ")
    with pytest.raises(RuleBroken, match="chain office"):
        steering.refuse(**{**told_by, "decided_by": town.owner}, why="不归本镇管", where_next="市供电公司")
    steering.refuse(**told_by, why="不归本镇管", where_next="市供电公司 0000-12345")
    found = proven(case)
    assert (found.state, found.outcome, found.is_open) == ("refused", "refused", False)
    assert told(town.owner, "decided") == [case.pk]


def test_dispatch_goes_to_bodies_that_take_cases(town):
    case = raised(town)
    steering.accept(actor=town.office, case_id=case.pk, handling=Handling.DAILY)
    with pytest.raises(RuleBroken, match="takes no cases"):
        steering.dispatch(actor=town.office, case_id=case.pk, body_id=town.committee.pk)
    with pytest.raises(PermissionDenied):
        steering.dispatch(actor=town.member, case_id=case.pk, body_id=town.team.pk)
    steering.dispatch(actor=town.office, case_id=case.pk, body_id=town.team.pk)
    assert proven(case).due_clock == "sign" and told(town.member) == told(town.member2) == [case.pk]


def test_only_the_body_signs_for_it(town):
    case = dispatched(town)
    for who in (town.taxman, town.office, town.owner, town.secretary):
        with pytest.raises(PermissionDenied):
            working.sign_for(actor=who, case_id=case.pk)
    working.sign_for(actor=town.member, case_id=case.pk)
    assert proven(case).lead == town.member
    with pytest.raises(RuleBroken, match="not at this step"):
        working.sign_for(actor=town.member2, case_id=case.pk)


def test_a_head_of_a_firm_in_a_team_does_not_work_on_cases(town):
    from tests.apps.cases.conftest import seat

    seat(town.team, town.rival, "officer")
    case = dispatched(town)
    with pytest.raises(PermissionDenied):
        working.sign_for(actor=town.rival, case_id=case.pk)
    assert not Case.objects.visible_to(town.rival).exists()


def test_returns_are_counted_and_the_third_is_decided(town):
    case = dispatched(town)
    due = fresh(case).solution_due
    with pytest.raises(RuleBroken, match="which other body"):
        working.return_to_dispatcher(
            actor=town.member, case_id=case.pk, suggested_body_id=town.team.pk, reason="不是我们的事"
        )
    for _n in range(3):
        town.hand.move(hours=1)
        working.return_to_dispatcher(
            actor=town.member, case_id=case.pk, suggested_body_id=town.tax.pk, reason="归税务管"
        )
        steering_due = fresh(case)
        steering.dispatch(actor=town.office, case_id=case.pk, body_id=town.team.pk)
    assert steering_due.office_decides and steering_due.returns == 3
    assert proven(case).solution_due == due
    with pytest.raises(RuleBroken, match="third return"):
        working.return_to_dispatcher(
            actor=town.member, case_id=case.pk, suggested_body_id=town.tax.pk, reason="归税务管"
        )


def test_pause_and_resume(town):
    case = signed(town)
    due = fresh(case).solution_due
    with pytest.raises(RuleBroken, match="whom it waits for"):
        working.pause(actor=town.member, case_id=case.pk, waits_for="third", reason="")
    with pytest.raises(PermissionDenied):
        working.pause(actor=town.member2, case_id=case.pk, waits_for="third", reason="等供电所")
    working.pause(actor=town.member, case_id=case.pk, waits_for="third", reason="等供电所")
    assert (proven(case).state, fresh(case).step_at) == ("paused", None)
    town.hand.set("2026-11-03T09:00")
    working.resume(actor=town.office, case_id=case.pk)
    assert (proven(case).solution_due - due).days == 1


def test_extension_is_asked_and_decided(town):
    case = signed(town)
    due = fresh(case).solution_due
    working.ask_extension(actor=town.member, case_id=case.pk, days=2, reason="等备件")
    with pytest.raises(PermissionDenied):
        steering.decide_extension(actor=town.member, case_id=case.pk, granted=True)
    steering.decide_extension(actor=town.office, case_id=case.pk, granted=True)
    assert (proven(case).solution_due - due).days == 2
    with pytest.raises(RuleBroken, match="No extension"):
        steering.decide_extension(actor=town.office, case_id=case.pk, granted=True)


def test_a_helper_sees_and_ends_its_part(town):
    case = signed(town)
    assert not Case.objects.visible_to(town.taxman).exists()
    working.ask_help(actor=town.member, case_id=case.pk, body_id=town.tax.pk, question="能不能退税？")
    part = HelperPart.objects.get()
    assert Case.objects.visible_to(town.taxman).exists() and told(town.taxman) == [case.pk]
    with pytest.raises(RuleBroken, match="helper's part must end"):
        working.submit_answer(actor=town.member, case_id=case.pk, stage="final", answer="好")
    with pytest.raises(PermissionDenied):
        working.give_help(actor=town.member2, part_id=part.pk, opinion="能")
    working.take_help(actor=town.taxman, part_id=part.pk)
    working.give_help(actor=town.taxman, part_id=part.pk, opinion="能")
    assert HelperPart.objects.get().ended_at and proven(case)
    working.submit_answer(actor=town.member, case_id=case.pk, stage="final", answer="好")


def test_the_answer_is_reviewed_by_somebody_else(town):
    case = signed(town)
    working.submit_answer(actor=town.member, case_id=case.pk, stage="first", answer="已联系供电所")
    with pytest.raises(PermissionDenied):
        steering.review(actor=town.member, case_id=case.pk, approved=True)
    with pytest.raises(RuleBroken, match="what is missing"):
        steering.review(actor=town.office, case_id=case.pk, approved=False)
    steering.review(actor=town.office, case_id=case.pk, approved=True)
    found = proven(case)
    assert found.first_done == town.hand.now and found.first_in_time and found.state == "working"


def test_the_lead_never_calls_back_and_the_firm_may_answer_itself(town):
    case = answered(town)
    word = {"case_id": case.pk, "solved": "yes", "by_whom": "service", "again": True}
    with pytest.raises(PermissionDenied):
        calling.call_back(actor=town.member, **word)
    with pytest.raises(RuleBroken, match="never the lead"):
        steering.name_caller(actor=town.office, case_id=case.pk, caller_id=town.member.pk)
    with pytest.raises(RuleBroken, match="without a tie"):
        steering.name_caller(actor=town.office, case_id=case.pk, caller_id=town.secretary.pk)
    steering.name_caller(actor=town.office, case_id=case.pk, caller_id=town.taxman.pk)
    assert Case.objects.visible_to(town.taxman).exists()
    calling.call_back(actor=town.owner, **word)
    assert proven(case).outcome == "solved"


def test_not_solved_reopens_and_confirmed_then(town):
    case = answered(town)
    calling.call_back(actor=town.office, case_id=case.pk, solved="no", by_whom="", again=True, text="还是跳闸")
    found = proven(case)
    assert (found.round, found.state, found.solution_due) == (2, "reopened", None)
    steering.dispatch(actor=town.office, case_id=case.pk, body_id=town.team.pk)
    working.sign_for(actor=town.member, case_id=case.pk)
    working.submit_answer(actor=town.member, case_id=case.pk, stage="final", answer="已换变压器")
    steering.review(actor=town.office, case_id=case.pk, approved=True)
    calling.call_back(actor=town.office, case_id=case.pk, solved="basically", by_whom="service", again=True)
    assert proven(case).ask_again
    calling.call_back(actor=town.office, case_id=case.pk, solved="yes", by_whom="service", again=True)
    assert proven(case).outcome == "solved"


def test_a_silent_firm_is_closed_unconfirmed_and_can_reopen(town):
    case = answered(town)
    with pytest.raises(PermissionDenied):
        calling.record_silence(actor=town.owner, case_id=case.pk)
    calling.record_silence(actor=town.office, case_id=case.pk)
    town.hand.move(days=1)
    calling.record_silence(actor=town.office, case_id=case.pk)
    assert proven(case).outcome == "unconfirmed"
    with pytest.raises(RuleBroken, match="what is not solved"):
        calling.reopen_case(actor=town.owner, case_id=case.pk, reason="")
    with pytest.raises(PermissionDenied):
        calling.reopen_case(actor=town.rival, case_id=case.pk, reason="还没好")
    calling.reopen_case(actor=town.owner, case_id=case.pk, reason="还没好")
    assert proven(case).round == 2


def test_merge_is_for_the_same_firm(town):
    first, second = raised(town), raised(town, "用电不够")
    elsewhere = entering.raise_difficulty(
        actor=town.rival, chain=town.chain, firm=town.other, title="用电不够", text="", category="power"
    )
    with pytest.raises(RuleBroken, match="same firm"):
        steering.merge(actor=town.office, case_id=elsewhere.pk, into_id=first.pk)
    steering.merge(actor=town.office, case_id=second.pk, into_id=first.pk)
    assert proven(second).into == first and proven(first).is_open


def test_one_answer_to_all_of_a_common_cause(town):
    cause = entering.open_case(
        actor=town.office, chain=town.chain, kind=Kind.COMMON, title="冲击试验标准换版", owner=town.tax
    )
    one = dispatched(town)
    steering.bundle(actor=town.office, case_ids=[one.pk], cause_id=cause.pk)
    with pytest.raises(RuleBroken, match="takes nobody in"):
        entering.join_common_cause(actor=town.rival, cause_id=cause.pk, firm=town.other, text="我们也是")
    steering.publish_cause(actor=town.office, case_id=cause.pk)
    two = entering.join_common_cause(actor=town.rival, cause_id=cause.pk, firm=town.other, text="我们也是")
    with pytest.raises(RuleBroken, match="already"):
        entering.join_common_cause(actor=town.rival, cause_id=cause.pk, firm=town.other, text="再来")
    working.sign_for(actor=town.taxman, case_id=cause.pk)
    working.submit_answer(actor=town.taxman, case_id=cause.pk, stage="final", answer="统一补做试验")
    steering.review(actor=town.office, case_id=cause.pk, approved=True)
    assert proven(one).state == proven(two).state == "answered"
    assert Saying.objects.filter(text="统一补做试验").count() == 3
    calling.call_back(actor=town.rival, case_id=two.pk, solved="yes", by_whom="service", again=True)
    assert proven(two).outcome == "solved"
    # Nobody stands behind the common cause itself: the office closes it, not its lead.
    steering.close_case(actor=town.office, case_id=cause.pk, text="两家均已回访")
    assert proven(cause).outcome == "done"


def test_withdrawing_by_the_firm_or_on_its_word(town):
    one, two = raised(town), raised(town)
    with pytest.raises(PermissionDenied):
        calling.withdraw(actor=town.rival, case_id=one.pk, reason="")
    calling.withdraw(actor=town.owner, case_id=one.pk, reason="")
    with pytest.raises(RuleBroken, match="who of the firm"):
        calling.withdraw(actor=town.office, case_id=two.pk, reason="")
    assert proven(one).outcome == "withdrawn"


def test_a_draft_is_its_writers_alone(town):
    told_by = {"chain": town.chain, "firm": town.firm, "category": "power", "hide_firm_name": True}
    case = entering.save_draft(actor=town.owner, title="草稿", text="还没想好", **told_by)
    assert Case.objects.visible_to(town.owner).exists() and not Case.objects.visible_to(town.office).exists()
    with pytest.raises(PermissionDenied):
        entering.send_draft(actor=town.office, case_id=case.pk, title="草稿", text="")
    entering.send_draft(actor=town.owner, case_id=case.pk, title="夜间用电", text="想增容")
    assert proven(case).state == "to_accept" and Case.objects.visible_to(town.office).exists()


def test_a_phone_call_is_accepted_and_dispatched_on_one_screen(town):
    case = entering.log_call(
        actor=town.office, chain=town.chain, title="路灯坏了", text="来电", firm=town.firm, body=town.team
    )
    assert (proven(case).state, case.by_phone) == ("dispatched", True)
    with pytest.raises(PermissionDenied):
        entering.log_call(actor=town.member, chain=town.chain, title="x", text="", firm=None)


def test_a_complaint_has_its_own_rule(town):
    case, code = entering.complain(actor=None, chain=town.chain, title="服务态度差", text="", about=town.team)
    found = proven(case)
    assert found.receipt == entering.receipt_of(code.lower().replace("-", " "))
    assert found.solution_due is None and case.events.get().data["limits"]["solution"] == "15wd"
    steering.accept(actor=town.office, case_id=case.pk, handling=Handling.DAILY)
    with pytest.raises(RuleBroken, match="body it is about"):
        steering.dispatch(actor=town.office, case_id=case.pk, body_id=town.team.pk)
    by_office, _code = entering.complain(actor=town.office, chain=town.chain, title="食堂", text="")
    with pytest.raises(PermissionDenied):
        steering.accept(actor=town.office, case_id=by_office.pk, handling=Handling.DAILY)
    steering.accept(actor=town.office2, case_id=by_office.pk, handling=Handling.DAILY)


def test_unsigned_complaints_are_limited_per_hour(town, monkeypatch):
    monkeypatch.setattr(entering, "MOST_UNSIGNED", 2)
    for _n in range(2):
        entering.complain(actor=None, chain=town.chain, title="投诉", text="")
    with pytest.raises(RuleBroken, match="Too many"):
        entering.complain(actor=None, chain=town.chain, title="投诉", text="")
    town.hand.move(hours=2)
    assert entering.complain(actor=None, chain=town.chain, title="投诉", text="")


def test_a_leavers_cases_go_to_the_heir(town):
    case = signed(town)
    with pytest.raises(RuleBroken, match="works for the body"):
        working.hand_on(actor=town.member, case_id=case.pk, lead_id=town.taxman.pk)
    with pytest.raises(PermissionDenied):
        working.hand_on(actor=town.taxman, case_id=case.pk, lead_id=town.member2.pk)
    assert working.hand_on_leaver(town.office, town.member, town.member2) == 1
    assert proven(case).lead == town.member2


def test_notes_between_workers_and_for_all(town):
    case = signed(town)
    working.add_note(actor=town.member, case_id=case.pk, text="内部：电话打不通", inside=True)
    working.add_note(actor=town.owner, case_id=case.pk, text="补充：只在夜里", inside=True)
    inside = list(CaseEvent.objects.filter(case=case, kind="noted").order_by("number").values_list("inside", flat=True))
    assert inside == [True, False]
    with pytest.raises(PermissionDenied):
        working.add_note(actor=town.rival, case_id=case.pk, text="我看看")


def test_many_at_once_each_by_itself(town):
    cases = [raised(town) for _n in range(3)]
    for case in cases[:2]:
        steering.accept(actor=town.office, case_id=case.pk, handling=Handling.DAILY)
    done, refused = steering.dispatch_many(
        actor=town.office, case_ids=[case.pk for case in cases], body_id=town.team.pk
    )
    assert done == cases[:2] and len(refused) == 1 and refused[0].startswith(cases[2].number)


def test_archived_by_the_office(town):
    case = closed(town)
    with pytest.raises(PermissionDenied):
        steering.archive(actor=town.owner, case_id=case.pk)
    steering.archive(actor=town.office, case_id=case.pk)
    assert proven(case).state == "archived" and verify().broken_at is None


@pytest.mark.both
def test_the_log_takes_no_change(town):
    event = raised(town).events.get()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CaseEvent.objects.filter(pk=event.pk).update(kind="closed")
