"""Who makes what, as numbers: reads a frame and says everything that is wrong with it."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from lianzhu.library.facts import banned_column
from lianzhu.library.problem import BadInput, Problem, marked

MOST_PROBLEMS = 50
HEADER = 2  # the first row of data is row 2 of the file
FACETS = ("voltage_class", "standard")


@dataclass(frozen=True)
class Portfolios:
    """Firms × items as a sparse table, sorted by firm, then item, each pair once.

    An item is a product, or product × voltage class × standard when those columns are given; `product_of[item]` names
    its product. `controller[firm]` numbers the independent controllers; `weight` > 0 (1 where none was given).
    """

    firms: tuple[str, ...]
    products: tuple[str, ...]
    product_of: np.ndarray
    controller: np.ndarray
    firm: np.ndarray
    item: np.ndarray
    weight: np.ndarray
    weighted: bool


def portfolios(table: pl.DataFrame) -> Portfolios:
    """Read firm, product[, weight][, controller][, voltage_class][, standard]; repeated rows are summed.

    Ids are text. A firm without a controller is its own. Raises BadInput with every wrong row: an empty id, a weight
    that is no number above 0, two controllers of one firm; and for columns that no form may have (prices, quotes,
    planned output, stoppage, personal data).
    """
    found = [refused_column(name) for name in table.columns]
    found += [
        Problem(marked("The column {column} is missing."), {"column": name}, marked("Name it in the first row."), row=1)
        for name in ("firm", "product")
        if name not in table.columns
    ]
    stop(found)
    rows = as_text(table)
    stop(wrong_rows(rows))
    if rows.is_empty():
        stop([Problem(marked("There is no product."), {}, marked("Write one row per firm and product."))])
    own = rows.with_columns(pl.coalesce(pl.col("controller").max().over("firm"), "firm").alias("controller"))
    firms = own.select("firm", "controller").unique("firm", maintain_order=True)
    own = own.with_columns(pl.concat_str("product", *FACETS, separator="\x1f", ignore_nulls=False).alias("item"))
    items = own.select("item", "product").unique("item", maintain_order=True)
    products = items["product"].unique(maintain_order=True)
    pairs = (
        own.join(firms.select("firm").with_row_index("firm_number"), on="firm")
        .join(items.select("item").with_row_index("item_number"), on="item")
        .group_by("firm_number", "item_number")
        .agg(pl.col("amount").sum())
        .sort("firm_number", "item_number")
    )
    return Portfolios(
        firms=tuple(firms["firm"]),
        products=tuple(products),
        product_of=ranks(items["product"], products),
        controller=ranks(firms["controller"], firms["controller"].unique(maintain_order=True)),
        firm=pairs["firm_number"].to_numpy().astype(np.int64),
        item=pairs["item_number"].to_numpy().astype(np.int64),
        weight=pairs["amount"].to_numpy(),
        weighted="weight" in table.columns,
    )


def ranks(values: pl.Series, order: pl.Series) -> np.ndarray:
    """Number each value by its place in `order`."""
    places = pl.DataFrame({"value": order}).with_row_index("place")
    joined = pl.DataFrame({"value": values}).join(places, on="value", how="left", maintain_order="left")
    return joined["place"].to_numpy().astype(np.int64)


def as_text(table: pl.DataFrame) -> pl.DataFrame:
    """The known columns as trimmed text, empty as null, and the weight as `amount`."""
    names = ("firm", "product", "controller", "weight", *FACETS)
    rows = table.select(
        pl.col(name).cast(pl.String).str.strip_chars().replace("", None)
        if name in table.columns
        else pl.lit(None, pl.String).alias(name)
        for name in names
    )
    amount = pl.col("weight").cast(pl.Float64, strict=False) if "weight" in table.columns else pl.lit(1.0)
    return rows.with_columns(pl.col(*FACETS).fill_null(""), amount=amount)


def wrong_rows(rows: pl.DataFrame) -> list[Problem]:
    """Every wrong row of the table, at most MOST_PROBLEMS."""
    amount = pl.col("amount")
    checks = [
        (pl.col("firm").is_null(), "firm", marked("The firm's id is empty."), marked("Write its id.")),
        (pl.col("product").is_null(), "product", marked("The product is empty."), marked("Write its code.")),
        (
            ~(amount.is_finite() & (amount > 0)).fill_null(value=False),
            "weight",
            marked("{value} is not a weight above zero."),
            marked("Write yearly sales as a number above 0, or leave the whole column out."),
        ),
        (
            pl.col("controller").is_not_null() & (pl.col("controller") != pl.col("controller").max().over("firm")),
            "controller",
            marked("The firm has another controller than {value} in another row."),
            marked("Write one controller per firm."),
        ),
    ]
    found: list[Problem] = []
    numbered = rows.with_row_index("row", HEADER)
    for bad, column, said, mend in checks:
        for row, value in numbered.filter(bad).select("row", column).head(MOST_PROBLEMS - len(found)).iter_rows():
            found.append(Problem(said, {"value": value or "–"}, mend, row=row, column=column))
    return found


def refused_column(name: str) -> Problem | None:
    """Why a column may not come in, or None."""
    ban = banned_column(name)
    return Problem(ban.reason, {}, ban.mend, row=1, column=name) if ban else None


def stop(found: list[Problem] | list[Problem | None]) -> None:
    """Raise BadInput if there is any problem."""
    problems = [problem for problem in found if problem]
    if problems:
        raise BadInput(problems)
