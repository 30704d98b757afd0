"""Derive the shipped relatedness table from open trade data, and check it against another product space.

`python bench/tracks_relatedness.py` compares the shipped file with a fresh derivation (it must be equal) and with the
HS92 four-digit product space, by rank correlation over pairs of chain nodes that carry both kinds of code.
`--write` replaces the shipped file.
"""

import argparse
import csv
import gzip
import io
import itertools
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import spearmanr

from lianzhu.engine.tracks.complexity import proximity, revealed_advantage
from lianzhu.engine.tracks.tables import grid_from
from lianzhu.library.chain import nodes, trade_codes
from lianzhu.library.relatedness import relatedness

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / ".." / "shared" / "data"
SHIPPED = ROOT / "src" / "lianzhu" / "library" / "relatedness" / "proximity.csv.gz"
NEAREST, DRAWS, SEED = 3, 20, 20261123


def derive() -> bytes:
    """Return the packed table: thousandths of φ and of φ over redrawn places, for the chain's codes and neighbours."""
    frame = pl.read_csv(DATA / "trade_sitc" / "sitc2000_input.csv.gz", infer_schema=False)
    grid = grid_from(frame.rename({"loc": "location", "prod": "product", "val": "value"}))
    m = np.nan_to_num(revealed_advantage(grid.values)) >= 1
    phi = proximity(m)
    place = {code: at for at, code in enumerate(grid.products)}
    own = [place[code] for code in trade_codes(nodes()) if code in place]
    near = {int(at) for code in own for at in np.argsort(-phi[code], kind="stable")[: NEAREST + 1]}
    kept = sorted(near | set(own))
    rng = np.random.default_rng(SEED)
    draws = [m[rng.integers(0, len(m), len(m))][:, kept] for _ in range(DRAWS)]
    cube = np.stack([proximity(part) for part in (m[:, kept], *draws)])
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(["from", "to", "phi", *(f"b{number:02}" for number in range(1, DRAWS + 1))])
    for a, b in itertools.combinations(range(len(kept)), 2):
        values = np.round(cube[:, a, b] * 1000).astype(int).tolist()
        out.writerow([grid.products[kept[a]], grid.products[kept[b]], *values])
    return gzip.compress(text.getvalue().encode(), mtime=0)


def against_hs() -> tuple[int, float]:
    """Return how many node pairs carry both codes, and the rank correlation of the two proximities over them."""
    edges = pl.read_csv(DATA / "product_space" / "hs92_4_edges_top50000.csv.gz", infer_schema=False)
    close = {frozenset(row[:2]): float(row[2]) for row in edges.iter_rows()}
    table = relatedness()
    pairs: dict[tuple[str, str], list[float]] = {}
    for one, other in itertools.combinations(nodes().values(), 2):
        for s in trade_codes([one.code]):
            for t in trade_codes([other.code]):
                heads = {
                    frozenset((a[:4], b[:4]))
                    for a in trade_codes([one.code], "hs6")
                    for b in trade_codes([other.code], "hs6")
                }
                heads = {head for head in heads if len(head) == 2}
                if s < t and heads:
                    pairs.setdefault((s, t), []).extend(close.get(head, 0.0) for head in heads)
    sitc = [table.phi[table.at(s), table.at(t)] for s, t in pairs]
    return len(pairs), float(spearmanr(sitc, [np.mean(found) for found in pairs.values()]).statistic)


def main() -> None:
    """Derive, compare or write, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    if not (DATA / "trade_sitc").is_dir():
        print("data not found: put the folder `shared` beside the checkout")
        return
    fresh = derive()
    if args.write:
        SHIPPED.write_bytes(fresh)
    same = gzip.decompress(SHIPPED.read_bytes()) == gzip.decompress(fresh)
    print(f"shipped table: {len(SHIPPED.read_bytes()) / 1000:.0f} kB, equal to a fresh derivation: {same}")
    pairs, rank = against_hs()
    print(f"HS92 product space: Spearman {rank:.2f} over {pairs} pairs of chain codes")


if __name__ == "__main__":
    main()
