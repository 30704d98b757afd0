"""Workbooks of bodies and office-holders: out, in, previewed, refused row by row."""

import io
from types import SimpleNamespace

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied

from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import AuditEntry
from lianzhu.apps.organisation import workbook
from lianzhu.apps.organisation.actions import exchange, seats
from lianzhu.apps.organisation.models import Appointment, Body, Person
from lianzhu.apps.organisation.queries import export

BODIES = [
    # The body below stands before the one above: order in the file does not matter.
    ["第一小组", "服务队", "先锋服务队一队", "", "2026-02-01", "", "发文2号"],
    ["先锋服务队一队", "service team", "综合党委", "", "2026年1月10日", "", "发文2号"],
    ["乙丑支部", "企业支部", "综合党委", "乙丑电器有限公司", "2026/1/10", "", "发文2号"],
    ["无名支部", "企业支部", "综合党委", "丙寅公司", "2026-01-10", "", "发文2号"],
    ["怪机构", "俱乐部", "", "", "2026-01-10", "", "发文2号"],
]
SEATS = [
    ["先锋服务队一队", "钱某", "", "镇政府", "负责人", "2026-01-10", "", "发文2号", "2026-01-09"],
    ["先锋服务队一队", "孙某", "乙丑电器有限公司", "", "成员", "2026-01-10", "", "发文2号", ""],
    ["甲子支部", "赵某", "甲子高压设备有限公司", "", "书记", "2026-01-05", "2026-06-30", "发文3号", ""],
    ["甲子支部", "李某", "甲子高压设备有限公司", "", "书记", "2026-13-01", "", "发文3号", ""],
]


def book(bodies: list[list[str]], held: list[list[str]], titles: int = 0) -> bytes:
    """A workbook as an office sends it, with a heading above the titles and a column nobody asked for."""
    made = openpyxl.Workbook()
    for sheet, columns, rows in (
        (made.active, workbook.BODY_COLUMNS, bodies),
        (made.create_sheet("任职"), workbook.SEAT_COLUMNS, held),
    ):
        sheet.append(["虚构演示数据"])
        sheet.append([*[told[titles] for told in columns.values()], "身份证号"])
        for row in rows:
            sheet.append([*row, "000000"])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def rehearse(town: SimpleNamespace, bodies: list[list[str]], held: list[list[str]]) -> list[exchange.Outcome]:
    lines = workbook.read(book(bodies, held), "机构.xlsx")
    return exchange.rehearse_workbook(actor=town.secretary, chain_id=town.chain.pk, lines=lines)


def test_a_preview_says_everything_and_changes_nothing(town: SimpleNamespace) -> None:
    before = (Body.objects.count(), Appointment.objects.count(), Person.objects.count(), AuditEntry.objects.count())
    told = {(one.sheet, one.row): one.what.value for one in rehearse(town, BODIES, SEATS)}
    assert list(told.values()).count("refused") == 4
    assert sorted(told.values()) == sorted(["new"] * 4 + ["ended"] + ["refused"] * 4)
    after = (Body.objects.count(), Appointment.objects.count(), Person.objects.count(), AuditEntry.objects.count())
    assert before == after


def test_what_was_shown_is_brought_in_and_nothing_else(town: SimpleNamespace) -> None:
    lines = workbook.read(book(BODIES, SEATS), "机构.xlsx")
    told = {"actor": town.secretary, "chain_id": town.chain.pk, "lines": workbook.unpacked(lines.packed())}
    shown = exchange.rehearse_workbook(**told)
    assert exchange.bring_in_workbook(seal=exchange.seal_of(shown), **told) == shown
    assert Body.objects.get(name="第一小组").parent == Body.objects.get(name="先锋服务队一队")
    assert str(Person.objects.get(name="钱某").consent_on) == "2026-01-09"
    town.seat.refresh_from_db()
    assert str(town.seat.until) == "2026-06-30"
    # The same workbook again: all is known, what was refused still is.
    again = exchange.rehearse_workbook(**told)
    assert {one.what.value for one in again} == {"same", "refused"}
    with pytest.raises(RuleBroken, match="changed since"):
        exchange.bring_in_workbook(seal=exchange.seal_of(shown), **told)


def test_what_goes_out_comes_back_unchanged(town: SimpleNamespace) -> None:
    seats.give_consent(actor=town.secretary, person_id=town.seat.person_id, source="同意书")
    content = workbook.write(export.body_rows(town.secretary, town.chain), export.seat_rows(town.secretary, town.chain))
    lines = workbook.read(content, "机构.xlsx")
    assert (len(lines.bodies), len(lines.seats)) == (2, 1)
    assert lines.seats[0].consent
    outcomes = exchange.rehearse_workbook(actor=town.secretary, chain_id=town.chain.pk, lines=lines)
    assert {one.what.value for one in outcomes} == {"same"}


def test_names_leave_only_with_whoever_may_read_them(town: SimpleNamespace) -> None:
    assert not list(export.seat_rows(town.member, town.chain))
    with pytest.raises(PermissionDenied):
        exchange.rehearse_workbook(actor=town.office, chain_id=town.chain.pk, lines=workbook.Lines((), ()))


def test_a_body_ends_by_workbook_with_what_hangs_on_it(town: SimpleNamespace) -> None:
    rows = [
        ["综合党委", "综合党委", "", "", "2026-01-05", "2026-12-31", "发文4号"],
        ["甲子支部", "企业支部", "综合党委", "甲子高压设备有限公司", "2026-01-05", "2026-12-31", "发文4号"],
    ]
    assert [one.what.value for one in rehearse(town, rows, [])] == ["ended", "ended"]


@pytest.mark.parametrize("titles", [0, 1])
def test_both_languages_of_titles_are_read(titles: int) -> None:
    lines = workbook.read(book(BODIES, SEATS, titles), "x.xlsx")
    assert (len(lines.bodies), len(lines.seats)) == (5, 4)
    assert lines.seats[0].name == "钱某"
    assert lines.bodies[0].row == 3


def test_other_files_are_refused() -> None:
    for content in (b"", b"PK\x03\x04 damaged", "姓名,电话\n赵某,1\n".encode()):
        with pytest.raises(RuleBroken):
            workbook.read(content, "x.xlsx")


@pytest.mark.parametrize("text", ["2026-02-30", "去年", "2026", "20260101"])
def test_no_day_is_guessed(text: str) -> None:
    with pytest.raises(RuleBroken, match="2026-11-23"):
        workbook.day_of(text, "成立日期")
