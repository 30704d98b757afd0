"""Reading cells: exact numbers, dates as people write them, and refusals that say why."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhu.engine.roster.reading import DATE, ERROR, NUMBER, PERCENT, TEXT
from lianzhu.engine.roster.templates import Column
from lianzhu.engine.roster.values import NOTES, REASONS, read_cells
from lianzhu.library.facts import Choice

MONEY = Column("revenue", "营业收入", "Revenue", "decimal", "万元", minimum=0, maximum=10**9, step=Decimal("0.000001"))
STAFF = Column("staff", "职工人数", "Staff", "integer", "人", minimum=0, maximum=1000, step=1)
SHARE = Column("share_pct", "占比", "Share", "decimal", "%", minimum=0, maximum=100, step=Decimal("0.0001"))
FOUNDED = Column("registered_date", "成立日期", "Founded", "date")
VALID = Column("cnas_valid_until", "有效期至", "Valid until", "date")
HOLDS = Column("holds", "是否", "Holds", "boolean")
KIND = Column("kind", "性质", "Kind", "choice", choices=(Choice("private", "民营", "Private", ("私营",)),))
CODE = Column("credit_code", "信用代码", "Code", "code", party="enterprise", part="code")
NUMBER_CODE = Column("industry_code", "行业代码", "Industry", "code")
NAME = Column("name", "企业名称", "Name", party="enterprise", part="name")

Case = tuple[str | None, str | None, str | None]


def read(column: Column, text: str | None, kind: int = TEXT, power: int = 0) -> Case:
    """Return value, reason and note of one cell."""
    frame = read_cells(pl.Series([text], dtype=pl.String), np.array([kind], np.uint8), column, power)
    return frame.row(0)


@pytest.mark.parametrize(
    ("text", "power", "value"),
    [
        ("1234567.89", -4, "123.456789"),
        ("1,234,567", -4, "123.4567"),
        ("５００", 0, "500"),
        ("500万元", -4, "500"),
        ("3亿", 0, "30000"),
        ("0.5亿元", -4, "5000"),
        ("-0", 0, None),
        ("¥12,000.00", -4, "1.2"),
        (".5", 0, "0.5"),
        ("12.", 0, "12"),
        ("007", 0, "7"),
        ("—", 0, None),
        (None, 0, None),
    ],
)
def test_money(text: str | None, power: int, value: str | None) -> None:
    assert read(MONEY, text, TEXT, power) == ("0" if text == "-0" else value, None, None)


@pytest.mark.parametrize("text", ["约40", "1,5", "1e5", "1.2.3", "40人", "三百", "12 3万台", "1,23,456"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    assert read(MONEY, text)[:2] == (None, "not_a_number")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("0", None), ("1000", None), ("1001", "out_of_range"), ("-1", "out_of_range"), ("9.5", "not_whole")],
)
def test_whole_numbers_and_their_bounds(text: str, reason: str | None) -> None:
    assert read(STAFF, text)[1] == reason


def test_bounds_are_exact_where_floats_are_not() -> None:
    assert read(SHARE, "100")[1] is None
    assert read(SHARE, "100.0001")[1] == "out_of_range"
    assert read(SHARE, "100.00000000001")[1] == "out_of_range"


def test_percent_format_is_what_the_sheet_shows() -> None:
    assert read(SHARE, "0.065", PERCENT)[0] == "6.5"
    assert read(SHARE, "0.065", NUMBER)[0] == "0.065"
    assert read(SHARE, "6.5%")[0] == "6.5"
    assert read(SHARE, "65‰")[0] == "6.5"


def test_more_digits_than_a_fen_are_rounded_and_said() -> None:
    assert read(MONEY, "1234.5678915") == ("1234.567892", None, "rounded")
    assert read(MONEY, "1234.567890", NUMBER) == ("1234.56789", None, None)


@given(st.decimals(0, 10**8, places=4), st.sampled_from([-4, -1, 0, 2, 4]))
def test_moving_the_point_is_exact(number: Decimal, power: int) -> None:
    wide = Column("x", "x", "x", "decimal", "万元", minimum=0, maximum=10**13, step=Decimal("0.00000001"))
    value, reason, note = read(wide, format(number, "f"), TEXT, power)
    assert (reason, note) == (None, None)
    assert Decimal(value or "nan") == number.scaleb(power)
    assert "e" not in (value or "").lower() and not (value or "").startswith(".")


@pytest.mark.parametrize(
    ("text", "kind", "value", "why"),
    [
        ("2011-06-30", DATE, "2011-06-30", None),
        ("2011年6月8日", TEXT, "2011-06-08", None),
        ("２０１１．６．８", TEXT, "2011-06-08", None),
        ("2011/6/8", TEXT, "2011-06-08", None),
        ("20110608", NUMBER, "2011-06-08", None),
        ("45291", NUMBER, "2023-12-31", None),
        ("2023-12-31 08:00:00", DATE, "2023-12-31", None),
        ("2023年12月", TEXT, "2023-12-01", "day_assumed"),
        ("2023.12", NUMBER, "2023-12-01", "day_assumed"),
        ("2023.1", TEXT, "2023-01-01", "day_assumed"),
        ("2023年", TEXT, "2023-01-01", "day_assumed"),
        ("2023.1", NUMBER, None, "month_unclear"),
        ("2011.6.31", TEXT, None, "no_such_date"),
        ("2023-02-29", TEXT, None, "no_such_date"),
        ("2024-02-29", TEXT, "2024-02-29", None),
        ("2023-13-01", TEXT, None, "no_such_date"),
        ("长期", TEXT, None, "not_a_date"),
        ("11.6.8", TEXT, None, "not_a_date"),
    ],
)
def test_dates(text: str, kind: int, value: str | None, why: str | None) -> None:
    got, reason, note = read(FOUNDED, text, kind)
    assert (got, reason or note) == (value, why)


def test_the_last_day_when_something_is_valid_until_a_month() -> None:
    assert read(VALID, "2024年2月")[0] == "2024-02-29"
    assert read(VALID, "2024")[0] == "2024-12-31"
    assert read(VALID, "2020.1.1-2026.2.3")[0] == "2026-02-03"
    assert read(FOUNDED, "2020.1.1至2026.2.3")[0] == "2020-01-01"


@given(st.dates(date(1930, 1, 1), date(2110, 12, 31)))
def test_a_day_is_the_same_however_it_is_written(day: date) -> None:
    serial = str((day - date(1899, 12, 30)) // timedelta(days=1))
    forms = [day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day.year}.{day.month}.{day.day}", serial]
    assert {read(FOUNDED, form)[0] for form in forms} == {day.isoformat()}


@pytest.mark.parametrize(
    ("text", "value"), [("是", "true"), ("√", "true"), ("1", "true"), ("无", "false"), ("N", "false")]
)
def test_yes_and_no(text: str, value: str) -> None:
    assert read(HOLDS, text) == (value, None, None)


def test_words_that_are_neither() -> None:
    assert read(HOLDS, "2023年认定")[1] == "not_yes_no"
    assert read(KIND, "私营")[0] == "private"
    assert read(KIND, "国有")[1] == "not_a_choice"


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("91110000600037341L", TEXT, ("91110000600037341L", None, None)),
        ("91110000600037341M", TEXT, ("91110000600037341M", None, "code_check")),
        ("911100006000373411", NUMBER, (None, "damaged_code", None)),
        ("9.11E+17", TEXT, (None, "damaged_code", None)),
        ("未办理", TEXT, (None, None, None)),
    ],
)
def test_credit_codes(text: str, kind: int, expected: Case) -> None:
    assert read(CODE, text, kind) == expected


def test_other_codes_keep_their_zeros() -> None:
    assert read(NUMBER_CODE, "０３８１")[0] == "0381"
    assert read(NUMBER_CODE, "381", NUMBER) == ("381", None, "zeros_lost")


def test_text_keeps_chinese_brackets_but_not_wide_letters() -> None:
    assert read(NAME, "ＡＢＣ电气（示例）\n 有限公司")[0] == "ABC电气（示例）有限公司"
    assert read(NAME, "-")[0] is None


@pytest.mark.parametrize("column", [MONEY, FOUNDED, NAME, CODE, HOLDS])
def test_error_values_are_refused_everywhere(column: Column) -> None:
    assert read(column, None, ERROR)[1] == "error_value"
    assert read(column, "#REF!")[1] == "error_value"


def test_every_reason_is_explained() -> None:
    assert set(NOTES) <= set(REASONS)
    assert all(message and mend for message, mend in REASONS.values())
