"""A firm answers two questions; the office finds who is one step away; a grant opens and closes; a claim is followed."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from lianzhu.apps.enterprises.models import AccessGrant, Confidentiality, Look, Role
from lianzhu.apps.organisation.models import Appointment, Body, Person
from lianzhu.apps.policies.actions import packages
from lianzhu.apps.policies.models import Claim, Desk
from tests import factories

YEAR = timezone.localdate().year
REVENUE, RD = "8641.37", "342.19"
TECHSME = {
    "resident_enterprise_mainland": "true",
    "major_violation_last_and_this_year": "false",
    "abnormal_or_dishonest_list": "false",
    "hnte_valid": "false",
    "national_sci_award_5y_top3": "false",
    "led_standard_5y": "false",
    "techsme_score": "52",
    "techsme_staff_points": "4",
}
# Everything 专精特新 (2026) asks for, its score alone below 50; what an official judges does not count as a step.
ZJTX = {
    "prohibited_restricted_products": "false",
    "major_incident_or_tax_violation_3y": "false",
    "innov_sme_valid": "true",
    "years_in_niche": "6",
    "main_rev": "8000",
    "debt_ratio_pct": "46.5",
    "ip1_self_main_product": "3",
    "sme_zjtx_development_score": "49",
    "sme_by_300": "true",
}


@pytest.fixture
def town():
    chain = factories.chain()
    firm, other = factories.firm("甲子高压设备有限公司"), factories.firm("乙丑试验设备有限公司")
    for name, value in TECHSME.items():
        factories.fact(firm, name, value, confidentiality=Confidentiality.FIRM)
    for year, revenue, rd in ((YEAR - 1, REVENUE, RD), (YEAR - 2, "7900.5", "301.44")):
        told = {"period": str(year), "confidentiality": Confidentiality.FIRM}
        for name, value in (("revenue", revenue), ("rd", rd), ("staff", "96"), ("total_assets", "11250")):
            factories.fact(firm, name, value, **told)
    officer = factories.person(Role.DEPARTMENT)
    bureau = Body.objects.create(
        chain=chain, kind=Body.Kind.DEPARTMENT, name="工信局", since=date(2026, 1, 1), source="测试"
    )
    human = Person.objects.create(chain=chain, user=officer, name=officer.name)
    Appointment.objects.create(
        person=human, body=bureau, role=Appointment.Role.OFFICER, since=date(2026, 1, 1), source="测试"
    )
    Desk.objects.create(chain=chain, policy="cn.techsme", body=bureau)
    return SimpleNamespace(
        chain=chain,
        firm=firm,
        other=other,
        officer=officer,
        boss=factories.person(Role.FIRM, of=firm),
        office=factories.person(Role.OFFICE),
    )


def test_two_answers_on_a_phone_turn_unknown_into_qualifies(visit, town):
    phone = visit(town.boss, narrow=True)
    page = phone.open("/policies/")
    expect(page.locator("#unknown")).to_contain_text("科技型中小企业评价")
    page.locator("#unknown").get_by_role("link", name="科技型中小企业评价").click()
    phone.check()
    expect(page.locator(".sentence")).to_contain_text("还不能定")
    # Whichever is asked first: the products are not forbidden, the institution is recognised.
    for _time in range(2):
        asked = page.locator(".question [name=name]").input_value()
        page.get_by_label("是" if asked == "provincial_rd_institution" else "否", exact=True).check()
        page.locator(".question .btn-primary").click()
        phone.check()
    expect(page.locator(".sentence")).to_contain_text("符合全部条款")
    clause = page.locator(".clause", has_text="省部级以上研发机构")
    expect(clause).to_contain_text("第八条")
    expect(clause.locator(".verdict-word")).to_have_text("符合")
    expect(clause).to_contain_text("待确认")
    phone.open("/policies/")
    expect(page.locator("#qualifies")).to_contain_text("科技型中小企业评价")


def test_the_office_finds_who_is_one_step_away_without_a_figure(visit, town):
    for name, value in ZJTX.items():
        factories.fact(town.firm, name, value, confidentiality=Confidentiality.FIRM)
    packages.build_package(actor=town.office, firm_id=town.firm.pk)
    packages.build_package(actor=town.office, firm_id=town.other.pk)
    office = visit(town.office)
    page = office.open("/policies/verdicts/")
    expect(page.locator("main")).not_to_contain_text(town.firm.name)
    page.fill("[name=purpose]", "上门辅导专精特新")
    page.select_option("[name=policy]", "cn.zjtx")
    page.select_option("[name=standing]", "one_step")
    page.get_by_role("button", name="查看").click()
    office.check()
    expect(page.locator("main tbody tr")).to_have_count(1)
    expect(page.locator("main tbody tr")).to_contain_text(town.firm.name)
    expect(page.locator("main tbody tr")).to_contain_text("中小企业专精特新发展评价得分50分以上")
    for secret in ("8,641", "8641", "342.19", "11,250", "49 分", "→"):
        assert secret not in page.locator("main").inner_text(), secret
    look = Look.objects.get(enterprise=town.firm)
    assert (look.user, "上门辅导专精特新" in look.purpose) == (town.office, True)
    # The firm reads who looked, and what for.
    owner = visit(town.boss, narrow=True)
    expect(owner.open(f"/firms/{town.firm.pk}/grants/").locator("main")).to_contain_text("上门辅导专精特新")


def test_a_grant_opens_the_values_and_closes_them_again(visit, town):
    address = f"/policies/firm/{town.firm.pk}/cn.techsme/"
    assert factories.browser(town.office).get(address).status_code == 404
    owner = visit(town.boss, narrow=True)
    page = owner.open(f"/firms/{town.firm.pk}/grants/")
    page.select_option("[name=reader]", str(town.office.pk))
    page.fill("[name=purpose]", "陪同申报")
    page.fill("[name=until]", (timezone.localdate() + timedelta(days=7)).isoformat())
    page.locator("main form", has=page.locator("[name=until]")).get_by_role("button").click()
    owner.check()
    office = visit(town.office)
    expect(office.open(address).locator("main")).to_contain_text("8,641.37")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.locator("form[action*='revoke'] button").click()
    owner.check()
    assert AccessGrant.objects.get().revoked_at is not None
    assert factories.browser(town.office).get(address).status_code == 404


def test_a_claim_is_followed_to_the_money(visit, town):
    for name, value in (("provincial_rd_institution", "true"), ("prohibited_restricted_products", "false")):
        factories.fact(town.firm, name, value)
    today = timezone.localdate().isoformat()
    owner, bureau = visit(town.boss, narrow=True), visit(town.officer)
    phone = owner.open(f"/policies/firm/{town.firm.pk}/cn.techsme/")
    phone.locator("form[action*='/apply/'] button").click()
    owner.check()
    claim = Claim.objects.get()
    desk = bureau.open("/policies/claims/")
    desk.get_by_role("link", name="科技型中小企业评价").click()
    bureau.check()
    desk.locator("form", has=desk.locator("[value=accept]")).get_by_role("button").click()
    bureau.check()
    approve = desk.locator("form", has=desk.locator("[value=approve]"))
    approve.locator("[name=promised]").fill("30")
    approve.locator("[name=due_on]").fill(today)
    approve.get_by_role("button").click()
    bureau.check()
    record = desk.locator("form", has=desk.locator("[value=certificate]"))
    record.locator("[name=number]").fill("20260001")
    record.locator("[name=valid_until]").fill(f"{YEAR + 1}-12-31")
    record.get_by_role("button").click()
    bureau.check()
    expect(desk.locator("main")).to_contain_text("20260001")
    # The money should be here today: it stands on the firm's first page.
    phone = owner.open("/")
    expect(phone.locator("main")).to_contain_text("请确认是否到账")
    phone = owner.open(f"/policies/claims/{claim.pk}/")
    expect(phone.locator("main")).to_contain_text("亏损结转年限延长至10年")
    receive = phone.locator("form", has=phone.locator("[value=receive]"))
    receive.locator("[name=received]").fill("30")
    receive.locator("[name=again]").select_option("yes")
    receive.get_by_role("button").click()
    owner.check()
    expect(phone.locator(".sentence")).to_contain_text("已到账")
    claim.refresh_from_db()
    assert (claim.state, claim.case.state) == ("received", "closed")
    # The office follows the days and reads no amount.
    office = visit(town.office)
    watched = office.open("/policies/claims/").locator("main")
    expect(watched).to_contain_text(town.firm.name)
    expect(watched).not_to_contain_text("30 万元")
