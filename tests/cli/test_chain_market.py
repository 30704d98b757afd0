"""`lianzhu chain` and `lianzhu market` from files to files, with their exit status."""

from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from lianzhu.cli.main import main

FIRMS = {"firm": ["01", "1", "x"], "sector": ["0", "1", "1"]}
LINKS = {"supplier": ["01", "01"], "buyer": ["1", "x"], "w": ["3", "1"]}


def write(path: Path, columns: dict[str, list[str]]) -> Path:
    table = pl.DataFrame(columns)
    if path.suffix == ".parquet":
        table.write_parquet(path)
    elif path.suffix == ".json":
        table.write_json(path)
    elif path.suffix == ".xlsx":
        with xlsxwriter.Workbook(str(path)) as book:
            table.write_excel(book)
    else:
        table.write_csv(path)
    return path


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx", "json"])
def test_fragility_reads_every_format_and_keeps_ids(tmp_path: Path, ending: str) -> None:
    matrix = tmp_path / "e.csv"
    matrix.write_text("0,2\n0,0\n")
    out = tmp_path / "r.csv"
    links, firms = write(tmp_path / f"l.{ending}", LINKS), write(tmp_path / f"f.{ending}", FIRMS)
    files = ["--links", str(links), "--firms", str(firms), "--essential", str(matrix), "--out", str(out)]
    assert main(["chain", "fragility", *files]) == 0
    table = pl.read_csv(out, infer_schema_length=0)
    assert table.columns == ["shocked_firm", "esri", "esri_down", "esri_up", "iters"]
    assert table["shocked_firm"].to_list() == ["01", "1", "x"]
    assert table["esri"].cast(pl.Float64).to_list() == [1.0, 0.75, 0.25]


def test_bad_input_is_exit_2_with_the_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    links = write(tmp_path / "l.csv", {**LINKS, "w": ["3", "-1"]})
    firms = write(tmp_path / "f.csv", FIRMS)
    assert main(["chain", "fragility", "--links", str(links), "--firms", str(firms)]) == 2
    assert "row 3" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "\n", "a,b\n1,2\n"])
def test_empty_and_foreign_files_are_refused(tmp_path: Path, content: str) -> None:
    links = tmp_path / "l.csv"
    links.write_text(content)
    firms = write(tmp_path / "f.csv", FIRMS)
    assert main(["chain", "fragility", "--links", str(links), "--firms", str(firms)]) == 2
    assert main(["chain", "fragility", "--links", str(tmp_path / "none.csv"), "--firms", str(firms)]) == 2


def test_a_word_in_the_matrix_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    matrix = tmp_path / "e.csv"
    matrix.write_text("0,2\n0,yes\n")
    links, firms = write(tmp_path / "l.csv", LINKS), write(tmp_path / "f.csv", FIRMS)
    files = ["--links", str(links), "--firms", str(firms), "--essential", str(matrix)]
    assert main(["chain", "fragility", *files]) == 2
    assert "row 2, column 2" in capsys.readouterr().err


def test_points_and_coverage_print_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    links, firms = write(tmp_path / "l.csv", LINKS), write(tmp_path / "f.csv", FIRMS)
    assert main(["chain", "points", "--links", str(links), "--firms", str(firms)]) == 0
    assert "cut point,01,,,1" in capsys.readouterr().out
    made = write(tmp_path / "p.csv", {"firm": ["01"], "node": ["P01"]})
    sold = write(tmp_path / "s.csv", {"supplier": ["01", ""], "buyer": ["1", "1"], "node": ["P01", "M01"]})
    assert main(["chain", "coverage", "--firms", str(firms), "--products", str(made), "--links", str(sold)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("node,name,level,status,")
    assert any(line.startswith("P01,") and ",single-source," in line for line in lines)
    assert any(line.startswith("M01,") and ",outside," in line for line in lines)


def test_crowding_writes_three_files(tmp_path: Path) -> None:
    made = write(tmp_path / "p.csv", {"firm": ["01", "1"], "product": ["A", "A"]})
    assert main(["market", "crowding", str(made), "--out", str(tmp_path / "out")]) == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"nodes.csv", "firms.csv", "overlap.csv"}
    assert main(["market", "crowding", str(made), "--out", str(tmp_path / "out"), "--top", "0"]) == 2
