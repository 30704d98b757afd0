"""Ranks new links (which item next for which unit) and refuses to when the ranking is not better than degree.

The model weighs the pieces of `evidence` by a ridge logistic regression that learns from known links hidden in turn
(stacking, Wolpert 1992). Everything is deterministic: one seed, no threads of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit

from lianzhu.engine.tracks.evidence import evidence, expanded
from lianzhu.engine.tracks.scoring import Quality, null_scores, quality
from lianzhu.engine.tracks.tables import Links
from lianzhu.library.problem import BadInput, Problem, marked

Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]
Say = Callable[[int, int], None]

SPLITS = 5
# Hiding more would learn from a table too unlike the whole one; hiding less leaves few links to learn from.
HIDDEN = 0.1
SEED = 20261123
LEAST_LINKS = 200
LEAST_UNITS = 10
# Ten wrong candidates for each hidden link carry nearly all the evidence of a hundred.
WRONG_PER_RIGHT = 10
# Ridge per sampled candidate. The weights are insensitive to it within a factor of ten.
RIDGE = 1e-3
NEWTON_STEPS = 30
CHUNK = 200_000
MODEL = "model"
DEGREE = "degree product"
# Two-sided 95 % quantiles of Student's t with 1, 2, … degrees of freedom.
STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)


@dataclass(frozen=True)
class Split:
    """The links left and hidden, the evidence on the open pairs, and the candidates drawn to learn from."""

    left: Mask
    hidden: Mask
    rows: NDArray[np.float32]
    drawn: NDArray[np.int64]

    @property
    def right(self) -> Mask:
        """Return which open pairs are hidden links."""
        return self.hidden[~self.left]


@dataclass(frozen=True)
class Backtest:
    """Quality by name (the model first, then every null), one entry per split."""

    splits: dict[str, list[Quality]]

    def mean_and_interval(self, name: str, measure: str) -> tuple[float, float]:
        """Return the mean over splits and the half width of its 95 % interval (Student t; splits share links)."""
        values = np.array([split.values()[measure] for split in self.splits[name]])
        if len(values) < 2:
            return float(values.mean()), float("nan")
        wide = STUDENT[min(len(values) - 2, len(STUDENT) - 1)]
        return float(values.mean()), float(wide * values.std(ddof=1) / np.sqrt(len(values)))

    @property
    def beats_degree(self) -> bool:
        """True when the model's mean PR-AUC and mean P@20 are both above those of degree product."""
        return all(
            self.mean_and_interval(MODEL, measure)[0] > self.mean_and_interval(DEGREE, measure)[0]
            for measure in ("PR-AUC", "P@20")
        )


@dataclass(frozen=True)
class Learned:
    """Scores for every open pair (units × items, −inf on known links) and the back-test behind them."""

    scores: Matrix
    backtest: Backtest


def _silent(done: int, total: int) -> None:
    """Say nothing about progress."""


def _refuse_unfit(known: Mask) -> None:
    """Raise BadInput when there is too little to learn from or nothing left to rank."""
    links, units = int(known.sum()), int(known.any(axis=1).sum())
    if links < LEAST_LINKS or units < LEAST_UNITS:
        few = marked("{links} links of {units} units are too few to learn from; {least} links of {fewest} are needed.")
        params = {"links": links, "units": units, "least": LEAST_LINKS, "fewest": LEAST_UNITS}
        raise BadInput(Problem(few, params, mend=marked("Learn on a larger public table and apply it here.")))
    if known.all():
        raise BadInput(Problem(marked("Every unit has every item already."), mend=marked("There is nothing to rank.")))


def _split(known: Mask, turn: NDArray[np.int64], number: int) -> Split:
    hidden = known & (turn == number)
    left = known & ~hidden
    right = hidden[~left]
    rng = np.random.default_rng([SEED, number])
    wrong = np.flatnonzero(~right)
    kept = min(len(wrong), WRONG_PER_RIGHT * int(right.sum()))
    drawn = np.concatenate([np.flatnonzero(right), rng.choice(wrong, kept, replace=False)])
    return Split(left, hidden, evidence(left), drawn)


def _fit(splits: list[Split]) -> Matrix:
    """Return the weights of a ridge logistic regression (Newton's method) on the drawn candidates."""
    rows = expanded(np.vstack([split.rows[split.drawn] for split in splits]))
    right = np.concatenate([split.right[split.drawn] for split in splits]).astype(np.float32)
    penalty = np.full(rows.shape[1], RIDGE * len(rows))
    penalty[0] = 0.0
    weights = np.zeros(rows.shape[1])
    weights[0] = np.log(right.mean() / (1 - right.mean()))
    for _ in range(NEWTON_STEPS):
        # Single precision halves the time; the weights need four digits, not twelve.
        chance = expit(rows @ weights.astype(np.float32))
        slope = rows.T @ (right - chance) - penalty * weights
        curve = rows.T @ (rows * (chance * (1 - chance))[:, None]) + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        # Far from the solution a full Newton step may overshoot; a bounded one cannot run away.
        step *= min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        weights += step
        if np.abs(step).max() < 1e-4:
            break
    return weights


def _scores(known: Mask, rows: NDArray[np.float32], weights: Matrix) -> Matrix:
    parts = [expanded(rows[start : start + CHUNK]) @ weights.astype(np.float32) for start in range(0, len(rows), CHUNK)]
    scores = np.full(known.shape, -np.inf)
    scores[~known] = np.concatenate(parts)
    return scores


def _judged(split: Split, weights: Matrix) -> dict[str, Quality]:
    named = {MODEL: _scores(split.left, split.rows, weights), **null_scores(split.left)}
    return {name: quality(scores, split.left, split.hidden) for name, scores in named.items()}


def learn(known: Mask, say: Say = _silent) -> Learned:
    """Learn from a boolean table units × items and score every open pair.

    A tenth of the links is hidden in each of five disjoint splits. Each split is judged by weights learned on the
    other four, beside the nulls; the final weights come from all five. `say(done, total)` hears of progress.
    Raises BadInput when the table is too small, full, or does not fit in memory.
    """
    _refuse_unfit(known)
    total = 2 * SPLITS + 1
    turn = np.random.default_rng(SEED).permuted(np.arange(known.size) % round(1 / HIDDEN)).reshape(known.shape)
    splits = []
    for number in range(SPLITS):
        splits.append(_split(known, turn, number))
        say(number + 1, total)
    judged: dict[str, list[Quality]] = {}
    for number, split in enumerate(splits):
        for name, found in _judged(split, _fit(splits[:number] + splits[number + 1 :])).items():
            judged.setdefault(name, []).append(found)
        say(SPLITS + number + 1, total)
    scores = _scores(known, evidence(known), _fit(splits))
    say(total, total)
    return Learned(scores, Backtest(judged))


def withheld(backtest: Backtest) -> Problem | None:
    """Return why a ranking must not be shown, or None when it beats degree product on its own back-test."""
    if backtest.beats_degree:
        return None
    params = {
        f"{short}_{measure}": f"{backtest.mean_and_interval(name, named)[0]:.4f}"
        for short, name in (("model", MODEL), ("degree", DEGREE))
        for measure, named in (("pr", "PR-AUC"), ("p", "P@20"))
    }
    return Problem(
        marked(
            "The ranking is withheld: on hidden links it does not beat degree product"
            " (PR-AUC {model_pr} against {degree_pr}, P@20 {model_p} against {degree_p})."
        ),
        params,
        mend=marked("Use more units, or a table in which units that resemble each other hold the same items."),
    )


def ranking(links: Links, scores: Matrix, top: int) -> pl.DataFrame:
    """Return unit, item, score, rank: the `top` best new items of each unit, equal scores in item order.

    `score` is between 0 and 1 and orders all pairs alike; it is no chance that a firm succeeds.
    """
    rows: list[tuple[str, str, float, int]] = []
    for row, unit in enumerate(links.units):
        best = np.argsort(-scores[row], kind="stable")[:top]
        best = best[np.isfinite(scores[row, best])]
        chance = expit(scores[row, best])
        rows += [(unit, links.items[item], float(chance[at]), at + 1) for at, item in enumerate(best)]
    return pl.DataFrame(rows, schema=["unit", "item", "score", "rank"], orient="row")


def judge(known: Mask, test: Mask, say: Say = _silent) -> tuple[dict[str, Quality], Backtest]:
    """Learn on `known` alone and judge the model and every null on the `test` links; also the inner back-test.

    Both are boolean tables of the same units × items; a test link that is known must be taken out of `known` first.
    """
    learned = learn(known, say)
    named = {MODEL: learned.scores, **null_scores(known)}
    return {name: quality(scores, known, test) for name, scores in named.items()}, learned.backtest
