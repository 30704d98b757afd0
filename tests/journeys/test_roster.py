"""A messy workbook comes in and goes out again; a firm corrects its file; others see nothing of it."""

import pytest
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from lianzhu.apps.enterprises.models import Confidentiality, Enterprise, FactValue, Role
from tests import factories, workbooks


@pytest.fixture
def chain():
    return factories.chain()


def test_the_office_brings_a_messy_workbook_in_and_takes_it_back(visit, chain, tmp_path):
    path = workbooks.write(
        tmp_path / "企业台账.xlsx",
        [
            ["示例镇企业台账（2025年度）"],
            ["填报单位：镇统计办", "", "", "单位：万元"],
            ["企业名称", "统一社会信用代码", "成立日期", "2025年末职工人数", "2027年计划产量"],
            ["甲子高压设备有限公司", workbooks.code(1), "2011年6月", "９６", 10],
            ["乙丑试验设备有限公司", workbooks.code(2), "2012.5.1", "约40", 20],
            ["丙寅电力仪器有限公司", workbooks.code(3), "2013-01-31", 12, 30],
            ["填报人：赵某", "", "审核：钱某"],
        ],
    )
    office = visit(factories.person(Role.OFFICE, in_chain=chain))
    page = office.open("/firms/imports/")
    page.set_input_files("input[type=file]", str(path))
    page.fill("input[name=source]", "镇统计办")
    page.click("main form button[type=submit], main form .btn-primary")
    office.work()
    expect(page.locator("#g-new")).to_contain_text("丙寅电力仪器有限公司")
    expect(page.locator("#g-refused")).to_contain_text("约40")
    expect(page.locator(".notice-late").first).to_contain_text("2027年计划产量")
    assert not Enterprise.objects.exists()
    page.locator(".apply-bar .btn-primary").click()
    office.work()
    assert Enterprise.objects.count() == 2
    with page.expect_download() as download:
        page.locator("#g-refused a").first.click()
    assert download.value.suggested_filename.endswith(".xlsx")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator(".btn-danger").click()
    office.check()
    assert not Enterprise.objects.filter(state="active").exists()


def test_a_firm_corrects_its_file_on_a_phone_and_the_office_accepts(visit, chain):
    firm = factories.firm("甲子高压设备有限公司", in_chain=chain)
    factories.fact(firm, "address", "示例镇兴业路18号")
    owner = factories.person(Role.FIRM, of=firm, in_chain=chain)
    phone = visit(owner, narrow=True)
    phone.open("/")
    page = phone.open(f"/firms/{firm.pk}/state/address/")
    expect(page.locator("main")).to_contain_text("示例镇兴业路18号")
    page.fill("[name=value]", "示例镇兴业路26号2幢")
    page.fill("[name=source]", "新营业执照")
    page.click("main .btn-primary")
    phone.check()
    expect(page.locator("main")).to_contain_text("示例镇兴业路26号2幢")
    office = visit(factories.person(Role.OFFICE, in_chain=chain))
    desk = office.open(f"/firms/{firm.pk}/")
    expect(desk.locator("main")).to_contain_text("示例镇兴业路26号2幢")
    desk.locator("form[action*='/accept/'] button").click()
    office.check()
    assert FactValue.objects.current().get(enterprise=firm, fact="address").value == "示例镇兴业路26号2幢"


@pytest.mark.parametrize("role", [Role.FIRM, Role.COMMITTEE])
def test_a_competitor_finds_nothing(visit, chain, role):
    firm = factories.firm("甲子高压设备有限公司", in_chain=chain)
    factories.fact(firm, "revenue", "76543.21", period="2025", confidentiality=Confidentiality.FIRM)
    factories.fact(firm, "staff", "4321", period="2025", confidentiality=Confidentiality.OFFICE)
    rival = factories.firm("乙丑试验设备有限公司", in_chain=chain)
    person = factories.person(role, of=rival, in_chain=chain)
    visitor = visit(person)
    for path in (f"/firms/{firm.pk}/", f"/firms/{firm.pk}/history/", "/search/?q=甲子", "/firms/"):
        page = visitor.open(path)
        assert "76,543" not in page.content() and "76543" not in page.content()
        assert "4,321" not in page.content() and "4321" not in page.content()
    # Documents that are no pages: the JSON and the workbook.
    client = factories.browser(person)
    for path in (f"/api/firms/{firm.pk}/facts", f"/api/firms/{firm.pk}", "/firms/export/"):
        assert b"76543" not in client.get(path).content


def test_signing_in_with_a_second_factor_by_keyboard(visit, chain):
    office = factories.person(Role.OFFICE, in_chain=chain)
    device = TOTPDevice.objects.filter(user=office).first()
    if device is None:
        device = TOTPDevice.objects.create(user=office, name="app", confirmed=True)
    visitor = visit(None)
    page = visitor.open("/account/sign-in/")
    page.locator("[name=username]").focus()
    page.keyboard.type(office.username)
    page.keyboard.press("Tab")
    page.keyboard.type(factories.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/second-factor/**")
    visitor.check()
    page.locator("[name=token]").focus()
    page.keyboard.type(f"{totp(device.bin_key):06d}")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_be_visible()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"


def test_reading_and_stating_work_without_scripts(visit, chain):
    firm = factories.firm("甲子高压设备有限公司", in_chain=chain)
    factories.fact(firm, "address", "示例镇兴业路18号")
    visitor = visit(factories.person(Role.FIRM, of=firm, in_chain=chain), narrow=True, scripts=False)
    page = visitor.page
    page.goto(f"{visitor.address}/firms/{firm.pk}/state/address/")
    page.fill("[name=value]", "示例镇兴业路99号")
    page.fill("[name=source]", "新营业执照")
    page.click("main .btn-primary")
    assert FactValue.objects.filter(enterprise=firm, state="proposed", value="示例镇兴业路99号").exists()
