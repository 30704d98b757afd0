"""Checking the rows of a table: proposed cells, each traceable to its place, and what is wrong with the rest.

`check_file` does the whole way from a file; `check_rows` one table. Nothing is written anywhere: what would change is
for `diff` to say. A row with one refused cell is refused whole, so that nothing is half applied.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import polars as pl

from lianzhu.engine.roster.codes import valid_codes
from lianzhu.engine.roster.mapping import ColumnMap, MappedColumn, Table, find_tables, map_columns
from lianzhu.engine.roster.package import Limits
from lianzhu.engine.roster.reading import read_workbook
from lianzhu.engine.roster.templates import PERIOD, Template
from lianzhu.engine.roster.titles import read_period
from lianzhu.engine.roster.values import NOTES, REASONS, firm_key, read_cells
from lianzhu.library.facts import BannedColumn
from lianzhu.library.problem import Problem, marked

MASK = "•••"
_PROBLEMS = {
    "row": pl.UInt32,
    "column": pl.String,
    "key": pl.String,
    "title": pl.String,
    "reason": pl.String,
    "value": pl.String,
    "other": pl.String,
}
_CELLS = {
    "row": pl.UInt32,
    "column": pl.Categorical,
    "fact": pl.Categorical,
    "period": pl.Categorical,
    "value": pl.String,
    "unit": pl.Categorical,
}


@dataclass
class Checked:
    """One table, checked.

    `rows`: row (spreadsheet row), outcome (ready | refused | review), period, and for each party of the template its
    name and code, e.g. enterprise, enterprise_code, enterprise_valid (does the code pass).
    `cells`: row, column (letters), fact, period, value (canonical text), unit; cells of refused rows are left out.
    `problems`: row, column, key, title, reason, value, other; the reasons are explained by `values.REASONS`.
    `notes`: what concerns the table as a whole.
    """

    table: Table
    columns: ColumnMap
    rows: pl.DataFrame
    cells: pl.DataFrame
    problems: pl.DataFrame
    notes: list[Problem] = field(default_factory=list)

    def count(self, outcome: str) -> int:
        """How many rows have this outcome: ready, refused or review."""
        return int((self.rows["outcome"] == outcome).sum())

    @property
    def masked_columns(self) -> list[str]:
        """Letters of the columns whose values only the firm itself and the statistician may read, or nobody."""
        known = self.table.template.by_key
        secret = [c.letter for c in self.columns.columns if c.key in known and known[c.key].masked]
        return secret + [column.letter for column, _ in self.columns.banned]

    def problem_list(self, *, limit: int | None = None, notes: bool = False, masked: bool = True) -> list[Problem]:
        """The problems of the rows as sentences; with `notes` also what was assumed. Secret values are masked."""
        chosen = self.problems.filter(pl.col("reason").is_in(NOTES) == notes)
        return [_sentence(self.table, row, masked=masked) for row in chosen.head(limit or chosen.height).to_dicts()]


def check_file(
    path: Path | str,
    templates: Mapping[str, Template],
    *,
    banned: Callable[[str], BannedColumn | None],
    limits: Limits | None = None,
    chosen: Mapping[str, Mapping[int, str | None]] | None = None,
    period: str = "",
) -> list[Checked]:
    """Read a file and check every table in it.

    `templates`: those to look for; `banned`: the library's `banned_column`; `chosen`: by sheet name, the user's word on
    columns; `period`: for yearly figures that nothing dates. The tables' raw cells are let go once they are read.
    Raises `BadInput` when the file is unusable as a whole.
    """
    book = read_workbook(path, limits=limits)
    found = []
    tables = find_tables(book, templates)
    # A hundred thousand rows are held once, not three times: the sheets go now, each table's raw cells once read.
    book.sheets.clear()
    for table in tables:
        columns = map_columns(table, banned=banned, chosen=(chosen or {}).get(table.sheet.name))
        checked = check_rows(table, columns, period=period)
        if book.old_format and any(column.unit == "%" for column in columns.taken):
            checked.notes.append(
                Problem(
                    marked("In an old .xls file number formats cannot be read: percentages are taken as typed."),
                    mend=marked("Save the file as .xlsx if its percent columns use a percent format."),
                    sheet=table.sheet.name,
                )
            )
        table.cells, table.kinds = table.cells.clear(), table.kinds[:0]
        found.append(checked)
    return found


def check_rows(table: Table, columns: ColumnMap, *, period: str = "") -> Checked:
    """Read every taken column of a table and decide each row's outcome."""
    columns, notes = _dated(table, columns, period)
    frame = pl.DataFrame({"row": pl.Series(table.rows, dtype=pl.UInt32)})
    by_key: dict[str, pl.Series] = {}
    cells: list[pl.DataFrame] = []
    problems: list[pl.DataFrame] = []
    taken = sorted(columns.taken, key=lambda column: column.key != PERIOD)
    row_period = pl.Series("period", [period] * frame.height, dtype=pl.String)
    uncached = _by_column(table.sheet.uncached)
    for mapped in taken:
        column = table.template.by_key[mapped.key]
        texts = table.cells[str(mapped.index)]
        read = read_cells(texts, table.kinds[:, mapped.index], column, mapped.power)
        read = read.with_columns(frame["row"], raw=texts)
        if mapped.index in uncached:
            gone = pl.col("row").is_in(uncached[mapped.index])
            read = read.with_columns(pl.when(gone).then(pl.lit("uncached")).otherwise("reason").alias("reason"))
        if mapped.key == PERIOD:
            row_period = read["value"].fill_null(period).alias("period")
        by_key[mapped.key] = read["value"]
        dated = pl.lit(mapped.period)
        if column.period != "none" and not mapped.period:
            fits = _fitting(row_period, column.period)
            read = read.with_columns(fits)
            undated = pl.col("value").is_not_null() & pl.col("period").is_null() & pl.col("reason").is_null()
            read = read.with_columns(pl.when(undated).then(pl.lit("no_period")).otherwise("reason").alias("reason"))
            dated = pl.col("period")
        problems.append(_problems(read, mapped, "reason"))
        problems.append(_problems(read, mapped, "note"))
        if mapped.key != PERIOD:
            cells.append(
                read.filter(pl.col("value").is_not_null()).select(
                    "row",
                    pl.lit(mapped.letter, pl.Categorical).alias("column"),
                    pl.lit(mapped.key, pl.Categorical).alias("fact"),
                    dated.fill_null("").cast(pl.Categorical).alias("period"),
                    "value",
                    pl.lit(column.unit, pl.Categorical).alias("unit"),
                )
            )
    frame = _parties(frame.with_columns(row_period), table.template, by_key)
    problems += _row_problems(frame, table.template, columns, by_key)
    known = pl.concat([pl.DataFrame(schema=_PROBLEMS), *problems]).sort("row", maintain_order=True)
    return _decided(table, columns, frame, cells, known, columns.problems + notes + _table_notes(table, columns))


def _by_column(places: Collection[tuple[int, int]]) -> dict[int, list[int]]:
    """Group 0-based (row, column) by column; rows counted from 1."""
    found: dict[int, list[int]] = {}
    for row, column in places:
        found.setdefault(column, []).append(row + 1)
    return found


def _dated(table: Table, columns: ColumnMap, period: str) -> tuple[ColumnMap, list[Problem]]:
    """Leave out the dated columns that neither their title, the table, a period column nor the caller dates."""
    if period or any(column.key == PERIOD for column in columns.taken):
        return columns, []
    kept, notes = [], []
    for mapped in columns.columns:
        column = table.template.by_key.get(mapped.key)
        if mapped.read and column is not None and column.period != "none" and not mapped.period:
            message, mend = REASONS["no_period"]
            notes.append(Problem(message, {"title": mapped.title}, mend, sheet=table.sheet.name, column=mapped.letter))
            mapped = replace(mapped, read=False, confidence="refused")
        kept.append(mapped)
    return ColumnMap(kept, columns.problems, columns.banned), notes


def _fitting(periods: pl.Series, kind: str) -> pl.Series:
    """The rows' periods in the form a fact is dated in; null where they say less. December closes a year."""
    meaning = {}
    for text in periods.drop_nulls().unique().to_list():
        year = text[:4] if len(text) == 4 or text[4:] in ("-12", "Q4") else ""
        fits = {"year": year, "quarter": text if "Q" in text else "", "month": text if "-" in text else ""}[kind]
        if fits and read_period(fits):
            meaning[text] = fits
    if not meaning:
        return pl.Series("period", [None] * len(periods), dtype=pl.String)
    return periods.replace_strict(meaning, default=None, return_dtype=pl.String).alias("period")


def _problems(read: pl.DataFrame, mapped: MappedColumn, which: str) -> pl.DataFrame:
    if not read[which].null_count() < read.height:
        return pl.DataFrame(schema=_PROBLEMS)
    taken = pl.col("value") if which == "note" else pl.lit(None, pl.String)
    return read.filter(pl.col(which).is_not_null()).select(
        "row",
        pl.lit(mapped.letter).alias("column"),
        pl.lit(mapped.key).alias("key"),
        pl.lit(mapped.title).alias("title"),
        pl.col(which).alias("reason"),
        pl.col("raw").alias("value"),
        taken.alias("other"),
    )


def _parties(frame: pl.DataFrame, template: Template, by_key: Mapping[str, pl.Series]) -> pl.DataFrame:
    """Add name, code and code_valid of every firm a row names, under the names of the template's parties."""
    nothing = pl.Series([None] * frame.height, dtype=pl.String)
    for party in template.parties:
        keys = {column.part: column.key for column in template.columns if column.party == party}
        code = by_key.get(keys["code"], nothing)
        frame = frame.with_columns(
            by_key.get(keys["name"], nothing).alias(party),
            code.alias(f"{party}_code"),
            valid_codes(code).alias(f"{party}_valid"),
        )
    return frame


def _row_problems(
    frame: pl.DataFrame, template: Template, columns: ColumnMap, by_key: Mapping[str, pl.Series]
) -> list[pl.DataFrame]:
    """What is wrong with rows as wholes: no firm, both sides the same, a required cell blank, standing twice."""
    found = []
    for party in template.parties:
        of = next((c for c in columns.taken if template.by_key[c.key].party == party), None)
        named = pl.col(party).is_not_null() | pl.col(f"{party}_valid")
        found.append(_of_rows(frame.filter(~named), "no_firm", of))
    if len(template.parties) == 2:
        one, two = template.parties
        same = firm_key(pl.col(one)) == firm_key(pl.col(two))
        found.append(_of_rows(frame.filter(same.fill_null(False)), "same_firm", value=pl.col(one)))
    for mapped in columns.taken:
        column = template.by_key[mapped.key]
        if column.required and not column.party:
            found.append(_of_rows(frame.filter(by_key[mapped.key].is_null()), "required", mapped))
    return found + _twice(frame, template, by_key)


def _of_rows(
    frame: pl.DataFrame,
    reason: str,
    mapped: MappedColumn | None = None,
    *,
    value: pl.Expr | None = None,
    other: pl.Expr | None = None,
) -> pl.DataFrame:
    return frame.select(
        "row",
        pl.lit(mapped.letter if mapped else "").alias("column"),
        pl.lit(mapped.key if mapped else "").alias("key"),
        pl.lit(mapped.title if mapped else "").alias("title"),
        pl.lit(reason).alias("reason"),
        (pl.lit(None, pl.String) if value is None else value).alias("value"),
        (pl.lit(None, pl.String) if other is None else other).alias("other"),
    )


def _twice(frame: pl.DataFrame, template: Template, by_key: Mapping[str, pl.Series]) -> list[pl.DataFrame]:
    """Refuse the later of two rows that say who and when alike; two codes under one name go to a person."""
    rest = [key for key in template.identity if key not in template.parties and key != PERIOD and key in by_key]
    plain = frame.with_columns(by_key[key].alias(f"is_{key}") for key in rest)
    keys = [f"is_{key}" for key in rest] + ([PERIOD] if PERIOD in template.identity else [])
    for party in (party for party in template.parties if party in template.identity):
        code = pl.when(f"{party}_valid").then(f"{party}_code")
        name = firm_key(pl.col(party))
        plain = plain.with_columns(code.alias(f"code_{party}"), name.alias(f"name_{party}"))
        # A row without a code is the firm that has one under the same name; a row with a code goes by it.
        only = pl.col(f"code_{party}").drop_nulls().unique()
        shared = pl.when(only.len().over(f"name_{party}") == 1).then(only.first().over(f"name_{party}"))
        who = pl.coalesce(f"code_{party}", shared, f"name_{party}")
        plain = plain.with_columns(who.alias(f"who_{party}"))
        keys.append(f"who_{party}")
    whole = plain.filter(pl.all_horizontal(pl.col(key).is_not_null() for key in keys if key.startswith("who_")))
    later = whole.with_columns(pl.col("row").first().over(keys).alias("first")).filter(pl.col("row") != pl.col("first"))
    found = [_of_rows(later, "duplicate", other=pl.col("first").cast(pl.String))]
    if template.parties == ("enterprise",):
        coded = plain.filter(pl.col("code_enterprise").is_not_null() & pl.col("name_enterprise").is_not_null())
        coded = coded.with_columns(
            pl.col("code_enterprise").n_unique().over("name_enterprise").alias("codes"),
            pl.col("row").first().over("name_enterprise").alias("first"),
            pl.col("row").last().over("name_enterprise").alias("last"),
        ).filter(pl.col("codes") > 1)
        other = pl.when(pl.col("row") == pl.col("first")).then("last").otherwise("first").cast(pl.String)
        found.append(_of_rows(coded, "two_codes", value=pl.col("enterprise"), other=other))
    return found


def _decided(
    table: Table,
    columns: ColumnMap,
    frame: pl.DataFrame,
    cells: list[pl.DataFrame],
    problems: pl.DataFrame,
    notes: list[Problem],
) -> Checked:
    refused = problems.filter(~pl.col("reason").is_in((*NOTES, "two_codes")))["row"].unique()
    review = problems.filter(pl.col("reason") == "two_codes")["row"].unique()
    row = pl.col("row")
    refusals = pl.when(row.is_in(refused.implode())).then(pl.lit("refused"))
    outcome = refusals.when(row.is_in(review.implode())).then(pl.lit("review")).otherwise(pl.lit("ready"))
    hidden = pl.Series(np.array(table.sheet.hidden_rows, dtype=np.uint32) + 1, dtype=pl.UInt32)
    frame = frame.with_columns(outcome.alias("outcome"), row.is_in(hidden.implode()).alias("hidden"))
    long = pl.concat([pl.DataFrame(schema=_CELLS), *cells]).filter(~row.is_in(refused.implode()))
    return Checked(table, columns, frame, long, problems, notes)


def _table_notes(table: Table, columns: ColumnMap) -> list[Problem]:
    """What a person should know about the table as a whole: hidden rows, formulas, titles without a unit, guesses."""
    sheet, name = table.sheet, table.sheet.name
    notes = []
    hidden = sorted(set(table.rows.tolist()) & {row + 1 for row in sheet.hidden_rows})
    if hidden:
        message = marked("{count} hidden rows were read too, the first is row {first}.")
        mend = marked("Delete them if they do not belong to the table.")
        notes.append(Problem(message, {"count": len(hidden), "first": hidden[0]}, mend, sheet=name, row=hidden[0]))
    rows = set(table.rows.tolist())
    for mapped in columns.taken:
        formulas = [row + 1 for row, column in sheet.formulas if column == mapped.index and row + 1 in rows]
        if formulas:
            message = marked("“{title}” holds {count} formulas; the values saved with them were read.")
            params = {"title": mapped.title, "count": len(formulas)}
            notes.append(Problem(message, params, sheet=name, row=formulas[0], column=mapped.letter))
        unit = table.template.by_key[mapped.key].unit
        said = table.titles[mapped.index].unit_for(unit) is not None or bool(table.unit)
        if unit in ("万元", "元") and not said:
            message = marked("“{title}” names no unit; it was read as {unit}.")
            mend = marked("Write the unit into the title, as in {title}（{unit}）.")
            notes.append(
                Problem(message, {"title": mapped.title, "unit": unit}, mend, sheet=name, column=mapped.letter)
            )
    for mapped in columns.columns:
        if mapped.confidence == "confirm":
            wanted = table.template.by_key[mapped.key]
            message = marked("“{title}” may mean {fact}; it is not read before someone confirms it.")
            mend = marked("Confirm the column, or write the title {fact}.")
            notes.append(Problem(message, {"title": mapped.title, "fact": wanted.zh}, mend, "", None, mapped.letter))
        elif mapped.confidence == "unknown":
            message = marked("“{title}” is not a known column; it was not read.")
            notes.append(Problem(message, {"title": mapped.title}, sheet=name, column=mapped.letter))
    return notes


def _sentence(table: Table, row: Mapping[str, object], *, masked: bool) -> Problem:
    """Turn one line of the problems frame into a sentence with its place and its mend."""
    message, mend = REASONS[str(row["reason"])]
    column = table.template.by_key.get(str(row["key"]))
    secret = masked and column is not None and column.masked
    params: dict[str, object] = {
        "title": row["title"],
        "value": MASK if secret else row["value"] or "",
        "other": row["other"] or "",
        "taken": MASK if secret else row["other"] or "",
    }
    if column is not None:
        params |= {"unit": column.unit, "minimum": column.minimum, "maximum": column.maximum}
        params["choices"] = "、".join(choice.zh for choice in column.choices)
    where = str(row["column"])
    return Problem(message, params, mend, table.sheet.name, int(str(row["row"])), where)
