"""Which names on the right could be the firm on the left: ten candidates each, with a similarity from 0 to 1.

First a wide net: characters and bigrams weighted by how rare they are on the right (idf). Then every candidate is
aligned with the left name in order, because Chinese abbreviations drop characters but keep their order
(太化股份 = 太原化工股份有限公司). A character weighs its rarity times the weight of its part of the name.

similarity = (1 - s) * left share + s * right share, where
- left share: weight of left characters found in order on the right, a character counting 3/4 when it does not follow
  the one before it (or open the name or the brand) on the right as it does on the left, over the weight of the name;
- right share: weight of the right name's characters so matched, over its weight;
- s: 0.2 when the left name is short (no legal form), else 0.5.
"""

from collections.abc import Sequence

import numba
import numpy as np
import numpy.typing as npt

from lianzhu.engine.roster.names import PROVINCE_LETTERS, NameParts

CANDIDATES = 10
_LETTER_OF = {province: letter for letter, province in PROVINCE_LETTERS.items()}
# Chosen by hand on 2,271 listed firms; hit@1 moves by less than .003 between half and one and a half of each.
_ZONE_WEIGHT = {"R": 0.35, "B": 1.0, "I": 0.45}
_LEAST_RARITY = 0.3
_APART = 0.75
_LENGTH_POWER = 0.125
_RIGHT_SHARE_SHORT = 0.2
_RIGHT_SHARE_FULL = 0.5
_LONGEST = 64

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
# Characters of all names, where each name starts, and the weight of each character.
_Names = tuple[Ints, Ints, Floats]


def nearest(left: Sequence[NameParts], right: Sequence[NameParts], top: int = CANDIDATES) -> tuple[Ints, Floats]:
    """Find the `top` most similar right names for each left name.

    Returns two arrays (len(left), k), k = min(top, len(right)): positions on the right (-1 when fewer share any
    character) and similarities in [0, 1]. Ties go to the earlier right name.
    """
    k = min(top, len(right))
    if not left or not k:
        return np.full((len(left), k), -1, dtype=np.int64), np.zeros((len(left), k))
    # The letter of the province (粤高速 = 广东省高速公路) stands before the right name and weighs nothing there.
    letters = [_LETTER_OF.get(parts.province, "") for parts in right]
    right_texts = [(letter + parts.text)[:_LONGEST] for letter, parts in zip(letters, right, strict=True)]
    left_texts = [parts.text[:_LONGEST] for parts in left]
    left_chars, left_at = _characters(left_texts)
    right_chars, right_at = _characters(right_texts)
    grams, left_grams, right_grams = _grams((left_chars, left_at), (right_chars, right_at))
    count = np.bincount(right_grams[1], minlength=len(grams))
    rarity = np.log((len(right) + 1) / (count + 0.5))
    rarity[count == 0] = 0.0
    picked = _cast(left_grams, right_grams, np.maximum(rarity, 0.01 * (count > 0)), (len(left), len(right)), k)

    rarest = np.log((len(right) + 1) / 1.5)
    weight_of = np.where(count > 0, np.clip(rarity / rarest, _LEAST_RARITY, 1.0), 1.0)
    left_zones = "".join(parts.zones[:_LONGEST] for parts in left)
    factor = np.array([_ZONE_WEIGHT["I"] if zone == "I" else 1.0 for zone in left_zones])
    left_weight = weight_of[np.searchsorted(grams, left_chars)] * factor
    right_zones = "".join(("0" * len(letter) + p.zones)[:_LONGEST] for letter, p in zip(letters, right, strict=True))
    factor = np.array([_ZONE_WEIGHT.get(zone, 0.0) for zone in right_zones])
    right_weight = weight_of[np.searchsorted(grams, right_chars)] * factor
    brand_at = np.array(
        [len(letter) + len(p.zones) - len(p.zones.lstrip("R")) for letter, p in zip(letters, right, strict=True)]
    )
    name_at = np.array([len(letter) for letter in letters])
    share = np.array([_RIGHT_SHARE_FULL if parts.kind else _RIGHT_SHARE_SHORT for parts in left])
    similar = _align(
        picked,
        (left_chars, left_at, left_weight),
        (right_chars, right_at, right_weight),
        (brand_at.astype(np.int64), name_at.astype(np.int64)),
        share,
    )
    return picked, similar


def _characters(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """Return all characters as code points, and where each text starts (one entry more than texts)."""
    chars = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    at = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum([len(text) for text in texts], out=at[1:])
    return chars, at


def _grams(*tables: tuple[Ints, Ints]) -> tuple[Ints, tuple[Ints, Ints], tuple[Ints, Ints]]:
    """Return the sorted characters and bigrams of both tables, and per table (text, gram) pairs without repeats."""
    found: list[tuple[Ints, Ints]] = []
    for chars, at in tables:
        text = np.repeat(np.arange(len(at) - 1), np.diff(at))
        inside = text[1:] == text[:-1]
        pairs = ((chars[:-1] + 1) << 21 | chars[1:])[inside]
        found.append((np.concatenate([text, text[1:][inside]]), np.concatenate([chars, pairs])))
    grams = np.unique(np.concatenate([gram for _, gram in found]))
    size = len(grams)
    tidy = []
    for text, gram in found:
        both = np.unique(text * size + np.searchsorted(grams, gram))
        tidy.append((both // size, both % size))
    return grams, tidy[0], tidy[1]


def _cast(left: tuple[Ints, Ints], right: tuple[Ints, Ints], rarity: Floats, shape: tuple[int, int], top: int) -> Ints:
    """Cast the wide net: sum of rarity squared over shared grams, long right names slightly marked down."""
    length = np.bincount(right[0], weights=rarity[right[1]] ** 2, minlength=shape[1])
    mark = np.maximum(length, 1e-9) ** -_LENGTH_POWER
    order = np.argsort(right[1], kind="stable")
    holders = right[0][order]
    holder_at = np.searchsorted(right[1][order], np.arange(len(rarity) + 1))
    left_at = np.searchsorted(left[0], np.arange(shape[0] + 1))
    return _best(left_at, left[1], holder_at, holders, rarity**2, mark, top)


@numba.njit(cache=True)
def _best(
    left_at: Ints, left_grams: Ints, holder_at: Ints, holders: Ints, gain: Floats, mark: Floats, top: int
) -> Ints:
    """For each row, the `top` names with the highest sum of gains times mark; ties to the lower position."""
    rows = left_at.size - 1
    picked = np.full((rows, top), -1, dtype=np.int64)
    points = np.zeros(mark.size)
    touched = np.empty(mark.size, dtype=np.int64)
    best = np.empty(top)
    for row in range(rows):
        many = 0
        for at in range(left_at[row], left_at[row + 1]):
            gram = left_grams[at]
            for place in range(holder_at[gram], holder_at[gram + 1]):
                name = holders[place]
                if points[name] == 0.0:
                    touched[many] = name
                    many += 1
                points[name] += gain[gram]
        held = 0
        for index in range(many):
            name = touched[index]
            value = points[name] * mark[name]
            points[name] = 0.0
            if held == top and (value < best[top - 1] or (value == best[top - 1] and name > picked[row, top - 1])):
                continue
            slot = held if held < top else top - 1
            held = min(held + 1, top)
            while slot > 0 and (best[slot - 1] < value or (best[slot - 1] == value and picked[row, slot - 1] > name)):
                best[slot] = best[slot - 1]
                picked[row, slot] = picked[row, slot - 1]
                slot -= 1
            best[slot] = value
            picked[row, slot] = name
    return picked


@numba.njit(cache=True)
def _align(picked: Ints, left: _Names, right: _Names, starts: tuple[Ints, Ints], share: Floats) -> Floats:
    """Similarity of each left name with each of its candidates, as the module's docstring defines it."""
    left_chars, left_at, left_weight = left
    right_chars, right_at, right_weight = right
    brand_at, name_at = starts
    similar = np.zeros(picked.shape)
    # Best alignment so far: any ending (a) and ending exactly here (d); left weight (0) and right weight (1) matched.
    a = np.zeros((2, 66, 2))
    d = np.zeros((2, 66, 2))
    for row in range(picked.shape[0]):
        low, high = left_at[row], left_at[row + 1]
        whole = left_weight[low:high].sum()
        for slot in range(picked.shape[1]):
            name = picked[row, slot]
            if name < 0:
                continue
            begin, end = right_at[name], right_at[name + 1]
            a[0] = 0.0
            d[0] = -1.0
            for i in range(low, high):
                now, was = (i - low + 1) % 2, (i - low) % 2
                a[now] = 0.0
                d[now] = -1.0
                for j in range(begin, end):
                    to = j - begin + 1
                    better = was if a[was, to, 0] >= a[now, to - 1, 0] else now
                    a[now, to] = a[was, to] if better == was else a[now, to - 1]
                    if left_chars[i] != right_chars[j]:
                        continue
                    offset = j - begin
                    opens = i == low and (offset == brand_at[name] or offset == name_at[name] or offset == 0)
                    d[now, to, 0] = a[was, to - 1, 0] + left_weight[i] * (1.0 if opens else _APART)
                    d[now, to, 1] = a[was, to - 1, 1] + right_weight[j]
                    if d[was, to - 1, 0] + left_weight[i] > d[now, to, 0] and d[was, to - 1, 0] >= 0.0:
                        d[now, to, 0] = d[was, to - 1, 0] + left_weight[i]
                        d[now, to, 1] = d[was, to - 1, 1] + right_weight[j]
                    if d[now, to, 0] > a[now, to, 0]:
                        a[now, to] = d[now, to]
            last = (high - low) % 2
            total = right_weight[begin:end].sum()
            matched = a[last, end - begin]
            if whole > 0.0:
                similar[row, slot] = (1.0 - share[row]) * matched[0] / whole
            if total > 0.0:
                similar[row, slot] += share[row] * matched[1] / total
    return similar
