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
    cells: int = 8_000_000
    sheets: int = 60


@dataclass
class SheetMarks:
    """Positions (row, column), 0-based, of the cells of one sheet that need more than their value.

    `texts`: formula cells saved as a text, which may rightly be empty. `rows`, `columns`: the used area; never less
    than 26 columns.
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


_WIDE = re.compile(rb"\sr=[\"']([A-Z]{2,3})\d+[\"'](?:[^>]*[^/>])?>")
_PLACE = re.compile(rb"\sr=[\"']([A-Z]*)(\d+)[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_ROW_LIMIT = 1 << 26


def _interesting(percents: set[str], prefix: str) -> re.Pattern[bytes]:
    """The tags worth a look: every row, and cells that hold an error, a percent format or a formula."""
    styles = "|".join(sorted(percents)) or "none"
    tag, end = f"<{prefix}", r"(?=[\s>/])"
    marked_cell = rf"c(?=\s)([^>]*?\s(?:t=[\"']e[\"']|s=[\"'](?:{styles})[\"'])[^>]*)>(?:{tag}(f){end})?"
    return re.compile(f"{tag}(?:row{end}([^>]*)>|{marked_cell}|c{end}([^>]*)>{tag}f{end})".encode())


def _scan(path: Path, entry: zipfile.ZipInfo, percents: set[str]) -> SheetMarks:
    """Collect the marks of one sheet, whole rows at a time.

    Millions of cells pass here, so only interesting tags leave the pattern matcher; the XML itself is parsed, and any
    fault in it found, by the reader of values.
    """
    marks, rest, row = SheetMarks(columns=26), b"", -1
    usual, prefixed = _interesting(percents, ""), _interesting(percents, r"(?:\w+:)?")
    for data in inflate(path, entry, entry.file_size):
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise damaged(path.name)
        rest += data
        cut = rest.rfind(b"row>") + 4
        if cut > 3:
            row = _scan_rows(rest[:cut], row, usual if b"<row" in rest else prefixed, marks)
            rest = rest[cut:]
        elif len(rest) > _ROW_LIMIT:
            raise damaged(path.name)
    _scan_rows(rest, row, prefixed, marks)
    return marks


def _scan_rows(block: bytes, row: int, pattern: re.Pattern[bytes], marks: SheetMarks) -> int:
    """Collect the marks of some whole rows; `row` is the one before them. Returns the last row.

    Rows and cells may leave out their place: they then follow the one before.
    """
    start = 0
    last_value = max(block.rfind(b"v>"), block.rfind(b"is>"))
    for found in pattern.finditer(block):
        of_row, of_cell, formula, of_formula = found.groups()
        if of_row is not None:
            place = _PLACE.search(of_row)
            row, start = int(place.group(2)) - 1 if place else row + 1, found.start()
            if b"hidden" in of_row and re.search(rb"hidden=[\"'](?:1|true)", of_row):
                marks.hidden_rows.append(row)
            if start < last_value:
                marks.rows = max(marks.rows, row + 1)
            continue
        attributes = of_formula if of_cell is None else of_cell
        place = _PLACE.search(attributes)
        column = index_of(place.group(1).decode()) if place else len(_CELL.findall(block, start, found.start()))
        if of_cell is not None:
            error = re.search(rb"\st=[\"']e", attributes)
            (marks.errors if error else marks.percents).append((row, column))
        if formula or of_cell is None:
            marks.formulas.append((row, column))
            if re.search(rb"\st=[\"']str", attributes):
                marks.texts.add((row, column))
    for letters in set(_WIDE.findall(block)):
        marks.columns = max(marks.columns, index_of(letters.decode()) + 1)
    return row
