"""Tables and link lists: every form of file, text ids, and every problem at once."""

import json

import polars as pl
import pytest
import xlsxwriter

from lianzhu.engine.tracks import grid_from, links_from, read_links, read_table
from lianzhu.library.problem import BadInput

ROWS = [("b", "0101", 2), ("a", "0101", 1), ("a", "101", 3.5)]


def write(path):
    frame = pl.DataFrame(ROWS, schema=["location", "product", "value"], orient="row", strict=False)
    if path.suffix == ".csv":
        frame.write_csv(path, include_bom=True)
    elif path.suffix == ".parquet":
        frame.write_parquet(path)
    elif path.suffix == ".json":
        path.write_text(json.dumps(frame.to_dicts()))
    else:
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate([("location", "product", "value"), *ROWS]):
                sheet.write_row(number, 0, row)


@pytest.mark.parametrize("kind", ["csv", "parquet", "json", "xlsx"])
def test_every_kind_of_file_gives_the_same_table(kind, tmp_path):
    path = tmp_path / f"in.{kind}"
    write(path)
    grid = grid_from(read_table(path))
    assert (grid.locations, grid.products) == (["a", "b"], ["0101", "101"])
    assert grid.values.tolist() == [[1.0, 3.5], [2.0, 0.0]]


def test_numbers_as_ids_in_a_sheet_lose_the_point(tmp_path):
    path = tmp_path / "in.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([("location", "product", "value"), (1, 7711, 2)]):
            sheet.write_row(number, 0, row)
    assert grid_from(read_table(path)).products == ["7711"]


def table(**columns):
    return pl.DataFrame({"location": ["a", "b"], "product": ["x", "y"], "value": ["1", "2"], **columns})


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (table(value=["1", "-2"]), ["row 3, column value: -2 is negative."]),
        (table(value=["x", "-2"]), ["row 2, column value: x is not a number.", "row 3"]),
        (table(value=["nan", None]), ["row 2", "row 3, column value: (empty) is not a number."]),
        (table(value=["inf", "1"]), ["inf is not a number"]),
        (table(location=["", "b"], product=["x", None]), ["row 2, column location", "row 3, column product"]),
        (table(value=["0", "0"]), ["No value is above 0"]),
        (table().head(0), ["No value is above 0"]),
        (table().drop("value").rename({"product": "item"}), ["column product is missing", "column value is missing"]),
    ],
)
def test_bad_tables_are_refused_with_every_place(frame, words):
    with pytest.raises(BadInput) as caught:
        grid_from(frame)
    for word in words:
        assert word in str(caught.value)


def test_no_more_than_fifty_problems():
    frame = pl.DataFrame({"location": ["a"] * 90, "product": ["x"] * 90, "value": ["-1"] * 90})
    with pytest.raises(BadInput) as caught:
        grid_from(frame)
    assert len(caught.value.problems) == 50


def test_repeated_pairs_are_summed_and_said():
    grid = grid_from(table(location=["a", "a"], product=["x", "x"]))
    assert grid.values.tolist() == [[3.0]]
    assert "1 rows repeat a pair" in str(grid.warnings[0])


@pytest.mark.parametrize(
    ("name", "text"), [("none.csv", None), ("empty.csv", ""), ("bad.json", "{"), ("bad.xlsx", "x")]
)
def test_unreadable_files_are_refused(name, text, tmp_path):
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    with pytest.raises(BadInput, match=r"is not a file|is empty|cannot be read"):
        read_table(path)


def test_links_in_any_punctuation(tmp_path):
    path = tmp_path / "links.txt"
    path.write_text("u1 01 2\n\nu2,2, 03\nu1\t4 4\nu3\n")
    links = read_links(path)
    assert links == {"u1": {"01", "2", "4"}, "u2": {"2", "03"}, "u3": set()}
    table = links_from(links, more_items=["5"])
    assert table.items == ["01", "03", "2", "4", "5"]
    assert table.held.sum(axis=1).tolist() == [3, 2, 0]


@pytest.mark.parametrize("text", ["", "u1\nu2\n"])
def test_links_without_links_are_refused(text, tmp_path):
    path = tmp_path / "links.txt"
    path.write_text(text)
    with pytest.raises(BadInput, match="has no links"):
        read_links(path)


def test_links_in_another_encoding_are_refused(tmp_path):
    path = tmp_path / "links.txt"
    path.write_bytes("企业 1 2".encode("gb18030"))
    with pytest.raises(BadInput, match="not UTF-8"):
        read_links(path)
