"""Checking rows: one outcome each, every problem in its place, secrets masked."""

from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from lianzhu.engine.roster.checking import MASK, Checked, check_file
from lianzhu.engine.roster.codes import check_character
from lianzhu.engine.roster.templates import templates
from lianzhu.library.facts import banned_column, facts
from lianzhu.library.problem import BadInput

KNOWN = templates(facts())
GOOD = "91110000600037341L"
Rows = list[list[object]]


def check(path: Path, rows: Rows, *, period: str = "", hide: int | None = None) -> Checked:
    """Write the rows as one sheet and check it."""
    file = path / "t.xlsx"
    with xlsxwriter.Workbook(file) as made:
        target = made.add_worksheet("表")
        for number, row in enumerate(rows):
            target.write_row(number, 0, row)
        if hide is not None:
            target.set_row(hide - 1, None, None, {"hidden": True})
    return check_file(file, KNOWN, banned=banned_column, period=period)[0]


def reasons(checked: Checked) -> list[tuple[int, str, str]]:
    return checked.problems.select("row", "column", "reason").rows()


def test_a_row_by_hand(tmp_path: Path) -> None:
    checked = check(
        tmp_path,
        [
            ["企业名称", "统一社会信用代码", "成立日期", "2024年营业收入（元）", "2024年职工人数"],
            ["甲子高压有限公司", GOOD, "2011年6月8日", 1234567.89, 40],
        ],
    )
    assert checked.rows.rows() == [(2, "", "甲子高压有限公司", GOOD, True, "ready", False)]
    assert checked.cells.rows() == [
        (2, "A", "name", "", "甲子高压有限公司", ""),
        (2, "B", "credit_code", "", GOOD, ""),
        (2, "C", "registered_date", "", "2011-06-08", ""),
        (2, "D", "revenue", "2024", "123.456789", "万元"),
        (2, "E", "staff", "2024", "40", "人"),
    ]
    assert checked.problems.height == 0


def test_one_bad_cell_refuses_its_row_and_no_other(tmp_path: Path) -> None:
    checked = check(
        tmp_path,
        [
            ["企业名称", "统一社会信用代码", "成立日期", "2024年职工人数"],
            ["甲公司", GOOD, "2011.6.31", 4],
            ["乙公司", 913214025666712345, "2011-06-30", "约40"],
            ["丙公司", "91110000600037341M", "2011-06-30", 40],
        ],
    )
    assert checked.rows["outcome"].to_list() == ["refused", "refused", "ready"]
    assert reasons(checked) == [
        (2, "C", "no_such_date"),
        (3, "B", "damaged_code"),
        (3, "D", "not_a_number"),
        (4, "B", "code_check"),
    ]
    assert checked.cells["row"].unique().to_list() == [4]
    assert len(checked.problem_list()) == 3
    assert len(checked.problem_list(notes=True)) == 1


def test_rows_in_are_the_sum_of_outcomes(tmp_path: Path) -> None:
    checked = check(
        tmp_path, [["企业名称", "职工人数"], ["甲公司", "x"], ["乙公司", 1], ["", 3], ["乙公司", 1]], period="2024"
    )
    assert [checked.count(o) for o in ("ready", "refused", "review")] == [1, 3, 0]
    assert reasons(checked) == [(2, "B", "not_a_number"), (4, "A", "no_firm"), (5, "", "duplicate")]


@pytest.mark.parametrize(
    ("second", "duplicate"),
    [
        (["甲公司", GOOD, 2024], True),
        (["甲公司", "", 2024], True),
        (["甲 公 司", GOOD, 2024], True),
        (["另一个名字", GOOD, 2024], True),
        (["甲公司", GOOD, 2023], False),
        (["乙公司", "", 2024], False),
    ],
)
def test_the_same_firm_and_period_twice(tmp_path: Path, second: list[object], duplicate: bool) -> None:
    titles: list[object] = ["企业名称", "统一社会信用代码", "年度", "职工人数"]
    checked = check(tmp_path, [titles, ["甲公司", GOOD, 2024, 1], [*second, 1]])
    assert (checked.count("refused") == 1) == duplicate


def test_one_name_two_codes_goes_to_a_person(tmp_path: Path) -> None:
    other = "91320000MA0000000" + check_character("91320000MA0000000")
    rows: Rows = [["企业名称", "统一社会信用代码"], ["甲公司", GOOD], ["甲公司", other], ["乙公司", ""]]
    checked = check(tmp_path, rows)
    valid = checked.rows["enterprise_valid"].to_list()
    assert valid[:2] == [True, True]
    assert checked.rows["outcome"].to_list() == ["review", "review", "ready"]


def test_a_code_alone_names_a_firm_but_a_failing_one_does_not(tmp_path: Path) -> None:
    rows: Rows = [["企业名称", "统一社会信用代码", "法定代表人"], ["", GOOD, "赵某"], ["", GOOD[:-1] + "M", "钱某"]]
    assert check(tmp_path, rows).rows["outcome"].to_list() == ["ready", "refused"]


def test_period_of_the_row(tmp_path: Path) -> None:
    rows: Rows = [
        ["企业名称", "年度", "营业收入（万元）"],
        ["甲公司", "2023年", 1],
        ["甲公司", 2024, 2],
        ["乙公司", "", 3],
        ["丙公司", "去年", 4],
        ["丁公司", "", ""],
        ["戊公司", "2024-06", 5],
        ["己公司", "2024年12月", 6],
    ]
    checked = check(tmp_path, rows)
    revenue = checked.cells.filter(pl.col("fact") == "revenue").select("row", "period", "value").rows()
    assert revenue == [(2, "2023", "1"), (3, "2024", "2"), (8, "2024", "6")]
    assert [line for line in reasons(checked) if line[0] > 3] == [
        (4, "C", "no_period"),
        (5, "B", "not_a_period"),
        (5, "C", "no_period"),
        (7, "C", "no_period"),
    ]


def test_figures_nobody_dates_are_not_read(tmp_path: Path) -> None:
    rows: Rows = [["企业名称", "法定代表人", "营业收入（万元）"], ["甲公司", "赵某", 1]]
    checked = check(tmp_path, rows)
    assert "revenue" not in checked.cells["fact"].to_list()
    assert any("nothing says which" in str(note) for note in checked.notes)
    assert "revenue" in check(tmp_path, rows, period="2025").cells["fact"].to_list()


def test_secret_values_are_masked_in_sentences(tmp_path: Path) -> None:
    rows: Rows = [["企业名称", "2024年研发费用（万元）", "2024年职工人数"], ["甲公司", "约987", "约43"]]
    checked = check(tmp_path, rows)
    said = [str(problem) for problem in checked.problem_list()]
    assert facts()["rd"].confidentiality in ("firm", "statistics")
    assert MASK in said[0]
    assert "987" not in said[0]
    assert "约43" in said[1]
    assert "987" in str(checked.problem_list(masked=False)[0])
    assert checked.masked_columns == ["B"]


def test_hidden_rows_are_read_and_said(tmp_path: Path) -> None:
    checked = check(tmp_path, [["企业名称", "法定代表人"], ["甲公司", "赵"], ["乙公司", "钱"]], hide=3)
    assert checked.rows["hidden"].to_list() == [False, True]
    assert checked.rows["outcome"].to_list() == ["ready", "ready"]
    assert any("hidden rows" in str(note) for note in checked.notes)


def test_formulas_are_said_and_errors_refused(tmp_path: Path) -> None:
    file = tmp_path / "f.xlsx"
    with xlsxwriter.Workbook(file) as made:
        target = made.add_worksheet("表")
        target.write_row(0, 0, ["企业名称", "2024年职工人数"])
        for row in (1, 2):
            target.write(row, 0, f"甲{row}公司")
        target.write_formula(1, 1, "=1+2", None, 3)
        target.write_formula(2, 1, "=A1/0", None, "#DIV/0!")
    checked = check_file(file, KNOWN, banned=banned_column)[0]
    assert checked.rows["outcome"].to_list() == ["ready", "refused"]
    assert reasons(checked) == [(3, "B", "error_value")]
    assert any("2 formulas" in str(note) for note in checked.notes)


def test_no_unit_is_said(tmp_path: Path) -> None:
    rows: Rows = [["企业名称", "2024年营业收入"], ["甲公司", 1]]
    assert any("names no unit" in str(note) for note in check(tmp_path, rows).notes)


def test_links_need_two_different_firms(tmp_path: Path) -> None:
    rows: Rows = [
        ["供应商", "采购方", "产品", "依据日期"],
        ["甲公司", "乙公司", "套管", "2025-03-01"],
        ["甲公司", "甲 公司", "套管", "2025-03-01"],
        ["甲公司", "", "套管", "2025-03-01"],
        ["甲公司", "乙公司", "套管", "2025-04-01"],
        ["甲公司", "乙公司", "铁心", "2025-03-01"],
    ]
    checked = check(tmp_path, rows)
    assert reasons(checked) == [(3, "", "same_firm"), (4, "B", "no_firm"), (5, "", "duplicate")]


def test_banned_columns_leave_no_trace(tmp_path: Path) -> None:
    rows: Rows = [["企业名称", "法定代表人", "2027年计划产量（台）"], ["甲公司", "赵某", 777]]
    checked = check(tmp_path, rows)
    assert [column.letter for column, _ in checked.columns.banned] == ["C"]
    assert "777" not in checked.cells["value"].to_list()
    assert checked.masked_columns == ["C"]
    assert checked.count("ready") == 1


def test_unusable_files_raise(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no sheet that can be recognised"):
        check(tmp_path, [["天气"], ["晴"]])
