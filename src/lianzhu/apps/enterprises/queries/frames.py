"""Frames the roster engine compares a file with: the firms, their current facts, their current records."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

import polars as pl
from django.db import models

from lianzhu.apps.enterprises.models import (
    Chain,
    Contact,
    ControlledBy,
    Enterprise,
    FactValue,
    ImportBatch,
    Origin,
    Place,
    Product,
    Record,
    RecordState,
    SupplyLink,
)
from lianzhu.engine.roster.diff import CURRENT

Kind = ImportBatch.Kind
# Template -> the table its rows become, and the columns that are kept as fields of the same name.
RECORDS: Mapping[str, type[Record]] = {
    Kind.PRODUCTS: Product,
    Kind.LINKS: SupplyLink,
    Kind.PLACES: Place,
    Kind.ORIGINS: Origin,
    Kind.CONTACTS: Contact,
    Kind.CONTROLLERS: ControlledBy,
}
EVERY_KIND: tuple[type[Record], ...] = (FactValue, *RECORDS.values())
FIELDS: Mapping[str, tuple[str, ...]] = {
    Kind.PRODUCTS: ("product", "node", "voltage_class", "standard", "weight"),
    Kind.LINKS: ("item", "node", "weight", "evidence_date"),
    Kind.PLACES: ("kind", "place", "address", "started", "note"),
    Kind.ORIGINS: ("year",),
    Kind.CONTACTS: ("person", "post", "phone", "email"),
    Kind.CONTROLLERS: ("controller", "share_pct", "since"),
}
# Fields that, with the firms a row names, tell one record from another.
KEYS: Mapping[str, tuple[str, ...]] = {
    Kind.PRODUCTS: ("product", "node", "voltage_class", "standard"),
    Kind.LINKS: ("item", "node"),
    Kind.PLACES: ("kind", "place"),
    Kind.ORIGINS: (),
    Kind.CONTACTS: ("person",),
    Kind.CONTROLLERS: ("controller",),
}
OUTSIDE = "out:"


def firms_frame(chain: Chain) -> pl.DataFrame:
    """Every active firm of the chain: id, name, code, address; all text, as identity resolution takes it."""
    addresses = dict(
        FactValue.objects.current()
        .filter(fact="address", enterprise__chains=chain)
        .values_list("enterprise_id", "value")
    )
    rows = Enterprise.objects.filter(state=Enterprise.State.ACTIVE, chains=chain).order_by("id")
    return pl.DataFrame(
        [(str(pk), name, code, addresses.get(pk)) for pk, name, code in rows.values_list("id", "name", "code")],
        schema={"id": pl.String, "name": pl.String, "code": pl.String, "address": pl.String},
        orient="row",
    )


def facts_frame(firms: Iterable[str]) -> pl.DataFrame:
    """Current values of these firms, as `diff` takes them."""
    rows: list[tuple[str, ...]] = []
    wanted = sorted({int(firm) for firm in firms})
    for start in range(0, len(wanted), 900):
        found = FactValue.objects.current().filter(enterprise__in=wanted[start : start + 900])
        rows += [
            (str(firm), fact, period, value, source, as_of.isoformat())
            for firm, fact, period, value, source, as_of in found.values_list(
                "enterprise_id", "fact", "period", "value", "source", "as_of"
            )
        ]
    return pl.DataFrame(rows, schema=dict(CURRENT), orient="row")


def rows_of(model: type[Record]) -> models.QuerySet[Any]:
    """Every statement of one kind."""
    return cast("models.QuerySet[Any]", model._default_manager.all())


def record_key(parties: Iterable[str], values: Iterable[str]) -> str:
    """The key of a record: the firms it names and what tells it from the others."""
    return "|".join([*parties, *values])


def party_of(record: Record, end: str) -> str:
    """A firm a record names, as an id, or as `out:` and a name when it is outside the town."""
    firm = getattr(record, f"{end}_id")
    return str(firm) if firm is not None else OUTSIDE + str(getattr(record, f"{end}_outside", ""))


def as_text(value: object) -> str:
    """A field as the engine's canonical text."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = format(value, "f")
        return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
    return value.isoformat() if isinstance(value, date) else str(value)


def current_records(kind: str, chain: Chain, ends: tuple[str, ...]) -> dict[str, Record]:
    """Every current record of one kind in the chain, by its key."""
    model = RECORDS[kind]
    here = models.Q(chain=chain) if model is SupplyLink else models.Q(**{f"{model.firm_ends[0]}__chains": chain})
    rows = rows_of(model).filter(here, state=RecordState.CURRENT)
    if model is ControlledBy:
        rows = rows.select_related("controller")
    return {
        record_key((party_of(row, end) for end in ends), (as_text(getattr(row, name)) for name in KEYS[kind])): row
        for row in rows
    }


def records_frame(kind: str, records: Mapping[str, Record]) -> pl.DataFrame:
    """Current records as `diff` takes them: the record's key stands where a firm's id stands for facts."""
    rows = [
        (key, name, "", text, record.source, record.as_of.isoformat())
        for key, record in records.items()
        for name in FIELDS[kind]
        if (text := as_text(getattr(record, name)))
    ]
    return pl.DataFrame(rows, schema=dict(CURRENT), orient="row")
