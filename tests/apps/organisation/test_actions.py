"""Every action: what it does, the rule it refuses, the person it refuses."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests import factories
from tests.apps.organisation.conftest import DAY, SOURCE

from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import AuditEntry
from lianzhu.apps.enterprises.models import Role
from lianzhu.apps.organisation.actions import bodies, missions, relations, seats
from lianzhu.apps.organisation.actions.seats import Who
from lianzhu.apps.organisation.actions.terms import overlapping
from lianzhu.apps.organisation.models import Appointment, Body, BranchFirm, Mission, Pairing
from lianzhu.apps.organisation.queries import bodies_a_user_works_for, bodies_of, members_of


def team(town: SimpleNamespace, name: str = "先锋服务队一队", **told: Any) -> Body:
    return bodies.found_body(kind="team", name=name, parent_id=town.committee.pk, **{**town.told, **told})


def sit(town: SimpleNamespace, body: Body, name: str = "钱某", role: str = "member", **told: Any) -> Appointment:
    said = {"actor": town.secretary, "who": Who(name, unit="镇政府"), "since": DAY, "source": SOURCE, **told}
    return seats.appoint(body_id=body.pk, role=role, **said)


# ── bodies ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_firm_branch_looks_after_its_firm_from_the_first_day(town: SimpleNamespace) -> None:
    link = BranchFirm.objects.get(body=town.branch)
    assert (link.enterprise, link.since, link.until) == (town.firm, DAY, None)
    assert AuditEntry.objects.filter(act="body.founded", subject_id=str(town.branch.pk)).exists()


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "committee", "name": "第二党委"},
        {"kind": "team", "name": "综合党委"},
        {"kind": "team", "name": "综合党委 "},
        {"kind": "branch", "name": "无企业支部"},
        {"kind": "task_force", "name": "突击队"},
        {"kind": "club", "name": "俱乐部"},
        {"kind": "team", "name": " "},
        {"kind": "team", "name": "一队", "source": " "},
        {"kind": "team", "name": "一队", "until": DAY - timedelta(days=1)},
        {"kind": "team", "name": "一队", "since": date(1900, 1, 1)},
    ],
)
def test_found_body_refuses(town: SimpleNamespace, told: dict[str, Any]) -> None:
    with pytest.raises(RuleBroken):
        bodies.found_body(**{**town.told, **told})


def test_a_firm_has_one_branch_at_a_time(town: SimpleNamespace) -> None:
    with pytest.raises(RuleBroken, match="甲子支部"):
        bodies.found_body(kind="branch", name="另一支部", enterprise_id=town.firm.pk, **town.told)
    bodies.end_body(actor=town.secretary, body_id=town.branch.pk, on=DAY + timedelta(days=9))
    later = {**town.told, "since": DAY + timedelta(days=10)}
    assert bodies.found_body(kind="branch", name="另一支部", enterprise_id=town.firm.pk, **later).pk


def test_a_body_below_one_that_is_gone_is_refused(town: SimpleNamespace) -> None:
    group = team(town, until=DAY + timedelta(days=3))
    with pytest.raises(RuleBroken, match="above"):
        bodies.found_body(
            kind="team", name="小组", parent_id=group.pk, **{**town.told, "since": DAY + timedelta(days=4)}
        )


def test_ending_a_body_ends_its_seats_but_not_what_ended_before(town: SimpleNamespace) -> None:
    earlier = sit(town, town.branch, until=DAY + timedelta(days=2))
    end = DAY + timedelta(days=30)
    with pytest.raises(RuleBroken, match="甲子支部"):
        bodies.end_body(actor=town.secretary, body_id=town.committee.pk, on=end)
    bodies.end_body(actor=town.secretary, body_id=town.branch.pk, on=end)
    for row in (town.branch, town.seat, earlier):
        row.refresh_from_db()
    assert (town.branch.until, town.seat.until, earlier.until) == (end, end, DAY + timedelta(days=2))
    with pytest.raises(RuleBroken, match="already"):
        bodies.end_body(actor=town.secretary, body_id=town.branch.pk, on=end)


def test_a_body_does_not_end_before_it_or_its_seats_begin(town: SimpleNamespace) -> None:
    sit(town, town.branch, since=DAY + timedelta(days=8))
    for day in (DAY - timedelta(days=1), DAY + timedelta(days=7)):
        with pytest.raises(RuleBroken):
            bodies.end_body(actor=town.secretary, body_id=town.branch.pk, on=day)


@pytest.mark.parametrize("who", ["office", "owner", "member"])
def test_only_the_organisation_secretary_writes(town: SimpleNamespace, who: str) -> None:
    actor = getattr(town, who)
    with pytest.raises(PermissionDenied):
        bodies.found_body(kind="team", name="一队", **{**town.told, "actor": actor})
    with pytest.raises(PermissionDenied):
        bodies.end_body(actor=actor, body_id=town.branch.pk, on=DAY)
    with pytest.raises(PermissionDenied):
        sit(town, town.branch, actor=actor)
    with pytest.raises(PermissionDenied):
        seats.end_appointment(actor=actor, appointment_id=town.seat.pk, on=DAY)
    with pytest.raises(PermissionDenied):
        relations.link_firm(actor=actor, body_id=town.branch.pk, enterprise_id=town.other.pk, since=DAY, source=SOURCE)


def test_the_secretary_of_another_chain_writes_nothing_here(town: SimpleNamespace) -> None:
    stranger = factories.person(Role.ORGANISATION, in_chain=factories.chain("other"))
    with pytest.raises(PermissionDenied):
        bodies.end_body(actor=stranger, body_id=town.branch.pk, on=DAY)


# ── seats ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_secretary_at_a_time_and_the_next_from_the_day_after(town: SimpleNamespace) -> None:
    end = DAY + timedelta(days=100)
    with pytest.raises(RuleBroken, match="赵某"):
        sit(town, town.branch, role="secretary")
    seats.end_appointment(actor=town.secretary, appointment_id=town.seat.pk, on=end)
    with pytest.raises(RuleBroken):
        sit(town, town.branch, role="secretary", since=end)
    assert sit(town, town.branch, role="secretary", since=end + timedelta(days=1)).pk


def test_the_database_itself_keeps_one_secretary_and_one_branch(town: SimpleNamespace) -> None:
    """Whatever wins a race past the check: the second open row is refused."""
    other = sit(town, town.branch).person
    rows = (
        Appointment(person=other, body=town.branch, role="secretary", since=DAY, source=SOURCE),
        Appointment(person=town.seat.person, body=town.branch, role="secretary", since=DAY, source=SOURCE),
        BranchFirm(body=town.committee, enterprise=town.firm, since=DAY, source=SOURCE),
        Body(chain=town.chain, kind="team", name="甲子支部", since=DAY, source=SOURCE),
        Appointment(
            person=other, body=town.committee, role="member", since=DAY, until=DAY - timedelta(days=1), source=SOURCE
        ),
    )
    for row in rows:
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_one_person_has_one_seat_in_a_body_but_may_sit_in_two(town: SimpleNamespace) -> None:
    first = sit(town, town.branch)
    with pytest.raises(RuleBroken, match="钱某"):
        sit(town, town.branch, role="deputy", since=DAY + timedelta(days=1))
    assert sit(town, town.committee).person == first.person


def test_namesakes_of_different_units_are_two_people(town: SimpleNamespace) -> None:
    one, two = sit(town, town.committee), sit(town, town.committee, who=Who("钱某", unit="税务分局"))
    assert one.person != two.person


def test_a_seat_lies_within_the_life_of_its_body(town: SimpleNamespace) -> None:
    group = team(town, until=DAY + timedelta(days=10))
    for told in (
        {"since": DAY - timedelta(days=1)},
        {"since": DAY},
        {"since": DAY, "until": DAY + timedelta(days=11)},
    ):
        with pytest.raises(RuleBroken, match="life"):
            sit(town, group, **told)
    assert sit(town, group, until=DAY + timedelta(days=10)).pk


def test_whoever_is_tied_to_a_firm_sits_in_no_service_team(town: SimpleNamespace) -> None:
    group = team(town)
    for who in (
        Who("孙某", enterprise_id=town.other.pk),
        Who("李某", unit="镇政府", user_id=town.owner.pk),
        Who("周某", unit="镇政府", user_id=town.member.pk),
    ):
        with pytest.raises(RuleBroken, match="tied"):
            sit(town, group, who=who)
    official = sit(town, group, who=Who("吴某", unit="镇政府"))
    with pytest.raises(RuleBroken, match="office"):
        seats.enter_management(
            actor=town.secretary,
            chain_id=town.chain.pk,
            enterprise_id=town.firm.pk,
            who=Who(person_id=official.person_id),
            post="董事",
            since=DAY,
            source=SOURCE,
        )


def test_an_ended_seat_stays_in_the_view_as_of_an_earlier_day(town: SimpleNamespace) -> None:
    end = DAY + timedelta(days=20)
    seats.end_appointment(actor=town.secretary, appointment_id=town.seat.pk, on=end)
    held = Appointment.objects.filter(body=town.branch)
    assert held.as_of(end).count() == 1
    assert held.as_of(end + timedelta(days=1)).count() == held.as_of(DAY - timedelta(days=1)).count() == 0
    with pytest.raises(RuleBroken, match="already"):
        seats.end_appointment(actor=town.secretary, appointment_id=town.seat.pk, on=end)


day = st.integers(0, 9).map(lambda n: DAY + timedelta(days=n))


@given(first=st.tuples(day, st.none() | day), second=st.tuples(day, st.none() | day))
def test_overlap_is_sharing_a_day(first: tuple[date, date | None], second: tuple[date, date | None]) -> None:
    """The condition in words of sets of days; checked against the query's own parts without a database."""

    def days(term: tuple[date, date | None]) -> set[int]:
        return set(range((term[0] - DAY).days, (term[1] - DAY).days + 1 if term[1] else 99))

    said = overlapping(*first)
    row = {"since": second[0], "until": second[1]}
    if days(first) and days(second):
        assert _holds(said, row) == bool(days(first) & days(second))


def _holds(condition: Any, row: dict[str, Any]) -> bool:
    checks = {"isnull": lambda a, b: (a is None) == b, "gte": lambda a, b: a is not None and a >= b}
    checks["lte"] = lambda a, b: a is not None and a <= b
    parts = []
    for one in condition.children:
        if isinstance(one, tuple):
            name, how = one[0].split("__")
            parts.append(checks[how](row[name], one[1]))
        else:
            parts.append(_holds(one, row))
    return (any if condition.connector == "OR" else all)(parts)


# ── consent ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_name_is_open_to_the_chain_only_while_consent_stands(town: SimpleNamespace) -> None:
    def readers() -> set[str]:
        names = ("secretary", "office", "owner", "rival", "member")
        return {name for name in names if Appointment.objects.visible_to(getattr(town, name)).exists()}

    assert readers() == {"secretary", "office"}
    seats.give_consent(actor=town.secretary, person_id=town.seat.person_id, source="同意书 1 号")
    assert readers() == {"secretary", "office", "owner", "rival", "member"}
    with pytest.raises(RuleBroken):
        seats.give_consent(actor=town.secretary, person_id=town.seat.person_id, source="同意书 1 号")
    with pytest.raises(PermissionDenied):
        seats.withdraw_consent(actor=town.office, person_id=town.seat.person_id)
    seats.withdraw_consent(actor=town.secretary, person_id=town.seat.person_id)
    assert readers() == {"secretary", "office"}


def test_a_person_decides_for_themselves(town: SimpleNamespace) -> None:
    seat = sit(town, town.branch, who=Who("冯某", enterprise_id=town.firm.pk, user_id=town.owner.pk))
    assert seats.give_consent(actor=town.owner, person_id=seat.person_id, source="本人").consent_on
    assert seats.withdraw_consent(actor=town.owner, person_id=seat.person_id).consent_on is None
    with pytest.raises(RuleBroken, match="nothing to withdraw"):
        seats.withdraw_consent(actor=town.owner, person_id=seat.person_id)


# ── who acts for a body ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_user_works_for_a_body_while_seat_and_body_last(town: SimpleNamespace) -> None:
    officer = factories.person(Role.TEAM)
    group = team(town)
    seat = sit(town, group, who=Who("陈某", unit="镇政府", user_id=officer.pk))
    assert bodies_a_user_works_for(officer, DAY) == {group.pk}
    assert list(members_of(group, DAY)) == [officer]
    assert bodies_a_user_works_for(officer, DAY - timedelta(days=1)) == frozenset()
    seats.end_appointment(actor=town.secretary, appointment_id=seat.pk, on=DAY)
    assert bodies_a_user_works_for(officer, DAY + timedelta(days=1)) == frozenset()


def test_a_competitors_seat_in_the_committee_opens_no_case(town: SimpleNamespace) -> None:
    sit(town, town.committee, who=Who("孙某", enterprise_id=town.other.pk, user_id=town.rival.pk))
    sit(town, town.committee, who=Who("沈某", unit="电力研究所", user_id=town.member.pk))
    for one in (town.rival, town.member):
        assert bodies_a_user_works_for(one, DAY) == frozenset()
        assert list(bodies_of(one, DAY)) == [town.committee]
    assert not members_of(town.committee, DAY).exists()


def test_an_owner_works_for_the_own_branch_only(town: SimpleNamespace) -> None:
    sit(town, town.branch, who=Who("冯某", enterprise_id=town.firm.pk, user_id=town.owner.pk))
    assert bodies_a_user_works_for(town.owner, DAY) == {town.branch.pk}
    town.owner.is_active = False
    assert bodies_a_user_works_for(town.owner, DAY) == frozenset()


# ── branches and firms ────────────────────────────────────────────────────────────────────────────────────────────


def united(town: SimpleNamespace) -> Body:
    return bodies.found_body(kind="united_branch", name="第一联合支部", parent_id=town.committee.pk, **town.told)


def test_a_united_branch_takes_firms_without_a_branch(town: SimpleNamespace) -> None:
    body = united(town)
    told = {"actor": town.secretary, "since": DAY, "source": SOURCE}
    link = relations.link_firm(body_id=body.pk, enterprise_id=town.other.pk, **told)
    for target, firm in ((body, town.other), (body, town.firm), (town.branch, town.other)):
        with pytest.raises(RuleBroken):
            relations.link_firm(body_id=target.pk, enterprise_id=firm.pk, **told)
    with pytest.raises(RuleBroken):
        relations.unlink_firm(actor=town.secretary, link_id=BranchFirm.objects.get(body=town.branch).pk, on=DAY)
    relations.unlink_firm(actor=town.secretary, link_id=link.pk, on=DAY)
    assert not BranchFirm.objects.as_of(DAY + timedelta(days=1)).filter(enterprise=town.other).exists()


def test_a_pair_is_one_row_whichever_way_round(town: SimpleNamespace) -> None:
    body = united(town)
    told = {"actor": town.secretary, "purpose": "联建共建", "since": DAY, "source": SOURCE}
    pair = relations.pair_branches(body_ids=(body.pk, town.branch.pk), **told)
    assert (pair.branch_a_id, pair.branch_b_id) == (town.branch.pk, body.pk)
    for pair_of in ((town.branch.pk, body.pk), (body.pk, body.pk), (body.pk, town.committee.pk)):
        with pytest.raises(RuleBroken):
            relations.pair_branches(body_ids=pair_of, **told)
    with pytest.raises(PermissionDenied):
        relations.end_pairing(actor=town.office, pairing_id=pair.pk, on=DAY)
    relations.end_pairing(actor=town.secretary, pairing_id=pair.pk, on=DAY)
    assert Pairing.objects.as_of(DAY + timedelta(days=1)).count() == 0


# ── posts and task forces ─────────────────────────────────────────────────────────────────────────────────────────


def force(town: SimpleNamespace, **told: Any) -> Mission:
    said = {
        "actor": town.secretary,
        "chain_id": town.chain.pk,
        "place_id": town.place.pk,
        "name": "冲击电压突击队",
        "lead": Who("冯某", enterprise_id=town.firm.pk, user_id=town.owner.pk),
        "members": [Who("褚某", enterprise_id=town.firm.pk)],
        "goal": "三个月内完成改造并通过型式试验",
        "since": DAY,
        "due_on": DAY + timedelta(days=90),
        "source": SOURCE,
        **told,
    }
    return missions.open_task_force(**said)


def test_a_task_force_hangs_below_the_firms_branch(town: SimpleNamespace) -> None:
    mission = force(town)
    assert mission.body.parent == town.branch
    assert mission.body.enterprise == town.firm
    assert sorted(mission.body.appointments.values_list("role", flat=True)) == ["lead", "member"]


@pytest.mark.parametrize(
    "told",
    [
        {"goal": " "},
        {"due_on": DAY},
        {"place_id": 0},
        {"name": "甲子支部"},
    ],
)
def test_open_task_force_refuses(town: SimpleNamespace, told: dict[str, Any]) -> None:
    with pytest.raises(RuleBroken):
        force(town, **told)


def test_nobody_of_a_competitor_works_on_a_firms_project(town: SimpleNamespace) -> None:
    for who in (Who("孙某", enterprise_id=town.other.pk), Who("卫某", unit="协会", user_id=town.rival.pk)):
        with pytest.raises(RuleBroken, match="another firm"):
            force(town, members=[who])
    assert not Mission.objects.exists()


def test_only_the_firm_says_what_came_of_it_and_then_it_ends(town: SimpleNamespace) -> None:
    mission = force(town)
    boss = factories.person(Role.FIRM, of=town.firm)
    with pytest.raises(RuleBroken, match="No result"):
        missions.confirm_result(actor=boss, mission_id=mission.pk, verdict="reached")
    with pytest.raises(PermissionDenied):
        missions.report_result(actor=town.rival, mission_id=mission.pk, result="已通过型式试验")
    missions.report_result(actor=town.owner, mission_id=mission.pk, result="已通过型式试验")
    for actor in (town.owner, town.rival, town.secretary, town.office):
        with pytest.raises(PermissionDenied):
            missions.confirm_result(actor=actor, mission_id=mission.pk, verdict="reached")
    with pytest.raises(RuleBroken):
        missions.confirm_result(actor=boss, mission_id=mission.pk, verdict="excellent")
    missions.confirm_result(actor=boss, mission_id=mission.pk, verdict="partly")
    mission = Mission.objects.get()
    assert (mission.verdict, mission.body.until) == ("partly", timezone.localdate())
    with pytest.raises(RuleBroken):
        missions.report_result(actor=town.owner, mission_id=mission.pk, result="补充")
    with pytest.raises(RuleBroken):
        missions.confirm_result(actor=boss, mission_id=mission.pk, verdict="reached")


def test_a_post_is_seen_by_its_firm_and_the_keepers_alone(town: SimpleNamespace) -> None:
    told = {"actor": town.secretary, "chain_id": town.chain.pk, "place_id": town.place.pk, "source": SOURCE}
    mission = missions.open_post(
        name="局放检测先锋岗",
        holder=Who("褚某", enterprise_id=town.firm.pk),
        goal="零差错",
        since=DAY,
        due_on=DAY + timedelta(days=180),
        **told,
    )
    seen = {
        name: (
            Mission.objects.visible_to(getattr(town, name)).filter(pk=mission.pk).exists(),
            Body.objects.visible_to(getattr(town, name)).filter(pk=mission.body_id).exists(),
        )
        for name in ("secretary", "office", "owner", "rival", "member")
    }
    assert seen == {
        "secretary": (True, True),
        "office": (True, True),
        "owner": (True, True),
        "rival": (False, False),
        "member": (False, False),
    }
