"""How an applied batch is written and taken back; only the import actions call this, inside their transaction."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from django.db import models
from django.utils import timezone

from lianzhu.apps.core import search
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import (
    Chain,
    Confidentiality,
    ControlledBy,
    Controller,
    Enterprise,
    FactValue,
    IdentityEvent,
    ImportBatch,
    Membership,
    Record,
    RecordState,
    RoleAssignment,
)
from lianzhu.apps.enterprises.queries.frames import EVERY_KIND, FIELDS, OUTSIDE, RECORDS, current_records, rows_of
from lianzhu.apps.enterprises.queries.previews import Prepared
from lianzhu.engine.roster.checking import Checked
from lianzhu.engine.roster.codes import valid_codes
from lianzhu.engine.roster.names import normalised
from lianzhu.library.facts import facts

BLOCK = 500
ROW_CLASS = {
    ImportBatch.Kind.PRODUCTS: Confidentiality.PUBLIC,
    ImportBatch.Kind.LINKS: Confidentiality.OFFICE,
    ImportBatch.Kind.PLACES: Confidentiality.PUBLIC,
    ImportBatch.Kind.ORIGINS: Confidentiality.PUBLIC,
    ImportBatch.Kind.CONTACTS: Confidentiality.OFFICE,
    ImportBatch.Kind.CONTROLLERS: Confidentiality.OFFICE,
}


def hold(chain_id: int) -> Chain:
    """Lock the chain: one import or correction at a time; whoever writes next moves the revision on."""
    return Chain.objects.select_for_update().get(pk=chain_id)


def move_on(chain: Chain) -> None:
    """Say that facts of the chain changed, so that a preview made before is made again."""
    Chain.objects.filter(pk=chain.pk).update(revision=models.F("revision") + 1)


def write_all(batch: ImportBatch, prepared: Prepared, actor: User) -> None:
    """Write every table of a preview in the order of the file."""
    for number, checked in enumerate(prepared.tables):
        here = pl.col("table") == number
        rows = prepared.rows.filter(here & pl.col("outcome").is_in(["new", "changed"]))
        cells = prepared.cells.filter(here & (pl.col("change") != "unchanged"))
        cells = cells.join(rows.select("row"), on="row", how="semi", maintain_order="left")
        if checked.table.template.name == ImportBatch.Kind.ENTERPRISES:
            _write_facts(batch, checked, rows, cells, actor)
        else:
            _write_records(batch, checked, rows, cells, actor)
    move_on(batch.chain)


def _write_facts(batch: ImportBatch, checked: Checked, rows: pl.DataFrame, cells: pl.DataFrame, actor: User) -> None:
    ids = _make_firms(batch, rows, actor)
    existing = {name: int(name) for name in rows["enterprise"].unique().to_list() if name.isdigit()}
    ids |= existing
    old = _current_facts(existing.values())
    known, now = facts(), timezone.now()
    made, replaced = [], []
    wanted = cells.select("row", "column", "enterprise", "fact", "period", "value").iter_rows()
    written: set[tuple[int, str, str]] = set()
    for row, column, firm, name, period, value in wanted:
        where = (ids[firm], name, period)
        if where in written:
            continue
        written.add(where)
        before = old.get(where)
        if before is not None:
            replaced.append(before)
        made.append(
            FactValue(
                enterprise_id=ids[firm],
                fact=name,
                period=period,
                value=value,
                supersedes_id=before,
                confidentiality=known[name].confidentiality,
                **_place(batch, checked, actor, now, row, column),
            )
        )
    for start in range(0, len(replaced), BLOCK):
        FactValue.objects.filter(pk__in=replaced[start : start + BLOCK]).update(state=RecordState.SUPERSEDED)
    FactValue.objects.bulk_create(made, batch_size=BLOCK)
    refresh_heads(ids.values())


def _place(
    batch: ImportBatch, checked: Checked, actor: User, now: object, row: int, column: str = ""
) -> dict[str, Any]:
    """Where a statement comes from: the same for every kind of record."""
    return {
        "source": batch.source,
        "as_of": batch.as_of,
        "batch": batch,
        "sheet": checked.table.sheet.name[:80],
        "row": row,
        "column": column,
        "entered_by": actor,
        "entered_at": now,
    }


def _current_facts(firms: Iterable[int]) -> dict[tuple[int, str, str], int]:
    """(firm, fact, period) -> id of the current value."""
    found: dict[tuple[int, str, str], int] = {}
    wanted = sorted(firms)
    for start in range(0, len(wanted), BLOCK):
        rows = FactValue.objects.current().filter(enterprise__in=wanted[start : start + BLOCK])
        found |= {(f, n, p): pk for pk, f, n, p in rows.values_list("pk", "enterprise_id", "fact", "period")}
    return found


def _make_firms(batch: ImportBatch, rows: pl.DataFrame, actor: User) -> dict[str, int]:
    """Make the firms that are new in this file; returns the preview's key -> id."""
    fresh = rows.filter(pl.col("enterprise").str.starts_with("new:")).unique("enterprise", maintain_order=True)
    if fresh.is_empty():
        return {}
    now = timezone.now()
    last = Enterprise.objects.aggregate(last=models.Max("id"))["last"] or 0
    firms = [
        Enterprise(
            name=name or code or "",
            name_key=normalised(name or code or ""),
            temporary_code=f"T{last + number:08d}",
            created_at=now,
            updated_at=now,
        )
        for number, (name, code) in enumerate(fresh.select("name", "code").iter_rows(), 1)
    ]
    Enterprise.objects.bulk_create(firms, batch_size=BLOCK)
    Membership.objects.bulk_create([Membership(chain=batch.chain, enterprise=firm) for firm in firms])
    IdentityEvent.objects.bulk_create(
        [
            IdentityEvent(
                kind=IdentityEvent.Kind.CREATED, enterprise=firm, why="new in this file", by=actor, at=now, batch=batch
            )
            for firm in firms
        ],
        batch_size=BLOCK,
    )
    return {key: firm.pk for key, firm in zip(fresh["enterprise"].to_list(), firms, strict=True)}


def _write_records(batch: ImportBatch, checked: Checked, rows: pl.DataFrame, cells: pl.DataFrame, actor: User) -> None:
    """A changed record is a new statement that supersedes the old one; what the file leaves blank is taken over."""
    kind, ends = checked.table.template.name, checked.table.template.parties
    model: Any = RECORDS[kind]
    old = current_records(kind, batch.chain, ends)
    said: dict[int, dict[str, str]] = {}
    for row, name, value in cells.select("row", "fact", "value").iter_rows():
        said.setdefault(row, {})[name] = value
    now, made, replaced = timezone.now(), [], []
    for row, key, *parties in rows.select("row", "enterprise", "party_1", "party_2").iter_rows():
        before = old.get(key)
        values: dict[str, Any] = {name: getattr(before, name) for name in FIELDS[kind]} if before else {}
        values |= {name: _typed(model, name, text) for name, text in said.get(row, {}).items() if name in FIELDS[kind]}
        source = said.get(row, {}).get("source")
        firms = _firms_of(model, ends, parties)
        values |= firms | _place(batch, checked, actor, now, row)
        values |= {"supersedes": before, "confidentiality": ROW_CLASS[ImportBatch.Kind(kind)]}
        if source:
            values["source"] = source[:160]
        if kind == ImportBatch.Kind.LINKS:
            values["chain"] = batch.chain
        made.append(model(**values))
        if before is not None:
            replaced.append(before.pk)
    for start in range(0, len(replaced), BLOCK):
        rows_of(model).filter(pk__in=replaced[start : start + BLOCK]).update(state=RecordState.SUPERSEDED)
    rows_of(model).bulk_create(made, batch_size=BLOCK)
    if kind == ImportBatch.Kind.CONTROLLERS:
        refresh_heads(int(firm) for firm in rows["party_1"].drop_nulls().to_list())


def _firms_of(model: type[Record], ends: tuple[str, ...], parties: list[str | None]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for end, party in zip(ends, parties, strict=False):
        if party is not None and party.startswith(OUTSIDE):
            found[f"{end}_outside"] = party.removeprefix(OUTSIDE)[:160]
        elif party is not None:
            found[f"{end}_id"] = int(party)
    return found


def _typed(model: type[Record], name: str, text: str) -> object:
    """The engine's canonical text as the field's own type."""
    field = model._meta.get_field(name)
    if isinstance(field, models.ForeignKey):
        return Controller.objects.get_or_create(name=text[:120])[0]
    if isinstance(field, models.DateField):
        return date.fromisoformat(text)
    if isinstance(field, models.DecimalField):
        return Decimal(text)
    if isinstance(field, models.IntegerField):
        return int(text)
    return text[: field.max_length] if isinstance(field, models.CharField) and field.max_length else text


def refresh_heads(firms: Iterable[int]) -> None:
    """Name, code and controller on the firm follow its current facts; the search index follows the firm."""
    wanted = sorted(set(firms))
    for start in range(0, len(wanted), BLOCK):
        _refresh_block(wanted[start : start + BLOCK])


def _refresh_block(block: list[int]) -> None:
    said: dict[int, dict[str, str]] = {}
    rows = FactValue.objects.current().filter(
        enterprise__in=block, fact__in=["name", "credit_code", "short_name", "english_name"]
    )
    for firm_id, fact, value in rows.values_list("enterprise_id", "fact", "value"):
        said.setdefault(firm_id, {})[fact] = value
    held = ControlledBy.objects.current().filter(enterprise__in=block).order_by("as_of", "pk")
    holders = dict(held.values_list("enterprise_id", "controller_id"))
    passing = _passing_codes(said)
    heads = list(Enterprise.objects.filter(pk__in=block))
    entries = []
    for firm in heads:
        told = said.get(firm.pk, {})
        firm.name = told.get("name", firm.name)[:160]
        firm.name_key = normalised(firm.name)[:160]
        firm.code = passing.get(firm.pk)
        firm.controller_id = holders.get(firm.pk)
        firm.updated_at = timezone.now()
        words = [firm.name, told.get("short_name", ""), told.get("english_name", ""), firm.shown_code]
        entries.append((firm.pk, " ".join(words)))
    # Two firms may have swapped codes: free them all before they are given again.
    Enterprise.objects.filter(pk__in=block).update(code=None)
    Enterprise.objects.bulk_update(heads, ["name", "name_key", "code", "controller", "updated_at"], batch_size=200)
    search.remember(search.Kind.ENTERPRISE, entries)


def _passing_codes(said: Mapping[int, Mapping[str, str]]) -> dict[int, str]:
    """Only a code that passes its check, and that no other firm holds, identifies a firm."""
    told = [(firm, words["credit_code"]) for firm, words in said.items() if "credit_code" in words]
    good = valid_codes(pl.Series([code for _firm, code in told], dtype=pl.String)).to_list()
    passing = {code: firm for (firm, code), fits in zip(told, good, strict=True) if fits}
    elsewhere = Enterprise.objects.filter(code__in=passing).exclude(pk__in=passing.values())
    held = set(elsewhere.values_list("code", flat=True))
    return {firm: code for code, firm in passing.items() if code not in held}


def undo_records(model: type[Record], batch: ImportBatch) -> int:
    """Put one kind of record back to before the batch; returns how many rows edited since were left alone."""
    rows = list(rows_of(model).filter(batch=batch).values_list("pk", "state", "supersedes_id"))
    if not rows:
        return 0
    undone = {pk for pk, _state, _before in rows}
    back = [before for _pk, state, before in rows if state == RecordState.CURRENT and before is not None]
    kept = sum(state == RecordState.SUPERSEDED for _pk, state, _before in rows)
    for start in range(0, len(rows), BLOCK):
        rows_of(model).filter(pk__in=[pk for pk, *_rest in rows[start : start + BLOCK]]).update(
            state=RecordState.UNDONE
        )
    for start in range(0, len(back), BLOCK):
        _restore(model, back[start : start + BLOCK], undone)
    if model in (FactValue, ControlledBy):
        touched = rows_of(model).filter(batch=batch).values_list("enterprise", flat=True)
        refresh_heads(touched.distinct())
    return kept


def _restore(model: type[Record], wanted: list[int], undone: set[int]) -> None:
    """Make older statements current again, stepping back over ones that were themselves undone."""
    while wanted:
        rows = list(rows_of(model).filter(pk__in=wanted).values_list("pk", "state", "supersedes_id"))
        good = [pk for pk, state, _before in rows if state != RecordState.UNDONE and pk not in undone]
        rows_of(model).filter(pk__in=good).update(state=RecordState.CURRENT)
        wanted = [before for pk, _state, before in rows if pk not in good and before is not None]


def withdraw_firms(batch: ImportBatch) -> None:
    """Firms this batch made, of which nothing else is known, leave every list; others stay."""
    made = IdentityEvent.objects.filter(batch=batch, kind=IdentityEvent.Kind.CREATED).values_list(
        "enterprise", flat=True
    )
    alone = set(made)
    for model in EVERY_KIND:
        for end in model.firm_ends:
            still = rows_of(model).filter(state__in=[RecordState.CURRENT, RecordState.PROPOSED])
            alone -= set(still.filter(**{f"{end}__in": made}).values_list(f"{end}_id", flat=True))
    alone -= set(RoleAssignment.objects.filter(enterprise__in=made).values_list("enterprise_id", flat=True))
    gone = sorted(alone)
    for start in range(0, len(gone), BLOCK):
        block = gone[start : start + BLOCK]
        Enterprise.objects.filter(pk__in=block).update(state=Enterprise.State.WITHDRAWN, code=None)
        search.forget(search.Kind.ENTERPRISE, block)
    move_on(batch.chain)
