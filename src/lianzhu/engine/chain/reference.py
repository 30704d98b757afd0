"""What a complete chain would need: the taxonomy's bills of material and national input coefficients.

The index by node computed here uses public facts only (who makes what, and bands of the bills of material): pages that
must not see link weights show this one.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl

from lianzhu.engine.chain.fragility import SCREEN, fragility
from lianzhu.engine.chain.network import ESSENTIAL, NON_ESSENTIAL, Network, with_links
from lianzhu.library.chain import Bill, bill_of_materials, nodes
from lianzhu.library.problem import BadInput, Problem, marked

# Middles of the bands of purchase value in the bills of material (20 % or more, 5-20 %, under 5 %).
BAND_SHARE = {"high": 0.3, "medium": 0.1, "low": 0.03}
# National coefficients under half a percent of output say nothing about a missing link.
LEAST_COEFFICIENT = 0.005
OUTSIDE = "outside "  # prefix of the one stand-in for all makers elsewhere of a node nobody makes here
MARKET = "market"


def derive_coefficients(flows: np.ndarray, gross_output: np.ndarray, least: float = LEAST_COEFFICIENT) -> np.ndarray:
    """Technical coefficients A[k, l] = Z[k, l] / X[l] (Leontief), those under `least` set to 0; X[l] = 0 gives 0.

    >>> derive_coefficients(np.array([[10.0, 20.0], [0.1, 40.0]]), np.array([100.0, 80.0]))
    array([[0.1 , 0.25],
           [0.  , 0.5 ]])
    """
    share = np.divide(flows, gross_output, out=np.zeros_like(flows, dtype=float), where=gross_output > 0)
    return np.where(share >= least, share, 0.0)


@cache
def io_coefficients() -> pl.DataFrame:
    """Input, buyer, coefficient: yuan of input per yuan of output, China 2007, 135 sectors, the chain's buyers only.

    Derived from the China 2007 input-output table (National Bureau of Statistics; as published by sonya/eea,
    data/cn-io, Apache-2.0) by `derive_coefficients`. Old and national: evidence that an input is usual, not how much
    is bought here.
    """
    text = files("lianzhu.engine.chain").joinpath("io_2007.csv").read_bytes()
    return pl.read_csv(text, comment_prefix="#")


def reference_gaps(
    made: Iterable[str], bought: Iterable[str] = (), bill: Mapping[str, Bill] | None = None
) -> pl.DataFrame:
    """What the products made here need, and whether it is there.

    `made`: nodes with a maker here; `bought`: nodes bought elsewhere on record. Returns product, input, essential,
    share (band), condition, met (`made`, `bought`, `alternative` another input of its group is there, `missing`), and
    coefficient (national yuan per yuan of output between the two sectors, empty when under half a percent or unmapped).
    """
    bills = bill_of_materials() if bill is None else bill
    here, elsewhere = set(made), set(bought)
    usual = {(row[0], row[1]): row[2] for row in io_coefficients().iter_rows()}
    rows = []
    for product in (code for code in bills if code in here):
        inputs = bills[product].inputs
        there = {i.alternative_group for i in inputs if i.alternative_group and i.node in here | elsewhere}
        for i in inputs:
            met = "made" if i.node in here else "bought" if i.node in elsewhere else "missing"
            if met == "missing" and i.alternative_group in there:
                met = "alternative"
            rows.append(
                (
                    product,
                    i.node,
                    i.essential,
                    i.share,
                    i.condition,
                    met,
                    usual.get((io_sector(i.node), io_sector(product))),
                )
            )
    schema = {
        "product": pl.String,
        "input": pl.String,
        "essential": pl.Boolean,
        "share": pl.String,
        "condition": pl.String,
        "met": pl.String,
        "coefficient": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def io_sector(node: str) -> str:
    """The input-output sector a node fits best, or an empty text."""
    fits = nodes()[node].io135 if node in nodes() else ()
    return fits[0].code if fits else ""


def node_network(makers: pl.DataFrame, bill: Mapping[str, Bill] | None = None) -> Network:
    """A network from who makes what alone: every node's need is shared equally by its makers.

    `makers`: firm, node (each pair once counts). Needed nodes without a maker get one stand-in outside; makers of nodes
    nobody here needs sell to one stand-in market. Inputs with alternatives are never essential. Sectors are nodes.
    """
    bills = bill_of_materials() if bill is None else bill
    pairs = makers.select(pl.col("firm", "node").cast(pl.String)).unique(maintain_order=True)
    if pairs.is_empty():
        raise BadInput(Problem(marked("No firm makes anything."), {}, marked("Write at least one row: firm, node.")))
    by_node: dict[str, list[int]] = {}
    for at, node in enumerate(pairs["node"].to_list()):
        by_node.setdefault(node, []).append(at)
    needs = [(product, i) for product in by_node if product in bills for i in bills[product].inputs]
    names = [f"{firm} {node}" for firm, node in pairs.iter_rows()]
    for _, i in needs:
        if i.node not in by_node:
            by_node[i.node] = [len(names)]
            names.append(OUTSIDE + i.node)
    needed = {i.node for _, i in needs}
    ends = [node for node in by_node if node not in needed]
    market = len(names)
    order = [*by_node, MARKET]
    number = {node: at for at, node in enumerate(order)}
    kind = np.full((len(order), len(order)), NON_ESSENTIAL, np.int8)
    links: list[tuple[int, int, float]] = []
    for product, i in needs:
        essential = i.essential and not i.alternative_group
        kind[number[i.node], number[product]] = ESSENTIAL if essential else NON_ESSENTIAL
        part = BAND_SHARE[i.share] / (len(by_node[i.node]) * len(by_node[product]))
        links += [(one, other, part) for one in by_node[i.node] for other in by_node[product]]
    links += [(one, market, 1.0 / len(by_node[node])) for node in ends for one in by_node[node]]
    sector = np.empty(market + 1, np.int64)
    for node, members in by_node.items():
        sector[members] = number[node]
    sector[market] = number[MARKET]
    supplier, buyer, w = (np.array(column) for column in zip(*links, strict=True))
    none = np.empty(0, np.int64)
    bare = Network((*names, MARKET), tuple(order), sector, none, none, np.empty(0), kind)
    return with_links(bare, supplier.astype(np.int64), buyer.astype(np.int64), w.astype(float))


def node_fragility(
    makers: pl.DataFrame, bill: Mapping[str, Bill] | None = None, *, eps: float = SCREEN
) -> pl.DataFrame:
    """The index by node from public facts: the share of the model chain's output lost when one maker of the node fails.

    Returns node, makers (0: stands for all makers outside), index (the mean over its makers), in the order of `makers`.
    A second maker of a node lowers its index; a firm's real links and their weights play no part, so neither a change
    of the index nor a what-if can reveal one.
    """
    net = node_network(makers, bill)
    table = fragility(net, eps=eps, substitution=False, workers=1)
    firms = pl.Series(net.firms, dtype=pl.String)
    whole = pl.DataFrame(
        {
            "node": pl.Series(net.sectors, dtype=pl.String)[net.sector],
            "esri": table["esri"],
            "here": ~firms.str.starts_with(OUTSIDE),
        }
    ).filter(pl.col("node") != MARKET)
    return whole.group_by("node", maintain_order=True).agg(
        pl.col("here").sum().cast(pl.Int64).alias("makers"), pl.col("esri").mean().alias("index")
    )
