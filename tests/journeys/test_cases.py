"""A difficulty goes its whole way through the pool; a call by keyboard; a complaint without an account; no scripts."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import Locator, Page, expect

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.actions import entering, rules
from lianzhu.apps.cases.models import Case, Category
from lianzhu.apps.enterprises.models import Role
from lianzhu.apps.organisation.models import Body
from tests import factories
from tests.apps.cases.conftest import body, closed

NAME = "甲子高压设备有限公司"


@pytest.fixture
def town() -> SimpleNamespace:
    firm = factories.firm(NAME)
    people = SimpleNamespace(
        chain=factories.chain(),
        firm=firm,
        owner=factories.person(Role.FIRM, of=firm, name="李某"),
        office=factories.person(Role.OFFICE, name="钱某"),
        office2=factories.person(Role.OFFICE, name="冯某"),
        member=factories.person(Role.TEAM, name="孙某"),
    )
    people.team = body("先锋服务队三组", Body.Kind.TEAM, people.member)
    return people


def act(visitor, case: Case, name: str, **answers: str) -> Page:
    """Choose one of the acts a person is offered, answer what it asks, send it."""
    page = visitor.page
    page.goto(f"{visitor.address}/cases/{case.pk}/")
    page.locator(f".acts a[href='?do={name}#act']").click()
    if name not in visitor.seen:
        visitor.check()
        visitor.seen.add(name)
    for field, answer in answers.items():
        put(page.locator(f"[name='{name}-{field}']"), answer)
    with page.expect_navigation():
        page.locator("#act .btn-primary").click()
    return page


def put(field: Locator, answer: str) -> None:
    """Answer a field of any kind."""
    kind = field.first.evaluate("field => field.type")
    if kind == "radio":
        field.and_(field.page.locator(f"[value='{answer}']")).check()
    elif kind == "select-one":
        field.select_option(answer)
    else:
        field.fill(answer)


def one_round(town: SimpleNamespace, visitors: SimpleNamespace, case: Case, answer: str) -> None:
    """Dispatch, sign for it, answer, review."""
    act(visitors.office, case, "dispatch", body=str(town.team.pk))
    act(visitors.member, case, "sign")
    act(visitors.member, case, "answer", stage="final", text=answer)
    page = act(visitors.office, case, "review", yes="1")
    expect(page.locator(".timeline")).to_contain_text(answer)


def test_a_difficulty_goes_its_whole_way_until_the_firm_says_it_is_solved(visit, town):
    # Nine others make ten: under ten nothing is counted aloud.
    for _n in range(9):
        closed(town)
    phone = visit(town.owner, narrow=True)
    page = phone.open("/")
    steps = 0
    for touch in (
        lambda: page.locator("main a[href='/cases/new/']").first.click(),
        lambda: page.fill("[name=title]", "夜间用电总是跳闸"),
        lambda: page.select_option("[name=category]", Category.POWER.value),
        lambda: page.locator("[name=send]").click(),
    ):
        touch()
        steps += 1
    assert steps == 4, "Home, one sentence, one choice, send: a firm has a minute"
    phone.check()
    case = Case.objects.get(title="夜间用电总是跳闸")
    expect(page.locator("h1")).to_have_text(case.title)
    expect(page.locator(".states [aria-current]")).to_have_count(1)

    visitors = SimpleNamespace(office=visit(town.office), member=visit(town.member))
    act(visitors.office, case, "accept", handling="daily")
    one_round(town, visitors, case, "供电所周五来增容")
    act(visitors.office, case, "call", solved="basically", by_whom="service", again="1")
    expect(visitors.office.page.locator(".notice-ask", has_text="基本满意")).to_be_visible()
    refused = act(visitors.office, case, "call", solved="basically", by_whom="service", again="1")
    expect(refused.locator("#act [role=alert]")).to_contain_text("基本满意")
    act(visitors.office, case, "call", solved="no", again="1", text="周六又跳了")
    case.refresh_from_db()
    assert (case.state, case.round) == ("reopened", 2)
    page = phone.open("/cases/")
    page.get_by_role("link", name=case.title).click()
    phone.check()
    expect(page.locator(".timeline")).to_contain_text("周六又跳了")

    one_round(town, visitors, case, "已换变压器")
    # The firm says so itself, on its phone.
    act(phone, case, "call", solved="yes", by_whom="service", again="1")
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "solved")
    page = visitors.office.open("/cases/numbers/")
    for field in ("since", "until"):
        page.fill(f"[name={field}]", clock.today().isoformat())
    page.locator(".filters .btn").click()
    solved = page.locator("tr", has=page.locator("a[href*='number=solved&']"))
    expect(solved.locator("td.num")).to_have_text(["10", "10", re.compile("100")])
    page.locator("a[href*='number=reopened']").click()
    visitors.office.check()
    expect(page.locator("td.title")).to_have_text([case.title])


def test_a_call_is_written_down_by_keyboard_alone(visit, town):
    office = visit(town.office)
    page = office.open("/cases/call/")
    keys = page.keyboard
    # The first field has the focus already; Chinese is typed by an input method, so as one piece.
    for name, told in (("firm", "甲子"), ("title", "厂门口路灯坏了"), ("text", "已经三天"), ("contact", "门卫王某")):
        assert page.evaluate("document.activeElement.name") == name
        keys.insert_text(told)
        keys.press("Tab")
    assert page.evaluate("document.activeElement.name") == "category"
    keys.press("Tab")
    keys.press("ArrowDown")
    keys.press("Control+Enter")
    page.wait_for_url("**/cases/")
    office.check()
    case = Case.objects.get()
    assert (case.firm, case.title, case.contact) == (town.firm, "厂门口路灯坏了", "门卫王某")
    assert (case.state, case.body, case.by_phone) == ("dispatched", town.team, True)


def test_a_complaint_without_an_account_is_answered_to_its_code(visit, town):
    stranger = visit(None, narrow=True)
    page = stranger.open("/account/sign-in/")
    page.locator("a[href='/cases/complain/']").first.click()
    page.fill("[name=title]", "答复太慢了")
    page.fill("[name=text]", "等了一个月没有人来")
    page.select_option("[name=about]", str(town.team.pk))
    page.locator("main .btn-primary").click()
    stranger.check()
    code = page.locator(".one-time-code").inner_text()
    page = stranger.open("/cases/complain/follow/")
    page.fill("[name=code]", code.lower())
    page.locator("main .btn-primary").click()
    stranger.check()
    expect(page.locator("main")).to_contain_text("等了一个月没有人来")
    case = Case.objects.get()
    member, office = visit(town.member), visit(town.office)
    expect(member.open("/cases/?view=all").locator("main")).not_to_contain_text("答复太慢了")
    act(office, case, "accept", handling="daily")
    # Whom it is about is not even offered.
    page = office.open(f"/cases/{case.pk}/?do=dispatch")
    expect(page.locator("[name='dispatch-body'] option", has_text=town.team.name)).to_have_count(0)


def test_what_is_like_it_appears_while_typing(visit, town):
    rules.approve_answer(
        actor=town.office, chain=town.chain, category="", question="怎么临时用电增容", answer="找供电所", firm_names=[]
    )
    entering.raise_difficulty(
        actor=town.owner, chain=town.chain, firm=town.firm, title="夜间用电跳闸", text="", category=Category.POWER
    )
    phone = visit(town.owner, narrow=True)
    page = phone.open("/cases/new/")
    page.locator("[name=title]").press_sequentially("用电")
    expect(page.locator("#like")).to_contain_text("怎么临时用电增容")
    expect(page.locator("#like")).to_contain_text("夜间用电跳闸")
    phone.check()


def test_reading_and_submitting_work_without_scripts(visit, town):
    phone = visit(town.owner, narrow=True, scripts=False)
    page = phone.page
    page.goto(f"{phone.address}/cases/new/")
    page.fill("[name=title]", "夜间用电总是跳闸")
    page.select_option("[name=category]", "power")
    page.locator("[name=look]").click()
    assert not Case.objects.exists()
    expect(page.locator("[name=title]")).to_have_value("夜间用电总是跳闸")
    page.locator("[name=send]").click()
    case = Case.objects.get()
    expect(page.locator("h1")).to_have_text(case.title)
    expect(page.locator(".timeline li")).to_have_count(1)
    page.locator(".acts a[href='?do=note#act']").click()
    page.fill("[name='note-text']", "只在夜里")
    page.locator("#act .btn-primary").click()
    expect(page.locator(".timeline")).to_contain_text("只在夜里")
    page.goto(f"{phone.address}/cases/")
    expect(page.locator("td.title")).to_have_text([case.title])
