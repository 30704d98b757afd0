"""One chain with its organisation secretary, a committee, a firm with a branch, and a second firm."""

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace

import pytest
from django.utils.translation import override
from tests import factories

from lianzhu.apps.enterprises.models import Place, RecordState, Role
from lianzhu.apps.organisation.actions import bodies, seats
from lianzhu.apps.organisation.actions.seats import Who

DAY = date(2026, 1, 5)
SOURCE = "示例发〔2026〕1号"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are matched as they stand in the code."""
    with override("en"):
        yield


@pytest.fixture
def town(db: None) -> SimpleNamespace:
    chain, firm, other = factories.chain(), factories.firm("甲子高压设备有限公司"), factories.firm("乙丑电器有限公司")
    secretary = factories.person(Role.ORGANISATION)
    told = {"actor": secretary, "chain_id": chain.pk, "since": DAY, "source": SOURCE}
    committee = bodies.found_body(kind="committee", name="综合党委", **told)
    branch = bodies.found_body(kind="branch", name="甲子支部", parent_id=committee.pk, enterprise_id=firm.pk, **told)
    seat = seats.appoint(
        actor=secretary,
        body_id=branch.pk,
        who=Who("赵某", enterprise_id=firm.pk),
        role="secretary",
        since=DAY,
        source=SOURCE,
    )
    place = Place.objects.create(
        enterprise=firm,
        kind=Place.Kind.PROJECT,
        place="冲击电压装置改造",
        state=RecordState.CURRENT,
        confidentiality="office",
        source=SOURCE,
        as_of=DAY,
        entered_by=secretary,
        entered_at=firm.created_at,
    )
    return SimpleNamespace(
        chain=chain,
        firm=firm,
        other=other,
        secretary=secretary,
        office=factories.person(Role.OFFICE),
        owner=factories.person(Role.FIRM, of=firm),
        rival=factories.person(Role.FIRM, of=other),
        member=factories.person(Role.COMMITTEE),
        committee=committee,
        branch=branch,
        seat=seat,
        place=place,
        told=told,
    )
