"""Tables in from CSV, Parquet, XLSX or JSON, and out to a CSV file or standard output."""

import json
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import polars as pl
import python_calamine

from lianzhu.library.problem import BadInput, Problem, marked

BAR = 30


def read_frame(path: Path, *, header: bool = True) -> pl.DataFrame:
    """Read the first table of a file. CSV and XLSX cells come as text, so that an id keeps its leading zeros.

    A whole number in an XLSX or JSON cell is written without a decimal point. Raises BadInput when the file is not
    there, is empty, or cannot be read.
    """
    problem = Problem(marked("{file} cannot be read: {reason}."), {"file": path.name, "reason": "–"})
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(Problem(problem.message, {"file": path.name, "reason": error.strerror or "–"})) from error
    if not data.strip():
        said = marked("{file} is empty.")
        raise BadInput(Problem(said, {"file": path.name}, marked("Give it a row of column names and rows below.")))
    try:
        return parsed(data, path.suffix.lower(), header)
    except (pl.exceptions.PolarsError, python_calamine.CalamineError, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
        mend = marked("Save it as CSV (UTF-8), Parquet, XLSX or JSON.")
        raise BadInput(Problem(problem.message, {"file": path.name, "reason": reason}, mend)) from error


def parsed(data: bytes, ending: str, header: bool) -> pl.DataFrame:
    """Turn bytes into a frame by the file's ending; anything unknown is read as CSV."""
    if ending == ".parquet":
        return pl.read_parquet(BytesIO(data))
    if ending in (".xlsx", ".xls", ".xlsb", ".ods"):
        return from_rows(python_calamine.load_workbook(BytesIO(data)).get_sheet_by_index(0).to_python(), header)
    if ending == ".json":
        rows = json.loads(data)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ValueError("not a list of objects")
        names = list(dict.fromkeys(name for row in rows for name in row))
        return from_rows([names, *([row.get(name) for name in names] for row in rows)], header=True)
    return pl.read_csv(data, infer_schema_length=0, has_header=header, encoding="utf8")


def from_rows(rows: Sequence[Sequence[object]], header: bool) -> pl.DataFrame:
    """Turn rows of cells into a frame of texts; rows without any value are left out at the end only."""
    texts = [[cell_text(cell) for cell in row] for row in rows]
    while texts and not any(texts[-1]):
        texts.pop()
    names = texts[0] if header else [f"column_{at + 1}" for at in range(len(texts[0]))]
    body = texts[1:] if header else texts
    return pl.DataFrame(
        body, schema={name or f"column_{at + 1}": pl.String for at, name in enumerate(names)}, orient="row"
    )


def cell_text(cell: object) -> str | None:
    """A cell as text: whole numbers without a point, nothing as None."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell)


def write_frame(table: pl.DataFrame, out: Path | None) -> None:
    """Write CSV with every digit of a float; standard output without a file."""
    if out is None:
        sys.stdout.write(table.write_csv())
    else:
        table.write_csv(out)


def progress_bar(done: int, total: int) -> None:
    """Draw a bar on standard error if a person is watching."""
    if sys.stderr.isatty():
        filled = BAR * done // max(total, 1)
        print(f"\r[{'#' * filled}{'.' * (BAR - filled)}] {done}/{total}", end="", file=sys.stderr, flush=True)
        if done == total:
            print(file=sys.stderr)
