"""Frames the engines are given, one function per class of what goes in. What comes out is of the same class.

`open_makers` holds public products only: everybody may see what is computed from it. `controllers` says who controls
whom, `office_links` that links exist: for untied staff. `weighted_links` holds real weights: for the statistician, and
a firm's own row for that firm. No function returns two classes, so that a page cannot mix them by mistake.
"""

import polars as pl
from django.db.models import QuerySet

from lianzhu.apps.enterprises.models import Chain, ControlledBy, Enterprise, Product, RecordState, SupplyLink
from lianzhu.apps.enterprises.queries.frames import party_of
from lianzhu.apps.enterprises.queries.lists import open_products
from lianzhu.library.chain import nodes

MAKERS = {
    "firm": pl.String,
    "node": pl.String,
    "product": pl.String,
    "voltage_class": pl.String,
    "standard": pl.String,
    "date": pl.String,
}
LINKS = {"supplier": pl.String, "buyer": pl.String, "node": pl.String, "date": pl.String}


def active_firms(chain: Chain) -> QuerySet[Enterprise]:
    """The firms a run is about."""
    return Enterprise.objects.filter(chains=chain, state=Enterprise.State.ACTIVE)


def firm_ids(chain: Chain) -> pl.DataFrame:
    """Every active firm of the chain as text: `firm`."""
    ids = active_firms(chain).order_by("pk").values_list("pk", flat=True)
    return pl.DataFrame({"firm": [str(pk) for pk in ids]}, schema={"firm": pl.String})


def controllers(chain: Chain) -> pl.DataFrame:
    """Who controls whom: `firm`, `controller`; a firm nobody is known to control is its own. Class `office`."""
    held = ControlledBy.objects.filter(state=RecordState.CURRENT, enterprise__in=active_firms(chain))
    by_firm = dict(held.order_by("as_of", "pk").values_list("enterprise_id", "controller_id"))
    ids = active_firms(chain).order_by("pk").values_list("pk", flat=True)
    rows = [(str(pk), f"c{by_firm[pk]}" if pk in by_firm else str(pk)) for pk in ids]
    return pl.DataFrame(rows, schema={"firm": pl.String, "controller": pl.String}, orient="row")


def open_makers(chain: Chain) -> pl.DataFrame:
    """Who makes what, from public products of the taxonomy's nodes: MAKERS, dates as 2026-11-23. Class `public`."""
    rows = open_products().filter(enterprise__in=active_firms(chain), node__in=list(nodes()))
    return _makers(rows)


def _makers(rows: QuerySet[Product]) -> pl.DataFrame:
    told = rows.order_by("enterprise_id", "node", "pk").values_list(
        "enterprise_id", "node", "product", "voltage_class", "standard", "as_of"
    )
    return pl.DataFrame(
        [(str(firm), *rest, as_of.isoformat()) for firm, *rest, as_of in told], schema=MAKERS, orient="row"
    )


def office_links(chain: Chain) -> pl.DataFrame:
    """That a firm supplies another with something of a node: LINKS; `out:` and a name is outside. Class `office`."""
    return pl.DataFrame([row[:4] for row in _links(chain)], schema=LINKS, orient="row")


def weighted_links(chain: Chain) -> pl.DataFrame:
    """LINKS and `w`, the yearly volume as entered; links without a volume are left out. Class `statistics`."""
    rows = [row for row in _links(chain) if row[4] is not None]
    return pl.DataFrame(rows, schema={**LINKS, "w": pl.Float64}, orient="row")


def _links(chain: Chain) -> list[tuple[str, str, str, str | None, float | None]]:
    rows = SupplyLink.objects.filter(chain=chain, state=RecordState.CURRENT, node__in=list(nodes()))
    return [
        (
            party_of(row, "supplier"),
            party_of(row, "buyer"),
            row.node,
            (row.evidence_date or row.as_of).isoformat(),
            float(row.weight) if row.weight else None,
        )
        for row in rows.order_by("pk")
    ]
