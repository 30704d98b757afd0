"""A firm's own place in the chain: what it may know of itself, and what everybody knows. Nothing of a neighbour's."""

from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.chain.queries.frames import controllers, open_makers
from lianzhu.apps.chain.queries.thin import ThinNode, maker_bands, thin_nodes
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, Enterprise, Product, SupplyLink
from lianzhu.apps.findings.models import Finding
from lianzhu.apps.findings.queries import newest_of
from lianzhu.engine.market import firm_table, overlap, portfolios

# The finding of the statistician's run that is for the firm alone: evidence {"band": ..., "on": ...}.
OWN_PLACE = "own_place"
QUARTERS = {
    "lowest quarter": _("the lowest quarter"),
    "second quarter": _("the second quarter"),
    "third quarter": _("the third quarter"),
    "highest quarter": _("the highest quarter"),
}


@dataclass(frozen=True)
class Band:
    """A quarter among the others, and the day it was computed; never a figure."""

    quarter: str
    on: date


@dataclass(frozen=True)
class OwnNode:
    """A node the firm makes; `band` of all makers on public record; '' when no product of it is public."""

    node: str
    products: tuple[str, ...]
    band: str


@dataclass(frozen=True)
class OwnPlace:
    """Everything the page tells a firm."""

    firm: Enterprise
    band: Band | None
    quarter: str
    nodes: list[OwnNode]
    suppliers: list[SupplyLink]
    customers: list[SupplyLink]
    # Inputs for which the firm's own links name one supplier only.
    single: tuple[str, ...]
    thin: list[ThinNode]


def own_place(user: User, chain: Chain, firm: Enterprise) -> OwnPlace:
    """What this firm may read about itself; the view has checked that it is the person's own firm."""
    makers = open_makers(chain)
    links = SupplyLink.objects.visible_to(user).current().filter(Q(supplier=firm) | Q(buyer=firm), chain=chain)
    told = list(links.select_related("supplier", "buyer").order_by("node", "item", "pk"))
    suppliers = [link for link in told if link.buyer_id == firm.pk]
    return OwnPlace(
        firm=firm,
        band=_band(user, chain, firm),
        quarter=distinctive_quarter(chain, makers, firm),
        nodes=_nodes(user, firm, makers),
        suppliers=suppliers,
        customers=[link for link in told if link.supplier_id == firm.pk],
        single=_single(suppliers),
        thin=thin_nodes(chain),
    )


def _band(user: User, chain: Chain, firm: Enterprise) -> Band | None:
    """The newest band of the statistician's run, while it is still found."""
    found = (
        Finding.objects.visible_to(user)
        .filter(chain=chain, kind=OWN_PLACE, enterprise=firm, state=Finding.State.OPEN)
        .first()
    )
    shot = newest_of([found]).get(found.pk) if found else None
    if shot is None or str(shot.evidence.get("band", "")) not in QUARTERS:
        return None
    return Band(str(QUARTERS[shot.evidence["band"]]), shot.on)


def distinctive_quarter(chain: Chain, makers: pl.DataFrame, firm: Enterprise) -> str:
    """How distinctive the firm's products are among firms of other controllers, as a quarter; '' below 20 of them."""
    me = str(firm.pk)
    if makers.filter(pl.col("firm") == me).is_empty():
        return ""
    rows = makers.join(controllers(chain), on="firm", how="left", maintain_order="left")
    held = portfolios(rows.select("firm", "controller", "voltage_class", "standard", product="node"))
    table = firm_table(held, overlap(held))
    quarter = table.filter(pl.col("firm") == me)["quarter"].item()
    return str(QUARTERS[quarter]) if quarter else ""


def _nodes(user: User, firm: Enterprise, makers: pl.DataFrame) -> list[OwnNode]:
    bands = maker_bands(makers)
    own: dict[str, list[str]] = {}
    rows = Product.objects.visible_to(user).current().filter(enterprise=firm).exclude(node="")
    for node, product in rows.order_by("node", "product").values_list("node", "product").distinct():
        own.setdefault(node, []).append(product)
    return [OwnNode(node, tuple(dict.fromkeys(products)), bands.get(node, "")) for node, products in own.items()]


def _single(suppliers: list[SupplyLink]) -> tuple[str, ...]:
    by_node: dict[str, set[object]] = {}
    for link in suppliers:
        if link.node:
            by_node.setdefault(link.node, set()).add(link.supplier_id or link.supplier_outside)
    return tuple(node for node, who in by_node.items() if len(who) == 1)
