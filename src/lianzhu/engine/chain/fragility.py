"""Economic Systemic Risk Index: the share of all output lost when one firm fails; and what a change does to it.

Source: Diem, Borsos, Reisch, Kertész, Thurner, Sci. Rep. 12:7719, 2022; the exact steps are in `cascade.py`.
"""

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import polars as pl

from lianzhu.engine.chain.cascade import cascade
from lianzhu.engine.chain.network import Network, graph, with_links
from lianzhu.library.problem import BadInput, Problem, marked

SCREEN = 1e-2
REFINED_SHARE = 0.01
CHUNK = 256  # shocks per task: long enough to pay for the scratch arrays, short enough for a progress bar

Progress = Callable[[int, int], None]


def run_shocks(
    net: Network,
    shocks: np.ndarray,
    eps: float,
    substitution: bool,
    workers: int | None = None,
    progress: Progress | None = None,
) -> np.ndarray:
    """Shock the firms numbered in `shocks`. Returns [shocks, 4]: both, down, up, steps; the same for any `workers`.

    `shocks` is the partition: any split of it, over threads, processes or machines, gives the same rows.
    """
    if not (math.isfinite(eps) and eps >= 0):
        said = marked("The precision {eps} is not a number of 0 or more.")
        raise BadInput(Problem(said, {"eps": eps}, marked("Write 0.01 to screen, 0.000001 to refine.")))
    weights = graph(net)
    parts = [shocks[at : at + CHUNK] for at in range(0, len(shocks), CHUNK)]
    done: list[np.ndarray] = []
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        for result in pool.map(lambda part: cascade(weights, part, eps, substitution), parts):
            done.append(result)
            if progress:
                progress(min(len(done) * CHUNK, len(shocks)), len(shocks))
    return np.concatenate(done) if done else np.zeros((0, 4))


def fragility(
    net: Network,
    *,
    eps: float = SCREEN,
    substitution: bool = True,
    refine: float | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> pl.DataFrame:
    """Shock every firm in turn. Returns shocked_firm, esri, esri_down, esri_up (shares of all output), iters.

    Rows are in the order of the firms. `refine`: a smaller eps at which the highest 1 % by `esri` are run again.
    A firm without links loses nothing that is sold: its index is 0. Raises BadInput for an impossible eps.

    >>> from lianzhu.engine.chain.network import network
    >>> firms = pl.DataFrame({"firm": ["a", "b", "c"], "sector": ["x", "y", "z"]})
    >>> links = pl.DataFrame({"supplier": ["a", "b"], "buyer": ["b", "c"], "w": [1, 3]})
    >>> fragility(network(links, firms))["esri"].to_list()
    [1.0, 1.0, 1.0]
    """
    count = len(net.firms)
    result = run_shocks(net, np.arange(count), eps, substitution, workers, progress)
    if refine is not None:
        # Ties are broken by file order, so that the same firms are refined on every machine.
        top = np.argsort(-result[:, 0], kind="stable")[: math.ceil(count * REFINED_SHARE)]
        result[top] = run_shocks(net, np.sort(top), refine, substitution, workers)[np.argsort(np.argsort(top))]
    return pl.DataFrame(
        {
            "shocked_firm": pl.Series(net.firms, dtype=pl.String),
            "esri": result[:, 0],
            "esri_down": result[:, 1],
            "esri_up": result[:, 2],
            "iters": result[:, 3].astype(np.int64),
        }
    )


@dataclass(frozen=True)
class Effect:
    """The index before and after a change: mean over firms, the highest one, and the whole tables."""

    before: pl.DataFrame
    after: pl.DataFrame

    @property
    def mean_change(self) -> float:
        """Change of the mean share of output lost when one firm fails; below 0 is less fragile."""
        return float(self.after["esri"].to_numpy().mean() - self.before["esri"].to_numpy().mean())

    @property
    def highest_change(self) -> float:
        """Change of the share of output lost when the worst firm fails."""
        return float(self.after["esri"].to_numpy().max() - self.before["esri"].to_numpy().max())


def without_firm(net: Network, firm: str) -> Network:
    """Return the network after a firm has left: its links are gone, its row stays (index 0)."""
    gone = net.number(firm)
    keep = (net.supplier != gone) & (net.buyer != gone)
    return with_links(net, net.supplier[keep], net.buyer[keep], net.w[keep])


def with_second_source(net: Network, supplier: str, second: str, share: float = 0.5, buyer: str = "") -> Network:
    """Return the network in which `second` takes over `share` of what `supplier` sells (to `buyer`, or to everyone).

    `second` must be in the sector of `supplier`: only the same input can replace it. Raises BadInput otherwise, for
    an unknown firm, a share outside 0–1, or when there is no such link.
    """
    first, other = net.number(supplier), net.number(second)
    if not 0 < share < 1:
        said = marked("The share {share} is not between 0 and 1.")
        raise BadInput(Problem(said, {"share": share}, marked("Write 0.5 for one half.")))
    if net.sector[first] != net.sector[other] or first == other:
        said = marked("{second} cannot replace {supplier}: it must be another firm of the same sector.")
        raise BadInput(Problem(said, {"second": second, "supplier": supplier}, marked("Choose a maker of that input.")))
    moved = (net.supplier == first) & (net.buyer != other)
    if buyer:
        moved &= net.buyer == net.number(buyer)
    if not moved.any():
        said = marked("{supplier} has no sales that {second} could share.")
        raise BadInput(Problem(said, {"supplier": supplier, "second": second}, marked("Choose a link on record.")))
    w = net.w.copy()
    w[moved] *= 1 - share
    return with_links(
        net,
        np.concatenate([net.supplier, np.full(moved.sum(), other)]),
        np.concatenate([net.buyer, net.buyer[moved]]),
        np.concatenate([w, net.w[moved] * share]),
    )


def effect(before: Network, after: Network, *, eps: float = SCREEN, substitution: bool = True) -> Effect:
    """Return the index of both networks at the same precision."""
    return Effect(
        fragility(before, eps=eps, substitution=substitution), fragility(after, eps=eps, substitution=substitution)
    )
