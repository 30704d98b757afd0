"""Reading the cells of one column as what the column holds, a column at a time and exactly.

Numbers stay decimal text from the cell to the answer: changing 元 into 万元 moves the point, nothing is ever a float.
Every cell ends as a value, as blank, or refused with a reason; a note says what was assumed on the way.
"""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import polars as pl

from lianzhu.engine.roster.codes import clean_codes, valid_codes
from lianzhu.engine.roster.reading import ERROR, NUMBER, PERCENT
from lianzhu.engine.roster.templates import PERIOD, Column
from lianzhu.engine.roster.titles import read_period, unit_power
from lianzhu.library.facts import title_key
from lianzhu.library.problem import marked

# reason -> (what is wrong, how to mend it); {title}, {value} and the column's own words fill them.
REASONS: dict[str, tuple[str, str]] = {
    "error_value": (
        marked("“{title}” holds the error value {value}."),
        marked("Mend the formula, or write the value itself."),
    ),
    "uncached": (
        marked("“{title}” is a formula that was saved without its value."),
        marked("Open the file in Excel or WPS, save it, and send it again; or write the value itself."),
    ),
    "not_a_number": (
        marked("“{title}” says {value}, which is not a number."),
        marked("Write digits only, such as 1234.5; leave it blank when it is not known."),
    ),
    "not_whole": (marked("“{title}” says {value}; it counts whole {unit}."), marked("Write a whole number.")),
    "out_of_range": (
        marked("“{title}” says {value}; it lies between {minimum} and {maximum} {unit}."),
        marked("Check the figure and the unit in the title."),
    ),
    "not_a_date": (
        marked("“{title}” says {value}, which is not a date."),
        marked("Write it as 2011-06-30; leave it blank when it is not known."),
    ),
    "no_such_date": (
        marked("“{title}” says {value}; there is no such day."),
        marked("Write the right day as 2011-06-30."),
    ),
    "month_unclear": (
        marked("“{title}” says {value}: typed as a number, it may mean January or October."),
        marked("Write it as 2023-01 or 2023-10."),
    ),
    "not_yes_no": (marked("“{title}” says {value}; it can be yes or no only."), marked("Write 是 or 否.")),
    "not_a_choice": (
        marked("“{title}” says {value}, which is none of its choices."),
        marked("Choose one of: {choices}."),
    ),
    "not_a_period": (
        marked("“{title}” says {value}, which is no year, quarter or month."),
        marked("Write 2024, 2024Q1 or 2024-03."),
    ),
    "damaged_code": (
        marked("“{title}” was turned into a number by Excel; its last digits are lost ({value})."),
        marked("Set the cells to text and type the code again from the licence."),
    ),
    "too_long": (marked("“{title}” is longer than 2000 characters."), marked("Shorten it.")),
    "no_such_node": (
        marked("“{title}” says {value}; the taxonomy has no such node."),
        marked("Write the code or the name of a node; the chain map lists them."),
    ),
    "no_period": (
        marked("“{title}” is a figure of some period, but nothing says which."),
        marked("Write the year in the title, as in 2024年{title}, or add a column 年度."),
    ),
    "required": (marked("“{title}” is blank."), marked("Fill it in; without it the row cannot be read.")),
    "no_firm": (
        marked("The row names no firm: “{title}” is blank."),
        marked("Write the full name or the unified social credit code."),
    ),
    "same_firm": (
        marked("Both sides of this row are the same firm ({value})."),
        marked("Write the other firm's name, or delete the row."),
    ),
    "duplicate": (
        marked("Row {other} stands for the same firm and matter already."),
        marked("Keep one of the two rows."),
    ),
    "two_codes": (
        marked("{value} stands in row {other} too, with another code."),
        marked("Say whether it is one firm; one of the codes is wrong, or the names differ."),
    ),
    # Notes: the value is taken, and this is said beside it.
    "code_check": (
        marked("“{title}” {value} does not pass the check of GB 32100-2015."),
        marked("Compare it with the licence. The row is read; the code does not count as proof of which firm it is."),
    ),
    "day_assumed": (
        marked("“{title}” says {value} without the day; it was read as {taken}."),
        marked("Write the whole date if it matters."),
    ),
    "rounded": (
        marked("“{title}” has more digits than are kept; it was rounded to {taken}."),
        marked("Round it in the table if it should be otherwise."),
    ),
    "zeros_lost": (
        marked("“{title}” was typed as a number; zeros in front of {value} would be lost."),
        marked("Set the column to text if the code begins with 0."),
    ),
}
NOTES = ("code_check", "day_assumed", "rounded", "zeros_lost")
_BLANK_WORDS = (
    "-",
    "--",
    "---",
    "—",
    "——",
    "/",
    "\\",
    "n/a",
    "na",
    "null",
    "none",
    "暂无",
    "不详",
    "未知",
    "空",
    "待定",
)
_NO_CODE = (*_BLANK_WORDS, "无", "没有", "未办理", "办理中")
_YES = ("是", "有", "y", "yes", "true", "t", "1", "√", "✓", "✔", "对", "已", "真")
_NO = ("否", "无", "没有", "不是", "n", "no", "false", "f", "0", "×", "x", "✗", "未", "假", "非")
_WIDE = {chr(code + 0xFEE0): chr(code) for code in (*range(48, 58), *range(65, 91), *range(97, 123))} | {"\u3000": " "}
_ERRORS = r"^#(?:REF!|DIV/0!|VALUE!|NAME\?|N/A|NULL!|NUM!|SPILL!|CALC!)$"
_SCIENTIFIC = r"^\d(?:\.\d+)?[eE]\+?1[0-9]$"
_DAY = re.compile(r"^\d{4}-\d\d-\d\d")
_TWO_DATES = r"^(.{6,11}?)(?:至|到|~|—|-{1,2})(\d{4}[^至到~—]{2,8})$"


def read_cells(texts: pl.Series, kinds: np.ndarray, column: Column, power: int) -> pl.DataFrame:
    """Read n cells of one column.

    `texts`: String, null where blank; `kinds`: uint8; `power`: from the unit in the title to the fact's unit.
    Returns `value` (canonical text or null), `reason` (why refused, or null) and `note` (what was assumed, or null).
    """
    frame = pl.DataFrame({"raw": texts, "kind": kinds})
    if column.type in ("text", "code"):
        frame = frame.with_columns(pl.col("raw").str.replace_many(_WIDE).alias("t"))
    else:
        frame = frame.with_columns(pl.col("raw").str.normalize("NFKC").str.to_lowercase().alias("t"))
        frame = frame.with_columns(pl.when(~pl.col("t").is_in(_BLANK_WORDS)).then("t"))
    if column.key == PERIOD:
        read = _by_word(frame, {text: read_period(text[:4] if _DAY.match(text) else text) for text in _words(frame)})
        read = read.with_columns(_refused("not_a_period").alias("reason"))
    elif column.type in ("integer", "decimal"):
        read = _numbers(frame, column, power)
    elif column.type == "date":
        read = _dates(frame, until="until" in column.key)
    elif column.type == "boolean":
        read = _by_word(frame, dict.fromkeys(_YES, "true") | dict.fromkeys(_NO, "false"))
        read = read.with_columns(_refused("not_yes_no").alias("reason"))
    elif column.type == "choice":
        read = _by_word(frame, _choices(column, _words(frame)))
        read = read.with_columns(_refused("not_a_choice").alias("reason"))
    elif column.type == "code":
        read = _codes(frame, column)
    else:
        read = _texts(frame, column)
    broken = (pl.col("kind") == ERROR) | pl.col("raw").str.contains(_ERRORS)
    for name in ("reason", "note"):
        if name not in read.columns:
            read = read.with_columns(pl.lit(None, pl.String).alias(name))
    return read.with_columns(pl.when(broken).then(pl.lit("error_value")).otherwise("reason").alias("reason")).select(
        pl.when(pl.col("reason").is_null()).then("value").alias("value"),
        "reason",
        pl.when(pl.col("reason").is_null()).then("note").alias("note"),
    )


def _refused(reason: str) -> pl.Expr:
    """The reason for cells that say something but have no value."""
    return pl.when(pl.col("t").is_not_null() & pl.col("value").is_null()).then(pl.lit(reason))


def _words(frame: pl.DataFrame) -> Iterable[str]:
    return frame["t"].drop_nulls().unique().to_list()


def _by_word(frame: pl.DataFrame, meaning: dict[str, str]) -> pl.DataFrame:
    known = {word: value for word, value in meaning.items() if value}
    value = (
        pl.col("t").replace_strict(known, default=None, return_dtype=pl.String) if known else pl.lit(None, pl.String)
    )
    return frame.with_columns(value.alias("value"))


def _choices(column: Column, words: Iterable[str]) -> dict[str, str]:
    known = {
        title_key(word): choice.code
        for choice in reversed(column.choices)
        for word in (*choice.aliases, choice.en, choice.zh, choice.code)
    }
    return {word: known.get(title_key(word), "") for word in words}


def _numbers(frame: pl.DataFrame, column: Column, power: int) -> pl.DataFrame:
    """Split into sign, whole part, fraction and unit word, then move the point by the power of the unit in force."""
    bare = pl.col("t").str.replace_all(r"\s", "").str.strip_prefix("¥").str.strip_prefix("rmb")
    grouped = bare.str.contains(r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.|[^\d,]|$)")
    frame = frame.with_columns(pl.when(grouped).then(bare.str.replace_all(",", "")).otherwise(bare).alias("n"))
    parts = (
        pl.col("n")
        .str.extract_groups(r"^([+-]?)(\d*)(?:\.(\d*))?([^\d.,+-].*)?$")
        .struct.rename_fields(["sign", "whole", "part", "word"])
    )
    frame = frame.with_columns(parts.alias("parts")).unnest("parts").with_columns(pl.col("part").fill_null(""))
    words = {word: unit_power(word, column.unit) for word in frame["word"].drop_nulls().unique().to_list()}
    known = {word: said for word, said in words.items() if said is not None}
    of_word = pl.col("word").replace_strict(known, default=None, return_dtype=pl.Int32)
    shown = pl.when((pl.col("kind") == PERCENT) & (column.unit == "%")).then(2).otherwise(power)
    frame = frame.with_columns(pl.when(pl.col("word").is_null()).then(shown).otherwise(of_word).alias("power"))
    some = (pl.col("whole") != "") | (pl.col("part") != "")
    frame = frame.with_columns(pl.when(some).then("power").alias("power"))
    value = pl.lit(None, pl.String)
    for each in frame["power"].drop_nulls().unique().to_list():
        value = pl.when(pl.col("power") == each).then(_moved(each)).otherwise(value)
    frame = frame.with_columns(value.alias("value")).with_columns(_refused("not_a_number").alias("reason"))
    return _in_range(frame, column)


def _moved(power: int) -> pl.Expr:
    """The decimal text of sign, whole and part with the point moved `power` places to the right."""
    whole, part = pl.col("whole"), pl.col("part")
    if power > 0:
        padded = part.str.pad_end(power, "0")
        whole, part = whole + padded.str.slice(0, power), padded.str.slice(power)
    elif power < 0:
        padded = whole.str.pad_start(-power + 1, "0")
        part = padded.str.slice(padded.str.len_chars().cast(pl.Int64) + power) + part
        whole = padded.str.head(power)
    whole, part = whole.str.strip_chars_start("0"), part.str.strip_chars_end("0")
    number = pl.when(whole == "").then(pl.lit("0")).otherwise(whole) + pl.when(part == "").then(part).otherwise(
        pl.lit(".") + part
    )
    return pl.when((pl.col("sign") == "-") & (number != "0")).then(pl.lit("-") + number).otherwise(number)


def _in_range(frame: pl.DataFrame, column: Column) -> pl.DataFrame:
    reason = pl.col("reason")
    if column.type == "integer":
        reason = pl.coalesce(reason, pl.when(pl.col("value").str.contains(".", literal=True)).then(pl.lit("not_whole")))
    exact = pl.col("value").cast(pl.Decimal(38, 12), strict=False)
    inside = exact.is_not_null()
    if column.minimum is not None:
        inside &= exact >= pl.lit(Decimal(column.minimum), dtype=pl.Decimal(38, 12))
    if column.maximum is not None:
        inside &= exact <= pl.lit(Decimal(column.maximum), dtype=pl.Decimal(38, 12))
    outside = pl.when(pl.col("value").is_not_null() & ~inside.fill_null(False)).then(pl.lit("out_of_range"))
    frame = frame.with_columns(pl.coalesce(reason, outside).alias("reason"))
    return _rounded(frame, Decimal(column.step)) if column.type == "decimal" and column.step else frame


def _rounded(frame: pl.DataFrame, step: Decimal) -> pl.DataFrame:
    """Round what is finer than the fact's smallest step, half up, and say so; only those cells are touched."""
    places = max(0, -int(step.normalize().as_tuple().exponent))
    digits = pl.col("value").str.splitn(".", 2).struct.field("field_1").str.len_chars()
    power_of_ten = step == Decimal(10) ** -places
    finer = frame.select(pl.col("reason").is_null() & (digits > (places if power_of_ten else 0)).fill_null(False))
    at = np.flatnonzero(finer.to_series().to_numpy())
    if not len(at):
        return frame.with_columns(pl.lit(None, pl.String).alias("note"))
    value = frame["value"].clone()
    before = [Decimal(text) for text in value.gather(at)]
    after = [(number / step).quantize(Decimal(1), ROUND_HALF_UP) * step for number in before]
    changed = [old != new for old, new in zip(before, after, strict=True)]
    said = pl.Series([_canonical(new) for new in after], dtype=pl.String)
    note = pl.Series("note", [None] * len(value), dtype=pl.String)
    note = note.scatter(at, pl.Series(["rounded" if one else None for one in changed], dtype=pl.String))
    return frame.with_columns(value.scatter(at, said).alias("value"), note)


def _canonical(number: Decimal) -> str:
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _dates(frame: pl.DataFrame, *, until: bool) -> pl.DataFrame:
    """Read whole dates and dates without a day; of a span such as 2020-01-01至2023-01-01 the end that is meant."""
    text = pl.col("t").str.replace(r"[t\s]\d{1,2}:\d{2}.*$", "").str.replace_all(r"\s", "")
    span = text.str.extract_groups(_TWO_DATES)
    chosen = span.struct.field("2" if until else "1")
    text = pl.when(chosen.is_not_null()).then(chosen).otherwise(text)
    frame = frame.with_columns(text.str.replace_all(r"^(\d{4})(\d{2})(\d{2})$", "$1-$2-$3").alias("d"))
    frame = frame.with_columns(
        pl.col("d")
        .str.extract_groups(r"^(\d{4})(?:[年./\-](\d{1,2})(?:[月./\-](\d{1,2})[日号]?|月份?|))?年?$")
        .struct.rename_fields(["y", "m", "day"])
        .alias("parts")
    ).unnest("parts")
    compact = pl.col("d").str.extract(r"^((?:19|20)\d{2})(?:0[1-9]|1[0-2])$")
    frame = frame.with_columns(
        pl.coalesce("y", compact).alias("y"),
        pl.when(compact.is_not_null()).then(pl.col("d").str.slice(4)).otherwise("m").alias("m"),
    )
    month = pl.col("m").fill_null("12" if until else "1").str.pad_start(2, "0")
    first = (pl.col("y") + "-" + month + "-" + pl.col("day").fill_null("1").str.pad_start(2, "0")).str.to_date(
        "%Y-%m-%d", strict=False
    )
    whole = first.dt.month_end() if until else first
    day = pl.when(pl.col("day").is_null()).then(whole).otherwise(first)
    number = pl.col("d").str.extract(r"^([1-7]\d{4})(?:\.0)?$").cast(pl.Int32)
    # Spreadsheets count days from 1899-12-30; five digits reach from 1927 to 2119.
    serial = pl.lit("1899-12-30").str.to_date() + pl.duration(days=number)
    day = pl.coalesce(day, serial)
    usual = day.is_between(pl.date(1850, 1, 1), pl.date(2150, 1, 1))
    frame = frame.with_columns(pl.when(usual).then(day.dt.strftime("%Y-%m-%d")).alias("value"))
    shaped = pl.col("y").is_not_null()
    unclear = (pl.col("kind") == NUMBER) & pl.col("t").str.contains(r"^\d{4}\.1$")
    return frame.with_columns(
        pl.when(unclear)
        .then(pl.lit("month_unclear"))
        .otherwise(pl.when(shaped).then(_refused("no_such_date")).otherwise(_refused("not_a_date")))
        .alias("reason"),
        pl.when(shaped & pl.col("day").is_null()).then(pl.lit("day_assumed")).alias("note"),
    )


def _codes(frame: pl.DataFrame, column: Column) -> pl.DataFrame:
    frame = frame.with_columns(clean_codes(frame["t"]).alias("value"))
    if column.part != "code":
        frame = frame.with_columns(pl.col("t").str.normalize("NFKC").alias("value"))
    said = pl.col("t").str.to_lowercase().is_in(_NO_CODE)
    frame = frame.with_columns(pl.when(~said).then("value").alias("value"))
    number = pl.col("kind").is_in((NUMBER, PERCENT))
    lost = (number & (pl.col("t").str.len_chars() > 15)) | pl.col("t").str.contains(_SCIENTIFIC)
    frame = frame.with_columns(pl.when(lost).then(pl.lit("damaged_code")).alias("reason"))
    if column.part == "code":
        wrong = frame["value"].is_not_null() & ~valid_codes(frame["value"])
        return frame.with_columns(pl.when(wrong).then(pl.lit("code_check")).alias("note"))
    # 0381 typed as a number is 381; the codes in use have four digits or more.
    short = number & (pl.col("t").str.len_chars() < 4)
    return frame.with_columns(pl.when(short).then(pl.lit("zeros_lost")).alias("note"))


def _texts(frame: pl.DataFrame, column: Column) -> pl.DataFrame:
    value = pl.col("t").str.replace_all(r"\s*[\r\n]+\s*", " ").str.replace_all(r"([\p{Han}（）、，。])\s+", "$1")
    frame = frame.with_columns(value.str.strip_chars().alias("value"))
    if column.part == "name":
        frame = frame.with_columns(pl.when(~pl.col("value").is_in(_BLANK_WORDS)).then("value").alias("value"))
    return frame.with_columns(
        pl.when(pl.col("value").str.len_chars() > 2000).then(pl.lit("too_long")).alias("reason"),
    )


def firm_key(names: pl.Expr) -> pl.Expr:
    """The form in which firms' names are compared for being written the same: NFKC, no blanks, lower case."""
    return names.str.normalize("NFKC").str.replace_all(r"\s", "").str.to_lowercase()
