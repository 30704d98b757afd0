"""The pieces of evidence about a possible new link, each a table units × items computed from the known links alone.

Sources: user similarity by cosine (Resnick 1994); Sapling similarity (Albora, Rossi Mori, Zaccaria, Sci. Rep. 13,
2023); EASE, the closed-form linear autoencoder (Steck, WWW 2019), over items and over units; truncated SVD. Added
here: the same links smoothed along the order of the item codes. Trade and technology codes are classifications, so
neighbours in code order are kin; where ids carry no order this evidence is noise and gets no weight.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import convolve1d

Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]
NAMES = (
    "unit degree",
    "item degree",
    "sapling",
    "cosine",
    "ease items 100",
    "ease items 500",
    "ease units 100",
    "ease units 500",
    "svd 8",
    "scaled svd 8",
    "scaled svd 20",
    "near codes 2",
    "near codes 8",
    "near codes 30",
    "ease near codes 2",
    "ease near codes 8",
)
# Evidence beyond this many deviations says no more.
CLIP = 6.0


def sapling_similarity(held: Matrix) -> Matrix:
    """Return the signed Sapling similarity of the rows of `held`: how much knowing b's links tells about a's.

    1 minus the ratio of the Gini impurity of a's links after and before splitting the columns by b's links, negative
    when the two avoid each other. Rows that have no or all columns tell nothing (0).
    """
    columns = held.shape[1]
    degree = held.sum(axis=1)
    a, b = degree[:, None], degree[None, :]
    both = held @ held.T
    with np.errstate(invalid="ignore", divide="ignore"):
        inside = both * (1 - both / b)
        outside = (a - both) * (1 - (a - both) / (columns - b))
        told = 1 - (inside + outside) / (a * (1 - a / columns))
        told[both / b < a / columns] *= -1
    told[~np.isfinite(told)] = 0.0
    np.fill_diagonal(told, 0.0)
    return told


def _ease_items(held: Matrix, ridge: float) -> Matrix:
    """Return the scores of the item-item linear autoencoder with zero diagonal, by the shorter side.

    With K = X Xᵀ + λ, the inverse P of XᵀX + λ gives λ X P = λ K⁻¹ X and λ diag P = 1 − diag(Xᵀ K⁻¹ X), so that
    items × items is formed only when there are fewer items than units.
    """
    if held.shape[0] > held.shape[1]:
        inverse = np.linalg.inv(held.T @ held + ridge * np.eye(held.shape[1]))
        return held - held @ (inverse / np.diag(inverse)[None, :])
    solved = np.linalg.solve(held @ held.T + ridge * np.eye(len(held)), held)
    return held - ridge * solved / (1 - np.einsum("ij,ij->j", held, solved))


def _smoothed(table: Matrix, width: int) -> Matrix:
    """Return the mean of each item's neighbours in code order, weight exp(−distance / width), itself left out."""
    reach = min(4 * width, table.shape[1] - 1)
    weights = np.exp(-np.abs(np.arange(-reach, reach + 1)) / width)
    weights[reach] = 0.0
    if not reach:
        return np.zeros_like(table)
    total = convolve1d(np.ones(table.shape[1]), weights, mode="constant")
    return np.asarray(convolve1d(table, weights, axis=1, mode="constant") / total)


def _low_rank(table: Matrix, ranks: Iterable[int]) -> list[Matrix]:
    """Return the best approximations of the given ranks: projections on the leading vectors of the shorter side."""
    if table.shape[0] > table.shape[1]:
        return [part.T for part in _low_rank(table.T, ranks)]
    _, vectors = np.linalg.eigh(table @ table.T)
    return [vectors[:, -rank:] @ (vectors[:, -rank:].T @ table) for rank in ranks]


def _tables(held: Matrix) -> list[Matrix]:
    """Return the evidence tables in the order of NAMES."""
    unit, item = held.sum(axis=1), held.sum(axis=0)
    root_unit, root_item = np.sqrt(np.maximum(unit, 1))[:, None], np.sqrt(np.maximum(item, 1))[None, :]
    kin = sapling_similarity(held)
    cosine = (held / root_unit) @ (held / root_unit).T
    np.fill_diagonal(cosine, 0.0)
    cosine **= 3
    scaled = _low_rank(held / root_unit / root_item, (8, 20))
    by_unit = _ease_items(held.T, 100.0).T
    return [
        np.broadcast_to(np.log1p(unit)[:, None], held.shape),
        np.broadcast_to(np.log1p(item)[None, :], held.shape),
        kin @ held / np.maximum(np.abs(kin).sum(axis=1, keepdims=True), 1e-12),
        cosine @ held / np.maximum(cosine.sum(axis=1, keepdims=True), 1e-12),
        _ease_items(held, 100.0),
        _ease_items(held, 500.0),
        by_unit,
        _ease_items(held.T, 500.0).T,
        *_low_rank(held, (8,)),
        *(table * root_unit * root_item for table in scaled),
        *(_smoothed(held, width) for width in (2, 8, 30)),
        *(_smoothed(by_unit, width) for width in (2, 8)),
    ]


def evidence(known: Mask) -> NDArray[np.float32]:
    """Return the evidence on the open pairs of a boolean table units × items: one row per pair, in row-major order.

    Columns are NAMES: signed root, z-scored over the open pairs, clipped.
    """
    open_pairs = ~known
    rows = np.empty((int(open_pairs.sum()), len(NAMES)), dtype=np.float32)
    for column, table in enumerate(_tables(known.astype(np.float64))):
        values = table[open_pairs]
        values = np.sign(values) * np.sqrt(np.abs(values))
        spread = values.std()
        values = (values - values.mean()) / (spread if spread > 1e-12 else 1.0)
        rows[:, column] = np.clip(values, -CLIP, CLIP)
    return rows


def expanded(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return evidence, its squares, and its products with the degrees, so that weights may differ with size."""
    ones = np.ones((len(rows), 1), dtype=np.float32)
    return np.hstack([ones, rows, rows**2, rows[:, 1:] * rows[:, :1], rows[:, 2:] * rows[:, 1:2]])
