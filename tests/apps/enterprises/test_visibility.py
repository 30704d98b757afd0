"""Attacks: who gets which class of value, by page, history, search, export, map and API."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import factories

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import (
    AccessGrant,
    ControlledBy,
    Controller,
    Enterprise,
    FactValue,
    Product,
    Role,
    RoleAssignment,
    SupplyLink,
)

pytestmark = pytest.mark.django_db

# A text fact of every class, with a value that stands nowhere else.
VALUES = {
    "public": ("english_name", "OPEN-7391"),
    "office": ("short_name", "STAFF-8264"),
    "firm": ("main_product", "SECRET-5127"),
    "statistics": ("business_scope", "FIGURE-6048"),
}
# Reader -> the classes they read. A committee seat of the very firm, and an administrator, get what everybody gets.
READS: dict[str, str] = {
    "own": "public office firm statistics",
    "rival": "public",
    "seat of the firm": "public",
    "seat of nobody": "public",
    "office": "public office",
    "office with a tie": "public",
    "office that has ended": "",
    "office of another chain": "",
    "department": "public",
    "team": "public",
    "expert": "public",
    "auditor": "public",
    "administrator": "public",
    "statistician": "public office firm statistics",
    "granted": "public office firm",
    "granted, ended": "public",
    "granted, closed": "public",
    "granted by another": "public",
    "no role": "",
}


def give(reader: User, firm: Enterprise, *, days: int = 1, closed: bool = False) -> User:
    AccessGrant.objects.create(
        user=reader,
        enterprise=firm,
        purpose="核对",
        until=timezone.localdate() + timedelta(days=days),
        granted_by=reader,
        granted_at=timezone.now(),
        revoked_at=timezone.now() if closed else None,
    )
    return reader


def ended(user: User) -> User:
    RoleAssignment.objects.filter(user=user).update(until=timezone.localdate() - timedelta(days=1))
    return user


def tied(user: User, firm: Enterprise) -> User:
    RoleAssignment.objects.create(
        user=user, role=Role.COMMITTEE, chain=factories.chain(), enterprise=firm, since=date(2026, 1, 1)
    )
    return user


def readers(firm: Enterprise, rival: Enterprise) -> dict[str, Callable[[], User]]:
    person = factories.person
    return {
        "own": lambda: person(Role.FIRM, of=firm),
        "rival": lambda: person(Role.FIRM, of=rival),
        "seat of the firm": lambda: person(Role.COMMITTEE, of=firm),
        "seat of nobody": lambda: person(Role.COMMITTEE),
        "office": lambda: person(Role.OFFICE),
        "office with a tie": lambda: tied(person(Role.OFFICE), rival),
        "office that has ended": lambda: ended(person(Role.OFFICE)),
        "office of another chain": lambda: person(Role.OFFICE, in_chain=factories.chain("other")),
        **{
            role.value: (lambda role=role: person(role))
            for role in (Role.DEPARTMENT, Role.TEAM, Role.EXPERT, Role.AUDITOR, Role.ADMINISTRATOR, Role.STATISTICIAN)
        },
        "granted": lambda: give(person(Role.DEPARTMENT), firm),
        "granted, ended": lambda: give(person(Role.DEPARTMENT), firm, days=-1),
        "granted, closed": lambda: give(person(Role.DEPARTMENT), firm, closed=True),
        "granted by another": lambda: give(person(Role.DEPARTMENT), rival),
        "no role": lambda: person(None),
    }


@pytest.fixture
def world() -> SimpleNamespace:
    firm, rival = factories.firm("甲子高压设备有限公司"), factories.firm("乙丑试验设备有限公司")
    for level, (name, value) in VALUES.items():
        factories.fact(firm, name, value, confidentiality=level)
        factories.fact(firm, name, f"OLD-{value}", confidentiality=level, state="superseded")
    return SimpleNamespace(firm=firm, rival=rival, readers=readers(firm, rival))


def record(**told: object) -> dict[str, object]:
    return {
        "source": "链办",
        "as_of": date(2026, 3, 12),
        "entered_by": factories.person(None),
        "entered_at": timezone.now(),
        **told,
    }


def read(client, path: str) -> str:
    answer = client.get(path)
    if answer.get("Content-Type", "").startswith("application/vnd"):
        parts = zipfile.ZipFile(io.BytesIO(answer.content))
        return "".join(parts.read(name).decode() for name in parts.namelist())
    if answer.get("Content-Type", "").startswith("application/json"):
        return json.dumps(answer.json(), ensure_ascii=False)
    # Who is signed in stands on every page; what is asked is what the page itself says.
    return re.sub(r'<details class="person">.*?</details>', "", answer.content.decode(), flags=re.DOTALL)


@pytest.mark.parametrize("reader", READS)
def test_each_class_by_every_way(world, reader):
    client = factories.browser(world.readers[reader]())
    allowed = READS[reader].split()
    pk = world.firm.pk
    ways = [f"/firms/{pk}/{tab}" for tab in ("", "history/", "products/", "links/", "people/")]
    ways += [f"/api/firms/{pk}/{part}" for part in ("facts", "products", "links")] + [f"/api/firms/{pk}"]
    ways += ["/firms/", "/firms/?q=甲子", "/firms/export/", "/chain/map/", "/chain/map/export/", "/firms/genealogy/"]
    ways += ["/search/?q=甲子", "/findings/", "/", f"/firms/{pk}/grants/", f"/firms/{pk}/state/main_product/"]
    said = {way: read(client, way) for way in ways}
    shows = {f"/firms/{pk}/", f"/firms/{pk}/history/", f"/api/firms/{pk}/facts"}
    for level, (_name, value) in VALUES.items():
        seen = {way for way in ways if value in said[way]}
        assert seen >= shows if level in allowed else not seen, (level, seen)
        if level not in allowed:
            assert "甲子高压" not in read(client, f"/search/?q={value}") + read(client, f"/firms/?q={value}")


def test_every_reader_is_in_the_table(world):
    assert set(world.readers) == set(READS)


def test_only_the_office_is_told_that_a_secret_exists(world):
    page = f"/firms/{world.firm.pk}/"
    office = read(factories.browser(world.readers["office"]()), page)
    assert office.count('class="mask"') == 2 and "主导产品" in office
    rival = read(factories.browser(world.readers["rival"]()), page)
    assert 'class="mask"' not in rival and "主导产品" not in rival


def test_ids_of_another_chain_tell_nothing(world):
    stranger = factories.browser(world.readers["office of another chain"]())
    missing = stranger.get("/firms/999999/").status_code
    assert missing == stranger.get(f"/firms/{world.firm.pk}/").status_code == 404


def test_a_proposal_is_between_the_firm_and_the_office(world):
    factories.fact(world.firm, "address", "PROPOSED-3310", state="proposed")
    for reader in READS:
        client = factories.browser(world.readers[reader]())
        said = read(client, f"/firms/{world.firm.pk}/") + read(client, f"/firms/{world.firm.pk}/history/")
        assert ("PROPOSED-3310" in said) == (reader in ("own", "office")), reader


def test_weights_and_links_of_others(world):
    third = factories.firm("丙寅仪器有限公司")
    SupplyLink.objects.create(
        **record(confidentiality="office"),
        chain=factories.chain(),
        supplier=world.firm,
        buyer=third,
        node="P07",
        weight=77531,
    )
    pk = world.firm.pk
    ways = [f"/firms/{pk}/links/", f"/api/firms/{pk}/links", "/chain/map/P07/"]
    for reader in READS:
        client = factories.browser(world.readers[reader]())
        said = [read(client, way) for way in ways]
        sees = reader in ("own", "office", "statistician", "granted")
        assert [("丙寅仪器" in one) for one in said] == [sees] * 3, reader
        weighs = reader in ("own", "statistician")
        assert [("77531" in one) for one in said] == [weighs, weighs, False], reader


def test_who_controls_a_firm_is_internal_and_the_count_does_not_tell(world):
    holder = Controller.objects.create(name="甲控股")
    for firm in (world.firm, world.rival):
        ControlledBy.objects.create(**record(confidentiality="office"), enterprise=firm, controller=holder)
        Product.objects.create(**record(confidentiality="public"), enterprise=firm, product="高压硅堆", node="P07")
    for reader in ("own", "rival", "office", "department", "seat of the firm", "auditor"):
        client = factories.browser(world.readers[reader]())
        head = read(client, f"/firms/{world.firm.pk}/")
        assert ("甲控股" in head) == (reader in ("own", "office")), reader
        # The rival learns from its own file that it is held, not that the other firm is held by the same.
        assert ("链上有 1 家做" in read(client, "/chain/map/P07/")) == (reader == "office"), reader


def test_a_product_that_is_not_public_stays_out_of_lists_and_map(world):
    Product.objects.create(**record(confidentiality="firm"), enterprise=world.firm, product="HIDDEN-9000", node="P07")
    for reader in ("rival", "office", "own"):
        client = factories.browser(world.readers[reader]())
        for way in ("/firms/?node=P07", "/api/firms?node=P07", "/chain/map/P07/"):
            assert "HIDDEN-9000" not in read(client, way)
        assert f"/firms/{world.firm.pk}/" not in read(client, "/firms/?node=P07")
    assert "HIDDEN-9000" in read(factories.browser(world.readers["own"]()), f"/firms/{world.firm.pk}/products/")


def test_the_list_takes_a_fixed_number_of_queries(world):
    client = factories.browser(world.readers["rival"]())
    client.get("/firms/")
    counts = []
    for more in (1, 20):
        for number in range(more):
            made = factories.firm(f"丁{more}{number}设备有限公司")
            Product.objects.create(**record(confidentiality="public"), enterprise=made, product="线圈", node="P02")
        with CaptureQueriesContext(connection) as seen:
            client.get("/firms/")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12


def test_history_never_shows_who_entered_to_strangers(world):
    writer = factories.person(None, name="录入人某某")
    factories.fact(world.firm, "address", "示例镇1号", by=writer)
    for reader, shown in (("own", True), ("office", True), ("rival", False), ("auditor", False)):
        page = read(factories.browser(world.readers[reader]()), f"/firms/{world.firm.pk}/history/")
        assert ("录入人某某" in page) == shown, reader
    assert FactValue.objects.filter(entered_by=writer).exists()
