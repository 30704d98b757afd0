"""Fragility of all firms on made-up heavy-tailed networks, beside two other ways to compute it, in one run.

    python bench/chain_fragility.py            10,000 firms, all shocks
    python bench/chain_fragility.py --large    and 100,000 firms, a sample of shocks scaled to all (--all: every one)

Peers: `sparse` is the published algorithm (Diem et al. 2022), every firm in every step, as SciPy sparse products;
`plain` is a straightforward numba active-set kernel. Both run on a sample of shocks, scaled to all.
CPU-seconds of the process, compilation apart; peak memory of the whole process.
"""

import argparse
import os
import platform
import resource
import time

import numba
import numpy as np
import polars as pl
from scipy.sparse import csr_array

from lianzhu.engine.chain.fragility import run_shocks
from lianzhu.engine.chain.network import ESSENTIAL, NEGLIGIBLE, Network, graph, network

EPS = 1e-2


def made_up(n: int, links: int, sectors: int, seed: int) -> Network:
    """A heavy-tailed network: Pareto sizes draw the links, log-normal weights grow with both sizes."""
    rng = np.random.default_rng(seed)
    size = rng.pareto(1.5, n) + 1
    sells, buys = size**0.7 * (rng.random(n) < 0.7), size**0.6
    drawn = int(links * 1.4)
    supplier = rng.choice(n, drawn, p=sells / sells.sum())
    buyer = rng.choice(n, drawn, p=buys / buys.sum())
    pair = np.unique((supplier * n + buyer)[supplier != buyer])
    pair = rng.permutation(pair)[:links]
    supplier, buyer = pair // n, pair % n
    w = np.round(np.exp(rng.normal(3.7, 2, len(pair))) * np.sqrt(size[supplier] * size[buyer]), 2) + 0.01
    popular = 1 / np.arange(1, sectors + 1) ** 0.8
    firms = pl.DataFrame({"firm": np.arange(n), "sector": rng.choice(sectors, n, p=popular / popular.sum())})
    matrix = rng.choice(3, (sectors, sectors), p=[0.06, 0.78, 0.16])
    return network(pl.DataFrame({"supplier": supplier, "buyer": buyer, "w": w}), firms, matrix)


def sparse_peer(net: Network, shocks: np.ndarray) -> np.ndarray:
    """The published algorithm as sparse products over all firms in every step."""
    n, k, p = len(net.firms), len(net.sectors), net.sector
    out, bought = np.bincount(net.supplier, net.w, n), np.bincount(net.buyer, net.w, n)
    kind = net.essential[p[net.supplier], p[net.buyer]]
    key = net.buyer * k + p[net.supplier]
    groups, group = np.unique(key, return_inverse=True)
    share = net.w / np.bincount(group, net.w)[group]
    major, minor = kind == ESSENTIAL, (kind != ESSENTIAL) & (kind != NEGLIGIBLE)
    by_group = csr_array((share[major], (group[major], net.supplier[major])), shape=(len(groups), n))
    by_buyer = csr_array(((net.w / bought[net.buyer])[minor], (net.buyer[minor], net.supplier[minor])), shape=(n, n))
    up = csr_array((net.w / out[net.supplier], (net.supplier, net.buyer)), shape=(n, n))
    result = np.zeros((len(shocks), 4))
    for row, shocked in enumerate(shocks):
        hd, hu = np.ones(n), np.ones(n)
        hd[shocked] = hu[shocked] = 0
        drop, steps = 1.0, 0
        while drop > EPS:
            steps += 1
            left = np.bincount(p, out * hd, k)
            missed = np.minimum(1, out / np.where(left == 0, 1, left)[p]) * (1 - hd)
            worst = np.zeros(n)
            np.maximum.at(worst, groups // k, by_group @ missed)
            new_d = np.maximum(0, 1 - np.maximum(worst, by_buyer @ missed))
            new_u = np.maximum(0, 1 - up @ (1 - hu))
            new_d[shocked] = new_u[shocked] = 0
            drop = max((hd - new_d).max(), (hu - new_u).max())
            hd, hu = new_d, new_u
        lost = out / out.sum()
        result[row] = lost @ (1 - np.minimum(hd, hu)), lost @ (1 - hd), lost @ (1 - hu), steps
    return result


@numba.njit(nogil=True)
def plain_push(g, state, side, missing, sums):
    """Push the losses of one side along the links of the firms that have one."""
    ptr, target, weight = (g.down_ptr, g.down_slot, g.down_w) if side == 0 else (g.up_ptr, g.up_supplier, g.up_w)
    sums[:] = 0.0
    for i in range(g.out.size):
        if state[i] < 1.0:
            loss = (1.0 - state[i]) * missing[i]
            for k in range(ptr[i], ptr[i + 1]):
                sums[target[k]] += weight[k] * loss
    for extra in range(g.extra_buyer.size if side == 0 else 0):
        sums[g.extra_buyer[extra]] = max(sums[g.extra_buyer[extra]], sums[g.out.size + extra])


@numba.njit(nogil=True)
def plain_peer(g, shocks, eps):
    """A straightforward active-set kernel: sectors summed afresh, every firm looked at in every step."""
    n = g.out.size
    result, sums, total = np.zeros((shocks.size, 4)), np.zeros(n + g.extra_buyer.size), g.out.sum()
    share, ones = np.ones(n), np.ones(n)
    for row in range(shocks.size):
        state = np.ones((2, n))
        state[:, shocks[row]] = 0.0
        drop = 1.0
        while drop > eps:
            result[row, 3] += 1
            left = np.zeros(g.sector_out.size)
            for i in range(n):
                left[g.sector[i]] += g.out[i] * state[0, i]
            for i in range(n):
                rest = left[g.sector[i]]
                share[i] = min(1.0, g.out[i] / (rest if rest > 0 else 1.0))
            drop = 0.0
            for side in range(2):
                plain_push(g, state[side], side, share if side == 0 else ones, sums)
                for j in range(n):
                    new = 0.0 if j == shocks[row] else max(0.0, 1.0 - sums[j])
                    drop = max(drop, state[side, j] - new)
                    state[side, j] = new
        lost = g.out / total
        result[row, 0] = (lost * (1.0 - np.minimum(state[0], state[1]))).sum()
        result[row, 1] = (lost * (1.0 - state[0])).sum()
        result[row, 2] = (lost * (1.0 - state[1])).sum()
    return result


def measure(n: int, links: int, sectors: int, sample: int | None) -> None:
    net = made_up(n, links, sectors, seed=1)
    shocks = np.arange(n) if sample is None else np.sort(np.random.default_rng(0).choice(n, sample, replace=False))
    run_shocks(net, shocks[:2], EPS, True)
    wall, cpu = time.perf_counter(), time.process_time()
    mine = run_shocks(net, shocks, EPS, True)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    scaled = "" if sample is None else f", from {sample} shocks"
    print(f"{n} firms, {len(net.w)} links: {cpu / len(shocks) * n:.2f} CPU-s, {wall / len(shocks) * n:.2f} s{scaled}")
    print(f"  steps per shock {mine[:, 3].mean():.2f}, peak memory {peak()} MB")
    weights = graph(net)
    plain_peer(weights, shocks[:1], EPS)
    few = np.sort(np.random.default_rng(2).choice(shocks, min(len(shocks), 400), replace=False))
    for name, run in (
        ("plain", lambda part: plain_peer(weights, part, EPS)),
        ("sparse", lambda p: sparse_peer(net, p)),
    ):
        part = few if name == "plain" else few[:50]
        start = time.process_time()
        theirs = run(part)
        seconds = (time.process_time() - start) / len(part) * n
        own = mine[np.searchsorted(shocks, part)]
        ratio = seconds / (cpu / len(shocks) * n)
        same = f"largest difference {np.abs(theirs[:, :3] - own[:, :3]).max():.0e}"
        steps = "equal" if (theirs[:, 3] == own[:, 3]).all() else "DIFFERENT"
        print(f"  {name}: {seconds:.1f} CPU-s from {len(part)} shocks = {ratio:.1f} x; {same}, steps {steps}")


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="100,000 firms as well")
    parser.add_argument("--all", action="store_true", help="every shock of the large network")
    args = parser.parse_args()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numba {numba.__version__}"
    )
    measure(10_000, 64_000, 100, None)
    if args.large:
        measure(100_000, 724_000, 300, None if args.all else 2000)


if __name__ == "__main__":
    main()
