"""A chain with its office, a department that hosts, two firms, and a lecture a week ahead with two seats."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests import factories

from lianzhu.apps.activities.actions import planning
from lianzhu.apps.activities.actions.planning import Plan
from lianzhu.apps.activities.models import Activity
from lianzhu.apps.cases import clock
from lianzhu.apps.enterprises.models import Role
from lianzhu.apps.organisation.models import Appointment, Body, Person

NOW = datetime(2026, 11, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
BEGINS = NOW + timedelta(days=7)


class Hand:
    """The clock's hand."""

    now = NOW


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand()
    hand.now = NOW
    with clock.telling(lambda: hand.now):
        yield hand


def plan(**more: Any) -> Plan:
    told = {
        "kind": "lecture",
        "title": "新版试验标准宣贯",
        "begins_at": BEGINS,
        "ends_at": BEGINS + timedelta(hours=2),
        "place": "镇政府三楼会议室",
        "agenda": "标准修订要点\n检测能力答疑",
        "capacity": 2,
    }
    return Plan(**{**told, **more})


@pytest.fixture
def town(db: None, hand: Hand) -> SimpleNamespace:
    chain, firm, other = factories.chain(), factories.firm("甲子高压设备有限公司"), factories.firm("乙丑电器有限公司")
    clerk = factories.person(Role.DEPARTMENT, name="吴某")
    told = {"chain": chain, "since": date(2026, 1, 1), "source": "测试"}
    host = Body.objects.create(kind=Body.Kind.DEPARTMENT, name="科技办", **told)
    team = Body.objects.create(kind=Body.Kind.TEAM, name="服务一队", **told)
    for user, body in ((clerk, host), (factories.person(Role.TEAM, name="孙某"), team)):
        human = Person.objects.create(chain=chain, name=user.name, user=user)
        Appointment.objects.create(person=human, body=body, role="officer", since=date(2026, 1, 1), source="测试")
    office = factories.person(Role.OFFICE, name="钱某")
    return SimpleNamespace(
        chain=chain,
        firm=firm,
        other=other,
        hand=hand,
        host=host,
        team=team,
        clerk=clerk,
        office=office,
        owner=factories.person(Role.FIRM, of=firm, name="李某"),
        rival=factories.person(Role.FIRM, of=other, name="周某"),
        member=factories.person(Role.COMMITTEE, of=other, name="陈某"),
        lecture=planning.announce_activity(actor=clerk, chain_id=chain.pk, host_id=host.pk, plan=plan()),
    )


def held(town: SimpleNamespace) -> Activity:
    """The lecture, a day after it began."""
    town.hand.now = BEGINS + timedelta(days=1)
    return town.lecture
