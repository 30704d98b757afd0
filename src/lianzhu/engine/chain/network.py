"""Supply links as numbers: reads frames, says everything that is wrong with them, merges repeated links."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from lianzhu.engine.chain.cascade import Graph
from lianzhu.library.problem import BadInput, Problem, marked

NEGLIGIBLE, NON_ESSENTIAL, ESSENTIAL = 0, 1, 2
MOST_PROBLEMS = 50
HEADER = 2  # the first row of data is row 2 of the file


@dataclass(frozen=True)
class Network:
    """Firms in the order of their file, and who sells how much to whom.

    `sector[i]` numbers `sectors`; links are sorted by supplier, then buyer, each pair once; `w` > 0 in one currency or
    volume unit; `essential[k, l]` is 0 negligible, 1 non-essential or 2 essential for input sector k, buyer sector l.
    """

    firms: tuple[str, ...]
    sectors: tuple[str, ...]
    sector: np.ndarray
    supplier: np.ndarray
    buyer: np.ndarray
    w: np.ndarray
    essential: np.ndarray

    def number(self, firm: str) -> int:
        """Return the row of a firm; unknown firms raise BadInput."""
        if firm not in self.firms:
            raise BadInput(
                Problem(marked("There is no firm {firm}."), {"firm": firm}, marked("Write an id of the firms."))
            )
        return self.firms.index(firm)


class Problems:
    """Collects what is wrong, at most MOST_PROBLEMS, and raises all of it together."""

    def __init__(self, sheet: str = "") -> None:
        self.found: list[Problem] = []
        self.sheet = sheet

    def rows(self, table: pl.DataFrame, bad: pl.Expr, column: str, message: str, mend: str) -> None:
        """Note every row of `table` where `bad`; the template may use {value}."""
        hits = table.with_row_index("_row").filter(bad.fill_null(value=True)).head(MOST_PROBLEMS - len(self.found))
        for row, value in hits.select("_row", column).iter_rows():
            shown = "" if value is None else value
            self.add(message, {"value": shown}, mend, row=row + HEADER, column=column)

    def add(
        self, message: str, params: Mapping[str, object], mend: str, row: int | None = None, column: str = ""
    ) -> None:
        """Note one problem of this sheet."""
        if len(self.found) < MOST_PROBLEMS:
            self.found.append(Problem(message, params, mend, self.sheet, row, column))

    def stop(self) -> None:
        """Raise BadInput if anything was found."""
        if self.found:
            raise BadInput(self.found)


def with_columns(table: pl.DataFrame, needed: tuple[str, ...], optional: tuple[str, ...], sheet: str) -> pl.DataFrame:
    """Return the named columns as trimmed text; missing needed ones are a problem, optional ones empty."""
    problems = Problems(sheet)
    for name in needed:
        if name not in table.columns:
            said = marked("The column {column} is missing; there are: {columns}.")
            params = {"column": name, "columns": ", ".join(table.columns) or "–"}
            problems.add(said, params, marked("Name the columns in the first row."), row=1)
    problems.stop()
    return table.select(
        pl.col(name).cast(pl.String).str.strip_chars() if name in table.columns else pl.lit(None, pl.String).alias(name)
        for name in (*needed, *optional)
    )


def read_firms(firms: pl.DataFrame, essential: np.ndarray | None) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return firm, sector (number) in file order, and the sectors' names (in order of appearance without a matrix)."""
    table = with_columns(firms, ("firm", "sector"), (), "firms")
    problems = Problems("firms")
    if table.is_empty():
        problems.add(marked("There is no firm."), {}, marked("Write one firm per row: firm, sector."))
    firm, sector = pl.col("firm"), pl.col("sector")
    problems.rows(
        table, firm.is_null() | (firm == ""), "firm", marked("The firm's id is empty."), marked("Write its id.")
    )
    twice = firm.is_not_null() & ~firm.is_first_distinct()
    problems.rows(table, twice, "firm", marked("The firm {value} appears twice."), marked("Keep one of its rows."))
    if essential is None:
        empty = sector.is_null() | (sector == "")
        problems.rows(table, empty, "sector", marked("The sector is empty."), marked("Write the firm's sector."))
        problems.stop()
        names = table["sector"].unique(maintain_order=True)
        order = pl.DataFrame({"sector": names, "number": range(len(names))}, schema_overrides={"number": pl.Int64})
        numbered = table.join(order, on="sector", how="left", maintain_order="left")
        return numbered.select("firm", sector="number"), tuple(names)
    size = len(essential)
    digits = sector.str.contains(r"^[0-9]{1,9}$")
    number = pl.when(digits).then(sector).cast(pl.Int64, strict=False)
    said = marked("{value} is not a row of the matrix of essential inputs.")
    mend = marked("Write the sector as a whole number from 0 to the number of rows less 1.")
    problems.rows(table, ~digits | (number >= size), "sector", said, mend)
    problems.stop()
    return table.select("firm", sector=number), tuple(str(k) for k in range(size))


def read_essential(matrix: np.ndarray) -> np.ndarray:
    """Check the matrix of essential inputs: square, every value 0, 1 or 2. Returns it as int8."""
    values = np.asarray(matrix, dtype=np.float64)
    problems = Problems("essential")
    if values.ndim != 2 or values.shape[0] != values.shape[1] or not values.size:
        shape = " × ".join(str(side) for side in values.shape)
        said = marked("The matrix of essential inputs is {shape}, not square.")
        problems.add(said, {"shape": shape}, marked("Give one row and one column per sector, without a header."))
        problems.stop()
    for row, column in np.argwhere(~np.isin(values, (0, 1, 2)))[:MOST_PROBLEMS]:
        said = marked("{value} is not 0, 1 or 2.")
        mend = marked("Write 0 negligible, 1 non-essential or 2 essential.")
        problems.add(said, {"value": values[row, column]}, mend, row=int(row) + 1, column=str(column + 1))
    problems.stop()
    return values.astype(np.int8)


def read_links(links: pl.DataFrame, firms: pl.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return supplier, buyer (rows of `firms`) and weight, sorted, each pair once; refuses bad rows, all at once."""
    table = with_columns(links, ("supplier", "buyer", "w"), (), "links")
    order = pl.DataFrame({"firm": firms, "number": range(len(firms))}, schema_overrides={"number": pl.Int64})
    for side in ("supplier", "buyer"):
        known = order.rename({"firm": side, "number": f"{side}_number"})
        table = table.join(known, on=side, how="left", maintain_order="left")
    table = table.with_columns(number=pl.col("w").cast(pl.Float64, strict=False))
    problems = Problems("links")
    mend = marked("Write a firm of the firms file, or add it there.")
    for side in ("supplier", "buyer"):
        unknown = pl.col(f"{side}_number").is_null()
        problems.rows(table, unknown, side, marked("The firm {value} is not in the firms file."), mend)
    itself = (pl.col("supplier") == pl.col("buyer")).fill_null(value=False)
    problems.rows(table, itself, "buyer", marked("The firm {value} sells to itself."), marked("Take the row out."))
    weight = pl.col("number")
    wrong = ~(weight.is_finite() & (weight > 0))
    said = marked("{value} is not a weight above zero.")
    problems.rows(table, wrong, "w", said, marked("Write the yearly sales of this link as a number above 0."))
    problems.stop()
    pairs = (
        table.group_by("supplier_number", "buyer_number", maintain_order=True)
        .agg(pl.col("number").sum())
        .sort("supplier_number", "buyer_number")
    )
    supplier, buyer, w = (pairs[name].to_numpy() for name in pairs.columns)
    return supplier.astype(np.int64), buyer.astype(np.int64), w.astype(np.float64)


def network(links: pl.DataFrame, firms: pl.DataFrame, essential: np.ndarray | None = None) -> Network:
    """Build a network from frames.

    `links`: supplier, buyer, w (repeated pairs are summed). `firms`: firm, sector. Ids are text. `essential`: [K, K]
    of 0, 1, 2 by input sector and buyer sector; with it a sector is its row number from 0; without it every input is
    essential and sectors are any text. Raises BadInput with sheet, row and column for everything that is wrong.

    >>> firms = pl.DataFrame({"firm": ["a", "b"], "sector": ["x", "y"]})
    >>> network(pl.DataFrame({"supplier": ["a"], "buyer": ["b"], "w": [2.0]}), firms).w
    array([2.])
    """
    matrix = None if essential is None else read_essential(essential)
    table, sectors = read_firms(firms, matrix)
    supplier, buyer, w = read_links(links, table["firm"])
    if matrix is None:
        matrix = np.full((len(sectors), len(sectors)), ESSENTIAL, np.int8)
    return Network(tuple(table["firm"]), sectors, table["sector"].to_numpy(), supplier, buyer, w, matrix)


def with_links(net: Network, supplier: np.ndarray, buyer: np.ndarray, w: np.ndarray) -> Network:
    """Return the network with other links; pairs are merged and sorted again, empty ones dropped."""
    keep = w > 0
    pair = supplier[keep] * len(net.firms) + buyer[keep]
    unique, inverse = np.unique(pair, return_inverse=True)
    return replace(
        net,
        supplier=unique // len(net.firms),
        buyer=unique % len(net.firms),
        w=np.bincount(inverse, w[keep], len(unique)),
    )


def pointers(groups: np.ndarray, count: int) -> np.ndarray:
    """Where each group starts in an array sorted by group, and where the last one ends."""
    ends = np.cumsum(np.bincount(groups, minlength=count))
    return np.concatenate([[0], ends]).astype(np.uint32)


def graph(net: Network) -> Graph:
    """Weights of the cascade (Diem et al. 2022) for the kernel; every sum runs in firm order."""
    n, k = len(net.firms), len(net.sectors)
    supplier, buyer, w, sector = net.supplier, net.buyer, net.w, net.sector
    out, bought = np.bincount(supplier, w, n), np.bincount(buyer, w, n)
    _, group = np.unique(buyer * k + sector[supplier], return_inverse=True)
    of_sector = np.bincount(group, w)[group] if len(w) else w
    kind = net.essential[sector[supplier], sector[buyer]]
    down = np.where(kind == ESSENTIAL, w / of_sector, w / bought[buyer])
    used = kind != NEGLIGIBLE
    # One slot per essential input sector of a buyer, and one (key k) for all its non-essential inputs together.
    key = buyer * (k + 1) + np.where(kind == ESSENTIAL, sector[supplier], k)
    slots, slot = np.unique(key[used], return_inverse=True)
    slot_buyer = slots // (k + 1)
    first = np.ones(len(slots), bool)
    first[1:] = slot_buyer[1:] != slot_buyer[:-1]
    slot_number = np.where(first, slot_buyer, n + np.cumsum(~first) - 1)
    by_buyer = np.lexsort((supplier, buyer))
    return Graph(
        out=out,
        sector=sector.astype(np.uint32),
        sector_out=np.bincount(sector, out, k),
        member_ptr=pointers(sector, k),
        member=np.argsort(sector, kind="stable").astype(np.uint32),
        down_ptr=pointers(supplier[used], n),
        down_slot=slot_number[slot].astype(np.uint32),
        down_w=down[used],
        extra_buyer=slot_buyer[~first].astype(np.uint32),
        up_ptr=pointers(buyer, n),
        up_supplier=supplier[by_buyer].astype(np.uint32),
        up_w=(w / out[supplier])[by_buyer],
    )
