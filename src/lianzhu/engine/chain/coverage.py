"""Coverage of the taxonomy: for every node who makes it here, how much of it is bought here, and how old that is.

Status, judged by independent controllers (firms of one holding count once):
`missing` nobody makes it here and no purchase is on record · `outside` nobody makes it here, but it is bought ·
`single-source` one controller · `thin` two controllers, or most of it bought elsewhere, or old evidence · `strong`.
"""

import datetime
import difflib

import polars as pl

from lianzhu.engine.chain.network import HEADER, MOST_PROBLEMS, Problems, with_columns
from lianzhu.library.chain import nodes as library_nodes
from lianzhu.library.problem import marked

# Three: losing one maker still leaves a buyer a choice between two.
STRONG_CONTROLLERS = 3
# Below one half the cluster's own buyers mostly go elsewhere, whatever the number of makers.
STRONG_LOCAL_SHARE = 0.5
# Two years: a firm files one annual report a year; after two without any, the claim needs a visit.
FRESH_DAYS = 730
STATUSES = ("strong", "thin", "single-source", "missing", "outside")
# Exact numbers of makers below this are shown to pages only as a band (competition rules C3, C6).
BAND_BELOW = 5


def library_taxonomy() -> pl.DataFrame:
    """The shipped taxonomy as node, name (Chinese), level; one row per node in the order of the map."""
    rows = [(node.code, node.zh, node.level) for node in library_nodes().values()]
    return pl.DataFrame(rows, schema={"node": pl.String, "name": pl.String, "level": pl.String}, orient="row")


def check_nodes(table: pl.DataFrame, known: list[str], problems: Problems) -> None:
    """Note rows whose node is not in the taxonomy, each with the nearest one that is."""
    codes = set(known)
    for row, node in enumerate(table["node"].to_list()):
        if node in codes or len(problems.found) >= MOST_PROBLEMS:
            continue
        near = difflib.get_close_matches(node or "", known, 1, 0.0)
        said = marked("The node {value} is not in the taxonomy.")
        mend = marked("Write a node's code; the nearest is {near}.")
        problems.add(said, {"value": node or "", "near": near[0] if near else "–"}, mend, row + HEADER, "node")


def read_dates(table: pl.DataFrame, problems: Problems) -> pl.DataFrame:
    """Turn `date` (2026-11-23; time of day is dropped) into a date; note what is none."""
    day = pl.col("date").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    bad = pl.col("date").is_not_null() & (pl.col("date") != "") & day.is_null()
    problems.rows(table, bad, "date", marked("{value} is not a date."), marked("Write it as 2026-11-23."))
    return table.with_columns(date=day)


def read_products(products: pl.DataFrame, firms: list[str], known: list[str]) -> pl.DataFrame:
    """Return firm, node, date from a frame of who makes what."""
    table = with_columns(products, ("firm", "node"), ("date",), "products")
    problems = Problems("products")
    unknown = ~pl.col("firm").is_in(firms)
    mend = marked("Write a firm of the firms file, or add it there.")
    problems.rows(table, unknown, "firm", marked("The firm {value} is not in the firms file."), mend)
    check_nodes(table, known, problems)
    table = read_dates(table, problems)
    problems.stop()
    return table


def read_purchases(links: pl.DataFrame, firms: list[str], known: list[str]) -> pl.DataFrame:
    """Return supplier, buyer, node, w, date, local_supplier, local_buyer; without w every link counts 1."""
    table = with_columns(links, ("supplier", "buyer", "node"), ("w", "date"), "links")
    if "w" not in links.columns:
        table = table.with_columns(w=pl.lit("1"))
    table = table.with_columns(weight=pl.col("w").cast(pl.Float64, strict=False))
    problems = Problems("links")
    weight = pl.col("weight")
    said = marked("{value} is not a weight above zero.")
    mend = marked("Write the yearly purchase as a number above 0, or leave the whole column out.")
    problems.rows(table, ~(weight.is_finite() & (weight > 0)), "w", said, mend)
    itself = (pl.col("supplier") == pl.col("buyer")).fill_null(value=False)
    problems.rows(table, itself, "buyer", marked("The firm {value} sells to itself."), marked("Take the row out."))
    here = {side: pl.col(side).is_in(firms).fill_null(value=False) for side in ("supplier", "buyer")}
    mend = marked("Write a firm of the firms file as supplier or as buyer.")
    problems.rows(
        table, ~here["supplier"] & ~here["buyer"], "buyer", marked("Neither side is in the firms file."), mend
    )
    check_nodes(table, known, problems)
    table = read_dates(table, problems)
    problems.stop()
    return table.with_columns(local_supplier=here["supplier"], local_buyer=here["buyer"])


def coverage(
    firms: pl.DataFrame,
    products: pl.DataFrame,
    links: pl.DataFrame,
    *,
    nodes: pl.DataFrame | None = None,
    on: datetime.date | None = None,
) -> pl.DataFrame:
    """Judge every node of the taxonomy.

    `firms`: firm[, controller]. `products`: firm, node[, date] (who makes what). `links`: supplier, buyer, node[, w][,
    date] (who sold what to whom; a supplier that is empty or not in `firms` is outside). `nodes`: node[, name][,
    level]; the shipped taxonomy by default. `on`: the day evidence is judged on; without it age is not judged.

    Returns node, name, level, status, firms, controllers, controllers_band, local_share (of the purchases of firms
    here, 0–1, empty when none is known), evidence (latest date), why. `local_share` comes from link weights: it is for
    the statistician. Raises BadInput with every wrong row.
    """
    taxonomy = read_nodes(library_taxonomy() if nodes is None else nodes)
    known = taxonomy["node"].to_list()
    listed = read_controllers(firms)
    ids = listed["firm"].to_list()
    made, bought = read_products(products, ids, known), read_purchases(links, ids, known)
    sold = bought.filter("local_supplier").select("node", "date", firm="supplier")
    makers = pl.concat([made.select("node", "date", "firm"), sold]).join(listed, on="firm", how="left")
    by_maker = makers.group_by("node").agg(
        pl.col("firm").n_unique().alias("firms"), pl.col("controller").n_unique().alias("controllers")
    )
    by_purchase = (
        bought.filter("local_buyer")
        .group_by("node")
        .agg(pl.col("weight").filter("local_supplier").sum().alias("local"), pl.col("weight").sum().alias("all"))
        .with_columns(local_share=pl.col("local") / pl.col("all"))
    )
    dates = pl.concat([makers.select("node", "date"), bought.select("node", "date")])
    by_date = dates.group_by("node").agg(pl.col("date").max().alias("evidence"))
    whole = taxonomy
    for part in (by_maker, by_purchase, by_date):
        whole = whole.join(part, on="node", how="left", maintain_order="left")
    whole = whole.with_columns(pl.col("firms", "controllers").fill_null(0).cast(pl.Int64))
    status, why = judged(on)
    return whole.with_columns(status=status, why=why, controllers_band=band(pl.col("controllers"))).select(
        "node", "name", "level", "status", "firms", "controllers", "controllers_band", "local_share", "evidence", "why"
    )


def read_nodes(nodes: pl.DataFrame) -> pl.DataFrame:
    """Return node, name, level; refuses an empty, unnamed or repeated node."""
    table = with_columns(nodes, ("node",), ("name", "level"), "nodes")
    problems = Problems("nodes")
    node = pl.col("node")
    problems.rows(table, node.is_null() | (node == ""), "node", marked("The node is empty."), marked("Write its code."))
    twice = node.is_not_null() & ~node.is_first_distinct()
    problems.rows(table, twice, "node", marked("The node {value} appears twice."), marked("Keep one of its rows."))
    problems.stop()
    return table


def read_controllers(firms: pl.DataFrame) -> pl.DataFrame:
    """Return firm, controller; a firm without a named controller is its own."""
    table = with_columns(firms, ("firm",), ("controller",), "firms")
    problems = Problems("firms")
    firm = pl.col("firm")
    problems.rows(
        table, firm.is_null() | (firm == ""), "firm", marked("The firm's id is empty."), marked("Write its id.")
    )
    twice = firm.is_not_null() & ~firm.is_first_distinct()
    problems.rows(table, twice, "firm", marked("The firm {value} appears twice."), marked("Keep one of its rows."))
    problems.stop()
    own = pl.col("controller").is_null() | (pl.col("controller") == "")
    return table.with_columns(controller=pl.when(own).then("firm").otherwise("controller"))


def band(controllers: pl.Expr) -> pl.Expr:
    """A count as the band a page may show."""
    shown: pl.Expr = pl.lit("20+")
    for below, label in ((20, "10-19"), (10, "5-9"), (BAND_BELOW, "1-4"), (1, "0")):
        shown = pl.when(controllers < below).then(pl.lit(label)).otherwise(shown)
    return shown


def judged(on: datetime.date | None) -> tuple[pl.Expr, pl.Expr]:
    """Status and its reason in a word: makers, purchases, local share or age."""
    controllers, share = pl.col("controllers"), pl.col("local_share")
    old = pl.lit(value=False) if on is None else (pl.lit(on) - pl.col("evidence")).dt.total_days() > FRESH_DAYS
    rules = [
        ((controllers == 0) & pl.col("all").is_null(), "missing", "no maker, no purchase on record"),
        (controllers == 0, "outside", "no maker, bought elsewhere"),
        (controllers == 1, "single-source", "one controller"),
        (controllers < STRONG_CONTROLLERS, "thin", "two controllers"),
        (share < STRONG_LOCAL_SHARE, "thin", "mostly bought elsewhere"),
        (old, "thin", "evidence older than two years"),
    ]
    status: pl.Expr = pl.lit("strong")
    why: pl.Expr = pl.lit("three controllers or more")
    for condition, name, reason in reversed(rules):
        holds = condition.fill_null(value=False)
        status = pl.when(holds).then(pl.lit(name)).otherwise(status)
        why = pl.when(holds).then(pl.lit(reason)).otherwise(why)
    return status, why
