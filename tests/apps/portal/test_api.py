"""The JSON API: the same rule of reading as the pages, and absence instead of masks."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone
from tests import factories

from lianzhu.apps.enterprises.models import Confidentiality, Product, Role, SupplyLink
from lianzhu.apps.enterprises.queries.lists import PAGE

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> SimpleNamespace:
    firm, other = factories.firm("乙丑试验设备有限公司"), factories.firm("丙寅电力仪器有限公司")
    by = factories.person(None)
    told = {"source": "台账", "as_of": date(2026, 3, 1), "entered_by": by, "entered_at": timezone.now()}
    factories.fact(firm, "address", "示例镇兴业路18号")
    factories.fact(firm, "revenue", "8640", period="2025", confidentiality=Confidentiality.FIRM)
    factories.fact(firm, "revenue", "1234567", period="2024", confidentiality=Confidentiality.STATISTICS)
    Product.objects.create(
        enterprise=firm, product="变频电源", confidentiality=Confidentiality.PUBLIC, weight=Decimal("62.5"), **told
    )
    SupplyLink.objects.create(
        chain=factories.chain(),
        supplier=firm,
        buyer=other,
        item="变频电源",
        confidentiality=Confidentiality.OFFICE,
        weight=Decimal("120"),
        **told,
    )
    people = {name: factories.person(Role(name)) for name in ("office", "statistician", "committee", "auditor")}
    return SimpleNamespace(
        firm=firm,
        own=factories.person(Role.FIRM, of=firm),
        rival=factories.person(Role.FIRM, of=factories.firm()),
        **people,
    )


@pytest.mark.parametrize(
    ("who", "facts", "weight", "links", "link_weight"),
    [
        ("own", {"address", "revenue2025", "revenue2024"}, True, 1, True),
        ("statistician", {"address", "revenue2025", "revenue2024"}, True, 1, True),
        ("office", {"address"}, False, 1, False),
        ("rival", {"address"}, False, 0, False),
        ("committee", {"address"}, False, 0, False),
        ("auditor", {"address"}, False, 0, False),
    ],
)
def test_what_each_may_read(
    town: SimpleNamespace, who: str, facts: set[str], weight: bool, links: int, link_weight: bool
) -> None:
    client = factories.browser(getattr(town, who))
    root = f"/api/firms/{town.firm.pk}"
    answer = client.get(f"{root}/facts")
    assert {row["fact"] + row["period"] for row in answer.json()} == facts
    assert ("8640" in answer.content.decode()) is ("revenue2025" in facts)
    product = client.get(f"{root}/products").json()[0]
    assert ("weight" in product) is weight
    found = client.get(f"{root}/links").json()
    assert len(found) == links
    assert any("weight" in link for link in found) is link_weight


def test_firms_in_pages_and_by_piece_of_a_name(town: SimpleNamespace) -> None:
    for n in range(60):
        factories.firm(f"序列{n:03d}号电气有限公司")
    client = factories.browser(town.committee)
    pages = [client.get("/api/firms").json()]
    while pages[-1]["after"]:
        pages.append(client.get("/api/firms", {"after": pages[-1]["after"]}).json())
    ids = [one["id"] for page in pages for one in page["firms"]]
    assert len(ids) == len(set(ids)) == 63
    assert len(pages) == -(-63 // PAGE) and len(pages[0]["firms"]) == min(PAGE, 63)
    found = client.get("/api/firms", {"q": "试验"}).json()["firms"]
    assert [firm["name"] for firm in found] == ["乙丑试验设备有限公司"]


def test_another_chains_firm_does_not_exist_here(town: SimpleNamespace) -> None:
    far = factories.firm("别处电气厂", in_chain=factories.chain("zz"))
    for tail in ("", "/facts", "/products", "/links"):
        assert factories.browser(town.office).get(f"/api/firms/{far.pk}{tail}").status_code == 404


def test_without_sign_in_or_second_factor(town: SimpleNamespace) -> None:
    assert Client().get("/api/firms").status_code == 401
    client = Client()
    client.force_login(town.office, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/api/firms").status_code == 403


def test_the_description_names_every_path() -> None:
    paths = Client().get("/api/openapi.json").json()["paths"]
    assert set(paths) == {
        "/api/firms",
        "/api/firms/{pk}",
        "/api/firms/{pk}/facts",
        "/api/firms/{pk}/products",
        "/api/firms/{pk}/links",
    }
