"""Reading what towns really send: .xlsx, old .xls (and WPS .et), and CSV in UTF-8 or GB18030.

`read_workbook` returns sheets of text cells with their kind and their exact place; what a cell means is decided later
by its column. Nothing is guessed here and nothing is dropped.
"""

import csv
import datetime
import io
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import python_calamine

from lianzhu.engine.roster.package import Limits, SheetMarks, check_area, damaged, open_package, refuse, scan_sheets
from lianzhu.library.problem import BadInput, marked

BLANK, TEXT, NUMBER, DATE, BOOLEAN, ERROR, PERCENT = range(7)
_SPACES = " \t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\ufeff"
_BLOCK = 10_000


@dataclass
class Sheet:
    """One sheet. Row i of `cells` and `kinds` is spreadsheet row i + 1, column j is spreadsheet column j (A = 0).

    `cells`: String columns named "0", "1", …; blank cells are null. `kinds`: uint8 matrix of the same shape.
    `merged`: (first row, first column, last row, last column), 0-based, inclusive.
    `formulas`, `uncached`: 0-based (row, column) of formula cells, and of those saved without a value.
    """

    name: str
    cells: pl.DataFrame
    kinds: np.ndarray
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    formulas: list[tuple[int, int]] = field(default_factory=list)
    uncached: set[tuple[int, int]] = field(default_factory=set)


@dataclass
class Workbook:
    """The sheets of one file, in order. `old_format`: an .xls, whose number formats cannot be checked."""

    file: str
    sheets: list[Sheet]
    old_format: bool = False


def read_workbook(path: Path | str, *, limits: Limits | None = None) -> Workbook:
    """Read every visible or hidden sheet of a file.

    Raises `BadInput` with one clear sentence when the file is missing, too large, encrypted, damaged, a zip bomb, or no
    spreadsheet. The size is looked at before a byte is read.
    """
    path, limits = Path(path), limits or Limits()
    if not path.is_file():
        raise refuse(marked("{file} is not there."), marked("Check the name and the folder."), file=path.name)
    size = path.stat().st_size
    if size > limits.file_bytes:
        message = marked("{file} has {size} MB; at most {limit} MB are read.")
        mend = marked("Keep only the sheets and rows to import, without pictures, and send that file.")
        raise refuse(message, mend, file=path.name, size=math.ceil(size / 1e6), limit=limits.file_bytes // 1_000_000)
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip():
        raise refuse(marked("{file} is empty."), marked("Send the workbook itself."), file=path.name)
    if head.startswith(b"PK\x03\x04"):
        return _read_package(path, limits)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _read_old(path, limits)
    return _read_text(path, head, limits)


def _read_package(path: Path, limits: Limits) -> Workbook:
    parts = open_package(path, limits)
    if "xl/workbook.xml" not in parts:
        raise refuse(
            marked("{file} is not an Excel workbook (.xlsx)."),
            marked("Open it in Excel or WPS and save it as .xlsx."),
            file=path.name,
        )
    return _read_values(path, limits, scan_sheets(path, parts, limits), old=False)


def _read_old(path: Path, limits: Limits) -> Workbook:
    raw = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in raw:
        raise _locked(path.name)
    if "Workbook".encode("utf-16-le") not in raw and "Book".encode("utf-16-le") not in raw:
        raise _no_spreadsheet(path.name)
    return _read_values(path, limits, {}, old=True)


def _locked(name: str) -> BadInput:
    mend = marked("Remove the password in Excel or WPS, save, and send that file.")
    return refuse(marked("{file} is protected by a password and cannot be read."), mend, file=name)


def _no_spreadsheet(name: str) -> BadInput:
    mend = marked("Send an Excel workbook (.xlsx or .xls) or a CSV file.")
    return refuse(marked("{file} is not a spreadsheet."), mend, file=name)


def _read_values(path: Path, limits: Limits, marks: Mapping[str, SheetMarks], *, old: bool) -> Workbook:
    try:
        with python_calamine.CalamineWorkbook.from_path(path) as book:
            names = [item.name for item in book.sheets_metadata if item.typ == python_calamine.SheetTypeEnum.WorkSheet]
            if len(names) > limits.sheets:
                message = marked("{file} has {count} sheets; at most {limit} are read.")
                mend = marked("Send the sheets to import in a file of their own.")
                raise refuse(message, mend, file=path.name, count=len(names), limit=limits.sheets)
            sheets = [
                _sheet(path.name, book.get_sheet_by_name(name), marks.get(name, SheetMarks()), limits) for name in names
            ]
    except python_calamine.PasswordError:
        raise _locked(path.name)
    except (python_calamine.CalamineError, OSError, ValueError):
        raise damaged(path.name)
    return Workbook(path.name, sheets, old_format=old)


def _sheet(file: str, source: python_calamine.CalamineSheet, marks: SheetMarks, limits: Limits) -> Sheet:
    if source.start is None or source.end is None:
        return Sheet(source.name, pl.DataFrame(), np.zeros((0, 0), np.uint8), hidden_rows=marks.hidden_rows)
    # Errors and formulas never computed have no value and may lie beyond the last one.
    places = [*marks.errors, *marks.formulas, source.end]
    rows, columns = max(row for row, _ in places) + 1, max(column for _, column in places) + 1
    check_area(file, source.name, rows, columns, limits)
    # Rows come from the sheet's first on, but columns only from the first that is used.
    cells, kinds = _columns(source.iter_rows(), source.start[1], rows, columns)
    for kind, places in ((PERCENT, marks.percents), (ERROR, marks.errors)):
        inside = [place for place in places if place[0] < rows and place[1] < columns]
        if inside:
            at = tuple(np.array(inside).T)
            kinds[at] = np.where((kind == ERROR) | (kinds[at] == NUMBER), kind, kinds[at])
    uncached = {place for place in marks.formulas if place not in marks.texts and kinds[place] == BLANK}
    merged = [(a[0], a[1], b[0], b[1]) for a, b in source.merged_cell_ranges or []]
    return Sheet(source.name, cells, kinds, merged, marks.hidden_rows, marks.formulas, uncached)


def _number(value: float) -> str:
    """Say a number as a spreadsheet shows it: 15 digits, which also hides the noise of computed cells."""
    text = f"{value:.15g}"
    return text if "e" not in text else format(Decimal(text), "f")


def _moment(value: datetime.datetime) -> str:
    return value.date().isoformat() if value.time() == datetime.time.min else value.isoformat(" ", "seconds")


_SAY: dict[type, Callable[..., str]] = {
    str: str,
    float: _number,
    int: str,
    bool: lambda value: "是" if value else "否",
    datetime.datetime: _moment,
    datetime.date: datetime.date.isoformat,
    datetime.time: str,
    datetime.timedelta: str,
}
_KIND: dict[type, int] = {
    str: TEXT,
    float: NUMBER,
    int: NUMBER,
    bool: BOOLEAN,
    datetime.datetime: DATE,
    datetime.date: DATE,
    datetime.time: TEXT,
    datetime.timedelta: TEXT,
}


def _columns(source: Iterable[Sequence[object]], left: int, rows: int, columns: int) -> tuple[pl.DataFrame, np.ndarray]:
    """Turn rows of Python values into String columns and a matrix of kinds, a block at a time to spare memory."""
    kinds = np.zeros((rows, columns), dtype=np.uint8)
    frames, position = [], 0
    for block in _blocks(source):
        series = {}
        for column, values in enumerate(zip(*block, strict=True), start=left):
            of = list(map(type, values))
            kinds[position : position + len(block), column] = list(map(_KIND.__getitem__, of))
            plain = set(of) == {str}
            texts = values if plain else [_SAY[kind](value) for kind, value in zip(of, values, strict=True)]
            series[str(column)] = pl.Series(str(column), texts, dtype=pl.String)
        frames.append(pl.DataFrame(series))
        position += len(block)
    cells = pl.concat(frames) if frames else pl.DataFrame()
    missing = [pl.lit(None, pl.String).alias(str(c)) for c in range(columns) if str(c) not in cells.columns]
    cells = cells.with_columns(pl.all().str.strip_chars(_SPACES).replace("", None)).with_columns(missing)
    cells = cells.select(str(c) for c in range(columns))
    if cells.height != rows:
        cells = pl.concat([cells, cells.clear(rows - cells.height)])
    for column in range(columns):
        kinds[cells[str(column)].is_null().to_numpy(), column] = BLANK
    return cells, kinds


def _blocks(source: Iterable[Sequence[object]]) -> Iterator[list[Sequence[object]]]:
    block: list[Sequence[object]] = []
    for row in source:
        block.append(row)
        if len(block) == _BLOCK:
            yield block
            block = []
    if block:
        yield block


def _read_text(path: Path, head: bytes, limits: Limits) -> Workbook:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<html" in start[:2000] or start.startswith((b"<table", b"<!doctype html")):
        message = marked("{file} is a web page under the name of a spreadsheet.")
        raise refuse(message, marked("Open it in Excel or WPS and save it as .xlsx."), file=path.name)
    if b"\0" in head or head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")):
        raise _no_spreadsheet(path.name)
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        message = marked("{file} is text in an unknown encoding.")
        raise refuse(message, marked("Save it as CSV in UTF-8, or as .xlsx."), file=path.name)
    first = text.lstrip().split("\n", 1)[0]
    mark = max(",\t;，", key=first.count)
    if not first.count(mark) and path.suffix.lower() != ".csv":
        raise _no_spreadsheet(path.name)
    try:
        rows: list[list[object]] = [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)]
    except csv.Error:
        raise damaged(path.name)
    width = max(map(len, rows), default=0)
    check_area(path.name, path.stem, len(rows), width, limits)
    for row in rows:
        row.extend([""] * (width - len(row)))
    cells, kinds = _columns(rows, 0, len(rows), width)
    return Workbook(path.name, [Sheet(path.stem, cells, kinds)])
