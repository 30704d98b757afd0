"""The package on paper: everything for the firm, nothing but verdicts and clause names for the office."""

import io
import zipfile
from datetime import timedelta
from types import SimpleNamespace

import docx
import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import factories
from tests.apps.policies.conftest import RD, REVENUE

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.actions import grants
from lianzhu.apps.enterprises.models import Look
from lianzhu.apps.policies.actions import claims, packages

SECRETS = ("8,641.37", REVENUE, RD, "11,250", "52", "研发")


@pytest.fixture
def built(town: SimpleNamespace) -> SimpleNamespace:
    factories.fact(town.firm, "provincial_rd_institution", "false")
    packages.build_package(actor=town.boss, firm_id=town.firm.pk)
    return town


def words(content: bytes) -> str:
    """Everything a Word file says, tables included."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "\n".join(parts.read(name).decode() for name in parts.namelist() if name.endswith((".xml", ".rels")))


def get(user: User, town: SimpleNamespace, suffix: str, purpose: str = "") -> object:
    browser: Client = factories.browser(user)
    query = f"?purpose={purpose}" if purpose else ""
    return browser.get(reverse("policies:package", args=[town.firm.pk, suffix]) + query)


def test_the_firm_gets_value_article_paper_and_person(built: SimpleNamespace) -> None:
    answer = get(built.boss, built, "docx")
    assert "filename*=utf-8''" in answer["Content-Disposition"]
    text = words(answer.content)
    for said in ("8,641.37 万元", "第八条", "工信局", built.officer.name, built.boss.name, "52 分 → 60 分", "认定证书"):
        assert said in text, said
    paper = docx.Document(io.BytesIO(answer.content))
    assert paper.styles["Normal"].element.rPr.rFonts.get(docx.oxml.ns.qn("w:eastAsia")) == "仿宋"


def test_pdf_and_workbook(built: SimpleNamespace) -> None:
    made = get(built.boss, built, "pdf")
    assert made.content.startswith(b"%PDF-")
    sheet = openpyxl.load_workbook(io.BytesIO(get(built.boss, built, "xlsx").content)).worksheets[0]
    assert sheet["A1"].value.endswith(built.firm.name) or built.firm.name in sheet["A1"].value
    assert "万元" in sheet["A2"].value
    assert sheet.page_setup.orientation == "landscape"
    assert get(built.boss, built, "exe").status_code == 404


@pytest.mark.parametrize("suffix", ["docx", "pdf", "xlsx"])
def test_others_get_none_and_the_office_says_why(built: SimpleNamespace, suffix: str) -> None:
    for user in (built.committee, built.officer, built.rival_boss):
        assert get(user, built, suffix, "查").status_code == 404
    assert get(built.office, built, suffix).status_code == 403
    assert not Look.objects.exists()
    assert get(built.office, built, suffix, "走访").status_code == 200
    assert "走访" in Look.objects.get(user=built.office, enterprise=built.firm).purpose


def test_the_office_reads_verdicts_and_clause_names_only(built: SimpleNamespace) -> None:
    text = words(get(built.office, built, "docx", "走访").content)
    assert "综合评价得分不低于60分" in text
    sheet = openpyxl.load_workbook(io.BytesIO(get(built.office, built, "xlsx", "走访").content)).worksheets[0]
    cells = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    for told in (text, cells):
        for secret in ("8,641.37", REVENUE, RD, "11,250", "→", "企业划型"):
            assert secret not in told, secret
    # The same paper on the same day says the same, whatever figure stands behind the verdict.
    assert "Questions that decide" not in text


def test_under_a_grant_the_office_gets_the_values_until_it_ends(built: SimpleNamespace) -> None:
    grant = grants.grant_access(
        actor=built.boss,
        firm_id=built.firm.pk,
        to_user_id=built.office.pk,
        purpose="陪同申报",
        until=timezone.localdate() + timedelta(days=7),
    )
    office = User.objects.get(pk=built.office.pk)
    assert "8,641.37" in words(get(office, built, "docx").content)
    grants.revoke_grant(actor=User.objects.get(pk=built.boss.pk), grant_id=grant.pk)
    office = User.objects.get(pk=built.office.pk)
    assert get(office, built, "docx").status_code == 403
    assert "8,641.37" not in words(get(office, built, "docx", "走访").content)


def test_claims_leave_as_a_ledger_with_amounts_for_firm_and_payer(built: SimpleNamespace) -> None:
    claim = claims.apply_for(actor=built.boss, firm_id=built.firm.pk, policy="cn.techsme", on=timezone.localdate())
    type(claim).objects.filter(pk=claim.pk).update(state="approved", promised="123.45", due_on=timezone.localdate())
    type(built.firm).objects.filter(pk=built.firm.pk).update(name="=HYPERLINK(1)")
    for user, told in ((built.boss, True), (built.officer, True), (built.office, False)):
        answer = factories.browser(user).get(reverse("policies:claims_export"))
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert (123.45 in rows[3]) == told
        assert "123.45" not in str(rows[3]) or told
        assert rows[3][2] == "=HYPERLINK(1)"
        assert sheet["C4"].data_type == "s"
        assert any("Filled in by" in str(cell) or "填表人" in str(cell) for row in rows for cell in row)
    for user in (built.committee, built.rival_boss, built.other_officer):
        answer = factories.browser(user).get(reverse("policies:claims_export"))
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
        assert claim.case.number not in str([[cell.value for cell in row] for row in sheet.iter_rows()])
