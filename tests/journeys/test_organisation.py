"""A seat ends today; the committee as of last year still shows who held it. A firm says what a task force achieved."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from lianzhu.apps.enterprises.models import Role
from lianzhu.apps.organisation.actions import bodies, seats
from lianzhu.apps.organisation.actions.seats import Who
from lianzhu.apps.organisation.models import Appointment
from tests import factories

NAME = "赵某"


@pytest.fixture
def town() -> SimpleNamespace:
    today = timezone.localdate()
    long_ago = date(today.year - 2, 1, 4)
    firm, secretary = factories.firm("甲子高压设备有限公司"), factories.person(Role.ORGANISATION, name="秦某")
    told = {"actor": secretary, "since": long_ago, "source": "示例发〔2024〕1号"}
    committee = bodies.found_body(kind="committee", name="综合党委", chain_id=factories.chain().pk, **told)
    seats.appoint(body_id=committee.pk, who=Who(NAME, enterprise_id=firm.pk), role="secretary", **told)
    return SimpleNamespace(
        secretary=secretary,
        committee=committee,
        today=today,
        yesterday=today - timedelta(days=1),
        last_year=today.replace(year=today.year - 1, day=1),
    )


def test_an_ended_seat_is_still_held_last_year(visit, town):
    secretary = visit(town.secretary)
    page = secretary.open("/organisation/")
    page.get_by_role("link", name="综合党委").click()
    secretary.check()
    expect(page.locator("td.title", has_text=NAME)).to_be_visible()
    page.locator("a[href*='/organisation/end/seat/']").click()
    secretary.check()
    page.fill("[name=on]", town.yesterday.isoformat())
    page.locator("main .btn-primary").click()
    secretary.check()
    assert Appointment.objects.get().until == town.yesterday
    # Today nobody sits there; the seat stands among those that ended.
    expect(page.locator("main")).to_contain_text("已离任")
    page = secretary.open("/organisation/")
    expect(page.locator(".tree")).not_to_contain_text(NAME)
    page.fill("#f-on", town.last_year.isoformat())
    page.locator(".filters .btn").click()
    secretary.check()
    expect(page.locator(".notice-ask")).to_be_visible()
    expect(page.locator(".tree")).to_contain_text(NAME)
    page.get_by_role("link", name="综合党委").click()
    secretary.check()
    assert f"on={town.last_year.isoformat()}" in page.url
    expect(page.locator("td.title", has_text=NAME)).to_be_visible()
