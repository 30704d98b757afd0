"""What an import would change, before anything changes.

Every input row ends in exactly one outcome: new, changed, unchanged, refused or review, so that rows in are the sum of
the outcomes. Every cell of a row that can be applied is new, changed or unchanged against the current value, shown
with the source and date of both. Blank cells never overwrite.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from lianzhu.engine.roster.checking import Checked
from lianzhu.engine.roster.values import firm_key
from lianzhu.library.problem import BadInput, Problem, marked

CHANGES = pl.Enum(["new", "changed", "unchanged"])
OUTCOMES = ("new", "changed", "unchanged", "refused", "review")
CURRENT = MappingProxyType(
    {
        "enterprise": pl.String,
        "fact": pl.Categorical,
        "period": pl.Categorical,
        "value": pl.String,
        "source": pl.Categorical,
        "date": pl.Categorical,
    }
)

_SHOWN = (
    *("row", "column", "enterprise", "fact", "period", "unit", "change"),
    *("old", "old_source", "old_date", "value"),
)


@dataclass(frozen=True)
class Preview:
    """What would change.

    `rows`: row, outcome, enterprise (its id, or new:… for a firm to be made), name, code, changes (cells new or
    changed), candidates and why (for review).
    `cells`: row, column, enterprise, fact, period, unit, change (new | changed | unchanged), old, old_source, old_date,
    value. Rows refused or to review have no cells. `source`, `date`: of the new values.
    """

    rows: pl.DataFrame
    cells: pl.DataFrame
    source: str
    date: str

    @property
    def counts(self) -> dict[str, int]:
        """Rows by outcome; every outcome is named, and together they are all rows."""
        found = dict(self.rows["outcome"].value_counts().iter_rows())
        return {outcome: int(found.get(outcome, 0)) for outcome in OUTCOMES}


def diff(
    proposed: Checked,
    current: pl.DataFrame,
    identity: pl.DataFrame | None = None,
    *,
    source: str = "",
    date: str = "",
    decisions: Mapping[int, str] | None = None,
) -> Preview:
    """Compare a checked table with what is known.

    `current`: enterprise, fact, period, value, source, date as text; one line per known value. A yearly fact has its
    period, others an empty one. `identity`: row, enterprise, decision (existing | new | review) and optionally
    candidates, why; a row it does not name is new. `decisions`: a person's word on rows to review: an enterprise id or
    "new". `source`, `date`: of the import. Raises `BadInput` when a column is missing or a value of `current` doubled.
    """
    rows = _identified(proposed, identity, decisions or {})
    places, known = _known(rows.filter(pl.col("outcome").is_null()), current)
    cells = proposed.cells.join(places, on="row", how="inner", maintain_order="left")
    rows = _one_writer(rows, cells)
    cells = _compared(cells, known)
    if rows["clash"].null_count() < rows.height:
        held = rows.filter(pl.col("clash").is_not_null()).select("row")
        cells = cells.join(held, on="row", how="anti", maintain_order="left")
    changes = cells.filter(pl.col("change") != "unchanged").group_by("row").agg(pl.len().alias("changes"))
    rows = rows.join(changes, on="row", how="left", maintain_order="left").with_columns(pl.col("changes").fill_null(0))
    fresh = pl.when(pl.col("decision") == "new").then(pl.lit("new"))
    applied = fresh.when(pl.col("changes") > 0).then(pl.lit("changed")).otherwise(pl.lit("unchanged"))
    rows = rows.with_columns(pl.coalesce("outcome", applied).alias("outcome"))
    party = proposed.table.template.parties[0]
    return Preview(
        rows.select(
            *("row", "outcome", "enterprise"),
            pl.col("firm").alias("name"),
            pl.col(f"{party}_code").alias("code"),
            *("changes", "candidates", "why"),
        ),
        cells,
        source,
        date,
    )


def _known(rows: pl.DataFrame, current: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Number the firms of `rows` and sort what is known of them by fact and period. Raises `BadInput` like `diff`."""
    missing = [name for name in CURRENT if name not in current.columns]
    if missing:
        message = marked("The frame of current values lacks the columns {names}.")
        raise BadInput(Problem(message, {"names": ", ".join(missing)}))
    firms = rows.select(pl.col("enterprise").unique()).with_row_index("firm")
    places = rows.select("row", "enterprise").join(firms, on="enterprise", how="left")
    known = current.lazy().join(firms.lazy(), on="enterprise", how="inner")
    names = {"value": "old", "source": "old_source", "date": "old_date"}
    taken = (
        known.select("firm", pl.col("fact").cast(pl.Categorical), _undated("period"), *names).rename(names).collect()
    )
    taken = taken.with_columns(pl.col("old_source", "old_date").cast(pl.Categorical))
    for fact, period, part in _by_fact(taken):
        twice = part.filter(part["firm"].is_duplicated()).select("firm").unique().join(firms, on="firm").head(50)
        if twice.height:
            message = marked("{enterprise} has two current values for {fact} {period}.")
            said = [{"enterprise": firm, "fact": fact, "period": period} for firm in twice["enterprise"]]
            raise BadInput([Problem(message, params) for params in said])
    return places, taken


def _by_fact(frame: pl.DataFrame) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Yield fact, period and the lines of both, one after the other; never a second copy of the whole frame."""
    for fact, period in frame.select("fact", "period").unique(maintain_order=True).rows():
        yield fact, period, frame.filter((pl.col("fact") == fact) & (pl.col("period") == period))


def _compared(cells: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Set every proposed cell beside its old value, one fact of one period at a time to spare memory."""
    parts = []
    for fact, period, part in _by_fact(cells) if cells.height else [("", "", cells)]:
        old = known.filter((pl.col("fact") == fact) & (pl.col("period") == period)).drop("fact", "period")
        part = part.join(old, on="firm", how="left", maintain_order="left")
        parts.append(part.with_columns(_change(part["old"], part["value"])).select(_SHOWN))
    return pl.concat(parts)


def _change(old: pl.Series, value: pl.Series) -> pl.Series:
    """Say of every cell whether it is new, changed or unchanged; full-width and half-width forms are the same."""
    change = pl.select(
        pl.when(old.is_null())
        .then(pl.lit("new"))
        .when(old == value)
        .then(pl.lit("unchanged"))
        .otherwise(pl.lit("changed"))
    ).to_series()
    differs = change == "changed"
    same = old.filter(differs).str.normalize("NFKC") == value.filter(differs).str.normalize("NFKC")
    at = pl.select(pl.arg_where(differs)).to_series().filter(same)
    return change.scatter(at, "unchanged").cast(CHANGES).alias("change")


def _undated(name: str) -> pl.Expr:
    """A period as category; nothing and blank are the same, the period of facts that have none."""
    return pl.col(name).cast(pl.String).fill_null("").cast(pl.Categorical)


def _identified(checked: Checked, identity: pl.DataFrame | None, decisions: Mapping[int, str]) -> pl.DataFrame:
    """Give every row its enterprise and, where it is already clear, its outcome: refused or review."""
    wanted = {
        "row": pl.UInt32,
        "enterprise": pl.String,
        "decision": pl.String,
        "candidates": pl.String,
        "why": pl.String,
    }
    given = pl.DataFrame(schema=wanted) if identity is None else identity
    given = given.with_columns(pl.lit(None, pl.String).alias(name) for name in wanted if name not in given.columns)
    given = given.select(pl.col(name).cast(kind) for name, kind in wanted.items()).unique("row", keep="first")
    said = pl.DataFrame(
        {"row": list(decisions), "said": list(decisions.values())}, schema={"row": pl.UInt32, "said": pl.String}
    )
    party = checked.table.template.parties[0]
    names = checked.rows.rename({"enterprise": "name"}) if party == "enterprise" else checked.rows
    name, code, valid = ("name" if party == "enterprise" else party, f"{party}_code", f"{party}_valid")
    rows = names.join(given, on="row", how="left", maintain_order="left")
    rows = rows.join(said, on="row", how="left", maintain_order="left")
    # A file names a new firm once per year: all its rows make one firm. Other tables make one record of every row.
    by_firm = checked.table.template.name == "enterprises"
    whose = pl.coalesce(pl.when(valid).then(code), firm_key(pl.col(name))) if by_firm else pl.col("row").cast(pl.String)
    told = pl.col("said").is_not_null() & (pl.col("said") != "new")
    found = pl.col("decision").fill_null("new")
    # Known to exist, but not which: nothing is guessed.
    found = pl.when((found == "existing") & pl.col("enterprise").is_null()).then(pl.lit("review")).otherwise(found)
    judged = pl.when(pl.col("outcome") == "review").then(pl.lit("review")).otherwise(found)
    decision = pl.when(told).then(pl.lit("existing")).when(pl.col("said") == "new").then(pl.lit("new"))
    rows = rows.with_columns(decision.otherwise(judged).alias("decision"))
    fresh = pl.when(pl.col("decision") == "new").then(pl.lit("new:") + whose).otherwise("enterprise")
    review = pl.when(pl.col("decision") == "review").then(pl.lit("review"))
    outcome = pl.when(pl.col("outcome") == "refused").then(pl.lit("refused")).otherwise(review)
    rows = rows.with_columns(pl.when(told).then("said").otherwise(fresh).alias("enterprise"), outcome.alias("outcome"))
    return rows.rename({"name": "firm"}) if party == "enterprise" else rows.rename({party: "firm"})


def _one_writer(rows: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Send the later of two rows to review that propose different values for one cell; the reason names the first."""
    key = ["firm", "fact", "period"]
    twice = (part.filter(part["firm"].is_duplicated()) for _, _, part in _by_fact(cells))
    shared = pl.concat([cells.clear(), *twice])
    if not shared.height:
        return rows.with_columns(pl.lit(None, pl.String).alias("clash"))
    shared = shared.with_columns(
        pl.col("value").str.normalize("NFKC").alias("plain"), pl.col("row").first().over(key).alias("first")
    )
    said = pl.col("plain").first().over(key)
    shared = shared.filter((pl.col("plain") != said) & (pl.col("row") != pl.col("first")))
    clash = shared.unique("row", keep="first", maintain_order=True).select(
        "row", (pl.lit("same cell as row ") + pl.col("first").cast(pl.String)).alias("clash")
    )
    rows = rows.join(clash, on="row", how="left", maintain_order="left")
    here = pl.col("clash").is_not_null()
    return rows.with_columns(
        pl.when(here).then(pl.lit("review")).otherwise("outcome").alias("outcome"),
        pl.when(here).then("clash").otherwise("why").alias("why"),
    )
