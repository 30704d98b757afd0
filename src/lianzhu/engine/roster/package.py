"""What a spreadsheet package says beside its values, read with care before anything else opens it.

An .xlsx file is a zip of XML parts. `open_package` measures every part by inflating it under the limits (the sizes
written in a zip can lie), so a zip bomb is refused before the value reader sees it. `scan_sheets` then walks the sheet
XML once for what the value reader drops: hidden rows, formulas, error cells, percent formats and the used area.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from xml.parsers import expat

from lianzhu.library.problem import BadInput, Problem, marked

_CHUNK = 1 << 18
_PERCENT = re.compile(r"%")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


@dataclass(frozen=True)
class Limits:
    """How large an input may be. Bytes, a ratio, rows, columns, and cells of the used area of one sheet."""

    file_bytes: int = 50_000_000
    unpacked_bytes: int = 800_000_000
    ratio: int = 200
    rows: int = 250_000
    columns: int = 400
    cells: int = 6_000_000
    sheets: int = 60


@dataclass
class SheetMarks:
    """Positions (row, column), 0-based, of the cells of one sheet that need more than their value.

    `texts`: formula cells saved as a text, which may rightly be empty. `rows`, `columns`: the used area.
    """

    rows: int = 0
    columns: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    formulas: list[tuple[int, int]] = field(default_factory=list)
    texts: set[tuple[int, int]] = field(default_factory=set)
    errors: list[tuple[int, int]] = field(default_factory=list)
    percents: list[tuple[int, int]] = field(default_factory=list)


def refuse(message: str, mend: str = "", **params: object) -> BadInput:
    """Return the error for a file that cannot be used as a whole."""
    return BadInput(Problem(message, params, mend))


def damaged(name: str) -> BadInput:
    """Return the error for a package whose zip or XML is broken."""
    return refuse(
        marked("{file} is damaged: its contents cannot be unpacked."),
        marked("Open it in Excel or WPS, save it under a new name and send that file."),
        file=name,
    )


def inflate(path: Path, entry: zipfile.ZipInfo, cap: int) -> Iterator[bytes]:
    """Yield the unpacked bytes of one zip entry; `BadInput` when more than `cap` bytes or when the data is broken."""
    with path.open("rb") as file:
        file.seek(entry.header_offset)
        head = file.read(30)
        if len(head) < 30 or head[:4] != b"PK\x03\x04" or entry.compress_type not in (0, 8) or entry.flag_bits & 1:
            raise damaged(path.name)
        file.seek(int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"), 1)
        left, seen = entry.compress_size, 0
        unpack = zlib.decompressobj(-15) if entry.compress_type == 8 else None
        pending = b""
        while left > 0 or pending:
            if not pending:
                pending = file.read(min(_CHUNK, left))
                left -= len(pending)
                if not pending:
                    raise damaged(path.name)
            try:
                data = unpack.decompress(pending, _CHUNK * 4) if unpack else pending
            except zlib.error:
                raise damaged(path.name)
            pending = unpack.unconsumed_tail if unpack else b""
            seen += len(data)
            if seen > cap:
                raise bomb(path.name)
            yield data


def bomb(name: str) -> BadInput:
    """Return the error for a package that unpacks to far more than its size."""
    return refuse(
        marked("{file} unpacks to far more than a spreadsheet of its size holds; it was not opened."),
        marked("Copy the cells you need into a new workbook and send that one."),
        file=name,
    )


def open_package(path: Path, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """Return the parts of a spreadsheet package by name, every one unpacked once and found within `limits`."""
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise damaged(path.name)
    if len(entries) > 5000 or sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
        raise bomb(path.name)
    total = 0
    for entry in entries:
        # Small parts may be very repetitive; the ratio only counts where it could hurt.
        cap = min(limits.unpacked_bytes - total, max(10_000_000, limits.ratio * entry.compress_size))
        check, size = 0, 0
        for data in inflate(path, entry, cap):
            check = zlib.crc32(data, check)
            size += len(data)
        if check != entry.CRC or size != entry.file_size:
            raise damaged(path.name)
        total += size
    return {entry.filename: entry for entry in entries}


def _no_document_type(*_: object) -> None:
    raise ValueError("A spreadsheet part declares no document type.")


def _walk(
    path: Path,
    entry: zipfile.ZipInfo,
    on_start: Callable[[str, dict[str, str]], None],
) -> None:
    """Call `on_start` for every element of one XML part; entities and document types are refused."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = on_start
    parser.StartDoctypeDeclHandler = _no_document_type
    try:
        for data in inflate(path, entry, entry.file_size):
            parser.Parse(data, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError):
        raise damaged(path.name)


def _percent_styles(path: Path, parts: dict[str, zipfile.ZipInfo]) -> set[str]:
    """Return the cell style numbers whose number format shows a percentage."""
    if "xl/styles.xml" not in parts:
        return set()
    formats, styles = {"9", "10"}, []
    inside = [""]

    def start(tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag in ("cellXfs", "cellStyleXfs", "numFmts"):
            inside[0] = tag
        elif tag == "numFmt" and inside[0] == "numFmts":
            if _PERCENT.search(_QUOTED.sub("", attributes.get("formatCode", ""))):
                formats.add(attributes.get("numFmtId", ""))
        elif tag == "xf" and inside[0] == "cellXfs":
            styles.append(attributes.get("numFmtId", "0"))

    _walk(path, parts["xl/styles.xml"], start)
    return {str(number) for number, style in enumerate(styles) if style in formats}


def sheet_parts(path: Path, parts: dict[str, zipfile.ZipInfo]) -> dict[str, str]:
    """Return sheet name -> part name, in workbook order."""
    if "xl/workbook.xml" not in parts or "xl/_rels/workbook.xml.rels" not in parts:
        raise damaged(path.name)
    names: list[tuple[str, str]] = []
    targets: dict[str, str] = {}

    def sheets(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "sheet":
            number = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            names.append((attributes.get("name", ""), number))

    def relations(_tag: str, attributes: dict[str, str]) -> None:
        target = attributes.get("Target", "")
        targets[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    _walk(path, parts["xl/workbook.xml"], sheets)
    _walk(path, parts["xl/_rels/workbook.xml.rels"], relations)
    return {name: str(PurePosixPath(targets.get(number, ""))) for name, number in names}


def scan_sheets(path: Path, parts: dict[str, zipfile.ZipInfo], limits: Limits) -> dict[str, SheetMarks]:
    """Return the marks of every sheet; `BadInput` when a sheet's used area is beyond the limits."""
    percents = _percent_styles(path, parts)
    found: dict[str, SheetMarks] = {}
    for name, part in sheet_parts(path, parts).items():
        if part in parts and part.startswith("xl/worksheets/"):
            found[name] = _scan(path, parts[part], percents)
            check_area(path.name, name, found[name].rows, found[name].columns, limits)
    return found


def check_area(file: str, sheet: str, rows: int, columns: int, limits: Limits) -> None:
    """Refuse a sheet with more rows, columns or cells than the limits allow."""
    if rows > limits.rows or columns > limits.columns or rows * columns > limits.cells:
        message = marked("{file}, sheet {sheet} reaches to row {rows}, column {columns}: too large to import at once.")
        mend = marked("Delete stray cells far from the table, or split it into files of fewer rows.")
        raise refuse(message, mend, file=file, sheet=sheet, rows=rows, columns=columns)


def letter_of(index: int) -> str:
    """Return the spreadsheet letters of a 0-based column.

    >>> letter_of(0), letter_of(25), letter_of(26)
    ('A', 'Z', 'AA')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def index_of(letters: str) -> int:
    """Return the 0-based column of spreadsheet letters; the inverse of `letter_of`."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def _scan(path: Path, entry: zipfile.ZipInfo, percents: set[str]) -> SheetMarks:
    """Collect the marks of one sheet. One closure, ordered by how often a tag comes: millions of cells pass here."""
    marks = SheetMarks()
    columns: dict[str, int] = {}
    row, column, last, beyond = -1, -1, -1, False
    kind: str | None = None
    cell_tag = value_tag = text_tag = row_tag = formula_tag = ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, last, beyond, kind, cell_tag, value_tag, text_tag, row_tag, formula_tag
        if tag in (value_tag, text_tag):
            last = max(row, last)
            if beyond:
                marks.columns = max(marks.columns, column + 1)
        elif tag == cell_tag:
            place = attributes.get("r")
            if place is None:
                column += 1
            else:
                letters = place[0] if place[1] <= "9" else place.rstrip("0123456789")
                known = columns.get(letters)
                column = columns.setdefault(letters, index_of(letters)) if known is None else known
            beyond = column >= marks.columns
            kind = attributes.get("t")
            if kind == "e":
                marks.errors.append((row, column))
            elif attributes.get("s") in percents:
                marks.percents.append((row, column))
        elif tag == row_tag:
            row, column = int(attributes["r"]) - 1 if "r" in attributes else row + 1, -1
            if attributes.get("hidden") in ("1", "true"):
                marks.hidden_rows.append(row)
        elif tag == formula_tag:
            marks.formulas.append((row, column))
            last, marks.columns = max(row, last), max(marks.columns, column + 1)
            if kind == "str":
                marks.texts.add((row, column))
        elif not cell_tag:
            prefix = tag.rpartition(":")[0]
            prefix = f"{prefix}:" if prefix else ""
            cell_tag, value_tag, text_tag = f"{prefix}c", f"{prefix}v", f"{prefix}is"
            row_tag, formula_tag = f"{prefix}row", f"{prefix}f"

    _walk(path, entry, start)
    marks.rows = last + 1
    return marks
