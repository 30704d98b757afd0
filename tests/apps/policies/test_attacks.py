"""Nobody outside the firm brackets its revenue or research from verdicts, gaps, amounts, lists, exports or the log."""

import io
from collections.abc import Iterable
from datetime import timedelta
from types import SimpleNamespace

import openpyxl
import pytest
from django.core import serializers
from django.urls import reverse
from django.utils import timezone
from tests import factories
from tests.apps.policies.conftest import RD, REVENUE

from lianzhu.apps.core.models import AuditEntry, User
from lianzhu.apps.enterprises.actions import grants
from lianzhu.apps.enterprises.models import Look
from lianzhu.apps.policies.actions import claims, packages
from lianzhu.apps.policies.models import Claim, Package, Verdict

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
