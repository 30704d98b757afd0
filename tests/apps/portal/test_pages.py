"""The pages of the portal through the browser: signing in, the first page, search, the record."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from tests import factories

from lianzhu.apps.core.models import AuditEntry
from lianzhu.apps.enterprises.actions import accounts
from lianzhu.apps.enterprises.models import Confidentiality, RecordState, Role
from lianzhu.apps.enterprises.queries.lists import PAGE
from lianzhu.apps.findings.models import Finding

pytestmark = pytest.mark.django_db
NEW = "quite another secret 7"


def test_from_the_sheet_to_the_first_page() -> None:
    boss = factories.person(Role.FIRM, of=factories.firm("乙丑试验设备有限公司"))
    sheet = factories.browser(boss).post(
        "/account/people/invite/",
        {"name": "钱某", "chain": factories.chain().pk, "role": "firm", "firm": boss.roles.get().enterprise_id},
    )
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", sheet.content.decode())
    assert code and sheet["Cache-Control"] == "no-store"
    client = Client()
    assert client.post("/account/join/", {"code": "AAAA-BBBB-CCCC"}).status_code == 200
    client.post("/account/join/", {"code": code[0]})
    weak = client.post("/account/join/", {"username": "Qian", "password": "12345", "again": "12345", "language": "en"})
    assert "error-summary" in weak.content.decode()
    told = {"username": "Qian", "password": NEW, "again": NEW, "language": "en"}
    done = client.post("/account/join/", told, follow=True)
    assert "乙丑试验设备有限公司" in done.content.decode()
    assert 'lang="en"' in done.content.decode()


def test_password_then_six_digits() -> None:
    user = factories.person(Role.OFFICE)
    device = TOTPDevice.objects.create(user=user, confirmed=True)
    client = Client()
    client.post("/account/sign-in/", {"username": user.username.upper(), "password": factories.PASSWORD})
    first = client.get("/firms/")
    assert first["Location"] == "/account/second-factor/?next=%2Ffirms%2F"
    assert client.post(first["Location"], {"token": "000000"}).status_code == 200
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    done = client.post(first["Location"], {"token": f"{totp(device.bin_key):06d}"})
    assert done["Location"] == "/firms/"
    assert client.get("/").status_code == 200
    assert list(AuditEntry.objects.values_list("act", flat=True)) == ["session.begun", "factor.given"]


def test_set_up_cannot_replace_a_factor_that_was_not_given() -> None:
    user = factories.person(Role.OFFICE)
    TOTPDevice.objects.create(user=user, confirmed=True)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/account/second-factor/set-up/")["Location"] == "/account/second-factor/"
    assert TOTPDevice.objects.filter(confirmed=False).count() == 0


def test_five_wrong_passwords_lock_the_account() -> None:
    user = factories.person(Role.TEAM)
    client = Client()
    for _try in range(5):
        last = client.post("/account/sign-in/", {"username": user.username, "password": "wrong"})
    assert last.status_code == 429
    right = client.post("/account/sign-in/", {"username": user.username, "password": factories.PASSWORD})
    assert right.status_code == 429
    assert "30分钟" in right.content.decode()


def test_next_stays_here() -> None:
    for bad in ("https://example.org/", "//example.org", "javascript:alert(1)"):
        answer = Client().post("/account/language/", {"language": "en", "next": bad})
        assert answer["Location"] == "/"


def test_language_stays_with_the_person() -> None:
    client = factories.browser(factories.person(Role.TEAM))
    assert "今天" in client.get("/").content.decode()
    client.post("/account/language/", {"language": "en", "next": "/"})
    page = client.get("/").content.decode()
    assert "Nothing waits for you today" in page
    assert not re.findall(r"[一-鿿]", re.sub(r"(?s)<header.*?</header>|示例镇|赵\d+|中文", "", page))


def test_idle_session_ends() -> None:
    client = factories.browser(factories.person(Role.OFFICE))
    assert client.get("/").status_code == 200
    assert client.session.get_expiry_age() == 30 * 60


# ── The first page ──


def test_home_gathers_what_waits_for_the_office_and_not_for_others() -> None:
    firm = factories.firm("乙丑试验设备有限公司")
    boss, office = factories.person(Role.FIRM, of=firm), factories.person(Role.OFFICE)
    factories.fact(firm, "address", "示例镇26号", by=boss, state=RecordState.PROPOSED)
    today = timezone.localdate()
    for key in ("a", "b"):
        Finding.objects.create(
            chain=factories.chain(),
            kind="fact.missing",
            key=key,
            enterprise=firm,
            confidentiality=Confidentiality.OFFICE,
            says="x",
            wrong_if="y",
            first_found_on=today,
            last_found_on=today,
        )
    page = factories.browser(office).get("/").content.decode()
    assert "乙丑试验设备有限公司" in page and "建议更正1个数值" in page
    assert "未处理2项" in page
    other = factories.browser(factories.person(Role.COMMITTEE)).get("/").content.decode()
    assert "建议更正" not in other and "未处理" not in other


def test_home_of_a_firm_says_what_runs_out() -> None:
    firm = factories.firm()
    boss = factories.person(Role.FIRM, of=firm)
    today = timezone.localdate()
    for days, name in ((-1, "cnas_valid_until"), (90, "a_valid_until"), (91, "b_valid_until")):
        factories.fact(firm, name, (today + timedelta(days)).isoformat())
    page = factories.browser(boss).get("/").content.decode()
    assert "已过1天" in page and "还有90天" in page and "还有91天" not in page
    assert "3个数值您还没确认" in page


def test_home_takes_a_fixed_number_of_queries(django_assert_max_num_queries: Any) -> None:
    office = factories.person(Role.OFFICE)
    boss = factories.person(Role.FIRM, of=factories.firm())
    for n in range(12):
        firm = factories.firm()
        factories.fact(firm, "address", f"示例镇{n}号", by=boss, state=RecordState.PROPOSED)
    client = factories.browser(office)
    client.get("/")
    with django_assert_max_num_queries(30):
        client.get("/")


# ── Search ──


@pytest.mark.parametrize("text", ["试", "试验", "乙丑试验设备有限公司"])
def test_search_by_any_piece(text: str) -> None:
    factories.firm("乙丑试验设备有限公司")
    factories.firm("丙寅电力仪器有限公司")
    page = factories.browser(factories.person(Role.COMMITTEE)).get("/search/", {"q": text}).content.decode()
    assert "乙丑试验设备有限公司</a>" in page and "丙寅" not in page


def test_search_finds_nodes_but_no_firm_of_another_chain() -> None:
    factories.firm("别处试验设备厂", in_chain=factories.chain("zz"))
    page = factories.browser(factories.person(Role.TEAM)).get("/search/", {"q": "试验"}).content.decode()
    assert "别处" not in page and "?node=" in page
    nothing = factories.browser(factories.person(Role.TEAM)).get("/search/", {"q": "%_'\""}).content.decode()
    assert "没有找到" in nothing


# ── The record ──


def rows(page: str) -> int:
    return page.count('<tr><td class="num"')


def test_the_auditor_reads_filters_and_verifies() -> None:
    auditor, office = factories.person(Role.AUDITOR), factories.person(Role.OFFICE)
    for _n in range(PAGE + 10):
        accounts.begin_visit(actor=office)
    client = factories.browser(auditor)
    page = client.get("/audit/").content.decode()
    assert rows(page) == PAGE and "after=11" in page
    assert rows(client.get("/audit/", {"after": "11"}).content.decode()) == 10
    assert rows(client.get("/audit/", {"who": "nobody-at-all"}).content.decode()) == 0
    assert f"{PAGE + 10}条" in client.post("/audit/verify/", follow=True).content.decode()
    assert AuditEntry.objects.get(number=PAGE + 11).act == "audit.verified"


# ── When something is not as meant ──


def test_unknown_page_forbidden_page_and_old_form() -> None:
    client = factories.browser(factories.person(Role.COMMITTEE))
    assert "没有这个页面" in client.get("/nothing/").content.decode()
    assert "您的角色不能打开" in client.get("/audit/").content.decode()
    strict = Client(enforce_csrf_checks=True)
    assert "这张表放得太久了" in strict.post("/account/sign-in/", {}).content.decode()


def test_server_error_page_needs_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("lianzhu.apps.portal.queries.search_everything", broken)
    client = factories.browser(factories.person(Role.TEAM))
    client.raise_request_exception = False
    answer = client.get("/search/", {"q": "x"})
    assert answer.status_code == 500 and "程序出错了" in answer.content.decode()
