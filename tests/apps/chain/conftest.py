"""A chain with office, statistician, committee, two firms, and a body that owns tracks; a clock held still."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from tests import factories

from lianzhu.apps.cases import clock
from lianzhu.apps.chain.actions import tracks as actions
from lianzhu.apps.chain.models import Track
from lianzhu.apps.enterprises.models import Confidentiality, Enterprise, Product, Role, SupplyLink
from lianzhu.apps.organisation.models import Appointment, Body, Person

ZONE = ZoneInfo("Asia/Shanghai")


class Hand:
    """The clock's hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 9, tzinfo=ZONE)

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand()
    with clock.telling(lambda: hand.now):
        yield hand


def statement(confidentiality: str = Confidentiality.PUBLIC) -> dict[str, object]:
    return {
        "confidentiality": confidentiality,
        "source": "产品目录",
        "as_of": date(2026, 3, 12),
        "entered_by": factories.person(None),
        "entered_at": timezone.now(),
    }


def makes(
    firm: Enterprise, node: str, product: str = "甲产品", confidentiality: str = Confidentiality.PUBLIC
) -> Product:
    return Product.objects.create(enterprise=firm, node=node, product=product, **statement(confidentiality))


def supplies(supplier: Enterprise, buyer: Enterprise, node: str, weight: str = "100") -> SupplyLink:
    told = {"chain": factories.chain(), "supplier": supplier, "buyer": buyer, "node": node, "item": f"{node}件"}
    return SupplyLink.objects.create(**told, weight=weight, **statement(Confidentiality.OFFICE))


@pytest.fixture
def town(db: None, hand: Hand) -> SimpleNamespace:
    chain, firm, other = factories.chain(), factories.firm("甲子高压设备有限公司"), factories.firm("乙丑电器有限公司")
    team = Body.objects.create(
        chain=chain, kind=Body.Kind.TEAM, name="先锋服务一队", since=date(2026, 1, 1), source="测试"
    )
    worker = factories.person(Role.TEAM, name="孙某")
    human = Person.objects.create(chain=chain, name=worker.name, user=worker)
    Appointment.objects.create(person=human, body=team, role="officer", since=date(2026, 1, 1), source="测试")
    return SimpleNamespace(
        chain=chain,
        firm=firm,
        other=other,
        hand=hand,
        team=team,
        worker=worker,
        office=factories.person(Role.OFFICE, name="钱某"),
        owner=factories.person(Role.FIRM, of=firm, name="李某"),
        rival=factories.person(Role.FIRM, of=other, name="周某"),
        member=factories.person(Role.COMMITTEE, of=other, name="陈某"),
        statistician=factories.person(Role.STATISTICIAN, name="郑某"),
        auditor=factories.person(Role.AUDITOR, name="卫某"),
    )


def taken_up(town: SimpleNamespace, code: str = "NT03", days: int = 90, **more: object) -> Track:
    told = {"hypothesis": "有人要长电缆试验", "owner_id": town.team.pk, "stop_on": clock.today() + timedelta(days=days)}
    return actions.take_up_track(actor=town.office, chain_id=town.chain.pk, code=code, **{**told, **more})


def noted(town: SimpleNamespace, track: Track) -> None:
    told = {"text": "走访两家", "source": "走访记录", "on": clock.today()}
    actions.note_evidence(actor=town.office, track_id=track.pk, **told)
