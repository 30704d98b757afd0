"""Workbooks sent back: templates that read back, refused cells marked, nothing that could become a formula."""

from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from lianzhu.engine.roster.checking import check_file
from lianzhu.engine.roster.mapping import find_tables, map_columns
from lianzhu.engine.roster.reading import read_workbook
from lianzhu.engine.roster.templates import templates
from lianzhu.engine.roster.writing import mark_refused, template_workbook
from lianzhu.library.facts import banned_column, facts

KNOWN = templates(facts())


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", list(KNOWN))
def test_every_template_reads_back(tmp_path: Path, name: str, lang: str) -> None:
    """Each title the template writes is found again as its own column, in both languages."""
    template = KNOWN[name]
    template_workbook(template, tmp_path / "t.xlsx", lang)
    table = find_tables(read_workbook(tmp_path / "t.xlsx"), KNOWN)[0]
    assert table.template.name == name
    found = map_columns(table, banned=banned_column).columns
    assert [column.key for column in found] == [column.key for column in template.columns]
    assert {column.confidence for column in found} == {"exact"}


def test_template_has_drop_downs_text_codes_and_notes(tmp_path: Path) -> None:
    template_workbook(KNOWN["enterprises"], tmp_path / "t.xlsx", "zh", keys=["ownership", "owns_core_ip", "revenue"])
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    sheet = book["企业台账"]
    titles = [cell.value for cell in sheet[1]]
    assert titles[:2] == ["企业名称", "统一社会信用代码"]
    assert "营业收入（万元）" in titles
    assert "年度" in titles
    rules = [rule.formula1 for rule in sheet.data_validations.dataValidation]
    assert '"是,否"' in rules
    assert any("民营" in rule for rule in rules)
    assert sheet.column_dimensions["B"].number_format == "@" or sheet["B2"].number_format == "@"
    assert book["填写说明"]["A2"].value == "企业名称"


def test_refused_cells_are_marked_and_secrets_left_blank(tmp_path: Path) -> None:
    source = tmp_path / "s.xlsx"
    with xlsxwriter.Workbook(source) as made:
        target = made.add_worksheet("表")
        target.write_row(0, 0, ["企业名称", "2024年职工人数", "2024年研发费用（万元）", "下月报价"])
        target.write_row(1, 0, ["甲公司", "约40", 987, 55])
        target.write_row(2, 0, ["乙公司", 41, 988, 56])
        target.write_string(3, 0, "=cmd|' /C calc'!A1")
        target.write_row(3, 1, ["+1", "@x", "-2"])
    checked = check_file(source, KNOWN, banned=banned_column)[0]
    out = tmp_path / "out.xlsx"
    mark_refused(source, checked.problem_list(), out, masked={"表": checked.masked_columns})
    sheet = openpyxl.load_workbook(out)["表"]
    assert sheet["B2"].fill.start_color.rgb == "FFFFC7CE"
    assert sheet["B3"].fill.fill_type is None
    assert "not a number" in sheet["E2"].value
    assert sheet["E3"].value is None
    assert [sheet[f"{letter}{row}"].value for letter in "CD" for row in (1, 2, 3, 4)] == [None] * 8
    assert (sheet["A3"].value, sheet["B3"].value) == ("乙公司", 41)
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert sheet["A4"].value == "=cmd|' /C calc'!A1"
    assert sheet["A4"].data_type == "s"


def test_a_marked_workbook_can_be_mended_and_checked_again(tmp_path: Path) -> None:
    source = tmp_path / "s.xlsx"
    with xlsxwriter.Workbook(source) as made:
        target = made.add_worksheet("表")
        target.write_row(0, 0, ["企业名称", "2024年职工人数"])
        target.write_row(1, 0, ["甲公司", "约40"])
    out = tmp_path / "out.xlsx"
    mark_refused(source, check_file(source, KNOWN, banned=banned_column)[0].problem_list(), out, masked={})
    book = openpyxl.load_workbook(out)
    book["表"]["B2"] = 40
    book.save(out)
    assert check_file(out, KNOWN, banned=banned_column)[0].count("ready") == 1
