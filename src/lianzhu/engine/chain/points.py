"""Single points of failure: firms that hold parts of the network together, and sole suppliers of essential inputs."""

import numpy as np
import polars as pl
import rustworkx

from lianzhu.engine.chain.network import ESSENTIAL, Network


def articulation_points(net: Network) -> pl.DataFrame:
    """Firms whose loss cuts their part of the network into pieces (links taken without direction).

    Returns firm, cut_off: how many firms lose touch with the largest piece that is left, highest first. Method:
    rustworkx finds the cut vertices and blocks (Hopcroft, Tarjan 1973); piece sizes are counted on the tree of blocks.
    """
    links = rustworkx.PyGraph(multigraph=False)
    links.add_nodes_from(range(len(net.firms)))
    links.add_edges_from_no_data(list(zip(net.supplier.tolist(), net.buyer.tolist(), strict=True)))
    cuts = sorted(rustworkx.articulation_points(links))
    lost = [sum(pieces) - max(pieces) for pieces in pieces_beside(links, cuts)]
    table = pl.DataFrame(
        {"firm": [net.firms[cut] for cut in cuts], "cut_off": lost}, schema={"firm": pl.String, "cut_off": pl.Int64}
    )
    return table.sort("cut_off", descending=True, maintain_order=True)


def pieces_beside(links: rustworkx.PyGraph, cuts: list[int]) -> list[list[int]]:
    """For each cut vertex, the sizes of the pieces its loss leaves of its component."""
    blocks: dict[int, set[int]] = {}
    for (one, other), block in rustworkx.biconnected_components(links).items():
        blocks.setdefault(block, set()).update((one, other))
    cut_at = {cut: at for at, cut in enumerate(cuts)}
    tree = rustworkx.PyGraph(multigraph=False)
    tree.add_nodes_from([1] * len(cuts))  # a cut vertex counts once, in its own tree node
    for members in blocks.values():
        inside = [firm for firm in members if firm in cut_at]
        node = tree.add_node(len(members) - len(inside))
        for firm in inside:
            tree.add_edge(cut_at[firm], node, None)
    visit, whole, below = sizes_below(tree)
    pieces = []
    for at in range(len(cuts)):
        under = [below[child] for child in tree.neighbors(at) if visit[child] > visit[at]]
        above = whole[at] - 1 - sum(under)
        pieces.append(under + ([above] if above else []))
    return pieces


def sizes_below(tree: rustworkx.PyGraph) -> tuple[list[int], list[int], list[int]]:
    """Walk every tree of the forest from one root: order of visit, firms in all, firms at or below a node."""
    count = tree.num_nodes()
    visit, whole, below = [-1] * count, [0] * count, [tree[node] for node in range(count)]
    for root in range(count):
        if visit[root] >= 0:
            continue
        order, parent = [root], {root: root}
        visit[root] = 0
        for step, node in enumerate(order):
            visit[node] = step
            for beside in tree.neighbors(node):
                if beside not in parent:
                    parent[beside] = node
                    order.append(beside)
        for node in reversed(order[1:]):
            below[parent[node]] += below[node]
        for node in order:
            whole[node] = below[root]
    return visit, whole, below


def sole_suppliers(net: Network) -> pl.DataFrame:
    """Buyers whose essential input from one sector comes from one firm only.

    Returns supplier, buyer, sector (the input's), in firm order. Needs no weights, only who supplies whom.
    """
    k = len(net.sectors)
    sector = net.sector[net.supplier]
    needed = net.essential[sector, net.sector[net.buyer]] == ESSENTIAL
    _, group, size = np.unique(net.buyer * k + sector, return_inverse=True, return_counts=True)
    alone = needed & (size[group] == 1)
    firms = pl.Series(net.firms, dtype=pl.String)
    return pl.DataFrame(
        {
            "supplier": firms[net.supplier[alone]],
            "buyer": firms[net.buyer[alone]],
            "sector": pl.Series(net.sectors, dtype=pl.String)[sector[alone]],
        }
    )
