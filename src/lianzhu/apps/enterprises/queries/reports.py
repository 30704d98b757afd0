"""What a batch's page shows: columns, refusals and their reasons, and the preview with secret values masked."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Enterprise, ImportBatch, access_of
from lianzhu.apps.enterprises.queries import reasons
from lianzhu.apps.enterprises.queries.file import in_words
from lianzhu.apps.enterprises.queries.frames import OUTSIDE
from lianzhu.apps.enterprises.queries.previews import Prepared, folder_of
from lianzhu.engine.roster.checking import Checked
from lianzhu.engine.roster.templates import Column, Template, templates
from lianzhu.library.facts import facts
from lianzhu.library.problem import Problem

MOST_PROBLEMS = 1000
SHOWN = 200


def report_of(prepared: Prepared) -> dict[str, object]:
    """The part of a preview that holds no values of any class: safe to keep on the batch row."""
    return {"tables": [_table(checked) for checked in prepared.tables]}


def _table(checked: Checked) -> dict[str, object]:
    template = checked.table.template
    problems = [*checked.columns.problems, *checked.notes]
    refusals = checked.problem_list(limit=MOST_PROBLEMS, masked=True)
    remarks = checked.problem_list(limit=MOST_PROBLEMS, notes=True, masked=True)
    return {
        "sheet": checked.table.sheet.name,
        "kind": template.name,
        "header": checked.table.header_rows,
        "rows": checked.rows.height,
        "skipped": [[row, why] for row, why in checked.table.skipped],
        "columns": [
            {
                "index": column.index,
                "letter": column.letter,
                "title": column.title,
                "key": column.key,
                "period": column.period,
                "unit": column.unit,
                "confidence": column.confidence,
                "read": column.read,
                "masked": column.key in template.by_key and template.by_key[column.key].masked,
            }
            for column in checked.columns.columns
        ],
        "banned": [
            {"letter": column.letter, "title": column.title, "reason": ban.reason, "law": ban.law, "mend": ban.mend}
            for column, ban in checked.columns.banned
        ],
        "masked": checked.masked_columns,
        "notes": [_said(problem) for problem in problems],
        "refusals": [_said(problem) for problem in refusals],
        "remarks": [_said(problem) for problem in remarks],
    }


def _said(problem: Problem) -> dict[str, object]:
    """A problem as data: the English templates are translated when shown."""
    return {
        "message": problem.message,
        "mend": problem.mend,
        "params": {name: str(value) for name, value in problem.params.items()},
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
    }


@dataclass(frozen=True)
class Sentence:
    """A problem in the reader's language."""

    row: int | None
    column: str
    title: str
    value: str
    says: str
    mend: str


def sentences(told: Iterable[dict[str, object]]) -> list[Sentence]:
    """Translate the problems of a report."""
    out = []
    for one in told:
        params = one.get("params")
        words = params if isinstance(params, dict) else {}
        message, mend = str(one["message"]), str(one["mend"])
        out.append(
            Sentence(
                row=int(str(one["row"])) if one["row"] else None,
                column=str(one["column"]),
                title=str(words.get("title", "")),
                value=str(words.get("value", "")),
                says=_(message).format(**words),
                mend=_(mend).format(**words) if mend else "",
            )
        )
    return out


def as_problems(told: Iterable[dict[str, object]]) -> list[Problem]:
    """The problems of a report, for the workbook that goes back."""
    return [
        Problem(
            message=str(one["message"]),
            params=dict(words) if isinstance(words := one.get("params"), dict) else {},
            mend=str(one["mend"]),
            sheet=str(one["sheet"]),
            row=int(str(one["row"])) if one["row"] else None,
            column=str(one["column"]),
        )
        for one in told
    ]


@dataclass(frozen=True)
class Cell:
    """One cell of the preview. `old` and `new` are None when this reader may only know whether it changes."""

    title: str
    period: str
    change: str
    old: str | None
    new: str | None
    old_from: str


@dataclass(frozen=True)
class Row:
    """One row of the preview with its cells that say something."""

    key: str
    row: int
    name: str
    code: str
    firm: int | None
    cells: list[Cell]
    why: str
    candidate: Enterprise | None
    ends: list[tuple[str, str]]


@dataclass(frozen=True)
class Group:
    """Rows of one outcome in one table; `more` counts those not shown."""

    outcome: str
    rows: list[Row]
    more: int


def reads_all(user: User, batch: ImportBatch) -> bool:
    """Only the statistician of the chain reads secret values of a file."""
    return batch.chain_id in access_of(user).statistician_chains


def shown(user: User, batch: ImportBatch, table: int, *, most: int = SHOWN) -> list[Group]:
    """The preview of one table for this reader, grouped as a person works: review, changed, new."""
    folder = folder_of(batch)
    if not (folder / "rows.parquet").exists():
        return []
    rows = pl.read_parquet(folder / "rows.parquet").filter(pl.col("table") == table)
    cells = pl.read_parquet(folder / "cells.parquet").filter(pl.col("table") == table)
    template = templates(facts())[batch.report["tables"][table]["kind"]]
    groups = []
    for outcome in ("review", "changed", "new"):
        chosen = rows.filter(pl.col("outcome") == outcome)
        part = chosen.head(most)
        of_rows = cells.join(part.select("row"), on="row", how="semi").filter(pl.col("change") != "unchanged")
        by_row: dict[int, list[Cell]] = {}
        for line in of_rows.iter_rows(named=True):
            by_row.setdefault(line["row"], []).append(_cell(template, line, all_values=reads_all(user, batch)))
        candidates = _candidates(part)
        groups.append(
            Group(
                outcome,
                [
                    _row(table, template, line, by_row.get(line["row"], []), candidates)
                    for line in part.iter_rows(named=True)
                ],
                chosen.height - part.height,
            )
        )
    return groups


def _candidates(rows: pl.DataFrame) -> dict[str, Enterprise]:
    ids = [int(text) for text in rows["candidates"].drop_nulls().unique().to_list() if text.isdigit()]
    return {str(firm.pk): firm for firm in Enterprise.objects.filter(pk__in=ids)}


def title_of(column: Column | None, key: str) -> str:
    """A column's title in the reader's language."""
    if column is None:
        return key
    return column.en if (get_language() or "").startswith("en") else column.zh


def _cell(template: Template, line: dict[str, str | None], *, all_values: bool) -> Cell:
    key = str(line["fact"])
    column = template.by_key.get(key)
    hidden = column is not None and column.masked and not all_values
    fact = facts().get(key) if template.name == ImportBatch.Kind.ENTERPRISES else None

    def words(value: str | None) -> str | None:
        if hidden:
            return None
        return "" if value is None else in_words(fact, value) if fact else value

    source = f"{line['old_source']} {line['old_date']}" if line["old_source"] else ""
    return Cell(
        title=title_of(column, key),
        period=str(line["period"] or ""),
        change=str(line["change"]),
        old=words(line["old"]),
        new=words(line["value"]),
        old_from=source,
    )


def _row(
    table: int, template: Template, line: dict[str, str | None], cells: list[Cell], candidates: dict[str, Enterprise]
) -> Row:
    enterprise = str(line["enterprise"] or "")
    unsure = [
        (end, title_of(template.by_key.get(end), end))
        for end, party in zip(template.parties, (line["party_1"], line["party_2"]), strict=False)
        if party is None
    ]
    if template.name == ImportBatch.Kind.ENTERPRISES:
        unsure = [("", "")]
    return Row(
        key=f"{table}:{line['row']}",
        row=int(str(line["row"])),
        name=str(line["name"] or ""),
        code=str(line["code"] or ""),
        firm=int(enterprise) if enterprise.isdigit() else None,
        cells=cells,
        why=reasons.in_words(str(line["why"] or "")),
        candidate=candidates.get(str(line["candidates"] or "")),
        ends=unsure,
    )


def outside_name(party: str) -> str:
    """The name of a firm outside the town."""
    return party.removeprefix(OUTSIDE)


def usual_keys(template: Template) -> list[str] | None:
    """The columns a town usually keeps: base facts, not what follows from them, scores or single matters."""
    if template.name != ImportBatch.Kind.ENTERPRISES:
        return None
    return [fact.name for fact in facts().values() if fact.derive is None and fact.group not in ("score", "matter")]
