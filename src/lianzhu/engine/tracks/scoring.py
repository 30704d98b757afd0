"""How a ranking of new links is judged, and the nulls it has to beat.

Candidates are all unit × item pairs that are not in the training links; a candidate is right when it is a test link.
Ranking quality is pooled over all candidates (ROC-AUC, PR-AUC, best F1) and averaged over the units that have a test
link (P@k). Tied scores count as their expectation over random orders, so no figure depends on the order of ids.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lianzhu.engine.tracks.complexity import proximity

Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]
PER_UNIT = (10, 20)


@dataclass(frozen=True)
class Quality:
    """One row of a back-test. `base` is the share of candidates that are right."""

    base: float
    roc_auc: float
    pr_auc: float
    best_f1: float
    p_at_10: float
    p_at_20: float

    def values(self) -> dict[str, float]:
        """Return the five measures by the names that are printed."""
        return {
            "ROC-AUC": self.roc_auc,
            "PR-AUC": self.pr_auc,
            "best F1": self.best_f1,
            "P@10": self.p_at_10,
            "P@20": self.p_at_20,
        }


def _pooled(scores: Matrix, right: Mask) -> tuple[float, float, float]:
    """Return ROC-AUC, PR-AUC (average precision) and best F1 of pooled candidates; tied scores are one step."""
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    hits = np.cumsum(right[order])[ends].astype(np.float64)
    seen = (ends + 1).astype(np.float64)
    total, wrong = hits[-1], seen[-1] - hits[-1]
    if total == 0 or wrong == 0:
        return float("nan"), float("nan"), float("nan")
    misses = np.diff(np.concatenate([[0.0], seen - hits])) / wrong
    before = np.concatenate([[0.0], hits[:-1]])
    roc = float((misses * (hits + before)).sum() / (2 * total))
    precise = float((np.diff(np.concatenate([[0.0], hits])) * hits / seen).sum() / total)
    return roc, precise, float((2 * hits / (seen + total)).max())


def precision_at(k: int, scores: Matrix, right: Mask) -> float:
    """Return the expected share of right ones among the k best of one unit, ties in random order.

    With fewer than k candidates the missing places count as wrong.

    >>> precision_at(2, np.array([3.0, 1.0, 1.0]), np.array([True, True, False]))
    0.75
    """
    if len(scores) <= k:
        return float(right.sum()) / k
    edge = np.partition(scores, -k)[-k]
    above, level = scores > edge, scores == edge
    share = float(right[level].sum()) / float(level.sum())
    return (float(right[above].sum()) + share * (k - int(above.sum()))) / k


def quality(scores: Matrix, known: Mask, right: Mask) -> Quality:
    """Judge `scores` (units × items) on the pairs outside `known`; NaN where there is no test link at all."""
    open_pairs = ~known
    roc, precise, best = _pooled(scores[open_pairs], right[open_pairs])
    found: list[list[float]] = [[], []]
    for row in np.flatnonzero((right & open_pairs).any(axis=1)):
        mine = open_pairs[row]
        for kept, k in zip(found, PER_UNIT, strict=True):
            kept.append(precision_at(k, scores[row, mine], right[row, mine]))
    at = [float(np.mean(kept)) if kept else float("nan") for kept in found]
    return Quality(float(right[open_pairs].mean()), roc, precise, best, at[0], at[1])


def null_scores(known: Mask) -> Mapping[str, Matrix]:
    """Return the scores of the nulls for a boolean table units × items.

    Degree product: links of the unit × links of the item. Auto-correlation: the present state stays, which scores all
    candidates alike (its PR-AUC is the base rate). Density: the relatedness density of the product space.
    """
    held = known.astype(np.float64)
    phi = proximity(known)
    return {
        "degree product": np.outer(held.sum(axis=1), held.sum(axis=0)),
        "auto-correlation": held,
        "density": held @ phi / phi.sum(axis=0),
    }
