"""Overlap of all pairs of 8,737 firms over 7,456 products, beside SciPy's sparse product, in one run.

    python bench/market_overlap.py [--links 60000]

Made-up portfolios: sizes and popularity fall as a power of the rank. The peer computes the cosine of every pair with
`M @ M.T` and keeps them all; ours keeps the five nearest and the mean. CPU-seconds, compilation apart.
"""

import argparse
import os
import platform
import resource
import time

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from lianzhu.engine.market import overlap, portfolios


def made_up(firms: int, products: int, links: int, fall: float) -> pl.DataFrame:
    """Firm, product pairs drawn by rank."""
    rng = np.random.default_rng(0)
    by_firm, by_product = (1 / np.arange(1, count + 1) ** power for count, power in ((firms, 0.6), (products, fall)))
    firm = rng.choice(firms, links * 2, p=by_firm / by_firm.sum())
    product = rng.choice(products, links * 2, p=by_product / by_product.sum())
    pair = rng.permutation(np.unique(firm * products + product))[:links]
    # Every firm and product appears once at least.
    whole = np.arange(max(firms, products))
    pair = np.unique(np.concatenate([pair, whole % firms * products + whole % products]))
    return pl.DataFrame({"firm": pair // products, "product": pair % products})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--links", type=int, default=60_000)
    args = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    overlap(portfolios(made_up(50, 40, 200, 0.6)))
    for fall in (0.6, 0.9):
        start = time.process_time()
        held = portfolios(made_up(8737, 7456, args.links, fall))
        reading = time.process_time() - start
        start = time.process_time()
        found = overlap(held)
        mine = time.process_time() - start
        start = time.process_time()
        m = csr_array((held.weight, (held.firm, held.item)))
        m = csr_array(m.multiply(1 / np.sqrt(m.sum(axis=1))[:, None]))
        pairs = m @ m.T.tocsr()
        theirs = time.process_time() - start
        other = found.other[:, 0] >= 0
        rows = np.flatnonzero(other)[:200]
        difference = np.abs(pairs[rows][:, found.other[rows, 0]].diagonal() - found.cosine[rows, 0]).max()
        size = f"{len(held.firms)} x {len(held.products)}, {len(held.item)} links, {pairs.nnz / 1e6:.1f}M alike pairs"
        print(f"{size}: {mine:.3f} CPU-s (reading {reading:.2f})")
        print(
            f"  SciPy sparse product: {theirs:.3f} CPU-s = {theirs / mine:.1f} x; largest difference {difference:.0e}"
        )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
