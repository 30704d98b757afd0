"""Back-test of the ranker on country × HS6 export links, beside every null and Sapling similarity.

Three tests: the published validation links (a subset of the training links, taken out first), five random splits of
all training links, and five splits that hide the less expected links, since real new entries are harder than links
hidden at random. `--patents` adds the test over time: country × 35 technologies, new links five years later.
Figures are mean ± 95 % interval (Student t).
"""

import argparse
import importlib
import importlib.util
import os
import platform
import resource
import time
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lianzhu.engine.tracks import Backtest, Quality, learn, links_from, null_scores, quality, read_links
from lianzhu.engine.tracks.complexity import revealed_advantage
from lianzhu.engine.tracks.evidence import sapling_similarity

DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"
SPLITS = 5
Mask = NDArray[np.bool_]
Matrix = NDArray[np.float64]


def sapling(known: Mask) -> Matrix:
    """Return the peer's score: the mean of its unit-based and its item-based form."""
    held = known.astype(np.float64)
    users, items = sapling_similarity(held), sapling_similarity(held.T.copy())
    by_user = users @ held / np.maximum(np.abs(users).sum(axis=1, keepdims=True), 1e-12)
    return 0.5 * by_user + 0.5 * held @ items / np.maximum(np.abs(items).sum(axis=0), 1e-12)


def judged(known: Mask, hidden: Mask, shuffled: bool = False) -> dict[str, Quality]:
    """Judge the model, the peer and every null on hidden links; `shuffled` adds the model without code order."""
    named = {"model": learn(known).scores, "Sapling similarity": sapling(known), **null_scores(known)}
    if shuffled:
        order = np.random.default_rng(0).permutation(known.shape[1])
        named["model, no order"] = learn(known[:, order]).scores[:, np.argsort(order)]
    return {name: quality(scores, known, hidden) for name, scores in named.items()}


def show(title: str, splits: list[dict[str, Quality]]) -> None:
    """Print one table of measures by name."""
    result = Backtest({name: [split[name] for split in splits] for name in splits[0]})
    base = np.mean([split["model"].base for split in splits])
    print(f"\n{title} (base rate {base:.4f}, {len(splits)} split{'s' * (len(splits) > 1)})")
    measures = list(splits[0]["model"].values())
    print(f"{'':20}" + "".join(f"{measure:>17}" for measure in measures))
    for name in result.splits:
        cells = [result.mean_and_interval(name, measure) for measure in measures]
        print(f"{name:20}" + "".join(f"{f'{m:.4f}' + (f' ± {h:.4f}' if h == h else ''):>17}" for m, h in cells))


def hide(known: Mask, share: float, seed: int, expected: Matrix | None = None) -> Mask:
    """Return links to hide: at random, or the likelier the less `expected` (rank 0 to 1, weight exp(−2.5 rank))."""
    rng = np.random.default_rng(seed)
    draw = rng.gumbel(size=known.shape)
    if expected is not None:
        rank = np.zeros(known.shape)
        rank[known] = np.argsort(np.argsort(expected[known])) / known.sum()
        draw -= 2.5 * rank
    draw[~known] = -np.inf
    edge = np.partition(draw[known], -int(share * known.sum()))[-int(share * known.sum())]
    return draw >= edge


def unexpected(known: Mask) -> Matrix:
    """Return the peer's score of each known link when it and a fifth of the others are hidden."""
    fold = np.random.default_rng(0).integers(0, 5, known.shape)
    out = np.zeros(known.shape)
    for number in range(5):
        out[fold == number] = sapling(known & (fold != number))[fold == number]
    return out


def patents() -> None:
    """Country × technology over time: learn on five years, find the specialisations that are new five years later."""
    archive = DATA / "patstat" / "patstat_year_country_tech.zip"
    if not archive.is_file():
        print("\npatents: data not found")
        return
    if not importlib.util.find_spec("pandas"):
        print("\npatents: pandas, which reads the Stata file, is not installed: skipped")
        return
    with zipfile.ZipFile(archive) as packed:
        name = next(name for name in packed.namelist() if "inventor" in name)
        with packed.open(name) as stream:
            frame = importlib.import_module("pandas").read_stata(stream)
    year = frame["year"]
    splits: list[dict[str, Quality]] = []
    for start in (1990, 1995, 2000, 2005, 2010):
        tables = []
        for first in (start, start + 5):
            part = frame[(year >= first) & (year < first + 5)]
            tables.append(part.pivot_table(index="country_iso_code", columns="tech", values="count", aggfunc="sum"))
        before, after = (table.fillna(0.0) for table in tables)
        rows = before.index[before.sum(axis=1) >= 50].intersection(after.index)
        columns = before.columns.intersection(after.columns)
        now, then = (revealed_advantage(table.loc[rows, columns].to_numpy(float)) for table in (before, after))
        known, new = now >= 1, (then >= 1) & (now < 1)
        named = {"model": learn(known).scores, "Sapling similarity": sapling(known), **null_scores(known)}
        # With values at hand, auto-correlation is today's RCA itself: the null that is hardest to beat over time.
        named["auto-correlation"] = np.nan_to_num(now)
        splits.append({key: quality(scores, known, new) for key, scores in named.items()})
    show("patents, country × 35 technologies, new five years later", splits)


def main() -> None:
    """Run the back-tests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patents", action="store_true", help="also the test over time")
    args = parser.parse_args()
    folder = DATA / "export_links"
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    if not folder.is_dir():
        print("data not found: put the folder `shared` beside the checkout")
        return
    train, validation = read_links(folder / "train.txt"), read_links(folder / "validation.txt")
    whole = links_from(train).held
    start = time.process_time()
    learn(whole)
    print(f"learning on all {whole.sum():,} links: {time.process_time() - start:.0f} CPU-s")
    names = links_from(train)
    hidden = links_from({unit: validation.get(unit, set()) for unit in names.units}, more_items=names.items).held
    show("published validation links", [judged(whole & ~hidden, hidden, shuffled=True)])
    at_random = [hide(whole, 0.2, seed) for seed in range(SPLITS)]
    show("a fifth hidden at random", [judged(whole & ~part, part) for part in at_random])
    expected = unexpected(whole)
    harder = [hide(whole, 0.24, seed, expected) for seed in range(SPLITS)]
    show("the less expected hidden", [judged(whole & ~part, part) for part in harder])
    if args.patents:
        patents()
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB")


if __name__ == "__main__":
    main()
