"""A joint meeting: a price topic is stopped with its reason; a clean agenda goes all the way to a decision."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from lianzhu.apps.activities.models import Activity, SignUp
from lianzhu.apps.cases.models import Case
from lianzhu.apps.enterprises.models import Role
from lianzhu.apps.organisation.models import Body
from tests import factories
from tests.apps.cases.conftest import body

BANNED = "协调明年冲击试验设备出厂报价"


@pytest.fixture
def town() -> SimpleNamespace:
    firms = [factories.firm(name) for name in ("甲子高压设备有限公司", "乙丑试验设备有限公司")]
    people = SimpleNamespace(
        office=factories.person(Role.OFFICE, name="钱某"),
        taxman=factories.person(Role.DEPARTMENT, name="吴某"),
        owners=[factories.person(Role.FIRM, of=firm, name=name) for firm, name in zip(firms, "李周", strict=True)],
    )
    people.tax = body("税务分局", Body.Kind.DEPARTMENT, people.taxman)
    return people


def announce(page, **more: str) -> None:
    for name, told in more.items():
        page.fill(f"[name={name}]", told)
    page.locator("main .btn-primary").click()


def test_a_meeting_from_its_agenda_to_a_case(visit, town):
    office = visit(town.office)
    page = office.open("/activities/new/")
    page.select_option("[name=kind]", "joint_meeting")
    page.select_option("[name=host]", str(town.tax.pk))
    begins = timezone.localtime() + timedelta(days=7)
    told = {
        "title": "四季度联席会议",
        "begins_at": f"{begins:%Y-%m-%dT%H:%M}",
        "place": "镇政府三楼会议室",
        "capacity": "1",
    }
    announce(page, agenda=f"出口退税新办法\n{BANNED}", **told)
    office.check()
    alert = page.locator("main [role=alert]")
    for words in (BANNED, "报价", "《反垄断法》", "第十七条"):
        expect(alert).to_contain_text(words)
    assert not Activity.objects.exists()
    # What was typed is still there; only the line goes.
    expect(page.locator("[name=title]")).to_have_value("四季度联席会议")
    announce(page, agenda="出口退税新办法\n共用试验场地")
    page.wait_for_url(re.compile(r"/activities/\d+/$"))
    office.check()
    meeting = Activity.objects.get()
    expect(page.locator("main ol li")).to_have_text(["出口退税新办法", "共用试验场地"])

    for owner, state in zip(town.owners, ("已报名", "候补"), strict=True):
        phone = visit(owner, narrow=True)
        page = phone.open(f"/activities/{meeting.pk}/")
        page.locator("a[href$='/sign-up/']").click()
        phone.check()
        page.locator("main .btn-primary").click()
        phone.check()
        row = page.locator("tr", has=page.locator("td.title", has_text=owner.name))
        expect(row).to_contain_text(state)
        # Nobody reads who else comes.
        expect(page.locator("td.title")).to_have_count(1)

    # A week passes.
    passed = timezone.now() - timedelta(hours=3)
    Activity.objects.filter(pk=meeting.pk).update(begins_at=passed, ends_at=passed + timedelta(hours=2))
    page = office.open(f"/activities/{meeting.pk}/attendance/")
    page.locator("label.choice", has_text="李").click()
    page.locator("main .btn-primary").click()
    assert sorted(SignUp.objects.values_list("name", "state")) == [("周", "waitlisted"), ("李", "attended")]
    page = office.open(f"/activities/{meeting.pk}/minutes/write/")
    page.fill("[name=minutes]", "通报出口退税新办法；议定试验场地共用。")
    page.locator("main .btn-primary").click()
    office.check()
    expect(page.locator("main")).to_contain_text("反垄断法")
    page = office.open(f"/activities/{meeting.pk}/decide/")
    page.fill("[name=text]", "一个月内排出试验场地共用表")
    page.select_option("[name=owner]", str(town.tax.pk))
    page.locator("main .btn-primary").click()
    office.check()
    case = Case.objects.get()
    assert (case.kind, case.state, case.body) == ("decision", "dispatched", town.tax)
    page.get_by_role("link", name=case.number).first.click()
    office.check()
    expect(page.locator("h1")).to_have_text("一个月内排出试验场地共用表")


def test_a_decision_on_prices_is_stopped_too(visit, town):
    office = visit(town.office)
    passed = timezone.now() - timedelta(hours=3)
    meeting = Activity.objects.create(
        chain=factories.chain(),
        kind="joint_meeting",
        title="联席会议",
        host=town.tax,
        begins_at=passed,
        ends_at=passed + timedelta(hours=2),
        place="三楼",
        agenda="标准宣贯",
        announced_by=town.office,
        announced_at=passed,
    )
    page = office.open(f"/activities/{meeting.pk}/decide/")
    page.fill("[name=text]", "各家统一执行最低限价")
    page.select_option("[name=owner]", str(town.tax.pk))
    page.locator("main .btn-primary").click()
    office.check()
    expect(page.locator("main [role=alert]")).to_contain_text("《反垄断法》")
    assert not Case.objects.exists()
