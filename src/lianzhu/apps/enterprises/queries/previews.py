"""What a file would change: reads the file, asks the engine, and puts the answer where the page and the apply find it.

A preview holds values of every class, so it lies beside the uploaded file and is read through `shown` only, which masks
what the reader may not see.
"""

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.conf import settings

from lianzhu.apps.core.files import path_of
from lianzhu.apps.enterprises.models import ImportBatch
from lianzhu.apps.enterprises.queries.frames import (
    KEYS,
    OUTSIDE,
    current_records,
    facts_frame,
    firms_frame,
    records_frame,
)
from lianzhu.apps.enterprises.queries.reasons import JOINT
from lianzhu.engine.roster.checking import Checked, check_file
from lianzhu.engine.roster.diff import diff
from lianzhu.engine.roster.linking import link
from lianzhu.engine.roster.templates import templates
from lianzhu.library.chain import nearest_node
from lianzhu.library.facts import banned_column, facts

ROWS: Mapping[str, type[pl.DataType]] = {
    "table": pl.UInt16,
    "row": pl.UInt32,
    "outcome": pl.String,
    "enterprise": pl.String,
    "name": pl.String,
    "code": pl.String,
    "changes": pl.UInt32,
    "candidates": pl.String,
    "why": pl.String,
    "party_1": pl.String,
    "party_2": pl.String,
}


@dataclass(frozen=True)
class Prepared:
    """Tables of the file in order, and rows and cells of all of them with the table's number in `table`."""

    tables: list[Checked]
    rows: pl.DataFrame
    cells: pl.DataFrame

    @property
    def seal(self) -> str:
        """One hash over everything that would be written; two previews with one seal do the same."""
        plain = self.rows.select("table", "row", "outcome", "enterprise", "party_1", "party_2").write_csv()
        cells = self.cells.select("table", "row", "enterprise", "fact", "period", "change", "old", "value").write_csv()
        return hashlib.sha256((plain + cells).encode()).hexdigest()

    @property
    def confidential(self) -> bool:
        """Whether a column that is read holds values only the firm and the statistician may see."""
        return any(
            table.table.template.by_key[column.key].masked for table in self.tables for column in table.columns.taken
        )


def prepare(batch: ImportBatch) -> Prepared:
    """Read the batch's file and compare it with what is known now. Writes nothing. Raises BadInput."""
    chosen = {
        sheet: {int(index): key for index, key in columns.items()}
        for sheet, columns in batch.choices.get("columns", {}).items()
    }
    tables = check_file(
        path_of(batch.file),
        templates(facts()),
        banned=banned_column,
        chosen=chosen,
        period=batch.choices.get("period", ""),
    )
    firms = firms_frame(batch.chain)
    rows, cells = [], []
    for number, checked in enumerate(tables):
        decided = {
            key.partition(":")[2]: str(answer)
            for key, answer in batch.choices.get("rows", {}).items()
            if key.partition(":")[0] == str(number)
        }
        kind = checked.table.template.name
        compare = _firms_and_facts if kind == ImportBatch.Kind.ENTERPRISES else _records
        one, two = compare(batch, checked, firms, decided)
        rows.append(
            one.with_columns(pl.lit(number, pl.UInt16).alias("table")).select(
                pl.col(name).cast(kind) for name, kind in ROWS.items()
            )
        )
        cells.append(two.with_columns(pl.lit(number, pl.UInt16).alias("table")))
    return Prepared(tables, pl.concat(rows), pl.concat(cells))


def _firms_and_facts(
    batch: ImportBatch, checked: Checked, firms: pl.DataFrame, decided: Mapping[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The roster itself: one row is one firm in one period."""
    found = resolve(checked, "enterprise", firms)
    identity = found.select(
        "row",
        pl.col("right").alias("enterprise"),
        pl.col("decision").replace({"link": "existing", "ask": "review", "none": "new"}),
        pl.col("right").alias("candidates"),
        "why",
    )
    decisions = {int(row): answer for row, answer in decided.items() if row.isdigit()}
    known = set(identity["enterprise"].drop_nulls()) | {answer for answer in decisions.values() if answer.isdigit()}
    _keep_names(checked, identity, decisions)
    preview = diff(
        checked,
        facts_frame(known),
        identity,
        source=batch.source,
        date=batch.as_of.isoformat(),
        decisions=decisions,
    )
    empty = pl.lit(None, pl.String)
    return preview.rows.with_columns(empty.alias("party_1"), empty.alias("party_2")), preview.cells


def _keep_names(checked: Checked, identity: pl.DataFrame, decisions: Mapping[int, str]) -> None:
    """A sheet that writes a known firm's name otherwise says which firm it means, not that the firm was renamed.

    Names change when the firm states it and the office accepts. What was written is told beside the preview.
    """
    told = {row for row, answer in decisions.items() if answer != "new"}
    fresh = {row for row, answer in decisions.items() if answer == "new"}
    linked = set(identity.filter(pl.col("decision") == "existing")["row"].to_list())
    rows = pl.Series(sorted((linked | told) - fresh), dtype=pl.UInt32)
    checked.cells = checked.cells.filter((pl.col("fact") != "name") | ~pl.col("row").is_in(rows.implode()))


def resolve(checked: Checked, party: str, firms: pl.DataFrame) -> pl.DataFrame:
    """Which firm each row means by one of its parties: row, name, right (id), decision (link | ask | none), why."""
    rows = checked.rows.filter(pl.col("outcome") != "refused").select(
        "row",
        pl.col(party).alias("name"),
        pl.when(pl.col(f"{party}_valid")).then(pl.col(f"{party}_code")).alias("code"),
    )
    distinct = rows.select("name", "code").unique(maintain_order=True).with_row_index("id")
    distinct = distinct.with_columns(pl.col("id").cast(pl.String), pl.col("name").fill_null(""))
    address = _addresses(checked, rows, distinct) if party == "enterprise" else None
    left = distinct if address is None else distinct.join(address, on="id", how="left")
    if left.is_empty():
        schema = {"right": pl.String, "decision": pl.String, "why": pl.String}
        return rows.with_columns(pl.lit(None, kind).alias(name) for name, kind in schema.items())
    linked = link(left, firms).rename({"left": "id"}).select("id", "right", "decision", "why")
    distinct = distinct.join(linked, on="id")
    rows = rows.with_columns(pl.col("name").fill_null(""))
    return rows.join(distinct.drop("id"), on=["name", "code"], how="left", nulls_equal=True, maintain_order="left")


def _addresses(checked: Checked, rows: pl.DataFrame, distinct: pl.DataFrame) -> pl.DataFrame | None:
    said = checked.cells.filter(pl.col("fact") == "address").select("row", pl.col("value").alias("address"))
    if said.is_empty():
        return None
    named = rows.with_columns(pl.col("name").fill_null("")).join(said, on="row")
    joined = distinct.join(named, on=["name", "code"], nulls_equal=True)
    return joined.group_by("id").agg(pl.col("address").first())


def _records(
    batch: ImportBatch, checked: Checked, firms: pl.DataFrame, decided: Mapping[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Products, links, places, origins, contacts, controllers: one row is one record of one or two firms."""
    kind, ends = checked.table.template.name, checked.table.template.parties
    checked = _with_nodes(checked)
    rows = checked.rows
    for place, end in enumerate(ends, 1):
        rows = rows.join(_party(batch, checked, end, firms, decided, place), on="row", how="left")
    values = checked.cells.filter(pl.col("fact").is_in(KEYS[kind])).pivot("fact", index="row", values="value")
    rows = rows.join(values, on="row", how="left", maintain_order="left")
    parts = [f"party_{place}" for place in range(1, len(ends) + 1)]
    names = [pl.col(name).fill_null("") if name in rows.columns else pl.lit("") for name in KEYS[kind]]
    key = pl.concat_str([*parts, *names], separator="|", ignore_nulls=False)
    unsure = pl.any_horizontal(pl.col(part).is_null() for part in parts)
    # Neither end is a firm of the town: such a row says nothing about the chain.
    nowhere = pl.all_horizontal(pl.col(part).str.starts_with(OUTSIDE).fill_null(False) for part in parts)
    rows = rows.with_columns(key.alias("key"), (unsure | nowhere).alias("unsure"))
    records = current_records(kind, batch.chain, ends)
    why = pl.concat_str([f"why_{place}" for place in range(1, len(ends) + 1)], separator=JOINT, ignore_nulls=True)
    identity = rows.select(
        "row",
        pl.col("key").alias("enterprise"),
        pl.when("unsure").then(pl.lit("review")).otherwise(pl.lit("existing")).alias("decision"),
        pl.coalesce(f"candidate_{place}" for place in range(1, len(ends) + 1)).alias("candidates"),
        why.alias("why"),
    )
    own = [column.key for column in checked.table.template.columns if column.party]
    checked.cells = checked.cells.filter(~pl.col("fact").is_in(own))
    preview = diff(checked, records_frame(kind, records), identity, source=batch.source, date=batch.as_of.isoformat())
    return _first_of_each(preview.rows, preview.cells, rows.select("row", *parts), set(records))


def _first_of_each(
    rows: pl.DataFrame, cells: pl.DataFrame, parties: pl.DataFrame, known: set[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A record not known yet is new; a second row that says the same adds nothing."""
    applied = pl.col("outcome").is_in(["changed", "unchanged"])
    fresh = applied & ~pl.col("enterprise").is_in(list(known))
    first = pl.col("row") == pl.col("row").first().over("enterprise")
    outcome = pl.when(fresh & first).then(pl.lit("new")).when(fresh).then(pl.lit("unchanged")).otherwise("outcome")
    rows = rows.with_columns(outcome.alias("outcome")).join(parties, on="row", how="left", maintain_order="left")
    if "party_2" not in rows.columns:
        rows = rows.with_columns(pl.lit(None, pl.String).alias("party_2"))
    return rows, cells.join(
        rows.filter(pl.col("outcome").is_in(["new", "changed"])).select("row"), on="row", how="semi"
    )


def _party(
    batch: ImportBatch, checked: Checked, end: str, firms: pl.DataFrame, decided: Mapping[str, str], place: int
) -> pl.DataFrame:
    """One end of each record: an id, `out:` and a name for a firm outside, or null when a person must say."""
    found = resolve(checked, end, firms)
    said = {int(row): a for key, a in decided.items() for row, _colon, which in [key.partition(":")] if which == end}
    answer = (
        pl.col("row").replace_strict(said, default=None, return_dtype=pl.String) if said else pl.lit(None, pl.String)
    )
    outside = pl.lit(OUTSIDE) + pl.col("name")
    may_be_outside = batch_allows_outside(checked)
    nobody = outside if may_be_outside else pl.lit(None, pl.String)
    party = (
        pl.when(answer == "new")
        .then(outside if may_be_outside else None)
        .when(answer.is_not_null())
        .then(answer)
        .when(pl.col("decision") == "link")
        .then("right")
        .when((pl.col("decision") == "none") & (pl.col("name") != ""))
        .then(nobody)
    )
    return found.select(
        "row",
        party.alias(f"party_{place}"),
        pl.when(party.is_null()).then("right").alias(f"candidate_{place}"),
        pl.when(party.is_null()).then("why").alias(f"why_{place}"),
    )


def batch_allows_outside(checked: Checked) -> bool:
    """Only supply links reach outside the town; everything else is about a firm of the chain."""
    return checked.table.template.name == ImportBatch.Kind.LINKS


def _with_nodes(checked: Checked) -> Checked:
    """Free text in the node column becomes a taxonomy code; a row whose node nobody knows is refused."""
    here = pl.col("fact") == "node"
    said = checked.cells.filter(here)["value"].unique().to_list()
    codes = {text: nearest_node(text) for text in said}
    unknown = [text for text, code in codes.items() if code is None]
    lost = checked.cells.filter(here & pl.col("value").is_in(unknown))
    known = {text: code for text, code in codes.items() if code is not None}
    value = pl.when(here).then(pl.col("value").replace(known)).otherwise("value")
    checked.cells = checked.cells.with_columns(value.alias("value")).join(lost.select("row"), on="row", how="anti")
    if lost.height:
        refused = pl.when(pl.col("row").is_in(lost["row"].implode())).then(pl.lit("refused")).otherwise("outcome")
        checked.rows = checked.rows.with_columns(refused.alias("outcome"))
        title = next(c.title for c in checked.columns.taken if c.key == "node")
        told = lost.select(
            "row",
            "column",
            pl.lit("node").alias("key"),
            pl.lit(title).alias("title"),
            pl.lit("no_such_node").alias("reason"),
            "value",
            pl.lit(None, pl.String).alias("other"),
        )
        known_before = checked.problems.cast(dict.fromkeys(("column", "key", "title", "reason"), pl.String))
        checked.problems = pl.concat([known_before, told.with_columns(pl.col("column").cast(pl.String))]).sort(
            "row", maintain_order=True
        )
    return checked


def folder_of(batch: ImportBatch) -> Path:
    """Where a batch's preview lies."""
    return Path(settings.FILES_DIR) / "previews" / str(batch.pk)


def keep(batch: ImportBatch, prepared: Prepared) -> None:
    """Put a preview where the page finds it; a half-written one never stands under its name."""
    folder = folder_of(batch)
    beside = folder.with_suffix(".new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    prepared.rows.write_parquet(beside / "rows.parquet")
    prepared.cells.write_parquet(beside / "cells.parquet")
    shutil.rmtree(folder, ignore_errors=True)
    beside.replace(folder)


def drop(batch: ImportBatch) -> None:
    """Remove a batch's preview: its values are in the database now, or not wanted."""
    shutil.rmtree(folder_of(batch), ignore_errors=True)
