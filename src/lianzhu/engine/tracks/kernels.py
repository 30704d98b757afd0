"""The two inner loops of large tables: co-occurrence on packed bits, and sums of matrix rows.

Both give the same numbers as the matrix products in `complexity`; they exist because a 5,000 × 5,000 table would
otherwise spend 8 CPU-seconds in dense products whose left factor is only zeros and ones.
"""

import numpy as np
from numba import njit, uint64
from numpy.typing import NDArray

# Columns handled together: 5,000 rows of 128 doubles still stream from the shared cache.
BLOCK = 128


def packed_columns(m: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Return the columns of `m` (L × P) as P rows of 64-bit words, zero-filled at the end."""
    bits = np.packbits(np.ascontiguousarray(m.T), axis=1)
    return np.pad(bits, ((0, 0), (0, -bits.shape[1] % 8))).view(np.uint64)


@njit(cache=True)
def packed_proximity(words: NDArray[np.uint64], ubiquity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return φ: bits set in both rows / larger `ubiquity`, diagonal 1. The sums are the textbook population count."""
    rows, width = words.shape
    pairs, fours, eights = uint64(0x5555555555555555), uint64(0x3333333333333333), uint64(0x0F0F0F0F0F0F0F0F)
    phi = np.empty((rows, rows))
    for i in range(rows):
        for j in range(i):
            total = uint64(0)
            for k in range(width):
                x = words[i, k] & words[j, k]
                x = x - ((x >> uint64(1)) & pairs)
                x = (x & fours) + ((x >> uint64(2)) & fours)
                x = (x + (x >> uint64(4))) & eights
                total += (x * uint64(0x0101010101010101)) >> uint64(56)
            phi[i, j] = total / max(ubiquity[i], ubiquity[j], 1.0)
            phi[j, i] = phi[i, j]
        phi[i, i] = 1.0
    return phi


@njit(cache=True)
def add_rows(starts: NDArray[np.int32], chosen: NDArray[np.int32], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return out[l] = sum of `rows[q]` over the q that the CSR pair (starts, chosen) lists for l."""
    width = rows.shape[1]
    out = np.zeros((len(starts) - 1, width))
    for left in range(0, width, BLOCK):
        right = min(width, left + BLOCK)
        part = rows[:, left:right].copy()
        for line in range(len(starts) - 1):
            target = out[line, left:right]
            k, end = starts[line], starts[line + 1]
            # Eight rows a turn: the target is loaded and stored once for eight additions.
            while k + 8 <= end:
                a, b, c, d = part[chosen[k]], part[chosen[k + 1]], part[chosen[k + 2]], part[chosen[k + 3]]
                e, f, g, h = part[chosen[k + 4]], part[chosen[k + 5]], part[chosen[k + 6]], part[chosen[k + 7]]
                for j in range(right - left):
                    target[j] += ((a[j] + b[j]) + (c[j] + d[j])) + ((e[j] + f[j]) + (g[j] + h[j]))
                k += 8
            while k < end:
                a = part[chosen[k]]
                for j in range(right - left):
                    target[j] += a[j]
                k += 1
    return out
