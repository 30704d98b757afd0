"""Nobody outside the firm brackets its revenue or research from verdicts, gaps, amounts, lists, exports or the log."""

import difflib
import io
import re
import zipfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import openpyxl
import pytest
from django.core import serializers
from django.urls import reverse
from django.utils import timezone
from tests import factories
from tests.apps.policies.conftest import RD, REVENUE

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.models import CaseEvent, Message, Saying
from lianzhu.apps.core.models import AuditEntry, User
from lianzhu.apps.enterprises.actions import grants
from lianzhu.apps.enterprises.models import FactValue, Look
from lianzhu.apps.policies.actions import claims, packages, reminders
from lianzhu.apps.policies.models import Claim, Package, Reminder, Standing, Verdict
from lianzhu.apps.policies.queries.verdicts import banded, verdict_page

# The figures, and the gap to the score of 60, as a page might write them.
SECRETS = (REVENUE, "8,641.37", RD, "11,250", "11250", "52 → 60")


@pytest.fixture
def built(town: SimpleNamespace) -> SimpleNamespace:
    factories.fact(town.firm, "provincial_rd_institution", "false")
    packages.build_package(actor=town.boss, firm_id=town.firm.pk)
    return town


def assert_nothing_of_it(text: str) -> None:
    assert [secret for secret in SECRETS if secret in text] == []


def readers(town: SimpleNamespace) -> Iterable[User]:
    return (town.office, town.committee, town.officer, town.rival_boss)


def test_the_firm_itself_reads_values_gap_and_amounts(built: SimpleNamespace) -> None:
    page = factories.browser(built.boss).get(reverse("policies:policy", args=[built.firm.pk, "cn.techsme"]))
    text = page.content.decode()
    assert "8,641.37" in text
    assert "→" in text


def test_pages_with_values_are_shut_to_everybody_else(built: SimpleNamespace) -> None:
    for user in readers(built):
        browser = factories.browser(user)
        for name, args in (("firm", [built.firm.pk]), ("policy", [built.firm.pk, "cn.techsme"])):
            assert browser.get(reverse(f"policies:{name}", args=args)).status_code == 404


def test_no_page_list_search_or_export_tells_a_figure(built: SimpleNamespace) -> None:
    for user in readers(built):
        browser = factories.browser(user)
        for address in (
            reverse("policies:matrix") + "?purpose=test",
            reverse("policies:counts"),
            reverse("policies:shelf"),
            reverse("policies:claims"),
            reverse("portal:search") + "?q=8641",
            reverse("enterprises:firm", args=[built.firm.pk]),
        ):
            assert_nothing_of_it(browser.get(address).content.decode())
    export = factories.browser(built.office).get(reverse("policies:export") + "?purpose=test")
    sheet = openpyxl.load_workbook(io.BytesIO(export.content)).worksheets[0]
    assert_nothing_of_it("\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row))


def test_stored_rows_and_the_log_hold_no_figure(built: SimpleNamespace) -> None:
    kept = [*Package.objects.all(), *Verdict.objects.all(), *AuditEntry.objects.all(), *Look.objects.all()]
    assert len(kept) > 40
    assert_nothing_of_it(serializers.serialize("json", kept))


def test_the_office_sees_no_size_class_and_no_clause_of_what_is_not_failed(built: SimpleNamespace) -> None:
    page = factories.browser(built.office).get(reverse("policies:matrix") + "?purpose=test&policy=cn.size")
    assert page.status_code == 200
    assert built.firm.name not in page.content.decode()
    shown = Verdict.objects.exclude(standing__in=["fails", "one_step"])
    assert shown.exists()
    assert all(row.unmet == [] for row in shown)


def test_the_office_finds_the_firm_one_step_away_and_its_clause(built: SimpleNamespace) -> None:
    address = reverse("policies:matrix") + "?purpose=查找&policy=cn.techsme&standing=one_step"
    text = factories.browser(built.office).get(address).content.decode()
    assert built.firm.name in text
    assert "综合评价得分不低于60分" in text
    assert_nothing_of_it(text)


def test_every_look_of_the_office_needs_a_purpose_and_is_kept(built: SimpleNamespace) -> None:
    browser = factories.browser(built.office)
    assert built.firm.name not in browser.get(reverse("policies:matrix")).content.decode()
    assert browser.get(reverse("policies:export")).status_code == 403
    assert not Look.objects.exists()
    for _time in range(2):
        browser.get(reverse("policies:matrix") + "?purpose=找差一步的企业")
    look = Look.objects.get()
    assert (look.user, look.enterprise) == (built.office, built.firm)
    assert "找差一步的企业" in look.purpose


def test_committee_and_departments_see_no_firm(built: SimpleNamespace) -> None:
    for user in (built.committee, built.officer, built.rival_boss, built.statistician):
        assert factories.browser(user).get(reverse("policies:matrix") + "?purpose=x").status_code == 403
    for user in (built.committee, built.officer):
        assert built.firm.name not in factories.browser(user).get(reverse("policies:counts")).content.decode()
        assert not Verdict.objects.visible_to(user).exists()
    assert not Verdict.objects.visible_to(built.rival_boss).exists()


def test_a_grant_opens_the_values_until_it_is_revoked(built: SimpleNamespace) -> None:
    address = reverse("policies:policy", args=[built.firm.pk, "cn.techsme"])
    told = {"firm_id": built.firm.pk, "to_user_id": built.office.pk, "purpose": "陪同申报"}
    grant = grants.grant_access(actor=built.boss, until=timezone.localdate() + timedelta(days=7), **told)
    assert "8,641.37" in factories.browser(User.objects.get(pk=built.office.pk)).get(address).content.decode()
    assert Look.objects.filter(enterprise=built.firm, user=built.office).exists()
    grants.revoke_grant(actor=User.objects.get(pk=built.boss.pk), grant_id=grant.pk)
    assert factories.browser(User.objects.get(pk=built.office.pk)).get(address).status_code == 404


def test_amounts_of_a_claim_stay_between_firm_and_payer(built: SimpleNamespace) -> None:
    claim = claims.apply_for(actor=built.boss, firm_id=built.firm.pk, policy="cn.techsme", on=timezone.localdate())
    Claim.objects.filter(pk=claim.pk).update(state="approved", promised="123.45", due_on=timezone.localdate())
    address = reverse("policies:claim", args=[claim.pk])
    for user in (built.boss, built.officer):
        assert "123.45" in factories.browser(user).get(address).content.decode()
    office = factories.browser(built.office)
    for page in (address, reverse("policies:claims")):
        assert "123.45" not in office.get(page).content.decode()
    for user in (built.other_officer, built.committee, built.rival_boss, built.statistician):
        assert factories.browser(user).get(address).status_code == 404


# ── two worlds: the same verdicts over other figures must look the same to everybody outside ────────────────────────

OTHER = {"revenue": "5120.88", "rd": "501.2", "total_assets": "7003.5"}
# Tokens, nonces and times of day differ between any two answers.
VARIES = re.compile(r'\b[A-Za-z0-9]{64}\b|nonce="[^"]*"|\d\d:\d\d(:\d\d(\.\d+)?)?')


def everything(town: SimpleNamespace, user: User) -> dict[str, str]:
    """Every answer about policies, and around them, that this person can get."""
    browser = factories.browser(user)
    pk, found = town.firm.pk, {}
    for address in (
        *(f"{reverse('policies:matrix')}?purpose=x&standing={standing}" for standing in ("", "fails", "one_step")),
        *(f"{reverse('policies:matrix')}?purpose=x&changed=1&policy={one}" for one in ("", "cn.techsme", "cn.zjtx")),
        reverse("policies:counts"),
        reverse("policies:claims"),
        reverse("policies:shelf"),
        reverse("portal:home"),
        f"{reverse('portal:search')}?q=甲子",
        reverse("enterprises:firm", args=[pk]),
        reverse("enterprises:firm_history", args=[pk]),
        reverse("enterprises:firms"),
        f"/api/firms/{pk}",
        f"/api/firms/{pk}/facts",
        reverse("policies:policy", args=[pk, "cn.techsme"]),
        reverse("policies:firm", args=[pk]),
    ):
        answer = browser.get(address)
        found[address] = f"{answer.status_code} {VARIES.sub('', answer.content.decode())}"
    for address in (
        f"{reverse('policies:export')}?purpose=x",
        f"{reverse('policies:package', args=[pk, 'docx'])}?purpose=x",
        f"{reverse('policies:package', args=[pk, 'xlsx'])}?purpose=x",
        reverse("policies:claims_export"),
    ):
        answer = browser.get(address)
        found[address] = f"{answer.status_code} "
        if answer.status_code == 200:
            with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
                texts = [parts.read(name).decode() for name in sorted(parts.namelist()) if name.endswith(".xml")]
            found[address] += VARIES.sub("", "".join(texts))
    return found


def differences(one: str, other: str) -> list[str]:
    lines = [*difflib.unified_diff(one.split(">"), other.split(">"), n=0)][2:]
    return [line for line in lines if line[:1] in "+-"][:12]


def test_other_figures_behind_the_same_verdicts_change_nothing_outside(built: SimpleNamespace) -> None:
    year = str(timezone.localdate().year - 1)
    claims.apply_for(actor=built.boss, firm_id=built.firm.pk, policy="cn.zjtx", on=timezone.localdate())
    verdicts = [*Verdict.objects.order_by("policy").values_list("policy", "standing", "unmet")]
    users = (*readers(built), built.other_officer)
    before = [everything(built, user) for user in users]
    for name, value in OTHER.items():
        FactValue.objects.filter(enterprise=built.firm, fact=name, period=year).update(value=value)
    packages.build_package(actor=built.boss, firm_id=built.firm.pk)
    # The set-up itself: the figures moved, no verdict did.
    assert [*Verdict.objects.order_by("policy").values_list("policy", "standing", "unmet")] == verdicts
    for user, was in zip(users, before, strict=True):
        now = everything(built, user)
        for address, text in was.items():
            assert differences(text, now[address]) == [], (user, address)
    # And the firm does see another page: the test looks where figures stand.
    page = factories.browser(built.boss).get(reverse("policies:policy", args=[built.firm.pk, "cn.techsme"]))
    assert "5,120.88" in page.content.decode()


def test_the_order_of_the_matrix_does_not_tell_whose_file_moved(built: SimpleNamespace) -> None:
    packages.build_package(actor=built.rival_boss, firm_id=built.other.pk)
    browser = factories.browser(built.office)

    def order() -> list[tuple[str, str]]:
        page = browser.get(reverse("policies:matrix") + "?purpose=x&policy=cn.techsme").context["page"]
        return [(line.firm.name, line.verdict.policy) for line in page.lines]

    before = order()
    assert len(before) == 2
    packages.build_package(actor=built.boss, firm_id=built.firm.pk)
    assert order() == before


def test_pages_by_key_leave_nothing_out_and_show_nothing_twice(built: SimpleNamespace) -> None:
    packages.build_package(actor=built.rival_boss, firm_id=built.other.pk)
    seen, after = [], ""
    while True:
        page = verdict_page(built.office, policy="", standing="", changed=False, after=after, size=7)
        seen += [line.verdict.pk for line in page.lines]
        after = page.after
        if not after:
            break
    every = Verdict.objects.filter(package__latest=True).exclude(standing=Standing.NOT_IN_FORCE)
    assert len(seen) == len(set(seen)) == every.exclude(policy="cn.size").count()


@pytest.mark.parametrize("whole", [12, 40])
def test_one_firm_moving_is_not_seen_in_the_counts(whole: int) -> None:
    """Within a band no reader sees one firm move; a whole chain that stands alike is never said to."""
    for n in range(whole + 1):
        low, high = (int(edge) for edge in banded([n, whole - n])[0].split("–"))
        assert low <= n <= high
        assert high - low >= 4
    assert banded([whole, 0])[0] == banded([whole - 1, 1])[0] == banded([whole - 4, 4])[0]
    assert banded([whole, 0])[1] == banded([whole - 4, 4])[1] == "0–4"


def test_a_chain_too_small_for_counts_shows_none(built: SimpleNamespace) -> None:
    for user in (built.committee, built.officer, built.office):
        page = factories.browser(user).get(reverse("policies:counts"))
        assert page.context["counts"] == page.context["near"] == []


def test_reminders_are_seen_by_their_person_alone_and_say_no_figure(built: SimpleNamespace) -> None:
    moment = timezone.make_aware(datetime.fromisoformat("2026-08-17 10:00"))
    with clock.telling(lambda: moment):
        packages.build_package(actor=built.boss, firm_id=built.firm.pk)
        reminders.remind_firms(actor=built.office, chain_id=built.chain.pk, firm_ids=[built.firm.pk, built.other.pk])
        kept = [*Reminder.objects.all(), *Message.objects.all()]
        assert {row.user_id for row in kept} <= {built.boss.pk, built.rival_boss.pk}
        assert Reminder.objects.filter(enterprise=built.firm).exists()
        for row in Reminder.objects.all():
            assert row.user == (built.boss if row.enterprise == built.firm else built.rival_boss)
        assert_nothing_of_it(serializers.serialize("json", kept))
        assert {row.why for row in Message.objects.filter(case=None)} == {"window14"}
        for user in (built.office, built.committee, built.officer, built.rival_boss):
            page = factories.browser(user).get(reverse("portal:home")).content.decode()
            assert reverse("policies:policy", args=[built.firm.pk, "cn.techsme"]) not in page


def test_neither_case_nor_log_of_a_claim_holds_its_amount(built: SimpleNamespace) -> None:
    today = timezone.localdate()
    claim = claims.apply_for(actor=built.boss, firm_id=built.firm.pk, policy="cn.techsme", on=today)
    claims.accept_claim(actor=built.officer, claim_id=claim.pk)
    claims.approve_claim(actor=built.officer, claim_id=claim.pk, promised=Decimal("86.41"), due_on=today)
    claims.confirm_receipt(actor=built.boss, claim_id=claim.pk, received=Decimal("86.41"), on=today, again=False)
    kept = [*AuditEntry.objects.all(), *CaseEvent.objects.all(), *Saying.objects.all(), *Message.objects.all()]
    assert "86.41" not in serializers.serialize("json", kept)
    office = factories.browser(built.office)
    for address in (
        reverse("cases:case", args=[claim.case_id]),
        reverse("policies:claim", args=[claim.pk]),
        reverse("portal:home"),
    ):
        assert "86.41" not in office.get(address).content.decode()


def test_search_does_not_find_a_claim_by_its_amount(built: SimpleNamespace) -> None:
    today = timezone.localdate()
    claim = claims.apply_for(actor=built.boss, firm_id=built.firm.pk, policy="cn.techsme", on=today)
    claims.accept_claim(actor=built.officer, claim_id=claim.pk)
    claims.approve_claim(actor=built.officer, claim_id=claim.pk, promised=Decimal("86.41"), due_on=today)
    office = factories.browser(built.office)
    assert office.get(reverse("portal:search") + f"?q={claim.case.number}").context["groups"]
    assert not office.get(reverse("portal:search") + "?q=86.41").context["groups"]


def test_no_size_class_and_no_level_leaves_the_firm(built: SimpleNamespace) -> None:
    browser = factories.browser(built.office)
    export = browser.get(reverse("policies:export") + "?purpose=x")
    sheet = openpyxl.load_workbook(io.BytesIO(export.content)).worksheets[0]
    texts = [browser.get(reverse("policies:matrix") + "?purpose=x").content.decode()]
    texts.append("\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row))
    for text in texts:
        assert [
            word for word in ("小型企业", "中型企业", "微型企业", "划型") if word in text.split("<tbody>")[-1]
        ] == []
    assert not [field.name for field in Verdict._meta.get_fields() if field.name in ("level", "benefit", "amount")]
