"""A firm's owner reads its own place on a phone; the office takes a track up, notes evidence, passes a gate, stops it."""

from datetime import date, timedelta

from django.utils import timezone

from lianzhu.apps.enterprises.models import Confidentiality, Role
from lianzhu.apps.findings.actions import Found, record_findings
from lianzhu.apps.organisation.models import Body
from tests import factories
from tests.apps.chain.conftest import makes, supplies


def test_a_firm_reads_its_own_place_on_a_phone(visit):
    chain, own, other = factories.chain(), factories.firm("甲子高压设备有限公司"), factories.firm("乙丑电器有限公司")
    third = factories.firm("丙寅电器有限公司")
    makes(own, "T01", "试验变压器")
    makes(other, "P01", "铁心")
    supplies(other, own, "P01", "88")
    supplies(third, other, "P13", "55")
    found = Found(
        str(own.pk),
        "x",
        "y",
        Confidentiality.STATISTICS,
        enterprise_id=own.pk,
        evidence={"band": "highest quarter", "on": timezone.localdate().isoformat()},
    )
    statistician = factories.person(Role.STATISTICIAN)
    record_findings(actor=statistician, chain=chain, kind="own_place", found=[found], on=timezone.localdate())
    phone = visit(factories.person(Role.FIRM, of=own), narrow=True)
    phone.open("/")
    phone.page.get_by_role("link", name="我在链上的位置").click()
    phone.check()
    main = phone.page.locator("main")
    assert "最高四分之一" in main.inner_text()
    assert "只有一家供应商" in main.inner_text() and "铁心" in main.inner_text()
    phone.page.get_by_text("展开 1 条").click()
    assert phone.page.get_by_role("link", name=other.name).is_visible()
    assert third.name not in main.inner_text() and "88" not in main.inner_text()
    phone.check()
    phone.page.get_by_role("link", name="打开清单").click()
    phone.check()
    assert phone.page.get_by_role("heading", level=1).inner_text() == "薄弱环节"


def test_the_office_takes_a_track_through_a_gate_and_stops_it_with_a_reason(visit):
    chain = factories.chain()
    makes(factories.firm(), "T10", "局放仪")
    Body.objects.create(chain=chain, kind=Body.Kind.TEAM, name="先锋服务一队", since=date(2026, 1, 1), source="测试")
    desk = visit(factories.person(Role.OFFICE))
    page = desk.open("/chain/tracks/")
    page.get_by_role("link", name="海上风电与长电缆现场试验").click()
    desk.check()

    def fill(link: str, button: str, **fields: str) -> str:
        page.get_by_role("link", name=link, exact=True).click()
        desk.check()
        for name, value in fields.items():
            page.locator(f"[name={name}]").fill(value)
        if page.locator("select[name=owner]").count():
            page.locator("select[name=owner]").select_option(label="先锋服务一队")
        page.get_by_role("button", name=button, exact=True).click()
        desk.check()
        return page.locator("main").inner_text()

    def day(ahead: int) -> str:
        return (timezone.localdate() + timedelta(days=ahead)).isoformat()

    assert "第 1 关" in fill("开始推进", "开始推进", hypothesis="电缆厂要现场耐压", stop_on=day(90))
    assert page.get_by_role("link", name="过第 1 关").count() == 0
    told = fill("记录依据", "记下", text="两家电缆厂外包试验", source="走访记录", on=day(0))
    assert "两家电缆厂外包试验" in told and "走访记录" in told
    told = fill("过第 1 关", "过关", text="付费方已问清", stop_on=day(150))
    assert "第 2 关（共 4 关）" in told and day(150) in told
    told = fill("说明原因，停止", "停止", because="保险公司书面拒保")
    assert "保险公司书面拒保" in told and "已停止" in told
    page.goto(f"{desk.address}/chain/tracks/?show=ended")
    desk.check()
    assert page.locator("article").count() == 1

    member = visit(factories.person(Role.COMMITTEE, of=factories.firm()))
    member.open("/chain/tracks/NT03/")
    assert "保险公司书面拒保" in member.page.locator("main").inner_text()
    assert member.page.get_by_role("link", name="开始推进", exact=True).count() == 0
    member.open("/chain/what-if/?node=T10&change=lose_all")
