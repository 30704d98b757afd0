"""A firm speaks for itself: stated, accepted, returned, taken back, confirmed; each rule and each person refused."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from tests import factories

from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import AuditEntry, User
from lianzhu.apps.enterprises.actions import facts as acts
from lianzhu.apps.enterprises.models import Enterprise, FactValue, RecordState, Role
from lianzhu.apps.enterprises.queries import file
from lianzhu.apps.enterprises.templatetags.chain_words import period
from lianzhu.library.facts import facts

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Enterprise:
    return factories.firm()


@pytest.fixture
def owner(firm: Enterprise) -> User:
    return factories.person(Role.FIRM, of=firm)


@pytest.fixture
def office() -> User:
    return factories.person(Role.OFFICE)


def state(actor: User, firm: Enterprise, **told: object) -> FactValue:
    given = {
        "name": "address",
        "period": "",
        "text": "示例镇兴业路26号",
        "source": "营业执照",
        "as_of": date(2026, 3, 1),
    }
    return acts.state_fact(actor=actor, firm_id=firm.pk, **{**given, **told})


def test_what_others_read_waits_for_the_office(firm, owner, office):
    old = factories.fact(firm, "address", "示例镇兴业路18号")
    proposal = state(owner, firm)
    assert proposal.state == RecordState.PROPOSED
    assert FactValue.objects.current().get(enterprise=firm).value == "示例镇兴业路18号"
    accepted = acts.accept_fact(actor=office, fact_id=proposal.pk)
    old.refresh_from_db()
    assert (old.state, accepted.state, accepted.supersedes_id) == (RecordState.SUPERSEDED, RecordState.CURRENT, old.pk)
    assert list(AuditEntry.objects.order_by("number").values_list("act", flat=True)) == ["fact.stated", "fact.accepted"]


def test_a_secret_counts_at_once(firm, owner):
    stated = state(owner, firm, name="revenue", period="2025", text="1234.5")
    assert (stated.state, stated.value, stated.confidentiality) == (RecordState.CURRENT, "1234.5", "firm")


def test_a_newer_proposal_replaces_the_open_one(firm, owner):
    first, second = state(owner, firm), state(owner, firm, text="示例镇兴业路30号")
    first.refresh_from_db()
    assert (first.state, second.state) == (RecordState.SUPERSEDED, RecordState.PROPOSED)


@pytest.mark.parametrize(
    "told",
    [
        {"text": " "},
        {"source": " "},
        {"as_of": date(2999, 1, 1)},
        {"name": "credit_code", "text": "91000000MAA79D41FG"},
        {"name": "no_such_fact"},
        {"name": "staff", "text": "12", "period": ""},
        {"name": "staff", "text": "many", "period": "2025"},
        {"name": "staff", "text": "-1", "period": "2025"},
        {"text": "示例镇兴业路18号"},
    ],
)
def test_refused_statements_write_nothing(firm, owner, told):
    factories.fact(firm, "address", "示例镇兴业路18号")
    with pytest.raises(RuleBroken):
        state(owner, firm, **told)
    assert FactValue.objects.count() == 1


def test_only_the_firm_speaks_for_itself(firm, office):
    rival = factories.person(Role.FIRM, of=factories.firm())
    seat = factories.person(Role.COMMITTEE, of=firm)
    for actor in (rival, seat, office, factories.person(Role.STATISTICIAN)):
        with pytest.raises(PermissionDenied):
            state(actor, firm)
        with pytest.raises(PermissionDenied):
            acts.confirm_file(actor=actor, firm_id=firm.pk)


def test_only_the_office_decides_and_only_once(firm, owner, office):
    proposal = state(owner, firm)
    for actor in (owner, factories.person(Role.DEPARTMENT), factories.person(Role.AUDITOR)):
        with pytest.raises(PermissionDenied):
            acts.accept_fact(actor=actor, fact_id=proposal.pk)
    with pytest.raises(RuleBroken):
        acts.refuse_fact(actor=office, fact_id=proposal.pk, because=" ")
    refused = acts.refuse_fact(actor=office, fact_id=proposal.pk, because="与执照不符")
    assert (refused.state, refused.note) == (RecordState.REFUSED, "与执照不符")
    with pytest.raises(RuleBroken):
        acts.accept_fact(actor=office, fact_id=proposal.pk)


def test_the_firm_takes_its_proposal_back(firm, owner, office):
    proposal = state(owner, firm)
    with pytest.raises(PermissionDenied):
        acts.withdraw_fact(actor=office, fact_id=proposal.pk)
    assert acts.withdraw_fact(actor=owner, fact_id=proposal.pk).state == RecordState.UNDONE


def test_confirming_counts_only_what_was_not_confirmed(firm, owner):
    factories.fact(firm, "address", "甲", confirmed=True)
    factories.fact(firm, "main_product", "乙")
    assert acts.confirm_file(actor=owner, firm_id=firm.pk) == 1
    assert acts.confirm_file(actor=owner, firm_id=firm.pk) == 0
    firm.refresh_from_db()
    assert firm.confirmed_at is not None


# ── the pages ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_firm_corrects_a_value_on_its_page(firm, owner, office):
    factories.fact(firm, "staff", "96", period="2025", confidentiality="office")
    mine = factories.browser(owner)
    address = f"/firms/{firm.pk}/state/staff/?period=2025"
    page = mine.get(address).content.decode()
    assert "96 人" in page
    assert "高新技术企业认定" in page, "who asks is named, not coded"
    sent = {"period": "2025", "value": "101", "source": "社保名册", "as_of": "2026-03-01"}
    assert mine.post(address, {**sent, "as_of": "2999-01-01"}).status_code == 409
    assert mine.post(address, sent).status_code == 302
    assert "收回" in mine.get(f"/firms/{firm.pk}/").content.decode()
    decides = factories.browser(office).get(f"/firms/{firm.pk}/").content.decode()
    assert "101 人" in decides and "采纳" in decides


def test_a_returned_value_shows_its_reason_to_the_firm_only(firm, owner, office):
    proposal = state(owner, firm)
    page = factories.browser(office)
    assert page.post(f"/firms/facts/{proposal.pk}/refuse/", {"because": ""}).status_code == 200
    assert page.post(f"/firms/facts/{proposal.pk}/refuse/", {"because": "与执照不符"}).status_code == 302
    assert "与执照不符" in factories.browser(owner).get(f"/firms/{firm.pk}/history/").content.decode()
    rival = factories.person(Role.FIRM, of=factories.firm())
    seen = factories.browser(rival).get(f"/firms/{firm.pk}/history/").content.decode()
    assert "与执照不符" not in seen and "兴业路26号" not in seen


def test_groups_say_expired_and_unconfirmed_once(firm, owner):
    yesterday = timezone.localdate() - timedelta(days=1)
    factories.fact(firm, "hnte_valid_until", yesterday.isoformat())
    factories.fact(firm, "techsme_valid_until", timezone.localdate().isoformat())
    groups = file.fact_groups(owner, firm)
    assert [(row.fact.name, row.expired) for row in groups[0].rows] == [
        ("hnte_valid_until", True),
        ("techsme_valid_until", False),
    ]
    assert groups[0].unconfirmed
    page = factories.browser(owner).get(f"/firms/{firm.pk}/").content.decode()
    assert page.count("待核") == 1 and page.count("已过期") == 1


def test_periods_newest_first_with_one_label(firm, owner):
    for year in ("2023", "2025", "2024"):
        factories.fact(firm, "staff", "9", period=year, confidentiality="office")
    rows = file.fact_groups(owner, firm)[0].rows
    assert [(row.period, row.again) for row in rows] == [("2025", False), ("2024", True), ("2023", True)]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("revenue", "1234567.500000", "1,234,567.5 万元"),
        ("staff", "1000", "1,000 人"),
        ("staff", "0", "0 人"),
        ("hnte_valid", "true", "是"),
        ("hnte_valid", "false", "否"),
        ("address", "示例镇1号", "示例镇1号"),
    ],
)
def test_values_in_words(name, value, said):
    with translation.override("zh-hans"):
        assert file.in_words(facts()[name], value) == said


@pytest.mark.parametrize(
    ("stored", "said"), [("2025", "2025 年"), ("2025Q3", "2025 年 3 季度"), ("2025-09", "2025 年 9 月"), ("", "")]
)
def test_periods_in_words(stored, said):
    with translation.override("zh-hans"):
        assert period(stored) == said


def test_history_pages_by_key(firm, owner):
    for number in range(file.HISTORY_PAGE + 1):
        factories.fact(firm, "address", str(number), state=RecordState.SUPERSEDED, by=owner)
    first = file.history(owner, firm)
    second = file.history(owner, firm, after=first.after)
    assert (len(first.rows), len(second.rows), second.after) == (file.HISTORY_PAGE, 1, "")
    assert {row.pk for row in first.rows}.isdisjoint(row.pk for row in second.rows)


def test_the_file_takes_a_fixed_number_of_queries(firm, office):
    browser = factories.browser(office)
    browser.get(f"/firms/{firm.pk}/")

    def queries(count: int) -> int:
        for number in range(count):
            factories.fact(firm, "staff", "9", period=str(2000 + number + count), confidentiality="office")
        with CaptureQueriesContext(connection) as seen:
            browser.get(f"/firms/{firm.pk}/")
        return len(seen)

    few, many = queries(2), queries(30)
    assert few == many <= 30
