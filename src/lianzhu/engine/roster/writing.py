"""Workbooks that go back to people: the refused cells marked, and the Excel templates to fill in.

Both open in Excel and WPS. Text is always written as text, so that a cell beginning with = + - @ is never a formula.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import xlsxwriter

from lianzhu.engine.roster.package import Limits, index_of
from lianzhu.engine.roster.reading import BLANK, NUMBER, PERCENT, Sheet, read_workbook
from lianzhu.engine.roster.templates import PERIOD, Column, Template
from lianzhu.library.problem import Problem

_SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_ROWS = 1000
Say = Mapping[str, str]


def mark_refused(
    path: Path | str,
    problems: Sequence[Problem],
    out: Path | str,
    *,
    masked: Mapping[str, Collection[str]],
    say: Mapping[str, str] | None = None,
    limits: Limits | None = None,
) -> None:
    """Write the workbook at `path` to `out` with the cells of `problems` marked and a reason behind each row.

    `problems` carry sheet, row and column letters (none: the whole row). `masked`: by sheet the letters of columns left
    blank, because their values are not for whoever gets the file. `say` translates messages. Raises `BadInput` as
    `read_workbook` does.
    """
    book = read_workbook(path, limits=limits)
    by_sheet: dict[str, list[Problem]] = {}
    for problem in problems:
        by_sheet.setdefault(problem.sheet, []).append(problem)
    with xlsxwriter.Workbook(str(out), {"constant_memory": True, **_SAFE}) as made:
        bad = made.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
        reason = made.add_format({"font_color": "#9C0006"})
        for sheet in book.sheets:
            target = made.add_worksheet(_sheet_name(sheet.name))
            blank = {index_of(letters) for letters in masked.get(sheet.name, ())}
            _copy(target, sheet, by_sheet.get(sheet.name, []), blank, {"bad": bad, "reason": reason}, say or {})


def _sheet_name(name: str) -> str:
    return "".join("_" if character in r"[]:*?/\\" else character for character in name)[:31] or "Sheet"


def _copy(
    target: xlsxwriter.worksheet.Worksheet,
    sheet: Sheet,
    problems: Iterable[Problem],
    blank: Collection[int],
    formats: Mapping[str, object],
    say: Say,
) -> None:
    """Copy the values of a sheet row by row, mark the problems' cells and write their reasons behind the row."""
    reasons: dict[int, list[str]] = {}
    cells: set[tuple[int, int]] = set()
    for problem in problems:
        row = (problem.row or 1) - 1
        reasons.setdefault(row, []).append(sentence(problem, say))
        if problem.column:
            cells.add((row, index_of(problem.column)))
    width = sheet.cells.width
    for row, values in enumerate(sheet.cells.iter_rows()):
        for column, value in enumerate(values):
            style = formats["bad"] if (row, column) in cells or (row in reasons and not column) else None
            kind = sheet.kinds[row, column]
            if column in blank or kind == BLANK or value is None:
                if style:
                    target.write_blank(row, column, None, style)
            elif kind in (NUMBER, PERCENT) and len(value) < 16:
                target.write_number(row, column, float(value), style)
            else:
                target.write_string(row, column, value, style)
        if row in reasons:
            target.write_string(row, width, " ".join(reasons[row])[:32000], formats["reason"])


def sentence(problem: Problem, say: Say) -> str:
    """Say a problem without its place: what is wrong and how to mend it."""
    parts = (problem.message, problem.mend)
    return " ".join(say.get(part, part).format(**problem.params) for part in parts if part)


def template_workbook(
    template: Template,
    out: Path | str,
    lang: Literal["zh", "en"] = "zh",
    *,
    keys: Collection[str] | None = None,
) -> None:
    """Write an empty workbook for a template: titles with units, drop-downs, text format for codes, a sheet of notes.

    `keys` picks columns, in the template's order; the columns that name a firm are always there. Reading the filled
    workbook finds every column again by its title.
    """
    columns = _chosen(template, keys)
    with xlsxwriter.Workbook(str(out), _SAFE) as made:
        head = made.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True, "valign": "top"})
        formats = {
            "code": made.add_format({"num_format": "@"}),
            "text": made.add_format({"num_format": "@"}),
            "date": made.add_format({"num_format": "yyyy-mm-dd"}),
        }
        sheet = made.add_worksheet(template.zh if lang == "zh" else template.en)
        sheet.freeze_panes(1, 1)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, 22 if column.type in ("text", "code") else 14, formats.get(column.type))
            sheet.write_string(0, index, title_of(column, lang), head)
            note = column.note if lang == "zh" else column.note_en
            if note:
                sheet.write_comment(0, index, note)
            _validate(sheet, index, column, lang)
        _notes(made.add_worksheet("填写说明" if lang == "zh" else "Notes"), columns, lang, head)


def _chosen(template: Template, keys: Collection[str] | None) -> list[Column]:
    if keys is None:
        return list(template.columns)
    dated = any(template.by_key[key].period != "none" for key in keys if key in template.by_key)
    return [
        column
        for column in template.columns
        if column.key in keys or column.party or column.required or (column.key == PERIOD and dated)
    ]


def title_of(column: Column, lang: str) -> str:
    """The title of a column in a template workbook, with its unit."""
    name = column.zh if lang == "zh" else column.en
    if not column.unit:
        return name
    return f"{name}（{column.unit}）" if lang == "zh" else f"{name} ({column.unit})"


def _validate(sheet: xlsxwriter.worksheet.Worksheet, index: int, column: Column, lang: str) -> None:
    """Add the drop-down of a yes-no or choice column; Excel allows 255 characters in a list written out."""
    words = [choice.zh if lang == "zh" else choice.en for choice in column.choices]
    if column.type == "boolean":
        words = ["是", "否"] if lang == "zh" else ["yes", "no"]
    if words and len(",".join(words)) <= 255 and not any("," in word for word in words):
        sheet.data_validation(1, index, _ROWS, index, {"validate": "list", "source": words})


_NOTES_HEAD = {
    "zh": ("栏目", "说明", "单位", "时期", "谁能看"),
    "en": ("Column", "Meaning", "Unit", "Period", "Who may read it"),
}
_SEEN_BY = {
    "zh": {"public": "公开", "office": "链办", "firm": "企业本身和它授权的人", "statistics": "企业本身和统计员"},
    "en": {"public": "everyone", "office": "the office", "firm": "the firm and whom it grants"}
    | {"statistics": "the firm and the statistician"},
}
_PERIODS = {
    "zh": {"none": "", "year": "年", "quarter": "季", "month": "月"},
    "en": {"none": "", "year": "year", "quarter": "quarter", "month": "month"},
}


def _notes(sheet: xlsxwriter.worksheet.Worksheet, columns: Sequence[Column], lang: str, head: object) -> None:
    for index, text in enumerate(_NOTES_HEAD[lang]):
        sheet.write_string(0, index, text, head)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 60)
    for row, column in enumerate(columns, start=1):
        line = (
            column.zh if lang == "zh" else column.en,
            column.note if lang == "zh" else column.note_en,
            column.unit,
            _PERIODS[lang][column.period],
            _SEEN_BY[lang][column.confidentiality],
        )
        for index, text in enumerate(line):
            sheet.write_string(row, index, text)
