"""Announce, sign up, wait, come, minutes, decisions, outcome: allowed, refused by rule, refused by person."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import factories
from tests.apps.activities.conftest import BEGINS, held, plan

from lianzhu.apps.activities import queries, sheet
from lianzhu.apps.activities.actions import attending, concluding, exchange, planning
from lianzhu.apps.activities.models import Activity, SignUp
from lianzhu.apps.cases.models import Case, Kind
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.enterprises.models import Role


def signed(town: SimpleNamespace, name: str, **more: object) -> SignUp:
    told = {"actor": town.clerk, "unit": "某单位", **more}
    return attending.sign_up(activity_id=town.lecture.pk, name=name, **told)


def states(town: SimpleNamespace) -> dict[str, str]:
    return dict(SignUp.objects.filter(activity=town.lecture).values_list("name", "state"))


class TestAnnounce:
    def test_a_price_topic_is_stopped_with_the_reason(self, town: SimpleNamespace) -> None:
        with pytest.raises(RuleBroken, match=r"第十七条第（一）项.*sets its prices and bids alone"):
            planning.announce_activity(
                actor=town.office,
                chain_id=town.chain.pk,
                host_id=town.host.pk,
                plan=plan(kind="joint_meeting", agenda="标准宣贯\n协调明年报价"),
            )
        assert Activity.objects.count() == 1

    def test_a_forbidden_title_is_stopped_too(self, town: SimpleNamespace) -> None:
        with pytest.raises(RuleBroken, match="Line 1"):
            planning.change_activity(actor=town.clerk, activity_id=town.lecture.pk, plan=plan(title="限产协调会"))

    @pytest.mark.parametrize("who", ["owner", "member"])
    def test_firms_and_committee_members_do_not_announce(self, town: SimpleNamespace, who: str) -> None:
        with pytest.raises(PermissionDenied):
            planning.announce_activity(
                actor=getattr(town, who), chain_id=town.chain.pk, host_id=town.host.pk, plan=plan()
            )

    def test_a_department_announces_for_itself_only(self, town: SimpleNamespace) -> None:
        with pytest.raises(PermissionDenied):
            planning.announce_activity(actor=town.clerk, chain_id=town.chain.pk, host_id=town.team.pk, plan=plan())

    @pytest.mark.parametrize(
        ("more", "why"),
        [
            ({"ends_at": BEGINS}, "end after it begins"),
            ({"begins_at": BEGINS - timedelta(days=30)}, "in the future"),
            ({"agenda": " \n "}, "Write the agenda"),
            ({"capacity": 0}, "at least one"),
            ({"kind": "banquet"}, "kind of activity"),
        ],
    )
    def test_what_does_not_fit(self, town: SimpleNamespace, more: dict[str, object], why: str) -> None:
        with pytest.raises(RuleBroken, match=why):
            planning.change_activity(actor=town.clerk, activity_id=town.lecture.pk, plan=plan(**more))

    def test_called_off_closes_the_list(self, town: SimpleNamespace) -> None:
        planning.call_off(actor=town.clerk, activity_id=town.lecture.pk, why="台风")
        with pytest.raises(RuleBroken, match="called off"):
            signed(town, "孙某")


class TestTheList:
    def test_the_third_waits_and_moves_up(self, town: SimpleNamespace) -> None:
        first, _second, _third = (signed(town, name) for name in ("甲某", "乙某", "丙某"))
        assert states(town) == {"甲某": "registered", "乙某": "registered", "丙某": "waitlisted"}
        attending.cancel_sign_up(actor=town.clerk, sign_up_id=first.pk)
        assert states(town) == {"甲某": "cancelled", "乙某": "registered", "丙某": "registered"}

    def test_more_seats_move_up_fewer_turn_nobody_away(self, town: SimpleNamespace) -> None:
        for name in ("甲某", "乙某", "丙某"):
            signed(town, name)
        planning.change_activity(actor=town.clerk, activity_id=town.lecture.pk, plan=plan(capacity=3))
        assert set(states(town).values()) == {"registered"}
        with pytest.raises(RuleBroken, match="3 people are registered"):
            planning.change_activity(actor=town.clerk, activity_id=town.lecture.pk, plan=plan(capacity=2))

    def test_nobody_stands_twice(self, town: SimpleNamespace) -> None:
        signed(town, "甲某")
        with pytest.raises(RuleBroken, match="on the list already"):
            signed(town, " 甲某 ")

    def test_a_firm_signs_for_itself_only(self, town: SimpleNamespace) -> None:
        assert signed(town, "工程师", actor=town.owner, firm_id=town.firm.pk).unit == town.firm.name
        with pytest.raises(PermissionDenied):
            signed(town, "别家", actor=town.owner, firm_id=town.other.pk)

    def test_a_rival_neither_sees_nor_cancels(self, town: SimpleNamespace) -> None:
        mine = signed(town, "工程师", actor=town.owner, firm_id=town.firm.pk)
        assert not SignUp.objects.visible_to(town.rival).exists()
        assert SignUp.objects.visible_to(town.owner).get() == mine
        with pytest.raises(PermissionDenied):
            attending.cancel_sign_up(actor=town.rival, sign_up_id=mine.pk)

    def test_sign_up_closes_at_the_minute_it_begins(self, town: SimpleNamespace) -> None:
        town.hand.now = BEGINS - timedelta(minutes=1)
        signed(town, "甲某")
        town.hand.now = BEGINS
        with pytest.raises(RuleBroken, match="closed when it began"):
            signed(town, "乙某")

    def test_who_came(self, town: SimpleNamespace) -> None:
        first, second, third = (signed(town, name) for name in ("甲某", "乙某", "丙某"))
        with pytest.raises(RuleBroken, match="not begun"):
            attending.note_attendance(actor=town.clerk, activity_id=town.lecture.pk, present=[first.pk])
        held(town)
        with pytest.raises(PermissionDenied):
            attending.note_attendance(actor=town.owner, activity_id=town.lecture.pk, present=[first.pk])
        attending.note_attendance(actor=town.clerk, activity_id=town.lecture.pk, present=[first.pk])
        assert states(town) == {"甲某": "attended", "乙某": "absent", "丙某": "waitlisted"}
        attending.note_attendance(actor=town.clerk, activity_id=town.lecture.pk, present=[second.pk, third.pk])
        assert states(town) == {"甲某": "absent", "乙某": "attended", "丙某": "attended"}

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        capacity=st.integers(1, 4),
        acts=st.lists(st.tuples(st.sampled_from(["join", "leave", "seats"]), st.integers(0, 9)), max_size=18),
    )
    def test_a_free_seat_never_stays_empty_while_somebody_waits(
        self, town: SimpleNamespace, capacity: int, acts: list[tuple[str, int]]
    ) -> None:
        with transaction.atomic():
            lecture = planning.change_activity(
                actor=town.clerk, activity_id=town.lecture.pk, plan=plan(capacity=capacity)
            )
            joined: list[int] = []
            for act, n in acts:
                if act == "join":
                    joined.append(signed(town, f"第{len(joined)}人").pk)
                elif act == "leave" and joined:
                    chosen = SignUp.objects.get(pk=joined[n % len(joined)])
                    if chosen.state != SignUp.State.CANCELLED:
                        attending.cancel_sign_up(actor=town.clerk, sign_up_id=chosen.pk)
                elif act == "seats":
                    wanted = max(n, attending.seats_taken(lecture), 1)
                    lecture = planning.change_activity(
                        actor=town.clerk, activity_id=lecture.pk, plan=plan(capacity=wanted)
                    )
                rows = list(SignUp.objects.filter(activity=lecture).order_by("id").values_list("pk", "state"))
                seated = [pk for pk, state in rows if state == "registered"]
                waiting = [pk for pk, state in rows if state == "waitlisted"]
                assert len(seated) <= lecture.capacity
                assert not waiting or len(seated) == lecture.capacity
                # Nobody overtakes: whoever waits signed up after everybody seated.
                assert not waiting or max(seated) < min(waiting)
            transaction.set_rollback(True)


class TestAfterwards:
    def test_a_decision_becomes_a_case_at_the_body(self, town: SimpleNamespace) -> None:
        one = held(town)
        made = concluding.record_decision(
            actor=town.office, activity_id=one.pk, text="九月底前开放共享试验室", owner_id=town.team.pk, limit="10wd"
        )
        case = Case.objects.get(pk=made.case_id)
        assert (case.kind, case.body_id, case.state) == (Kind.DECISION, town.team.pk, "dispatched")
        assert queries.decisions_of(town.owner, one) == [(made, False)]
        assert queries.decisions_of(town.office, one) == [(made, True)]

    def test_a_decision_on_quotas_is_stopped_and_others_do_not_decide(self, town: SimpleNamespace) -> None:
        one = held(town)
        told = {"activity_id": one.pk, "owner_id": town.team.pk}
        with pytest.raises(RuleBroken, match="Quotas"):
            concluding.record_decision(actor=town.office, text="落实限产配额", **told)
        with pytest.raises(PermissionDenied):
            concluding.record_decision(actor=town.clerk, text="开放共享试验室", **told)
        assert not Case.objects.exists()

    def test_minutes_stay_truthful(self, town: SimpleNamespace) -> None:
        one = held(town)
        told = {"actor": town.clerk, "activity_id": one.pk, "minutes": "答疑。有人提到报价。"}
        with pytest.raises(RuleBroken, match="who stopped it and how"):
            concluding.write_minutes(**told)
        one = concluding.write_minutes(**told, objection="主持人当即制止，未继续")
        assert (one.state, one.objection) == ("held", "主持人当即制止，未继续")

    def test_minutes_wait_for_the_day(self, town: SimpleNamespace) -> None:
        with pytest.raises(RuleBroken, match="not begun"):
            concluding.write_minutes(actor=town.clerk, activity_id=town.lecture.pk, minutes="已讲完")

    def test_the_outcome_is_asked_after_ninety_days(self, town: SimpleNamespace) -> None:
        one = held(town)
        attending.note_attendance(actor=town.clerk, activity_id=one.pk, present=[])
        due = (BEGINS + timedelta(days=90)).date()
        assert queries.outcomes_due(town.office, due - timedelta(days=8)) == []
        assert queries.outcomes_due(town.office, due - timedelta(days=7)) == [one]
        assert queries.outcomes_due(town.owner, due) == []
        concluding.note_outcome(actor=town.clerk, activity_id=one.pk, outcome="三家企业通过了新版试验")
        assert queries.outcomes_due(town.office, due) == []

    def test_a_paper_named_after_prices_is_not_taken(self, town: SimpleNamespace) -> None:
        add = {"actor": town.clerk, "activity_id": town.lecture.pk}
        with pytest.raises(RuleBroken, match="prices"):
            concluding.add_paper(upload=SimpleUploadedFile("成员报价表.pdf", b"%PDF-1.4"), **add)
        with pytest.raises(RuleBroken, match=r"type \.exe"):
            concluding.add_paper(upload=SimpleUploadedFile("讲义.exe", b"MZ"), **add)
        assert concluding.add_paper(upload=SimpleUploadedFile("讲义.pdf", b"%PDF-1.4"), **add).file.name == "讲义.pdf"


class TestTheSheet:
    def test_out_and_in_again(self, town: SimpleNamespace) -> None:
        one, row = town.lecture, signed(town, "甲某")
        lines = sheet.read(sheet.write(one, [row]), "sheet.xlsx")
        assert [(line.name, line.unit, line.state) for line in lines] == [("甲某", "某单位", "registered")]
        outcomes = exchange.rehearse_sheet(actor=town.clerk, activity_id=one.pk, lines=lines)
        assert [outcome.what for outcome in outcomes] == [exchange.What.SAME]

    def test_a_rehearsal_leaves_nothing_and_what_it_showed_is_done(self, town: SimpleNamespace) -> None:
        one = town.lecture
        lines = [
            sheet.Line(2, "甲某", town.firm.name, ""),
            sheet.Line(3, "乙某", "=cmd()", "registered"),
            sheet.Line(4, "丙某", "某所", "出席？"),
            sheet.Line(5, "丁某", "某所", "attended"),
            sheet.Line(6, "戊某", "某所", ""),
        ]
        outcomes = exchange.rehearse_sheet(actor=town.clerk, activity_id=one.pk, lines=lines)
        assert not SignUp.objects.exists()
        assert [outcome.what.value for outcome in outcomes] == ["new", "new", "refused", "refused", "new"]
        exchange.bring_in_sheet(actor=town.clerk, activity_id=one.pk, lines=lines, seal=exchange.seal_of(outcomes))
        assert states(town) == {"甲某": "registered", "乙某": "registered", "戊某": "waitlisted"}
        assert SignUp.objects.get(name="甲某").firm == town.firm

    def test_a_preview_that_has_become_old_is_not_done(self, town: SimpleNamespace) -> None:
        lines = [sheet.Line(2, "甲某", "某所", "")]
        seal = exchange.seal_of(exchange.rehearse_sheet(actor=town.clerk, activity_id=town.lecture.pk, lines=lines))
        signed(town, "甲某", unit="某所")
        with pytest.raises(RuleBroken, match="changed since"):
            exchange.bring_in_sheet(actor=town.clerk, activity_id=town.lecture.pk, lines=lines, seal=seal)
        with pytest.raises(PermissionDenied):
            exchange.rehearse_sheet(actor=town.owner, activity_id=town.lecture.pk, lines=lines)


class TestPages:
    def test_a_refused_agenda_keeps_what_was_typed(self, town: SimpleNamespace) -> None:
        told = {
            "kind": "joint_meeting",
            "title": "季度联席会",
            "host": town.host.pk,
            "begins_at": "2099-01-05T09:00",
            "minutes": "120",
            "place": "三楼",
            "agenda": "标准宣贯\n协调明年报价",
        }
        answer = factories.browser(town.office).post("/activities/new/", told)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "第十七条第（一）项" in page
        assert "协调明年报价</textarea>" in page.replace("\r", "")

    def test_the_list_costs_the_same_for_one_and_for_many(self, town: SimpleNamespace) -> None:
        client = factories.browser(town.owner)
        client.get("/activities/")
        before = _queries(client)
        for n in range(6):
            planning.announce_activity(
                actor=town.office, chain_id=town.chain.pk, host_id=town.host.pk, plan=plan(title=f"第{n}讲")
            )
        assert _queries(client) == before

    def test_names_are_for_who_runs_it(self, town: SimpleNamespace) -> None:
        signed(town, "孙工程师", actor=town.owner, firm_id=town.firm.pk)
        address = f"/activities/{town.lecture.pk}/"
        assert "孙工程师" in factories.browser(town.clerk).get(address).content.decode()
        assert "孙工程师" in factories.browser(town.owner).get(address).content.decode()
        for person in (town.rival, town.member, factories.person(Role.AUDITOR)):
            assert "孙工程师" not in factories.browser(person).get(address).content.decode()


def _queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as caught:
        client.get("/activities/")
    return len(caught)
