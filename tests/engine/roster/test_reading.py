"""Reading files: every kind of cell in its place, and every unusable file refused with a sentence."""

import re
import zipfile
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from lianzhu.engine.roster.package import Limits, index_of, letter_of
from lianzhu.engine.roster.reading import BLANK, BOOLEAN, DATE, ERROR, NUMBER, PERCENT, TEXT, read_workbook
from lianzhu.library.problem import BadInput


def refused(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(BadInput) as caught:
        read_workbook(path, limits=limits)
    return str(caught.value)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("表")
        percent = made.add_format({"num_format": '0.0%"（占比）"'})
        sheet.write_string("B2", " 甲子\u3000")
        sheet.write_number("C2", 0.065, percent)
        sheet.write_formula("D2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("B3", "=1+1", None, 2)
        sheet.write_datetime("C3", date(2023, 12, 31), made.add_format({"num_format": 14}))
        sheet.write_boolean("D3", True)
        sheet.write_number("B4", 913214025666712345)
        sheet.write_number("C4", 0.1 + 0.2)
        sheet.set_row(3, None, None, {"hidden": True})
        sheet.merge_range("E2:E4", "合并")
    return path


def test_cells_keep_their_place_and_kind(book: Path) -> None:
    sheet = read_workbook(book).sheets[0]
    assert sheet.cells.rows()[1:] == [
        (None, "甲子", "0.065", None, "合并"),
        (None, "2", "2023-12-31", "是", None),
        (None, "913214025666712000", "0.3", None, None),
    ]
    assert sheet.kinds.tolist()[1:] == [
        [BLANK, TEXT, PERCENT, ERROR, TEXT],
        [BLANK, NUMBER, DATE, BOOLEAN, BLANK],
        [BLANK, NUMBER, NUMBER, BLANK, BLANK],
    ]


def test_what_values_do_not_show_is_found(book: Path) -> None:
    sheet = read_workbook(book).sheets[0]
    assert sheet.hidden_rows == [3]
    assert sheet.formulas == [(1, 3), (2, 1)]
    assert sheet.merged == [(1, 4, 3, 4)]
    assert sheet.uncached == set()


def test_formula_saved_without_a_value(tmp_path: Path) -> None:
    path = tmp_path / "plain.xlsx"
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet().write_row(0, 0, ["a", "b"])
    _rewrite(
        path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</row>", b'<c r="C1"><f>A1</f><v></v></c></row>')
    )
    assert read_workbook(path).sheets[0].uncached == {(0, 2)}


def test_prefixed_xml_is_read_too(book: Path) -> None:
    """Some programs write <x:c> for <c>; hidden rows and formulas are found all the same."""
    _rewrite(
        book,
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", xml).replace(b" xmlns=", b" xmlns:x="),
    )
    sheet = read_workbook(book).sheets[0]
    assert (sheet.hidden_rows, sheet.formulas) == ([3], [(1, 3), (2, 1)])


def _rewrite(path: Path, part: str, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(path) as package:
        parts = {entry.filename: package.read(entry) for entry in package.infolist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)


@pytest.mark.parametrize(("encoding", "mark"), [("utf-8", ","), ("utf-8-sig", ","), ("gb18030", ","), ("utf-8", "\t")])
def test_csv(tmp_path: Path, encoding: str, mark: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(f"企业名称{mark}人数\r\n甲子高压{mark}40\r\n\r\n乙丑{mark}\r\n".encode(encoding))
    sheet = read_workbook(path).sheets[0]
    assert sheet.cells.rows() == [("企业名称", "人数"), ("甲子高压", "40"), (None, None), ("乙丑", None)]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"", "is empty"),
        ("a.xlsx", b"PK\x03\x04 and then nothing", "is damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is not a spreadsheet"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table>", "web page"),
        ("a.xlsx", b"%PDF-1.7 ...", "is not a spreadsheet"),
        ("a.csv", b"a,b\n\0\0\1", "is not a spreadsheet"),
        ("a.txt", b"just a letter", "is not a spreadsheet"),
        ("a.csv", b"a,b\n\xff\xff\xff", "unknown encoding"),
    ],
)
def test_unusable_files(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert said in refused(path)


def test_missing_file(tmp_path: Path) -> None:
    assert "is not there" in refused(tmp_path / "none.xlsx")


def test_size_is_refused_before_reading(tmp_path: Path) -> None:
    path = tmp_path / "huge.xlsx"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)
    assert "2000 MB" in refused(path)


def test_other_office_files(tmp_path: Path) -> None:
    path = tmp_path / "letter.docx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/document.xml", "<w/>")
    assert "is not an Excel workbook" in refused(path)


def test_zip_bomb(tmp_path: Path, book: Path) -> None:
    _rewrite(book, "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * 30_000_000)
    assert "unpacks to far more" in refused(book)


def test_zip_that_lies_about_its_size(tmp_path: Path) -> None:
    """The directory claims ten bytes; the data unpacks to thirty million."""
    path = tmp_path / "liar.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b" " * 30_000_000)
    raw = path.read_bytes()
    path.write_bytes(raw.replace((30_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    assert "unpacks to far more" in refused(path)


def test_wrong_checksum(tmp_path: Path, book: Path) -> None:
    raw = book.read_bytes()
    with zipfile.ZipFile(book) as package:
        check = package.getinfo("xl/workbook.xml").CRC
    book.write_bytes(raw.replace(check.to_bytes(4, "little"), zlib.crc32(b"other").to_bytes(4, "little")))
    assert "is damaged" in refused(book)


def test_document_types_are_refused(book: Path) -> None:
    entity = b'?>\n<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    _rewrite(book, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"?>", entity, 1))
    assert "is damaged" in refused(book)


def test_stray_cell_far_away(tmp_path: Path) -> None:
    path = tmp_path / "far.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("远")
        sheet.write(0, 0, "企业名称")
        sheet.write(1_048_575, 16_383, "x")
    message = refused(path)
    assert "远" in message
    assert "row 1048576, column 16384" in message


def test_limits_are_inclusive(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n" + "1,2\n" * 9, encoding="utf-8")
    assert len(read_workbook(path, limits=Limits(rows=10)).sheets) == 1
    assert "too large" in refused(path, Limits(rows=9))


@pytest.mark.parametrize("index", [0, 25, 26, 51, 52, 701, 702, 16_383])
def test_letters(index: int) -> None:
    assert index_of(letter_of(index)) == index
