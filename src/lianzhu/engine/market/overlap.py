"""How alike the portfolios of every pair of firms are, without keeping the pairs: the nearest firms and the mean."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from scipy.sparse import csr_array

from lianzhu.engine.market.portfolios import Portfolios


@dataclass(frozen=True)
class Overlap:
    """The `top` firms nearest to each firm by cosine, firms of the same controller left out; -1 where there is none.

    `other`, `shared` (items both have), `cosine` and `jaccard` are [firms, top]; `mean` [firms] is the mean cosine with
    every firm of another controller (0 when there is none).
    """

    other: np.ndarray
    shared: np.ndarray
    cosine: np.ndarray
    jaccard: np.ndarray
    mean: np.ndarray


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile with numba; keep the machine code when a place for it is writable."""
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no writable place for the cache: every process compiles for itself
        return numba.njit(nogil=True)(function)


@compiled
def keep_nearest(i: int, j: int, shared: int, cosine: float, found: Any) -> None:
    """Put firm j among the nearest of firm i, ordered by falling cosine, then by firm."""
    other, count, cosines = found
    place = other.shape[1]
    while place > 0 and cosine > cosines[i, place - 1]:
        place -= 1
    for later in range(other.shape[1] - 1, place, -1):
        other[i, later] = other[i, later - 1]
        count[i, later] = count[i, later - 1]
        cosines[i, later] = cosines[i, later - 1]
    if place < other.shape[1]:
        other[i, place] = j
        count[i, place] = shared
        cosines[i, place] = cosine


@compiled
def compare_all(by_firm: Any, by_item: Any, controller: np.ndarray, found: Any, mean: np.ndarray) -> None:
    """Row by row (Gustavson 1978): one firm against all, in two arrays that stay in the cache."""
    row_ptr, item, weight = by_firm
    item_ptr, holder, held = by_item
    firms = controller.size
    dot = np.zeros(firms, np.float64)
    shared = np.zeros(firms, np.int32)
    members = np.bincount(controller)
    for i in range(firms):
        for a in range(row_ptr[i], row_ptr[i + 1]):
            for b in range(item_ptr[item[a]], item_ptr[item[a] + 1]):
                dot[holder[b]] += weight[a] * held[b]
                shared[holder[b]] += 1
        total = 0.0
        least = 0.0
        for j in range(firms):
            if shared[j] > 0:
                if controller[j] != controller[i]:
                    total += dot[j]
                    if dot[j] > least:
                        keep_nearest(i, j, shared[j], dot[j], found)
                        least = found[2][i, found[2].shape[1] - 1]
                dot[j] = 0.0
                shared[j] = 0
        mean[i] = total / max(firms - members[controller[i]], 1)


def overlap(held: Portfolios, *, top: int = 5, weighted: bool | None = None) -> Overlap:
    """Compare every pair of firms. Cosine uses weights (`weighted`, default: when given), Jaccard only who has what.

    Cosine and Jaccard are 0–1, 1 for the same portfolio. Cost: the sum over items of the square of their makers.
    """
    count, items = len(held.firms), len(held.product_of)
    weight = held.weight if (held.weighted if weighted is None else weighted) else np.ones(len(held.weight))
    length = np.sqrt(np.bincount(held.firm, weight**2, count))
    rows = csr_array((weight / length[held.firm], (held.firm, held.item)), shape=(count, items))
    columns = rows.T.tocsr()
    other = np.full((count, top), -1, np.int64)
    shared = np.zeros((count, top), np.int64)
    cosine = np.zeros((count, top))
    mean = np.zeros(count)
    compare_all(
        (rows.indptr, rows.indices, rows.data),
        (columns.indptr, columns.indices, columns.data),
        held.controller,
        (other, shared, cosine),
        mean,
    )
    size = np.bincount(held.firm, minlength=count)
    union = size[:, None] + size[other] - shared
    jaccard = np.where(other >= 0, shared / union, 0.0)
    # Rounding can lift a cosine of equal portfolios a hair above 1.
    return Overlap(other, shared, np.minimum(cosine, 1.0), jaccard, mean)
