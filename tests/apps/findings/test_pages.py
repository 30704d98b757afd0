"""The list and one finding, for everybody by class; filters, pages by key, fixed query counts."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import factories

from lianzhu.apps.enterprises.actions.accounts import system_user
from lianzhu.apps.enterprises.models import Enterprise, Role
from lianzhu.apps.findings import queries
from lianzhu.apps.findings.actions import Found, record_findings
from lianzhu.apps.findings.models import Finding

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Enterprise:
    return factories.firm("甲子高压设备有限公司")


def find(firm: Enterprise, *levels: str, kind: str = "missing_facts", on: date = date(2026, 11, 23)) -> None:
    told = [
        Found(f"{number}:{level}", f"MARK-{level}: {{facts}}", "never", level, firm.pk, evidence={"facts": ["staff"]})
        for number, level in enumerate(levels)
    ]
    record_findings(actor=system_user(), chain=factories.chain(), kind=kind, found=told, on=on)


LEVELS = ("public", "office", "firm", "statistics")


@pytest.mark.parametrize(
    ("role", "reads"),
    [
        ("own", "public office firm statistics"),
        ("rival", ""),
        (Role.COMMITTEE, ""),
        (Role.OFFICE, "public office"),
        (Role.DEPARTMENT, ""),
        (Role.AUDITOR, ""),
        (Role.STATISTICIAN, "public office firm statistics"),
    ],
)
def test_who_reads_which_class(firm, role, reads):
    find(firm, *LEVELS)
    tie = {"own": firm, "rival": factories.firm()}.get(role)
    client = factories.browser(factories.person(Role.FIRM if tie else role, of=tie))
    page = client.get("/findings/").content.decode()
    assert {level for level in LEVELS if f"MARK-{level}:" in page} == set(reads.split())
    for finding in Finding.objects.all():
        answer = client.get(f"/findings/{finding.pk}/")
        assert answer.status_code == (200 if finding.confidentiality in reads.split() else 404)


def test_filters_and_states(firm):
    find(firm, "public")
    find(firm, "office", kind="credit_code")
    office = factories.person(Role.OFFICE)
    client = factories.browser(office)
    page = client.get("/findings/?kind=credit_code").content.decode()
    assert "MARK-office" in page and "MARK-public" not in page
    finding = Finding.objects.get(kind="credit_code")
    assert client.post(f"/findings/{finding.pk}/", {"because": ""}).status_code == 200
    assert client.post(f"/findings/{finding.pk}/", {"because": "不适用"}).status_code == 302
    assert client.post(f"/findings/{finding.pk}/", {"because": "再次"}).status_code == 409
    assert "MARK-office" not in client.get("/findings/").content.decode()
    assert "MARK-office" in client.get("/findings/?state=aside").content.decode()
    assert "不适用" in client.get(f"/findings/{finding.pk}/").content.decode()
    assert client.post(f"/findings/{finding.pk}/reopen/").status_code == 302
    assert "没有符合条件的发现" in client.get("/findings/?state=gone").content.decode()


def test_pages_by_key_reach_every_finding_once(firm):
    find(firm, *["public"] * (queries.PAGE + 5))
    office = factories.person(Role.OFFICE)
    first = queries.finding_page(office)
    second = queries.finding_page(office, after=first.after)
    assert (len(first.lines), len(second.lines), second.after) == (queries.PAGE, 5, "")
    assert len({line.finding.pk for line in (*first.lines, *second.lines)}) == queries.PAGE + 5


def test_the_list_takes_a_fixed_number_of_queries(firm):
    client = factories.browser(factories.person(Role.OFFICE))
    client.get("/findings/")
    counts = []
    for number in (1, 40):
        find(firm, *["public"] * number)
        with CaptureQueriesContext(connection) as seen:
            client.get("/findings/")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 16


def test_history_leaves_out_days_without_a_change(firm):
    for day in (20, 21, 22):
        find(firm, "public", on=date(2026, 11, day))
    told = [Found("0:public", "OTHER", "never", "public", firm.pk)]
    record_findings(
        actor=system_user(), chain=factories.chain(), kind="missing_facts", found=told, on=date(2026, 11, 23)
    )
    # A snapshot keeps the evidence of its day; the sentence is the newest, so only the evidence tells days apart.
    seen = queries.snapshots_of(Finding.objects.get())
    assert [one.on for one in seen] == [date(2026, 11, 20)]


def test_the_firm_is_led_to_the_value(firm):
    find(firm, "office")
    page = factories.browser(factories.person(Role.FIRM, of=firm)).get(f"/findings/{Finding.objects.get().pk}/")
    assert f"/firms/{firm.pk}/state/staff/" in page.content.decode()
    assert b'<form method="post" class' not in page.content, "setting aside is for the office"
