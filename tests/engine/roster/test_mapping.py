"""Finding tables and columns in sheets as offices send them."""

from pathlib import Path

import pytest
import xlsxwriter

from lianzhu.engine.roster.mapping import ColumnMap, Table, find_tables, map_columns
from lianzhu.engine.roster.reading import read_workbook
from lianzhu.engine.roster.templates import templates
from lianzhu.library.facts import banned_column, facts
from lianzhu.library.problem import BadInput

KNOWN = templates(facts())
Rows = list[list[object]]


def table(path: Path, rows: Rows, merge: tuple[str, ...] = (), sheet: str = "表") -> Table:
    """Write the rows as one sheet, read it back and return its only table."""
    with xlsxwriter.Workbook(path / "t.xlsx") as made:
        target = made.add_worksheet(sheet)
        for number, row in enumerate(rows):
            target.write_row(number, 0, row)
        for area in merge:
            first = area.split(":")[0]
            column, row = ord(first[0]) - 65, int(first[1:]) - 1
            target.merge_range(area, rows[row][column])
    found = find_tables(read_workbook(path / "t.xlsx"), KNOWN)
    assert len(found) == 1
    return found[0]


def columns(of: Table, chosen: dict[int, str | None] | None = None) -> ColumnMap:
    return map_columns(of, banned=banned_column, chosen=chosen)


def test_merged_headers_titles_above_and_signatures_below(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        [
            ["示例镇2024年企业基本情况表", "", "", "", ""],
            ["填报日期：2025年3月1日", "", "", "", "单位：万元"],
            ["序号", "企业名称", "营业收入", "", "职工人数（人）"],
            ["", "", "2023年", "2024年", ""],
            ["甲", "乙", 1, 2, 3],
            [1, "甲子高压有限公司", 10, 20, 5],
            ["", "", "", "", ""],
            [2, "乙丑互感器有限公司", 30, 40, 6],
            ["序号", "企业名称", "营业收入", "", "职工人数（人）"],
            [3, "丙寅仪器有限公司", 1, 2, 3],
            ["合计", "", 41, 62, 14],
            ["填报人：赵某", "", "审核人：钱某", "", ""],
        ],
        ("A1:E1", "A3:A4", "B3:B4", "C3:D3", "E3:E4"),
    )
    assert (found.header_rows, found.unit, found.period) == ([3, 4], "万元", "2024")
    assert found.rows.tolist() == [6, 8, 10]
    assert sorted(found.skipped) == [(5, "numbering"), (9, "repeated header"), (11, "footer"), (12, "footer")]
    assert found.blank_rows == 1
    taken = [(c.letter, c.key, c.period, c.unit) for c in columns(found).taken]
    assert taken == [
        ("B", "name", "", ""),
        ("C", "revenue", "2023", "万元"),
        ("D", "revenue", "2024", "万元"),
        ("E", "staff", "2024", "人"),
    ]


def test_every_row_below_the_header_is_accounted_for(tmp_path: Path) -> None:
    rows: Rows = [["企业名称", "职工人数"], ["甲公司", 1], [], ["乙公司", 2], ["备注：数字待核", ""]]
    found = table(tmp_path, rows)
    assert len(found.rows) + len(found.skipped) + found.blank_rows == len(rows) - 1


def test_a_firm_called_like_a_footer_is_kept(tmp_path: Path) -> None:
    found = table(tmp_path, [["序号", "企业名称", "职工人数"], ["合计项", "甲公司", 1], [2, "联系人科技公司", 2]])
    assert found.rows.tolist() == [2, 3]


def test_name_merged_over_its_years(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        [["企业名称", "年度", "营业收入（元）"], ["甲公司", 2023, 1], ["", 2024, 2], ["乙公司", 2024, 3]],
        ("A2:A3",),
    )
    assert found.cells["0"].to_list() == ["甲公司", "甲公司", "乙公司"]


@pytest.mark.parametrize(
    ("title", "key", "power", "confidence"),
    [
        ("注册资本（元）", "registered_capital", -4, "exact"),
        ("注册资本(亿元)", "registered_capital", 4, "exact"),
        ("其中：注册资本", "registered_capital", 0, "normalised"),
        ("2、注册资本（万元，实缴不计）", "registered_capital", 0, "normalised"),
        ("注册资本（万美元）", "registered_capital", 0, "refused"),
        ("去年的收成", "", 0, "unknown"),
        ("备注", "", 0, "ignored"),
        ("2027年计划产量（台）", "", 0, "banned"),
    ],
)
def test_one_column(tmp_path: Path, title: str, key: str, power: int, confidence: str) -> None:
    found = columns(table(tmp_path, [["企业名称", "职工人数（人）", title], ["甲公司", 5, 100]])).columns[2]
    assert (found.power, found.confidence) == (power, confidence)
    assert not key or found.key == key
    assert found.read == (confidence in ("exact", "normalised"))


def test_a_guess_is_not_read_before_it_is_confirmed(tmp_path: Path) -> None:
    found = table(tmp_path, [["企业名称", "职工人数", "法定代表人姓名字"], ["甲公司", 5, "赵某"]])
    guess = columns(found).columns[2]
    assert (guess.key, guess.confidence, guess.read) == ("legal_representative", "confirm", False)
    assert columns(found, {2: "legal_representative"}).columns[2].read
    assert not columns(found, {2: None}).columns[2].read


def test_a_year_on_a_fact_of_today_is_asked_about(tmp_path: Path) -> None:
    found = columns(table(tmp_path, [["企业名称", "2023年有效发明专利"], ["甲公司", 5]])).columns[1]
    assert (found.confidence, found.read) == ("confirm", False)


def test_a_banned_column_is_not_read_even_when_chosen(tmp_path: Path) -> None:
    found = table(tmp_path, [["企业名称", "职工人数", "下月报价"], ["甲公司", 5, 100]])
    mapped = columns(found, {2: "revenue"})
    assert [column.index for column, _ in mapped.banned] == [2]
    assert [column.index for column in mapped.taken] == [0, 1]


def test_two_columns_for_one_fact(tmp_path: Path) -> None:
    found = columns(table(tmp_path, [["企业名称", "职工人数", "从业人员数", "2023年职工人数"], ["甲公司", 5, 6, 7]]))
    assert [(c.letter, c.read) for c in found.columns] == [("A", True), ("B", True), ("C", False), ("D", True)]
    assert "only the first was read" in str(found.problems[0])


def test_a_strange_unit_is_said_with_its_mend(tmp_path: Path) -> None:
    found = columns(table(tmp_path, [["企业名称", "2024年营业收入（万欧元）"], ["甲公司", 5]]))
    assert "cannot be turned into 万元" in str(found.problems[0])


@pytest.mark.parametrize(
    ("titles", "name"),
    [
        (["企业名称", "统一社会信用代码", "产品名称", "所属节点", "电压等级"], "products"),
        (["供应商", "采购方", "产品"], "links"),
        (["企业", "来源企业", "分出年份"], "origins"),
        (["企业名称", "类别", "场所名称"], "places"),
        (["单位名称", "联系人", "联系电话"], "contacts"),
        (["企业名称", "实际控制人", "持股比例"], "controllers"),
        (["企业名称", "统一社会信用代码", "成立日期"], "enterprises"),
        (["Firm name", "Unified social credit code"], "enterprises"),
    ],
)
def test_what_a_sheet_holds(tmp_path: Path, titles: list[object], name: str) -> None:
    assert table(tmp_path, [titles, ["甲"] * len(titles)]).template.name == name


def test_period_of_the_sheet_name_only_when_it_dates_the_figures(tmp_path: Path) -> None:
    rows: Rows = [["企业名称", "营业收入（万元）"], ["甲公司", 5]]
    assert table(tmp_path, rows, sheet="2024年").period == "2024"
    assert table(tmp_path, rows, sheet="2008年以前设立").period == ""


def test_nothing_recognised_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="企业名称"):
        table(tmp_path, [["日期", "天气"], ["周一", "晴"]])


def test_no_title_means_two_things() -> None:
    for template in KNOWN.values():
        assert {title: keys for title, keys in template.titles.items() if len(keys) > 1} == {}
