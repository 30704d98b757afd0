"""The one list of thin nodes that everybody sees, from public products and the taxonomy alone.

Who controls whom is not public, so firms of one holding are counted apart here; the board knows better for the office.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from lianzhu.apps.chain.queries.frames import open_makers
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.enterprises.queries.map import JUDGED, feeds
from lianzhu.engine.market import node_table, portfolios
from lianzhu.library.chain import Level, Node, levels, nodes


@dataclass(frozen=True)
class ThinNode:
    """A node with fewer than five makers; `band` is '' when nobody here is known to make it."""

    node: Node
    level: Level
    band: str
    newest: date | None
    # Nodes made here whose bill of material names it, in map order.
    feeds: tuple[str, ...]


def maker_bands(makers: pl.DataFrame) -> dict[str, str]:
    """Node -> band of its makers, for every node with a public product."""
    if makers.is_empty():
        return {}
    table = node_table(portfolios(makers.select("firm", product="node")))
    return dict(table.select("product", "band").iter_rows())


def thin_nodes(chain: Chain) -> list[ThinNode]:
    """Thin nodes in map order: two queries, the same for every reader."""
    makers = open_makers(chain)
    if makers.is_empty():
        return []
    table = node_table(portfolios(makers.select("firm", product="node")))
    band = {product: told for product, told, thin in table.select("product", "band", "thin").iter_rows() if thin}
    newest = dict(makers.group_by("node").agg(pl.col("date").max()).iter_rows())
    made, needed = set(makers["node"]), feeds()
    return [
        ThinNode(
            node,
            levels()[level],
            band.get(code, ""),
            date.fromisoformat(newest[code]) if code in newest else None,
            tuple(product for product in needed.get(code, []) if product in made),
        )
        for level in levels()
        for code, node in nodes().items()
        if node.level == level and node.stage in JUDGED and (code in band or code not in made)
    ]
