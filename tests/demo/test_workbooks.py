"""The messy workbooks: always the same bytes, readable by the roster, and true to the town."""

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random
from unicodedata import normalize

import polars as pl
import pytest

from lianzhu.demo.mess import amount_cell, full_width, without_form
from lianzhu.demo.names import FICTIONAL, wrong_check
from lianzhu.demo.records import Town
from lianzhu.demo.town import town
from lianzhu.demo.workbooks import Workbook, write_workbooks
from lianzhu.engine.roster.checking import check_file
from lianzhu.engine.roster.codes import valid_codes
from lianzhu.engine.roster.linking import link
from lianzhu.engine.roster.mapping import ColumnMap, Table, find_tables, map_columns
from lianzhu.engine.roster.reading import read_workbook
from lianzhu.engine.roster.templates import templates
from lianzhu.library.chain import nearest_node
from lianzhu.library.facts import banned_column, facts

KINDS = ["enterprises"] * 4 + ["products", "links", "origins", "places", "contacts", "controllers"]


@pytest.fixture(scope="module")
def place() -> Town:
    return town()


@pytest.fixture(scope="module")
def books(place: Town, tmp_path_factory: pytest.TempPathFactory) -> list[Workbook]:
    return write_workbooks(place, tmp_path_factory.mktemp("offices"))


@pytest.fixture(scope="module")
def tables(books: list[Workbook]) -> list[tuple[Workbook, Table, ColumnMap]]:
    known = templates(facts())
    return [
        (book, table, map_columns(table, banned=banned_column))
        for book in books
        for table in find_tables(read_workbook(book.path), known)
    ]


def column(table: Table, mapped: ColumnMap, key: str) -> Iterator[tuple[int, str | None]]:
    index = next(str(c.index) for c in mapped.columns if c.key == key)
    return zip(table.rows.tolist(), table.cells[index].to_list(), strict=True)


def test_the_same_bytes_every_time(place: Town, books: list[Workbook], tmp_path: Path) -> None:
    again = write_workbooks(place, tmp_path)
    assert [digest(book) for book in again] == [digest(book) for book in books]
    assert [book.answers for book in again] == [book.answers for book in books]


def digest(book: Workbook) -> str:
    return hashlib.sha256(book.path.read_bytes()).hexdigest()


def test_ten_workbooks_in_the_order_of_import(books: list[Workbook]) -> None:
    assert [book.template for book in books] == KINDS
    assert [book.path.name[:2] for book in books] == [f"{number:02}" for number in range(1, 11)]


def test_every_sheet_says_that_it_is_fictional(books: list[Workbook]) -> None:
    for book in books:
        for sheet in read_workbook(book.path).sheets:
            assert sheet.cells.row(1)[0] == FICTIONAL


def test_the_roster_finds_every_row_and_column(
    books: list[Workbook], tables: list[tuple[Workbook, Table, ColumnMap]]
) -> None:
    rows: dict[str, int] = {}
    for book, table, mapped in tables:
        assert table.template.name == book.template
        assert not mapped.problems
        assert {c.confidence for c in mapped.columns} <= {"exact", "normalised", "ignored", "banned"}
        rows[book.path.name] = rows.get(book.path.name, 0) + len(table.rows)
    assert rows == {book.path.name: book.rows for book in books}


def test_one_banned_column_and_the_rest_is_read(tables: list[tuple[Workbook, Table, ColumnMap]]) -> None:
    banned = [(book.path.name[:2], column.title) for book, _, mapped in tables for column, _ in mapped.banned]
    assert banned == [("08", "2027年计划产量（台）")]


def test_confidential_is_what_the_dictionary_says(tables: list[tuple[Workbook, Table, ColumnMap]]) -> None:
    masked: dict[str, bool] = {}
    for book, table, mapped in tables:
        secret = any(table.template.by_key[c.key].masked for c in mapped.taken)
        masked[book.path.name] = masked.get(book.path.name, False) or secret
        assert book.confidential or not secret
    assert all(masked[book.path.name] == book.confidential for book, _, _ in tables)


def test_all_firms_are_in_the_first_workbook_by_full_name(
    place: Town, tables: list[tuple[Workbook, Table, ColumnMap]]
) -> None:
    names = [name for book, table, mapped in tables[:2] for _, name in column(table, mapped, "name") if book.template]
    assert set(names) == {firm.name for firm in place.firms}
    assert len(names) == 129  # one is there twice


def test_three_codes_have_a_slip_and_two_are_damaged(
    place: Town, tables: list[tuple[Workbook, Table, ColumnMap]]
) -> None:
    first = [code for _, table, mapped in tables[:2] for _, code in column(table, mapped, "credit_code") if code]
    assert (~valid_codes(pl.Series(first))).sum() == 3
    right = {firm.code for firm in place.firms if firm.code}
    second = [code for _, table, mapped in tables[2:4] for _, code in column(table, mapped, "credit_code") if code]
    digits_only = [code for code in second if code.isdecimal() and len(code) == 18 and code.isascii()]
    assert len(digits_only) == 2
    assert not set(digits_only) & right  # the spreadsheet rounded them


def test_answers_stand_where_they_say(books: list[Workbook], tables: list[tuple[Workbook, Table, ColumnMap]]) -> None:
    party = {"enterprises": {"enterprise": "name"}}
    for book, table, mapped in tables:
        for answer in book.answers:
            if answer.sheet == table.sheet.name:
                key = party.get(book.template, {}).get(answer.party, answer.party)
                assert dict(column(table, mapped, key))[answer.row] == answer.written.strip()


def test_names_as_people_write_them_never_link_to_the_wrong_firm(place: Town, books: list[Workbook]) -> None:
    written = sorted({(answer.written, answer.firm) for book in books for answer in book.answers})
    left = pl.DataFrame({"id": [str(n) for n in range(len(written))], "name": [name for name, _ in written]})
    names = [firm.name for firm in place.firms]
    found = link(left, pl.DataFrame({"id": names, "name": names}))
    sure = [
        (row["right"], meant)
        for row, (_, meant) in zip(found.rows(named=True), written, strict=True)
        if row["decision"] == "link"
    ]
    assert sure
    assert all(right == meant for right, meant in sure)
    assert "ask" in set(found["decision"])  # and a person has something to decide


def test_nodes_as_offices_write_them_are_understood(
    place: Town, tables: list[tuple[Workbook, Table, ColumnMap]]
) -> None:
    meant = {(product.firm, product.name): product.node for product in place.products}
    by_name = {name: node for (_, name), node in meant.items()}
    _, table, mapped = next(entry for entry in tables if entry[0].template == "products")
    unknown = []
    products = dict(column(table, mapped, "product"))
    for row, text in column(table, mapped, "node"):
        node = nearest_node(text or "")
        if node is None:
            unknown.append(text)
        elif products[row] in by_name:
            assert node == by_name[str(products[row])]
    assert unknown == ["其他杂项"]


def test_spellings() -> None:
    assert full_width("(91AB)") == "（９１ＡＢ）"
    assert [without_form(name) for name in ("甲有限公司", "乙股份有限公司", "丙厂", "丁")] == ["甲", "乙", "丙", "丁"]


def test_a_slip_of_the_check_sign_is_always_wrong(place: Town) -> None:
    codes = [firm.code for firm in place.firms if firm.code]
    assert not valid_codes(pl.Series([wrong_check(code) for code in codes])).any()


def test_amounts_keep_their_value_whatever_their_spelling(place: Town) -> None:

    random = Random(1)
    for _ in range(200):
        value = Decimal(random.randint(1, 10**9)) / 100
        cell = amount_cell(value, random)
        assert Decimal(normalize("NFKC", str(cell)).replace(",", "")) == value


def test_only_what_was_spoiled_is_refused_and_every_firm_lands(place: Town, books: list[Workbook]) -> None:
    known = templates(facts())
    landed: set[str] = set()
    rows = ready = 0
    for book in books:
        checked = check_file(book.path, known, banned=banned_column)
        assert sum(part.count("refused") for part in checked) == book.refused, book.path.name
        rows += sum(part.rows.height for part in checked)
        ready += sum(part.count("ready") for part in checked)
        if book.path.name[:2] in ("01", "02"):
            for part in checked:
                landed |= set(part.rows.filter(pl.col("outcome") == "ready")["enterprise"])
    assert landed == {firm.name for firm in place.firms}
    assert ready / rows >= 0.95
