"""What depends on one firm: sole suppliers and cut points from existence of links; a firm's place from real weights."""

from collections import defaultdict
from datetime import date

import numpy as np
import polars as pl

from lianzhu.apps.chain.runs import words
from lianzhu.apps.enterprises.models import Confidentiality
from lianzhu.apps.enterprises.queries.frames import OUTSIDE
from lianzhu.apps.findings.actions import Found
from lianzhu.engine.chain import articulation_points, fragility, network, sole_suppliers
from lianzhu.engine.market.crowding import QUARTERS
from lianzhu.library.chain import bill_of_materials

# One buyer with one source is everyday; five who depend on the same firm are a matter for the chain.
LEAST_BUYERS = 5
LEAST_CUT_OFF = 3
# Competition rule C5: at least so many firms of other owners on each side of a bound.
LEAST_IN_QUARTER = 5
MARK = "|"


def sole_findings(makers: pl.DataFrame, links: pl.DataFrame, owners: pl.DataFrame) -> list[Found]:
    """A firm that is the only source on record of an essential input for several buyers. Reads no weight.

    Owners of suppliers count once; who makes the input itself, or buys it elsewhere too, depends on nobody.
    """
    owner = dict(owners.iter_rows())
    made: defaultdict[str, set[str]] = defaultdict(set)
    for firm, node in makers.select("firm", "node").iter_rows():
        made[firm].add(node)
    needs: set[tuple[str, str]] = set()
    who: defaultdict[str, set[str]] = defaultdict(set)
    newest: defaultdict[str, str] = defaultdict(str)
    for supplier, buyer, node, on in links.iter_rows():
        unit = f"{owner.get(supplier, supplier)}{MARK}{node}"
        if buyer not in owner or node in made[buyer] or owner.get(supplier) == owner[buyer]:
            continue
        for product in made[buyer]:
            if _essential(product, node):
                needs.add((unit, f"{buyer}{MARK}{product}"))
        who[unit].add(supplier)
        newest[unit] = max(newest[unit], on)
    if not needs:
        return []
    units = sorted({one for pair in needs for one in pair})
    table = pl.DataFrame({"firm": units, "sector": [unit.rsplit(MARK, 1)[1] for unit in units]})
    edges = pl.DataFrame(sorted(needs), schema={"supplier": pl.String, "buyer": pl.String}, orient="row")
    buyers: defaultdict[str, set[str]] = defaultdict(set)
    for supplier, buyer, _sector in sole_suppliers(network(edges.with_columns(w=1.0), table)).iter_rows():
        buyers[supplier].add(buyer.rsplit(MARK, 1)[0])
    return [
        Found(
            key=unit,
            says=words.SOLE,
            wrong_if=words.SOLE_WRONG,
            confidentiality=Confidentiality.OFFICE,
            enterprise_id=int(min(who[unit], key=int)),
            node=unit.rsplit(MARK, 1)[1],
            evidence={"told": words.SOLE_TOLD, "sure": words.LINKS, "n": len(some), "newest": newest[unit]},
            confidence="medium",
        )
        for unit, some in sorted(buyers.items())
        if len(some) >= LEAST_BUYERS and not any(firm.startswith(OUTSIDE) for firm in who[unit])
    ]


def _essential(product: str, node: str) -> bool:
    bill = bill_of_materials().get(product)
    return any(i.node == node and i.essential and not i.alternative_group for i in (bill.inputs if bill else ()))


def cut_findings(firms: pl.DataFrame, links: pl.DataFrame) -> list[Found]:
    """A firm without which others lose touch with the rest, by links among firms here. Reads no weight."""
    here = set(firms["firm"])
    inner = links.filter(pl.col("supplier").is_in(here) & pl.col("buyer").is_in(here))
    if inner.is_empty():
        return []
    newest = str(inner["date"].max())
    net = network(
        inner.select("supplier", "buyer").unique(maintain_order=True).with_columns(w=1.0),
        firms.select("firm").with_columns(sector=pl.lit("firm")),
    )
    return [
        Found(
            key=firm,
            says=words.CUT,
            wrong_if=words.CUT_WRONG,
            confidentiality=Confidentiality.OFFICE,
            enterprise_id=int(firm),
            evidence={"told": words.CUT_TOLD, "sure": words.LINKS, "n": cut_off, "newest": newest},
            confidence="medium",
        )
        for firm, cut_off in articulation_points(net).iter_rows()
        if cut_off >= LEAST_CUT_OFF
    ]


def place_findings(makers: pl.DataFrame, weighted: pl.DataFrame, owners: pl.DataFrame, on: date) -> list[Found]:
    """For each firm with volumes, the quarter its index falls in among the firms of other owners; never the index.

    A quarter is told only when each of the four holds five independent others: below that, and among ties, nothing is.
    """
    owner = dict(owners.iter_rows())
    inner = weighted.filter(pl.col("supplier").is_in(set(owner)) & pl.col("buyer").is_in(set(owner)))
    if inner.is_empty():
        return []
    firms = sorted(set(inner["supplier"]) | set(inner["buyer"]), key=int)
    main = _main_nodes(makers, inner)
    table = pl.DataFrame({"firm": firms, "sector": [main.get(firm, "other") for firm in firms]})
    index = fragility(network(inner.select("supplier", "buyer", "w"), table))["esri"].to_numpy()
    whose = [owner[firm] for firm in firms]
    told = [(firm, own_quarter(index, whose, at)) for at, firm in enumerate(firms)]
    return [
        Found(
            key=firm,
            says=words.PLACES[quarter],
            wrong_if=words.PLACE_WRONG,
            confidentiality=Confidentiality.STATISTICS,
            enterprise_id=int(firm),
            evidence={"band": quarter, "on": on.isoformat(), "told": words.PLACE_TOLD, "sure": words.RUN},
            confidence="medium",
        )
        for firm, quarter in told
        if quarter
    ]


def _main_nodes(makers: pl.DataFrame, weighted: pl.DataFrame) -> dict[str, str]:
    """Firm -> the node it sells most of; a firm that sells nothing on record by its first product."""
    sold = weighted.group_by("supplier", "node").agg(pl.col("w").sum()).sort("supplier", "w", "node")
    first = dict(makers.sort("firm", "node", descending=True).select("firm", "node").iter_rows())
    return first | dict(sold.select("supplier", "node").iter_rows())


def own_quarter(values: np.ndarray, owners: list[str], at: int) -> str:
    """The quarter of one value among those of other owners, one value (the largest) per owner; '' when it may not be.

    >>> own_quarter(np.arange(21.0), [str(n) for n in range(21)], 0)
    'lowest quarter'
    >>> own_quarter(np.arange(20.0), [str(n) for n in range(20)], 0)
    ''
    """
    largest: dict[str, float] = {}
    for value, owner in zip(values.tolist(), owners, strict=True):
        if owner != owners[at]:
            largest[owner] = max(value, largest.get(owner, value))
    others = np.array(list(largest.values()))
    if len(others) < 4 * LEAST_IN_QUARTER:
        return ""
    bounds = np.quantile(others, (0.25, 0.5, 0.75))
    inside = np.bincount(np.searchsorted(bounds, others, side="right"), minlength=4)
    if inside.min() < LEAST_IN_QUARTER:
        return ""
    return QUARTERS[int(np.searchsorted(bounds, values[at], side="right"))]
