"""Reads place × product tables and link lists, and refuses what cannot be used, every problem at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.exceptions import ComputeError, NoDataError
from python_calamine import CalamineError, CalamineWorkbook

from lianzhu.library.problem import BadInput, Problem, marked

MOST_PROBLEMS = 50
# Dense doubles: about five arrays of this size are held at once (2.4 GB).
MOST_PAIRS = 60_000_000
# The ranker keeps sixteen pieces of evidence per pair for five splits (4 GB at this size).
MOST_CANDIDATES = 10_000_000
COLUMNS = ("location", "product", "value")


@dataclass(frozen=True)
class Grid:
    """A place × product table: ids sorted as text, `values` places × products, missing pairs 0."""

    locations: list[str]
    products: list[str]
    values: NDArray[np.float64]
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Links:
    """Which unit has which item: ids in natural order and a boolean table units × items."""

    units: list[str]
    items: list[str]
    held: NDArray[np.bool_]


def read_table(path: Path) -> pl.DataFrame:
    """Read CSV, Parquet, XLSX or JSON by its ending. Every CSV cell stays text, so that leading zeros survive.

    Raises BadInput when the file is missing, empty, unreadable or of another kind.
    """
    kind = path.suffix.lower()
    if not path.is_file():
        raise BadInput(Problem(marked("{path} is not a file."), {"path": str(path)}, mend=marked("Check the name.")))
    try:
        if kind == ".parquet":
            return pl.read_parquet(path)
        if kind in (".xlsx", ".xlsm"):
            return _first_sheet(path)
        if kind == ".json":
            return pl.read_json(path, infer_schema_length=None)
        return pl.read_csv(path, infer_schema=False)
    except NoDataError:
        raise BadInput(Problem(marked("{path} is empty."), {"path": str(path)}, mend=marked("Write at least one row.")))
    except (ComputeError, CalamineError, OSError) as error:
        raise BadInput(
            Problem(
                marked("{path} cannot be read: {reason}"),
                {"path": str(path), "reason": str(error).split("\n", 1)[0]},
                mend=marked("Save it again as CSV in UTF-8, or as Parquet, XLSX or JSON."),
            )
        )


def _first_sheet(path: Path) -> pl.DataFrame:
    """Return the first sheet as text, its first row as header; whole numbers lose the ".0" that Excel gives them."""
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    if not rows:
        raise NoDataError("empty sheet")
    text = [
        [str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell) for cell in row] for row in rows
    ]
    return pl.DataFrame(text[1:], schema=dict.fromkeys(text[0], pl.String), orient="row")


def _missing(frame: pl.DataFrame) -> list[Problem]:
    return [
        Problem(
            marked("The column {column} is missing; found {found}."),
            {"column": name, "found": ", ".join(frame.columns)},
            mend=marked("Name the columns location,product,value."),
        )
        for name in COLUMNS
        if name not in frame.columns
    ]


def _wrong_rows(frame: pl.DataFrame) -> list[Problem]:
    """Return one problem per unusable cell of a frame with text ids, `raw` and `value`; the header is row 1."""
    problems: list[Problem] = []
    blank = [(pl.col(name).is_null() | (pl.col(name) == "")).alias(name) for name in ("location", "product")]
    for name in ("location", "product"):
        for row in frame.select(blank)[name].arg_true().head(MOST_PROBLEMS):
            problems.append(
                Problem(
                    marked("The id is empty."),
                    mend=marked("Write the id, or take the row out."),
                    row=row + 2,
                    column=name,
                )
            )
    kinds = (
        (pl.col("value").is_null() | ~pl.col("value").is_finite(), marked("{value} is not a number.")),
        (pl.col("value") < 0, marked("{value} is negative.")),
    )
    for wrong, message in kinds:
        bad = frame.with_row_index("row").filter(wrong).head(MOST_PROBLEMS)
        for row, raw in bad.select("row", "raw").iter_rows():
            problems.append(
                Problem(
                    message,
                    {"value": raw if raw not in (None, "") else "(empty)"},
                    mend=marked("Write a number of 0 or more; a missing pair needs no row."),
                    row=row + 2,
                    column="value",
                )
            )
    return sorted(problems, key=lambda problem: problem.row or 0)[:MOST_PROBLEMS]


def grid_from(frame: pl.DataFrame) -> Grid:
    """Return the place × product table of a long frame `location, product, value`.

    Ids are text; repeated pairs are summed, with a warning. Raises BadInput for missing columns, empty ids, values
    that are not numbers or are negative, no rows, nothing above 0, or more pairs than fit in memory.

    >>> grid_from(pl.DataFrame({"location": ["b", "a"], "product": ["01", "1"], "value": [1, 2]})).products
    ['01', '1']
    """
    problems = _missing(frame)
    if problems:
        raise BadInput(problems)
    text = frame.select(
        pl.col("location").cast(pl.String).str.strip_chars(),
        pl.col("product").cast(pl.String).str.strip_chars(),
        pl.col("value").cast(pl.String).alias("raw"),
        pl.col("value").cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False),
    )
    problems = _wrong_rows(text)
    if not problems and not (text["value"] > 0).any():
        problems = [
            Problem(
                marked("No value is above 0: there is nothing to compare."), mend=marked("Give at least one value.")
            )
        ]
    if problems:
        raise BadInput(problems)
    locations, products = (sorted(text[name].unique().to_list()) for name in ("location", "product"))
    _refuse_too_large(len(locations), len(products), MOST_PAIRS)
    rows = text["location"].cast(pl.Enum(locations)).to_physical().to_numpy()
    columns = text["product"].cast(pl.Enum(products)).to_physical().to_numpy()
    values = np.zeros((len(locations), len(products)))
    np.add.at(values, (rows, columns), text["value"].to_numpy())
    repeated = text.height - text.select("location", "product").n_unique()
    again = Problem(
        marked("{count} rows repeat a pair of location and product: their values are summed."), {"count": repeated}
    )
    return Grid(locations, products, values, (again,) if repeated else ())


def _refuse_too_large(rows: int, columns: int, most: int) -> None:
    if rows * columns > most:
        raise BadInput(
            Problem(
                marked("{rows} × {columns} pairs do not fit in memory; the limit is {most}."),
                {"rows": rows, "columns": columns, "most": most},
                mend=marked("Group the products, or split the places."),
            )
        )


def natural_order(ids: Iterable[str]) -> list[str]:
    """Return ids sorted as numbers when all are plain whole numbers, else as text (codes with leading zeros).

    >>> natural_order(["10", "9"]), natural_order(["10", "09"])
    (['9', '10'], ['09', '10'])
    """
    known = set(ids)
    plain = all(name.isascii() and name.isdigit() and (name == "0" or name[0] != "0") for name in known)
    return sorted(known, key=int) if plain else sorted(known)


def read_links(path: Path) -> dict[str, set[str]]:
    """Read unit → items from a text file: one row per unit, the unit id, then item ids; blanks or commas between.

    Ids stay text. A unit on several rows gets the items of all; a repeated item counts once. Raises BadInput for a
    missing, undecodable or empty file.
    """
    if not path.is_file():
        raise BadInput(Problem(marked("{path} is not a file."), {"path": str(path)}, mend=marked("Check the name.")))
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise BadInput(
            Problem(marked("{path} is not UTF-8 text."), {"path": str(path)}, mend=marked("Save it as UTF-8 text."))
        )
    links: dict[str, set[str]] = {}
    for line in lines:
        words = line.replace(",", " ").split()
        if words:
            links.setdefault(words[0], set()).update(words[1:])
    if not any(links.values()):
        raise BadInput(
            Problem(
                marked("{path} has no links."),
                {"path": str(path)},
                mend=marked("Write one row per unit: its id, then the ids of its items."),
            )
        )
    return links


def links_from(links: dict[str, set[str]], more_items: Iterable[str] = ()) -> Links:
    """Return the boolean table of `links`; `more_items` are known items that no unit of `links` has.

    Raises BadInput when the table does not fit in memory.

    >>> links_from({"u": {"2"}, "v": {"10", "2"}}).held.tolist()
    [[True, False], [True, True]]
    """
    units = natural_order(links)
    items = natural_order({item for held in links.values() for item in held} | set(more_items))
    _refuse_too_large(len(units), len(items), MOST_CANDIDATES)
    place = {item: column for column, item in enumerate(items)}
    held = np.zeros((len(units), len(items)), dtype=np.bool_)
    for row, unit in enumerate(units):
        held[row, [place[item] for item in links[unit]]] = True
    return Links(units, items, held)
