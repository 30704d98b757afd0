"""Writing a workbook byte for byte the same each time, and remembering who each written firm name really is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from lianzhu.demo.names import FICTIONAL

_CREATED = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
_SERIAL_ZERO = date(1899, 12, 30).toordinal()


@dataclass(frozen=True)
class Mention:
    """A cell that names a firm: as it is written, and the firm's full name ('' for one outside the town)."""

    written: str
    firm: str
    party: str = "enterprise"


Cell = str | int | float | Decimal | date | Mention | None


@dataclass(frozen=True)
class Answer:
    """What a person says when the import asks who is meant: spreadsheet row, party, full name ('': outside)."""

    sheet: str
    row: int
    party: str
    written: str
    firm: str


@dataclass
class Page:
    """One sheet before it is written. `headers` are (group, title) pairs; an equal neighbouring group is merged.

    Equal cells below each other in column `merged` (0-based) are written as one merged cell. `refused` counts the rows
    spoiled on purpose: a guess instead of a figure, a damaged code, the same row twice.
    """

    name: str
    title: str
    headers: Sequence[tuple[str, str]]
    rows: list[Sequence[Cell]] = field(default_factory=list)
    footer: Sequence[str] = ()
    merged: int | None = None
    refused: int = 0


@dataclass(frozen=True)
class Draft:
    """One workbook before it is written."""

    file: str
    template: str
    source: str
    as_of: date
    confidential: bool
    pages: Sequence[Page]


@dataclass(frozen=True)
class Workbook:
    """One workbook as an office sent it. `confidential`: holds columns only firm and statistician may read.

    `rows` counts the rows of data in it, `refused` those no import can take as they are (nothing else is lost with
    them); `answers` holds what to say where a firm is not written by its full name.
    """

    path: Path
    template: str
    confidential: bool
    as_of: date
    source: str
    rows: int
    refused: int
    answers: tuple[Answer, ...]


def write(draft: Draft, folder: Path) -> Workbook:
    """Write one workbook into `folder`; the same draft always gives the same bytes."""
    path = folder / draft.file
    answers: list[Answer] = []
    count = 0
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"title": draft.source, "author": "示例镇", "comments": FICTIONAL, "created": _CREATED})
        formats = _formats(book)
        for page in draft.pages:
            sheet = book.add_worksheet(page.name)
            first = _write_head(sheet, page, formats)
            for offset, row in enumerate(page.rows):
                count += any(isinstance(cell, Mention) for cell in row)
                for column, cell in enumerate(row):
                    _write_cell(sheet, first + offset, column, cell, formats)
                    if isinstance(cell, Mention) and cell.written != cell.firm:
                        answers.append(Answer(page.name, first + offset + 1, cell.party, cell.written, cell.firm))
            _merge_runs(sheet, page, first, formats["plain"])
            for offset, line in enumerate(page.footer):
                sheet.write_string(first + len(page.rows) + offset, 0, line, formats["plain"])
    return Workbook(
        path=path,
        template=draft.template,
        confidential=draft.confidential,
        as_of=draft.as_of,
        source=draft.source,
        rows=count,
        refused=sum(page.refused for page in draft.pages),
        answers=tuple(answers),
    )


def _merge_runs(sheet: Worksheet, page: Page, first: int, style: Format) -> None:
    """Merge what stands below itself in the page's `merged` column, as clerks do with a firm's several rows."""
    column = page.merged
    if column is None:
        return
    row = first
    for cell, members in groupby(page.rows, key=lambda cells: cells[column] if cells else None):
        height = len(list(members))
        if height > 1 and isinstance(cell, Mention):
            sheet.merge_range(row, column, row + height - 1, column, cell.written, style)
        row += height


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
        "note": book.add_format({"italic": True, "font_color": "#9c4221", "align": "left"}),
        "head": book.add_format(
            {
                "bold": True,
                "border": 1,
                "align": "center",
                "valign": "vcenter",
                "text_wrap": True,
                "bg_color": "#e8eef4",
            }
        ),
        "plain": book.add_format({"valign": "vcenter"}),
        "text": book.add_format({"num_format": "@"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "number": book.add_format({"num_format": "General"}),
    }


def _write_head(sheet: Worksheet, page: Page, formats: dict[str, Format]) -> int:
    """Write title, fictional note and header; return the 0-based row where data begins."""
    last = len(page.headers) - 1
    sheet.merge_range(0, 0, 0, last, page.title, formats["title"])
    sheet.merge_range(1, 0, 1, last, FICTIONAL, formats["note"])
    sheet.set_column(0, last, 14)
    if not any(group for group, _ in page.headers):
        for column, (_, title) in enumerate(page.headers):
            sheet.write_string(2, column, title, formats["head"])
        return 3
    for group, members in groupby(enumerate(page.headers), key=lambda item: item[1][0]):
        columns = [column for column, _ in members]
        for column in columns:
            title = page.headers[column][1]
            if group:
                sheet.write_string(3, column, title, formats["head"])
            else:
                sheet.merge_range(2, column, 3, column, title, formats["head"])
        if group and len(columns) > 1:
            sheet.merge_range(2, columns[0], 2, columns[-1], group, formats["head"])
        elif group:
            sheet.write_string(2, columns[0], group, formats["head"])
    return 4


def _write_cell(sheet: Worksheet, row: int, column: int, cell: Cell, formats: dict[str, Format]) -> None:
    if cell is None:
        return
    if isinstance(cell, Mention):
        sheet.write_string(row, column, cell.written, formats["text"])
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell, formats["text"])
    elif isinstance(cell, date):
        sheet.write_number(row, column, cell.toordinal() - _SERIAL_ZERO, formats["date"])
    else:
        sheet.write_number(row, column, float(cell), formats["number"])
