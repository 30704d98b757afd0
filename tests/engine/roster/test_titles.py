"""Titles: name, period and unit."""

import pytest

from lianzhu.engine.roster.titles import read_period, read_title, unit_power


def names_of(parts: tuple[str, ...]) -> set[str]:
    return {name for name, _, _ in read_title(parts).names}


def test_a_year_that_belongs_to_the_name_is_no_period() -> None:
    assert read_title(("专精特新评分（2022）（分）",)).names[1] == ("专精特新评分2022", False, False)


@pytest.mark.parametrize(
    ("parts", "name", "period", "unit"),
    [
        (("2024年营业收入（万元）",), "营业收入", "2024", "万元"),
        (("营业收入\n(2024年)，单位：元",), "营业收入", "2024", "元"),
        (("营业收入（万元）", "2023年"), "营业收入", "2023", "万元"),
        (("2025年", "职工人数"), "职工人数", "2025", ""),
        (("基本情况", "企业名称"), "企业名称", "", ""),
        (("１、企业名称＊",), "企业名称", "", ""),
        (("统一社会信用代码（18位）",), "统一社会信用代码", "", ""),
        (("注册资本万元",), "注册资本", "", "万元"),
        (("截至2024年末从业人数",), "从业人数", "2024", ""),
        (("高新技术企业", "有效期至"), "高新技术企业有效期至", "", ""),
        (("行业代码(GB/T 4754-2017)",), "行业代码", "", ""),
    ],
)
def test_title(parts: tuple[str, ...], name: str, period: str, unit: str) -> None:
    title = read_title(parts)
    assert name in names_of(parts)
    assert title.period == period
    assert not unit or unit in title.units


def test_upper_cell_alone_is_not_the_name() -> None:
    """企业名称 over 备注 is a remark on the name, not the name."""
    assert "企业名称" not in names_of(("企业名称", "备注"))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2024年度", "2024"),
        ("2024年第一季度", "2024Q1"),
        ("2024Q4", "2024Q4"),
        ("2024年12月", "2024-12"),
        ("2024.3", "2024-03"),
        ("GB/T 4754-2017", ""),
        ("ISO9001:2015", ""),
        ("近三年", ""),
        ("12024", ""),
    ],
)
def test_period(text: str, period: str) -> None:
    assert read_period(text) == period


@pytest.mark.parametrize(
    ("word", "unit", "power"),
    [
        ("元", "万元", -4),
        ("人民币元", "万元", -4),
        ("亿元", "万元", 4),
        ("百万元", "万元", 2),
        ("万元", "元", 4),
        ("‰", "%", -1),
        ("V", "kV", -3),
        ("万美元", "万元", None),
        ("台", "人", None),
    ],
)
def test_unit_power(word: str, unit: str, power: int | None) -> None:
    assert unit_power(word, unit) == power


@pytest.mark.parametrize(
    ("title", "strange"), [("收入（万美元）", "万美元"), ("收入（含税）", ""), ("收入（台）", "台")]
)
def test_strange_unit(title: str, strange: str) -> None:
    assert read_title((title,)).strange_unit("万元") == strange
