"""The compiled cascade: what every firm can still make and sell after one firm fails, shock by shock.

Only firms with a loss push along their links (the active set). Losses are pushed, and sectors summed, in the order of
the firms: sums then round as in the definition, and every split of the shocks over threads gives the same bits.
(Numbering firms by falling count of links, which should have helped the cache, was measured and is slower at 10^5.)
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numba
import numpy as np

MAX_STEPS = 1000
# Below this many firms the sector sums are always taken afresh. Above, the sum of losses is taken from the whole while
# a tenth of the sector is left (relative error below 1e-14), so that only firms with a loss cost anything.
AFRESH_BELOW = 4096
# With more than one firm in MANY at a loss, looking at every firm is cheaper than listing which were touched.
MANY = 32
ONE = np.uint64(1)
WORD = np.uint64(64)


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile with numba; keep the machine code beside the source, or in the user's own cache, if one is writable.

    The two flags say that there is no NaN and that -0 is 0: a largest value can then be found in parallel. They change
    no sum.
    """
    options: dict[str, Any] = {"nogil": True, "fastmath": {"nnan", "nsz"}, "error_model": "numpy"}
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:  # no writable place for the cache: every process compiles for itself
        return numba.njit(**options)(function)


class Graph(NamedTuple):
    """Weights of the cascade; firms and sectors are numbered from 0.

    A slot is one sum of a buyer: one per essential input sector, one for all its non-essential inputs. The first slot
    of a buyer has the buyer's number; further slots follow behind and name their buyer in `extra_buyer`.
    """

    out: np.ndarray  # [firms] sales
    sector: np.ndarray  # [firms]
    sector_out: np.ndarray  # [sectors] sales of the whole sector
    member_ptr: np.ndarray  # [sectors + 1] into member
    member: np.ndarray  # [firms] firms by sector, in order
    down_ptr: np.ndarray  # [firms + 1] by supplier, into down_slot and down_w
    down_slot: np.ndarray
    down_w: np.ndarray
    extra_buyer: np.ndarray  # [slots - firms]
    up_ptr: np.ndarray  # [firms + 1] by buyer, into up_supplier and up_w
    up_supplier: np.ndarray
    up_w: np.ndarray


class Side(NamedTuple):
    """One direction of the cascade: what is left of each firm, and the firms with a loss, in order."""

    left: np.ndarray  # [firms]
    firms: np.ndarray  # [firms + 1]
    sums: np.ndarray  # [slots] all 0 between steps


class Scratch(NamedTuple):
    """Working arrays; all as at the start when a shock is done."""

    down: Side
    up: Side
    touched: np.ndarray
    bits: np.ndarray  # set of firms, for sorting a list
    missing: np.ndarray  # [firms]
    lost: np.ndarray  # [sectors]
    sector_left: np.ndarray  # [sectors]


def scratch(firms: int, sectors: int, slots: int) -> Scratch:
    """Working arrays for a network of this size, the big ones out of one block: from 4 MB numpy asks for huge pages."""
    block = np.zeros(4 * firms + slots)
    down_left, up_left, up_sums, missing, down_sums = np.split(block, np.arange(1, 5) * firms)
    down_left[:] = up_left[:] = 1.0
    return Scratch(
        Side(down_left, np.zeros(firms + 1, np.uint32), down_sums),
        Side(up_left, np.zeros(firms + 1, np.uint32), up_sums),
        np.zeros(slots + 1, np.uint32),
        np.zeros((firms + 63) // 64, np.uint64),
        missing,
        np.zeros(sectors),
        np.zeros(sectors),
    )


@compiled
def low_bit(word: np.uint64) -> np.uint64:
    """Position of the lowest set bit."""
    y = (word & (~word + np.uint64(1))) - np.uint64(1)
    y = y - ((y >> np.uint64(1)) & np.uint64(0x5555555555555555))
    y = (y & np.uint64(0x3333333333333333)) + ((y >> np.uint64(2)) & np.uint64(0x3333333333333333))
    y = (y + (y >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (y * np.uint64(0x0101010101010101)) >> np.uint64(56)


@compiled
def take_in_order(bits: np.ndarray, firms: np.ndarray) -> int:
    """Empty a set of firms into a list in order; return how many."""
    count = 0
    for k in range(bits.size):
        word = bits[k]
        while word:
            firms[count] = np.uint64(k) * WORD + low_bit(word)
            count += 1
            word &= word - ONE
        bits[k] = np.uint64(0)
    return count


@compiled
def sum_sectors(g: Graph, s: Scratch, count: int) -> None:
    """What each sector can still make, into `s.sector_left`; an emptied sector counts as 1."""
    s.lost[:] = 0.0
    for a in range(count):
        i = s.down.firms[a]
        s.lost[g.sector[i]] += g.out[i] * (1.0 - s.down.left[i])
    for k in range(s.lost.size):
        left = g.sector_out[k] - s.lost[k]
        if s.lost[k] > 0.0 and (left < 0.1 * g.sector_out[k] or g.out.size < AFRESH_BELOW):
            left = 0.0
            for a in range(g.member_ptr[k], g.member_ptr[k + 1]):
                left += g.out[g.member[a]] * s.down.left[g.member[a]]
        s.sector_left[k] = left if left > 0.0 else 1.0


@compiled
def find_missing(g: Graph, s: Scratch, count: int, substitution: bool) -> None:
    """What each listed firm's buyers miss, into `s.missing`: its lost part times how hard it is to replace."""
    for a in range(count):
        i = s.down.firms[a]
        s.missing[a] = 1.0 - s.down.left[i]
        if substitution:
            s.missing[a] *= min(1.0, g.out[i] / s.sector_left[g.sector[i]])


@compiled
def settle_touched(s: Scratch, side: Side, count: int, touched: int, shocked: int) -> tuple[int, float, bool]:
    """Set what is left of the touched firms. Returns the new count, the largest decrease and whether anything moved."""
    drop = 0.0
    moved = False
    s.bits[shocked >> 6] |= ONE << np.uint64(shocked & 63)
    for a in range(touched):
        j = s.touched[a]
        left = max(0.0, 1.0 - side.sums[j]) if j != shocked else 0.0
        side.sums[j] = 0.0
        fell = side.left[j] - left
        drop = max(drop, fell)
        moved |= fell != 0.0
        side.left[j] = left
        s.bits[j >> np.uint32(6)] |= np.uint64(left < 1.0) << np.uint64(j & np.uint32(63))
    for a in range(count):
        # Refilling an emptied sector can shrink a firm's share until no loss is left of it.
        j = side.firms[a]
        if not (s.bits[j >> np.uint32(6)] >> np.uint64(j & np.uint32(63))) & ONE:
            side.left[j] = 1.0
            moved = True
    return take_in_order(s.bits, side.firms), drop, moved


@compiled
def settle_all(side: Side, shocked: int) -> tuple[int, float, bool]:
    """The same by looking at every firm."""
    side.sums[shocked] = 1.0
    drop = 0.0
    moves = 0
    for j in range(side.left.size):
        left = max(0.0, 1.0 - side.sums[j])
        fell = side.left[j] - left
        drop = max(drop, fell)
        moves += fell != 0.0
        side.left[j] = left
        side.sums[j] = 0.0
    count = 0
    for j in range(side.left.size):
        side.firms[count] = j
        count += side.left[j] < 1.0
    return count, drop, moves > 0


@compiled
def step_down(g: Graph, s: Scratch, count: int, shocked: int, substitution: bool) -> tuple[int, float, bool]:
    """One step of lost inputs. Returns the new count, the largest decrease and whether anything moved."""
    if substitution:
        sum_sectors(g, s, count)
    find_missing(g, s, count, substitution)
    sums = s.down.sums
    firms = s.down.left.size
    if count * MANY > firms:
        for a in range(count):
            i = s.down.firms[a]
            loss = s.missing[a]
            for k in range(g.down_ptr[i], g.down_ptr[i + ONE]):
                sums[g.down_slot[k]] += g.down_w[k] * loss
        for extra in range(g.extra_buyer.size):
            j = g.extra_buyer[extra]
            sums[j] = max(sums[j], sums[firms + extra])
            sums[firms + extra] = 0.0
        return settle_all(s.down, shocked)
    touched = 0
    for a in range(count):
        i = s.down.firms[a]
        loss = s.missing[a]
        for k in range(g.down_ptr[i], g.down_ptr[i + ONE]):
            slot = g.down_slot[k]
            had = sums[slot]
            s.touched[touched] = slot
            touched += had == 0.0
            sums[slot] = had + g.down_w[k] * loss
    buyers = 0
    for a in range(touched):
        slot = np.int64(s.touched[a])
        if slot < firms:
            s.touched[buyers] = slot
            buyers += 1
        else:
            j = g.extra_buyer[slot - firms]
            # Its first slot may come later in the list, or not at all: then this entry stands for the buyer.
            s.touched[buyers] = j
            buyers += sums[j] == 0.0
            sums[j] = max(sums[j], sums[slot])
            sums[slot] = 0.0
    return settle_touched(s, s.down, count, buyers, shocked)


@compiled
def step_up(g: Graph, s: Scratch, count: int, shocked: int) -> tuple[int, float, bool]:
    """One step of lost demand. Returns the new count, the largest decrease and whether anything moved."""
    sums = s.up.sums
    many = count * MANY > s.up.left.size
    touched = 0
    for a in range(count):
        j = s.up.firms[a]
        loss = 1.0 - s.up.left[j]
        if many:
            for k in range(g.up_ptr[j], g.up_ptr[j + ONE]):
                sums[g.up_supplier[k]] += g.up_w[k] * loss
        else:
            for k in range(g.up_ptr[j], g.up_ptr[j + ONE]):
                i = g.up_supplier[k]
                had = sums[i]
                s.touched[touched] = i
                touched += had == 0.0
                sums[i] = had + g.up_w[k] * loss
    if many:
        return settle_all(s.up, shocked)
    return settle_touched(s, s.up, count, touched, shocked)


@compiled
def spread(g: Graph, s: Scratch, shocked: int, eps: float, substitution: bool) -> tuple[int, int, int]:
    """Run one shock until it settles. Returns the steps done and the counts of firms with a loss, down and up."""
    s.down.left[shocked] = 0.0
    s.up.left[shocked] = 0.0
    s.down.firms[0] = shocked
    s.up.firms[0] = shocked
    downs = ups = 1
    moved_down = moved_up = True
    for step in range(1, MAX_STEPS + 1):
        drop_down = drop_up = 0.0
        # A side that did not move at all has the same input again: it cannot move any more.
        if moved_down:
            downs, drop_down, moved_down = step_down(g, s, downs, shocked, substitution)
        if moved_up:
            ups, drop_up, moved_up = step_up(g, s, ups, shocked)
        if max(drop_down, drop_up) <= eps:
            return step, downs, ups
    return MAX_STEPS, downs, ups


@compiled
def gather(g: Graph, s: Scratch, total: float, downs: int, ups: int, row: np.ndarray) -> None:
    """Add up the shares of output lost into `row` (both, down, up) and set the scratch back."""
    for a in range(downs):
        i = s.down.firms[a]
        share = g.out[i] / total
        row[1] += share * (1.0 - s.down.left[i])
        # What a firm loses on both sides counts once, by the larger loss; here what `up` alone does not explain.
        row[0] += share * (s.up.left[i] - min(s.down.left[i], s.up.left[i]))
        s.down.left[i] = 1.0
    for a in range(ups):
        i = s.up.firms[a]
        share = g.out[i] / total
        row[2] += share * (1.0 - s.up.left[i])
        s.up.left[i] = 1.0
    row[0] += row[2]


@compiled
def run(g: Graph, s: Scratch, shocks: np.ndarray, eps: float, substitution: bool) -> np.ndarray:
    """The same as `cascade`, with its working arrays."""
    result = np.zeros((shocks.size, 4))
    total = max(g.out.sum(), np.finfo(np.float64).tiny)  # no sales at all: nothing can be lost
    for row in range(shocks.size):
        steps, downs, ups = spread(g, s, np.int64(shocks[row]), eps, substitution)
        gather(g, s, total, downs, ups, result[row])
        result[row, 3] = steps
    return result


def cascade(g: Graph, shocks: np.ndarray, eps: float, substitution: bool) -> np.ndarray:
    """Shock each firm in turn. Returns [shocks, 4]: share of output lost by both, down, up, and steps."""
    s = scratch(g.out.size, g.sector_out.size, g.out.size + g.extra_buyer.size)
    return run(g, s, shocks, eps, substitution)
