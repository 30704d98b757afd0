"""A small town: an office of two, a team of two, a tax department, two firms, a committee member; a clock held still."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from tests import factories

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.actions import calling, entering, steering, working
from lianzhu.apps.cases.machine import Handling
from lianzhu.apps.cases.models import Case, Category
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Role
from lianzhu.apps.organisation.models import Appointment, Body, Person

ZONE = ZoneInfo("Asia/Shanghai")


class Hand:
    """The clock's hand: set it, move it."""

    def __init__(self) -> None:
        self.set("2026-11-02T09:00")

    def set(self, text: str) -> datetime:
        self.now = datetime.fromisoformat(text).replace(tzinfo=ZONE)
        return self.now

    def move(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand()
    with clock.telling(lambda: hand.now):
        yield hand


def body(name: str, kind: str, *members: User) -> Body:
    made = Body.objects.create(chain=factories.chain(), kind=kind, name=name, since=date(2026, 1, 1), source="测试")
    for place, user in enumerate(members):
        seat(made, user, Appointment.Role.LEAD if place == 0 else Appointment.Role.OFFICER)
    return made


def seat(of: Body, user: User, role: str) -> None:
    person, _new = Person.objects.get_or_create(chain=of.chain, user=user, defaults={"name": user.name})
    Appointment.objects.create(person=person, body=of, role=role, since=date(2026, 1, 1), source="测试")


@pytest.fixture
def town(db: None, hand: Hand) -> SimpleNamespace:
    chain, firm, other = factories.chain(), factories.firm("甲子高压设备有限公司"), factories.firm("乙丑电气有限公司")
    people = SimpleNamespace(
        chain=chain,
        firm=firm,
        other=other,
        hand=hand,
        owner=factories.person(Role.FIRM, of=firm, name="李某", language="en"),
        rival=factories.person(Role.FIRM, of=other, name="周某", language="en"),
        office=factories.person(Role.OFFICE, name="钱某", language="en"),
        office2=factories.person(Role.OFFICE, name="冯某", language="en"),
        member=factories.person(Role.TEAM, name="孙某", language="en"),
        member2=factories.person(Role.TEAM, name="郑某", language="en"),
        taxman=factories.person(Role.DEPARTMENT, name="吴某", language="en"),
        secretary=factories.person(Role.COMMITTEE, of=other, name="陈某", language="en"),
        auditor=factories.person(Role.AUDITOR, name="卫某", language="en"),
    )
    people.team = body("先锋服务队三组", Body.Kind.TEAM, people.member2, people.member)
    people.tax = body("税务分局", Body.Kind.DEPARTMENT, people.taxman)
    people.committee = body("综合党委", Body.Kind.COMMITTEE, people.secretary)
    return people


def raised(town: SimpleNamespace, title: str = "夜间用电容量不够", **more: object) -> Case:
    told = {"category": Category.POWER, "text": "想临时增容", **more}
    return entering.raise_difficulty(actor=town.owner, chain=town.chain, firm=town.firm, title=title, **told)


def dispatched(town: SimpleNamespace, **more: object) -> Case:
    case = raised(town, **more)
    steering.accept(actor=town.office, case_id=case.pk, handling=Handling.DAILY)
    return steering.dispatch(actor=town.office, case_id=case.pk, body_id=town.team.pk)


def signed(town: SimpleNamespace, **more: object) -> Case:
    return working.sign_for(actor=town.member, case_id=dispatched(town, **more).pk)


def answered(town: SimpleNamespace, answer: str = "供电所周五来增容", **more: object) -> Case:
    case = signed(town, **more)
    working.submit_answer(actor=town.member, case_id=case.pk, stage="final", answer=answer)
    return steering.review(actor=town.office, case_id=case.pk, approved=True)


def closed(town: SimpleNamespace, **more: object) -> Case:
    case = answered(town, **more)
    return calling.call_back(actor=town.office2, case_id=case.pk, solved="yes", by_whom="service", again=True)
