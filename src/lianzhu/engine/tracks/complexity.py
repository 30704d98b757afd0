"""Specialisation, relatedness and complexity of any place × product (or firm × technology) table.

Sources: Balassa 1965 (RCA); Hidalgo et al., Science 317:482, 2007 (proximity, density); Hidalgo and Hausmann, PNAS
106:10570, 2009 (ECI, PCI, here by the singular vectors of D^-1/2 M U^-1/2); Tacchella et al., Sci. Rep. 2:723, 2012
(fitness).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import LinearOperator, eigsh

from lianzhu.engine.tracks.kernels import add_rows, packed_columns, packed_proximity
from lianzhu.engine.tracks.tables import Grid
from lianzhu.library.problem import Problem, marked

Matrix = NDArray[np.float64]
# Below this many multiplications a dense product is quicker than loading the compiled loops.
DENSE_WORK = 2e9
# From this share of ones on, the dense product is quicker than adding the rows of the ones: both cost the same at 0.24
# (5,000², measured in docs/bench/tracks_complexity.md).
DENSE_FILL = 0.25
# Below this many rows all singular values are found at once, exactly; above, the leading ones by Lanczos.
DENSE_SIDE = 400
# Singular values closer than this: the direction is not determined by the data.
NO_GAP = 1e-6
SPARSE_ROW = 5


@dataclass(frozen=True)
class Spectrum:
    """ECI and PCI (z-scored, ddof 0; NaN where not defined) and the second and third singular value."""

    eci: Matrix
    pci: Matrix
    second: float
    third: float

    @property
    def gap(self) -> float:
        """Second minus third singular value: near 0, the direction of ECI is not determined."""
        return self.second - self.third


@dataclass(frozen=True)
class Complexity:
    """Everything about one table. Arrays are places × products in the order of `grid`; see `complexity`."""

    grid: Grid
    rca: Matrix
    m: NDArray[np.bool_]
    proximity: Matrix
    density: Matrix
    spectrum: Spectrum
    components: int
    warnings: tuple[Problem, ...]

    def locations(self) -> pl.DataFrame:
        """Return location, diversity, eci (empty where not defined)."""
        eci = pl.Series("eci", self.spectrum.eci, nan_to_null=True)
        return pl.DataFrame([pl.Series("location", self.grid.locations), _counts("diversity", self.m, 1), eci])

    def products(self) -> pl.DataFrame:
        """Return product, ubiquity, pci (empty where not defined)."""
        pci = pl.Series("pci", self.spectrum.pci, nan_to_null=True)
        return pl.DataFrame([pl.Series("product", self.grid.products), _counts("ubiquity", self.m, 0), pci])

    def pairs(self) -> pl.DataFrame:
        """Return location, product, rca, m, density for every place × product."""
        places, items = self.m.shape
        named = [
            pl.Series("location", np.repeat(np.arange(places, dtype=np.uint32), items)),
            pl.Series("product", np.tile(np.arange(items, dtype=np.uint32), places)),
        ]
        values = [
            pl.Series("rca", self.rca.ravel(), nan_to_null=True),
            pl.Series("m", self.m.ravel().astype(np.int8)),
            pl.Series("density", self.density.ravel(), nan_to_null=True),
        ]
        return pl.DataFrame([*named, *values]).with_columns(
            pl.Series(self.grid.locations, dtype=pl.String).gather(named[0]).alias("location"),
            pl.Series(self.grid.products, dtype=pl.String).gather(named[1]).alias("product"),
        )


def _counts(name: str, m: NDArray[np.bool_], axis: int) -> pl.Series:
    return pl.Series(name, m.sum(axis=axis), dtype=pl.Int64)


def revealed_advantage(values: Matrix) -> Matrix:
    """Return RCA = (x / place total) / (product total / grand total), NaN where a total is 0.

    `values` is places × products, none negative. A pair that sits exactly on 1 stays exactly 1: one quotient of two
    products, not a quotient of quotients.

    >>> revealed_advantage(np.array([[2.0, 0.0], [2.0, 4.0]])).tolist()
    [[2.0, 0.0], [0.6666666666666666, 1.3333333333333333]]
    """
    expected = values.sum(axis=1, keepdims=True) * values.sum(axis=0, keepdims=True)
    rca: Matrix = values * values.sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        rca /= expected
    return rca


def proximity(m: NDArray[np.bool_]) -> Matrix:
    """Return φ[q,p] = places with both / max(ubiquity_q, ubiquity_p), products × products, diagonal 1.

    A product that no place has is near nothing (0 off the diagonal).

    >>> proximity(np.array([[True, True], [True, False]])).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    places, items = m.shape
    ubiquity = m.sum(axis=0).astype(np.float64)
    if places * items * items > DENSE_WORK:
        return packed_proximity(packed_columns(m), ubiquity)
    counts = m.T.astype(np.float64) @ m.astype(np.float64)
    counts /= np.maximum(np.maximum.outer(ubiquity, ubiquity), 1.0)
    np.fill_diagonal(counts, 1.0)
    return counts


def relatedness_density(m: NDArray[np.bool_], phi: Matrix) -> Matrix:
    """Return density[l,p] = Σ_q m[l,q]φ[q,p] / Σ_q φ[q,p], q = p included; NaN for empty places and products.

    >>> m = np.array([[True, True], [True, False]])
    >>> relatedness_density(m, proximity(m)).round(3).tolist()
    [[1.0, 1.0], [0.667, 0.333]]
    """
    places, items = m.shape
    if places * items * items <= DENSE_WORK or m.mean() > DENSE_FILL:
        near = m.astype(np.float64) @ phi
    else:
        held = sparse.csr_matrix(m)
        near = add_rows(held.indptr, held.indices, phi)
    near /= phi.sum(axis=0)
    near[~m.any(axis=1)] = np.nan
    near[:, ~m.any(axis=0)] = np.nan
    return near


def _z(values: Matrix) -> Matrix:
    """Z-score with ddof 0; all NaN when nothing varies."""
    spread = values.std()
    if values.size < 2 or not spread > 1e-12 * max(1.0, float(np.abs(values).max())):
        return np.full_like(values, np.nan)
    return (values - values.mean()) / spread


def _leading(scaled: sparse.csr_matrix, trivial: Matrix) -> tuple[Matrix, float, float]:
    """Return the second left singular vector and the second and third singular value of a connected block.

    The first pair is known (σ = 1, vector `trivial`) and is taken out, so that it cannot leak into the second.
    """
    side = scaled.shape[0]
    if side <= DENSE_SIDE:
        gram = (scaled @ scaled.T).toarray() - np.outer(trivial, trivial)
        values, vectors = np.linalg.eigh(gram)
    else:

        def product(x: Matrix) -> Matrix:
            return scaled @ (scaled.T @ x) - trivial * (trivial @ x)

        start = np.random.default_rng(0).standard_normal(side)
        operator = LinearOperator((side, side), matvec=product, dtype=np.float64)
        values, vectors = eigsh(operator, k=2, which="LA", v0=start, tol=0)
    singular = np.sqrt(np.clip(values, 0.0, None))
    third = float(singular[-2]) if len(singular) > 1 else 0.0
    return vectors[:, -1], float(singular[-1]), third


def economic_complexity(m: NDArray[np.bool_]) -> Spectrum:
    """Return ECI and PCI of a table whose every row and column has a 1 and which is connected.

    ECI is signed to correlate positively with diversity; PCI is the mean ECI of the places that have the product, up
    to a positive factor; both are z-scored with ddof 0. Where nothing varies both are NaN.
    """
    diversity, ubiquity = m.sum(axis=1).astype(np.float64), m.sum(axis=0).astype(np.float64)
    undefined = Spectrum(np.full(len(diversity), np.nan), np.full(len(ubiquity), np.nan), 0.0, 0.0)
    if min(m.shape) < 2:
        return undefined
    held = sparse.csr_matrix(m, dtype=np.float64)
    row = np.repeat(diversity**-0.5, np.diff(held.indptr))
    scaled = sparse.csr_matrix((row * (ubiquity**-0.5)[held.indices], held.indices, held.indptr), shape=m.shape)
    whole = diversity.sum()
    if m.shape[0] <= m.shape[1]:
        vector, second, third = _leading(scaled, np.sqrt(diversity / whole))
        left = vector / np.sqrt(diversity)
    else:
        vector, second, third = _leading(sparse.csr_matrix(scaled.T), np.sqrt(ubiquity / whole))
        left = held @ (vector / np.sqrt(ubiquity)) / diversity
    if second < NO_GAP:
        return undefined
    along = float((left - left.mean()) @ (diversity - diversity.mean()))
    # Equal diversities give no sign; the first place then counts as positive, so that runs agree.
    sign = np.sign(along) if abs(along) > 1e-9 * np.abs(left).max() * diversity.sum() else np.sign(left[0]) or 1.0
    right = held.T @ left / ubiquity
    return Spectrum(_z(sign * left), _z(sign * right), second, third)


def fitness(m: NDArray[np.bool_], steps: int = 200) -> tuple[Matrix, Matrix]:
    """Return the fitness of places and the complexity of products (mean 1 each), NaN for empty rows and columns.

    The non-linear map of Tacchella et al. 2012, `steps` rounds from all ones.
    """
    rows, columns = m.any(axis=1), m.any(axis=0)
    held = m[np.ix_(rows, columns)].astype(np.float64)
    place, product = np.ones(held.shape[0]), np.ones(held.shape[1])
    for _ in range(steps if held.size else 0):
        # Places outside every product chain sink to 0; the floor keeps 1/fitness finite.
        inverse = 1.0 / np.maximum(place, 1e-300)
        place, product = held @ product, 1.0 / np.maximum(inverse @ held, 1e-300)
        place, product = place / place.mean(), product / product.mean()
    out = np.full(m.shape[0], np.nan), np.full(m.shape[1], np.nan)
    out[0][rows], out[1][columns] = place, product
    return out


def _connected(m: NDArray[np.bool_]) -> tuple[int, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return how many parts the table falls into and the rows and columns of the part with most ones."""
    places, items = m.shape
    held = sparse.csr_matrix(m)
    # Places, then products, as one graph; each link once is enough when direction does not count.
    starts = np.concatenate([held.indptr, np.full(items, held.nnz)])
    both = sparse.csr_matrix((held.data, held.indices + places, starts), shape=(places + items, places + items))
    _, label = connected_components(both, directed=False)
    ones = np.bincount(label[:places], weights=m.sum(axis=1), minlength=label.max() + 1)
    largest = int(ones.argmax())
    inside = label == largest
    return int((ones > 0).sum()), inside[:places], inside[places:]


def _empty_lines(grid: Grid, m: NDArray[np.bool_]) -> list[Problem]:
    no_place = marked("{count} places have no RCA of 1 or more and get empty values: {ids}.")
    no_product = marked("{count} products have no RCA of 1 or more and get empty values: {ids}.")
    said = []
    for message, ids, axis in ((no_place, grid.locations, 1), (no_product, grid.products, 0)):
        empty = [ids[at] for at in np.flatnonzero(m.sum(axis=axis) == 0)]
        if empty:
            shown = ", ".join(empty[:5]) + (" …" if len(empty) > 5 else "")
            said.append(Problem(message, {"count": len(empty), "ids": shown}))
    return said


def _warnings(grid: Grid, m: NDArray[np.bool_], components: int, spectrum: Spectrum) -> list[Problem]:
    said = [*grid.warnings, *_empty_lines(grid, m)]
    if components > 1:
        parts = marked(
            "The table falls into {count} parts that share no product. ECI and PCI cannot be compared across parts:"
            " they are given for the part with most links and left empty elsewhere."
        )
        said.append(Problem(parts, {"count": components}))
    if not np.isfinite(spectrum.eci).any():
        said.append(Problem(marked("ECI and PCI are not defined for this table (nothing varies) and are left empty.")))
    elif spectrum.gap < NO_GAP:
        said.append(
            Problem(
                marked("The second and third singular value are equal: the data do not determine the order by ECI.")
            )
        )
    thin = int(((m.sum(axis=1) > 0) & (m.sum(axis=1) < SPARSE_ROW)).sum())
    if thin:
        few = marked("{count} places have fewer than {least} products with RCA of 1 or more: read their ECI with care.")
        said.append(Problem(few, {"count": thin, "least": SPARSE_ROW}))
    return said


def complexity(grid: Grid) -> Complexity:
    """Return RCA, m, proximity, density, ECI and PCI of a table.

    m = 1 where RCA ≥ 1. Places and products without any m = 1 get NaN for ECI, PCI and density, and a warning. When
    the table falls into parts, ECI and PCI are given for the part with most links only, and a warning says so.
    """
    rca = revealed_advantage(grid.values)
    # Places and products without any value have no RCA; NaN compares as false.
    m = rca >= 1.0
    eci, pci = np.full(m.shape[0], np.nan), np.full(m.shape[1], np.nan)
    components, second, third = 0, 0.0, 0.0
    if m.any():
        components, rows, columns = _connected(m)
        inner = economic_complexity(m[np.ix_(rows, columns)])
        eci[rows], pci[columns], second, third = inner.eci, inner.pci, inner.second, inner.third
    spectrum = Spectrum(eci, pci, second, third)
    phi = proximity(m)
    said = tuple(_warnings(grid, m, components, spectrum))
    return Complexity(grid, rca, m, phi, relatedness_density(m, phi), spectrum, components, said)


def eci_interval(m: NDArray[np.bool_], draws: int = 100, level: float = 0.9, seed: int = 0) -> Matrix:
    """Return the lower and upper ECI of each place (places × 2) when products are drawn with replacement.

    Draws that leave a place empty say nothing about it; a place with fewer than half the draws gets NaN.
    """
    rng = np.random.default_rng(seed)
    seen = np.full((draws, m.shape[0]), np.nan)
    for draw in range(draws):
        again = m[:, rng.integers(0, m.shape[1], m.shape[1])]
        if not again.any():
            continue
        _, rows, columns = _connected(again)
        seen[draw, rows] = economic_complexity(again[np.ix_(rows, columns)]).eci
    out = np.full((m.shape[0], 2), np.nan)
    known = np.isfinite(seen).sum(axis=0) * 2 >= draws
    out[known] = np.nanquantile(seen[:, known], [(1 - level) / 2, (1 + level) / 2], axis=0).T
    return out
