"""From the map to a case and a second source: the index of the node falls."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from lianzhu.apps.cases.models import Case
from lianzhu.apps.chain import runs
from lianzhu.apps.enterprises.actions.accounts import system_user
from lianzhu.apps.enterprises.models import Role
from lianzhu.apps.findings.models import Finding
from tests import factories
from tests.apps.chain.town import service_team, town


@pytest.fixture
def firms():
    made = town()
    service_team()
    yesterday = timezone.localdate() - timedelta(days=1)
    runs.look_at_chain(actor=system_user(), chain=factories.chain(), on=yesterday)
    return made


def test_the_office_makes_a_case_of_a_single_source_and_a_second_source_lowers_the_index(visit, firms):
    office = visit(factories.person(Role.OFFICE))
    page = office.open("/chain/map/")
    page.locator("svg.chain a.is-hit", has_text="高压硅堆").click()
    office.check()
    page.locator("#node .node-findings a", has_text="高压硅堆只有一家").click()
    office.check()
    expect(page.locator("h1")).to_contain_text("高压硅堆只有一家")
    page.select_option("[name=owner]", label="先锋服务队")
    page.fill("[name=days]", "15")
    page.locator("#case button").click()
    office.check()
    case = Case.objects.get()
    expect(page.locator("main")).to_contain_text(case.number)
    page.locator("aside a", has_text="登记一个来源").click()
    office.check()
    page.select_option("[name=firm]", label="己高压设备有限公司")
    page.fill("[name=product]", "高压硅堆")
    page.fill("[name=source]", "产品目录")
    page.locator("main form .btn-primary").click()
    office.check()
    said = page.locator(".notice").first.inner_text()
    before, after = (float(part.split("%")[0]) for part in said.replace("现为", "原为").split("原为")[1:])
    assert after < before, said
    # The case ends by its own rules; what the run no longer finds is the single source.
    assert Finding.objects.get(kind="single_source", key="P07").state == "case"
    assert Finding.objects.get(kind="thin_node", key="P07").state == "open"
    office.open("/chain/")
    expect(page.locator("main")).to_contain_text(case.number)
    office.open("/chain/changes/")
    expect(page.locator("main")).to_contain_text("己高压设备有限公司：高压硅堆")


def test_the_board_reads_well_on_a_phone_and_without_scripts(visit, firms):
    office = factories.person(Role.OFFICE)
    finding = Finding.objects.get(kind="single_source", key="P07")
    ways = (
        "/chain/",
        "/chain/map/P07/",
        f"/chain/findings/{finding.pk}/",
        "/chain/nodes/P07/source/",
        "/chain/changes/",
    )
    phone = visit(office, narrow=True)
    for way in ways:
        phone.open(way)
    page = visit(factories.person(Role.COMMITTEE), scripts=True).open("/chain/")
    expect(page.locator("main")).not_to_contain_text("转为案件")
