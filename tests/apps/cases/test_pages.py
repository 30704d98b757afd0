"""Pages: who sees what, how a person gets through, and how few queries a list takes."""

import io
from zipfile import ZipFile

import pytest
from django.urls import reverse
from tests import factories
from tests.apps.cases.conftest import answered, closed, dispatched, raised, signed

from lianzhu.apps.cases.actions import entering, rules, steering, working
from lianzhu.apps.cases.machine import Handling
from lianzhu.apps.cases.models import Case, CaseFile, Kind, KnownAnswer

pytestmark = pytest.mark.django_db


def get(user, name, *args, query="", status=200):
    answer = factories.browser(user).get(reverse(f"cases:{name}", args=args) + query)
    assert answer.status_code == status, answer.content.decode()[-600:]
    return answer.content.decode() if not answer.streaming else b"".join(answer).decode(errors="ignore")


def do(user, case, act, status=302, **data):
    told = {f"{act}-{name}": value for name, value in data.items()}
    answer = factories.browser(user).post(reverse("cases:case", args=[case.pk]), {"do": act, **told})
    assert answer.status_code == status, answer.content.decode()[-900:]
    return answer.content.decode()


def test_every_page_opens_for_its_people(town):
    case, done = signed(town), closed(town)
    for user in (town.office, town.owner, town.member):
        assert case.number in get(user, "pool")
        assert case.title in get(user, "case", case.pk)
    assert "solved" in get(town.office, "case", done.pk)
    for name in ("limits", "assignment", "calendar", "answers", "channels", "digest", "numbers", "call"):
        get(town.office, name)
    for name in ("complain", "follow"):
        get(None, name)
    get(town.owner, "raise")
    get(town.owner, "digest")


@pytest.mark.parametrize("view", ["mine", "late", "soon", "paused", "call", "open", "all"])
def test_saved_views_open(town, view):
    dispatched(town)
    get(town.office, "pool", query=f"?view={view}")
    get(town.member, "pool", query=f"?view={view}")


def test_a_whole_way_through_the_pages(town):
    page = reverse("cases:raise")
    browser = factories.browser(town.owner)
    answer = browser.post(page, {"title": "夜间用电容量不够", "category": "power", "text": "想增容", "send": "1"})
    case = Case.objects.get()
    assert answer.url == reverse("cases:case", args=[case.pk])
    do(town.office, case, "accept", handling="daily", category="power")
    do(town.office, case, "dispatch", body=town.team.pk)
    do(town.member, case, "sign")
    do(town.member, case, "answer", stage="first", text="已联系供电所")
    assert "已联系供电所" not in get(town.owner, "case", case.pk)
    assert "已联系供电所" in get(town.office, "case", case.pk, query="?do=review")
    do(town.office, case, "review", yes="1")
    assert "已联系供电所" in get(town.owner, "case", case.pk)
    do(town.member, case, "answer", stage="final", text="周五增容")
    do(town.office, case, "review", yes="1")
    do(town.office, case, "caller", person=town.taxman.pk)
    do(town.taxman, case, "call", solved="basically", by_whom="service", again="1")
    assert "basically satisfied before" in do(
        town.taxman, case, "call", 409, solved="basically", by_whom="service", again="1"
    )
    do(town.taxman, case, "call", solved="no", by_whom="", again="1")
    case.refresh_from_db()
    assert (case.round, case.state) == (2, "reopened")


def test_a_refused_rule_stands_on_the_page(town):
    case = signed(town)
    working.ask_help(actor=town.member, case_id=case.pk, body_id=town.tax.pk, question="？")
    said = do(town.member, case, "answer", 409, stage="final", text="好")
    assert "helper" in said and 'role="alert"' in said


def test_helpers_act_on_the_page(town):
    case = signed(town)
    do(town.member, case, "help", body=town.tax.pk, question="能不能退税？")
    part = case.parts.get()
    do(town.taxman, case, "take_help", part=part.pk)
    do(town.taxman, case, "give_help", part=part.pk, text="能退")
    assert case.parts.get().ended_at


def test_without_script_what_is_like_it_is_shown_on_asking(town):
    raised(town, "夜间用电容量不够")
    rules.approve_answer(
        actor=town.office, chain=town.chain, category="", question="怎么临时用电增容", answer="找供电所", firm_names=[]
    )
    said = factories.browser(town.owner).post(reverse("cases:raise"), {"title": "用电增容", "look": "1"})
    assert "怎么临时用电增容" in said.content.decode() and Case.objects.count() == 1
    assert "夜间用电容量不够" in get(town.owner, "like", query="?title=夜间用电")
    assert "夜间用电容量不够" not in get(town.rival, "like", query="?title=夜间用电")
    KnownAnswer.objects.get()


def test_a_call_is_written_down_on_one_screen(town):
    told = {"firm": "甲子", "title": "路灯坏了", "text": "", "category": "traffic", "body": town.team.pk}
    answer = factories.browser(town.office).post(reverse("cases:call"), told)
    assert answer.status_code == 302 and Case.objects.get().state == "dispatched"
    many = factories.browser(town.office).post(reverse("cases:call"), {**told, "firm": "不存在"})
    assert "No firm fits" in many.content.decode()


def test_a_complaint_without_an_account_is_followed_by_its_code(town):
    told = {"title": "答复太慢了", "text": "等了一个月", "about": town.team.pk, "contact": "", "website": ""}
    page = factories.browser(None).post(reverse("cases:complain"), told).content.decode()
    case = Case.objects.get()
    code = page.split('one-time-code">')[1].split("<")[0]
    assert case.number in page
    seen = factories.browser(None).post(reverse("cases:follow"), {"code": code}).content.decode()
    assert "答复太慢了" in seen
    wrong = factories.browser(None).post(reverse("cases:follow"), {"code": "AAAA-BBBB-CCCC"}).content.decode()
    assert "答复太慢了" not in wrong
    assert not Case.objects.visible_to(town.member).exists()
    robot = factories.browser(None).post(reverse("cases:complain"), {**told, "website": "x"})
    assert robot.status_code == 200 and Case.objects.count() == 1


def test_bulk_dispatch(town):
    cases = [raised(town) for _n in range(2)]
    for case in cases:
        steering.accept(actor=town.office, case_id=case.pk, handling=Handling.DAILY)
    told = {"case": [case.pk for case in cases], "body": town.team.pk}
    factories.browser(town.office).post(reverse("cases:dispatch_many"), told)
    assert set(Case.objects.values_list("state", flat=True)) == {"dispatched"}
    assert factories.browser(town.member).post(reverse("cases:dispatch_many"), told).status_code == 403


def test_pages_by_key_show_every_case_once(town, monkeypatch):
    from lianzhu.apps.cases.queries import pool

    monkeypatch.setattr(pool, "PAGE", 2)
    numbers = {raised(town).number for _n in range(5)}
    for view in ("open", "all"):
        seen, after = [], ""
        for _page in range(3):
            page = pool.page_of(town.office, pool.Filters(view=view, after=after))
            seen += [row.number for row in page.rows]
            after = page.after
        assert set(seen) == numbers and len(seen) == 5 and not after


def test_the_list_takes_few_queries_however_long(town, django_assert_max_num_queries):
    for _n in range(3):
        dispatched(town)
    browser = factories.browser(town.office)
    browser.get(reverse("cases:pool"))
    with django_assert_max_num_queries(12) as three:
        browser.get(reverse("cases:pool"))
    few = len(three)
    for _n in range(9):
        dispatched(town)
    browser.get(reverse("cases:pool"))
    with django_assert_max_num_queries(few):
        browser.get(reverse("cases:pool"))


# ── Who else sees something: more in test_attacks ────────────────────────────────────────────────────────────────────

NAME = "甲子高压设备有限公司"


def text_of_workbook(content: bytes) -> str:
    with ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


@pytest.mark.parametrize("who", ["rival", "secretary", "auditor"])
def test_others_see_nothing_of_a_case(town, who):
    case = answered(town)
    get(getattr(town, who), "case", case.pk, status=404)
    for address in (reverse("cases:pool") + "?view=all", reverse("portal:home"), reverse("portal:search") + "?q=夜间"):
        assert case.title not in factories.browser(getattr(town, who)).get(address).content.decode()


def test_the_committee_sees_counts_and_no_list(town):
    for _n in range(10):
        closed(town)
    page = get(town.secretary, "numbers", query="?since=2026-11-01&until=2026-11-30")
    assert "100 %" in page and "number=solved" not in page
    assert "number=solved" in get(town.office, "numbers", query="?since=2026-11-01&until=2026-11-30")
    get(town.owner, "numbers", status=403)


def test_a_paper_opens_for_who_sees_the_case(town, settings, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile

    settings.FILES_DIR = tmp_path
    case = signed(town, hide_firm_name=True)
    paper = SimpleUploadedFile("甲子来函.pdf", b"%PDF-1.4")
    working.add_note(actor=town.owner, case_id=case.pk, text="", upload=paper)
    kept = CaseFile.objects.get()
    address = reverse("cases:paper", args=[kept.pk])
    assert factories.browser(town.rival).get(address).status_code == 404
    answer = factories.browser(town.member).get(address)
    assert answer.status_code == 200 and case.number in answer["Content-Disposition"]
    assert "%E7%94%B2" not in answer["Content-Disposition"]


def test_joining_a_common_cause_from_the_suggestion(town):
    cause = entering.open_case(
        actor=town.office, chain=town.chain, kind=Kind.COMMON, title="冲击试验标准换版", owner=town.tax
    )
    steering.publish_cause(actor=town.office, case_id=cause.pk)
    assert "Me too" in get(town.owner, "like", query="?title=标准换版")
    factories.browser(town.owner).post(reverse("cases:join", args=[cause.pk]))
    assert Case.objects.get(firm=town.firm).into == cause


@pytest.mark.parametrize("suffix", ["docx", "pdf"])
def test_the_brief_is_made_from_the_same_numbers(town, suffix):
    for _n in range(10):
        closed(town)
    query = "?since=2026-11-01&until=2026-11-30"
    answer = factories.browser(town.office).get(reverse("cases:brief", args=[suffix]) + query)
    assert answer.status_code == 200
    if suffix == "docx":
        text = text_of_workbook(answer.content)
        assert "10 (100 %)" in text and NAME not in text
    else:
        assert answer.content.startswith(b"%PDF") and len(answer.content) > 5000
