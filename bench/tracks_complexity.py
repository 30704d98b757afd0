"""Everything about a 5,000 × 5,000 table (RCA, m, proximity, density, ECI, PCI), beside econcomplex and py-ecomplexity.

`python bench/tracks_complexity.py` prints CPU-seconds and peak memory. The peers run at sizes they reach in a minute
or two (`--peer-sizes`); they are skipped aloud where they are not installed. Compilation is timed apart.
"""

import argparse
import importlib
import importlib.util
import os
import platform
import resource
import time
from collections.abc import Callable

import numpy as np
import polars as pl

from lianzhu.engine.tracks.complexity import Complexity, complexity
from lianzhu.engine.tracks.tables import Grid, grid_from

BAR_CPU_S = 4.0


def nested(side: int, share: float, seed: int = 0) -> Grid:
    """Return a nested, heavy-tailed table: place p exports product q with a chance that falls with both ranks."""
    rng = np.random.default_rng(seed)
    able, rare = rng.beta(1.0, 3.0, side), rng.beta(2.0, 2.0, side)
    kin = rng.integers(0, 12, side)[:, None] == rng.integers(0, 12, side)[None, :]
    chance = able[:, None] * (1 - rare)[None, :] * (1 + 3 * kin)
    present = rng.random((side, side)) < chance * (share / chance.mean())
    values = np.where(present, rng.lognormal(8, 1.5, (side, side)), 0.0)
    # Nobody is empty: one value on the diagonal.
    values[np.arange(side), np.arange(side)] += 1.0
    names = [f"{at:05}" for at in range(side)]
    return Grid(names, names, values)


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """Return CPU-seconds of all threads, and the result."""
    start = time.process_time()
    done = work()
    return time.process_time() - start, done


def long_frame(grid: Grid) -> pl.DataFrame:
    """Return the table as location, product, value without zero rows."""
    rows, columns = np.nonzero(grid.values)
    names = np.array(grid.locations)
    return pl.DataFrame({"location": names[rows], "product": names[columns], "value": grid.values[rows, columns]})


def peers(side: int, share: float) -> None:
    """Run both peers on the same table of `side` × `side` and print the ratio."""
    grid = nested(side, share)
    frame = long_frame(grid)
    ours, _ = timed(lambda: complexity(grid_from(frame)).pairs())
    print(f"{side} × {side}, {frame.height:,} rows: lianzhu {ours:.2f} CPU-s (frames in, frames out)")
    if importlib.util.find_spec("econcomplex"):
        econcomplex = importlib.import_module("econcomplex")
        data = importlib.import_module("pandas").DataFrame(frame.to_dict(as_series=False))
        names = {"loc": "location", "act": "product", "val": "value"}
        theirs, _ = timed(lambda: econcomplex.compute_complexity(data, names, compute_coi_cog=False))
        print(f"  econcomplex {theirs:.2f} CPU-s, {theirs / ours:.0f} times ours")
    else:
        print("  econcomplex is not installed: skipped")
    if importlib.util.find_spec("ecomplexity"):
        ecomplexity = importlib.import_module("ecomplexity").ecomplexity
        data = data.assign(time=2000)
        keys = {"time": "time", "loc": "location", "prod": "product", "val": "value"}
        theirs, _ = timed(lambda: ecomplexity(data, keys, check_logsupermodularity=False, verbose=False))
        print(f"  py-ecomplexity {theirs:.2f} CPU-s (with COI and COG), {theirs / ours:.0f} times ours")
    else:
        print("  py-ecomplexity is not installed: skipped")


def main() -> None:
    """Time the large table, then the peers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=5000)
    parser.add_argument("--peer-sizes", type=int, nargs="*", default=[250, 500, 1000])
    args = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}")
    compiling, _ = timed(lambda: complexity(nested(1300, 0.05)))
    print(f"first call, with compilation or its cache: {compiling:.2f} CPU-s")
    for share in (0.05, 0.3, 0.9):
        grid = nested(args.side, share)
        seconds, found = timed(lambda grid=grid: complexity(grid))
        assert isinstance(found, Complexity)
        filled = found.m.mean()
        frames, _ = timed(lambda found=found: (found.locations(), found.products(), found.pairs()))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        verdict = "meets" if seconds <= BAR_CPU_S else "misses"
        print(
            f"{args.side} × {args.side}, {filled:.1%} of pairs with m = 1: {seconds:.2f} CPU-s ({verdict} the bar of"
            f" {BAR_CPU_S:.0f}); as frames {frames:.2f} more; peak memory {peak:.1f} GB"
        )
        del grid, found
    complexity(grid_from(long_frame(nested(100, 0.2)))).pairs()
    for side in args.peer_sizes:
        peers(side, 0.2)


if __name__ == "__main__":
    main()
