"""Applies the shipped relatedness to the cluster: how near is each candidate track to what the cluster makes?

A hundred firms are too few to learn relatedness from, so it is learned on the exports of 223 places and applied here,
with an interval. The figure says what is often found together elsewhere; it never says that a firm should enter.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lianzhu.library.chain import tracks, trade_codes
from lianzhu.library.problem import BadInput, Problem, marked
from lianzhu.library.relatedness import Relatedness, relatedness

Matrix = NDArray[np.float64]
INTERVAL = (0.05, 0.95)


def _held(cluster_codes: Iterable[str], table: Relatedness) -> NDArray[np.bool_]:
    wanted = {str(code).strip() for code in cluster_codes}
    known = wanted & set(table.codes)
    if not known:
        raise BadInput(
            Problem(
                marked("None of the {count} codes of the cluster is in the relatedness table."),
                {"count": len(wanted)},
                mend=marked("Give SITC Rev. 2 codes of four digits, as text; source.yaml says which are covered."),
            )
        )
    return np.array([code in known for code in table.codes])


def _density(held: NDArray[np.bool_], phi: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Σ_q held[q]φ[q,p] / Σ_q φ[q,p] over the last two axes, q = p left out: a code is no evidence of itself."""
    others = phi * ~np.eye(len(held), dtype=np.bool_)
    return np.asarray((held @ others) / others.sum(axis=-2))


def _interval(point: Matrix, drawn: Matrix) -> tuple[Matrix, Matrix]:
    """Return the 90 % interval around `point`; draws (first axis) are centred, since drawing twice inflates φ."""
    low, high = np.quantile(drawn - drawn.mean(axis=0), INTERVAL, axis=0)
    return np.maximum(point + low, 0.0), np.minimum(point + high, 1.0)


def code_scores(cluster_codes: Iterable[str], table: Relatedness | None = None) -> pl.DataFrame:
    """Return code, held, density, low, high, usual, nearest for every code of the relatedness table.

    `cluster_codes` are SITC Rev. 2 four-digit codes the cluster makes (unknown ones are ignored; none known raises
    BadInput). `density` is the share of a code's relatedness, within the table, that the cluster already holds, the
    code itself left out; `low` and `high` are its 90 % interval over draws of places; `usual` is what density would
    be if all codes were equally related; `nearest` are the three held codes that carry most of it.
    """
    table = table or relatedness()
    held = _held(cluster_codes, table)
    point = _density(held, table.phi)
    low, high = _interval(point, np.stack([_density(held, phi) for phi in table.draws]))
    nearest = []
    for at in range(len(held)):
        order = [q for q in np.argsort(-table.phi[:, at], kind="stable") if held[q] and q != at]
        nearest.append(" ".join(table.codes[q] for q in order[:3]))
    columns = {"code": table.codes, "held": held, "density": point, "low": low, "high": high, "usual": _usual(held)}
    return pl.DataFrame({**columns, "nearest": nearest})


def _usual(held: NDArray[np.bool_]) -> Matrix:
    return (held.sum() - held.astype(np.float64)) / (len(held) - 1)


def track_scores(
    cluster_codes: Iterable[str],
    table: Relatedness | None = None,
    codes_of: Mapping[str, Iterable[str]] | None = None,
) -> pl.DataFrame:
    """Return track, codes, held, density, low, high, usual for every candidate track of the library.

    A track's figures are the means over its SITC codes of those in `code_scores`, low and high the interval of that
    mean; `held` counts its codes that the cluster already makes. An interval that contains `usual` shows no
    relatedness beyond chance. A track without any code in the table gets empty figures: nothing is known, which is
    not zero. Rows keep the order of the library; it is no ranking.
    `codes_of` replaces the library's tracks (track → codes). Raises BadInput when no cluster code is known.
    """
    table = table or relatedness()
    held = _held(cluster_codes, table)
    if codes_of is None:
        codes_of = {code: trade_codes(track.capability_nodes) for code, track in tracks().items()}
    point, usual = _density(held, table.phi), _usual(held)
    drawn = np.stack([_density(held, phi) for phi in table.draws])
    rows: list[tuple[object, ...]] = []
    for track, codes in codes_of.items():
        at = [row for code in codes if (row := table.at(code)) is not None]
        if not at:
            rows.append((track, "", 0, None, None, None, None))
            continue
        middle = point[at].mean()
        low, high = _interval(middle, drawn[:, at].mean(axis=1))
        figures = (float(value) for value in (middle, low, high, usual[at].mean()))
        rows.append((track, " ".join(table.codes[row] for row in at), int(held[at].sum()), *figures))
    kinds = {"track": pl.String, "codes": pl.String, "held": pl.Int64}
    figure_names = ("density", "low", "high", "usual")
    return pl.DataFrame(rows, schema={**kinds, **dict.fromkeys(figure_names, pl.Float64)}, orient="row")
