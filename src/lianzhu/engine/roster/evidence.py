"""Two names compared part by part: what is the same, what differs harmlessly, what raises a doubt.

Each part gives one clue in words a person can check. A slip is a typing error that no second firm would bear: one
character of a trade word that is no word any more (没备), or a brand written with characters of the same sound.
Registers refuse a second brand of the same sound in one trade and place, so the same sound is no doubt by itself.
"""

import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from pypinyin.constants import PINYIN_DICT

from lianzhu.engine.roster.names import NameParts, Place, cut_words, is_trade_word, one_edit, trade_words_near


class Bearing(IntEnum):
    """What a clue says about two names being one firm."""

    SAME = 0
    HARMLESS = 1
    DOUBT = 2


@dataclass(frozen=True, slots=True)
class Clue:
    """One part compared: what was found, and its bearing."""

    said: str
    bearing: Bearing


# Trades at least this long keep enough characters to tell a slip from another trade.
_LONG_TRADE = 4


def compare(left: NameParts, right: NameParts, left_place: Place, right_place: Place) -> list[Clue]:
    """Compare two names; the places are (province, city) of the addresses, ("", "") when unknown."""
    if _region_slip(left, right):
        clues = [Clue(f"{left.text} / {right.text} slip in the region", Bearing.HARMLESS)]
    else:
        clues = _brand_and_industry(left, right)
        clues.insert(1, _region(left, right, left_place, right_place))
    if left.group != right.group:
        clues.append(Clue("group on one side only", Bearing.DOUBT))
    if left.branch != right.branch:
        clues.append(Clue(f"branch {left.branch or '–'} ≠ {right.branch or '–'}", Bearing.DOUBT))
    if left.kind and right.kind and left.kind != right.kind:
        clues.append(Clue(f"legal form {left.kind} ≠ {right.kind}", Bearing.DOUBT))
    return clues


def _region_slip(left: NameParts, right: NameParts) -> bool:
    """One character of the region replaced so that no place is left: 杨州迈特电气 for 扬州迈特电气."""
    known, slipped = (left, right) if left.region else (right, left)
    region = known.zones.count("R")
    return (
        region >= 2
        and not slipped.region
        and slipped.text[region:] == known.text[region:]
        and len(slipped.text) == len(known.text)
        and one_edit(slipped.text[:region], known.text[:region])
    )


def _region(left: NameParts, right: NameParts, left_place: Place, right_place: Place) -> Clue:
    one, two = left.region, right.region
    if one == two:
        return Clue(f"region {one} = {two}" if one else "region on neither side", Bearing.SAME)
    if one and two:
        return Clue(f"region {one} ≠ {two}", Bearing.DOUBT)
    # The side without a region in its name may have one in its address.
    province, city = right_place if one else left_place
    if (one or two) in (province, city) and province:
        return Clue(f"region {one or two} = address", Bearing.SAME)
    if province and "中国" not in (one, two):
        return Clue(f"region {one or two} ≠ address {city or province}", Bearing.DOUBT)
    return Clue(f"region {one or two} on one side only", Bearing.HARMLESS)


def _brand_and_industry(left: NameParts, right: NameParts) -> list[Clue]:
    """Compare brand and industry words together: a slip in the first trade word hides where the brand ends."""
    one, two = left.brand + left.industry, right.brand + right.industry
    brand = min(left.brand, right.brand, key=len)
    if one == two:
        return [Clue(f"brand {brand} = {brand}", Bearing.SAME), _industry(one[len(brand) :], one[len(brand) :])]
    if one.startswith(brand) and two.startswith(brand) and _is_word_slip(one, two, len(brand)):
        said = f"industry {one[len(brand) :]} / {two[len(brand) :]} one slip"
        return [Clue(f"brand {brand} = {brand}", Bearing.SAME), Clue(said, Bearing.HARMLESS)]
    if left.brand == right.brand:
        same = Clue(f"brand {brand} = {brand}", Bearing.SAME)
    elif sounds_same(left.brand, right.brand):
        same = Clue(f"brand {left.brand} sounds like {right.brand}", Bearing.HARMLESS)
    else:
        same = Clue(f"brand {left.brand} ≠ {right.brand}", Bearing.DOUBT)
    return [same, _industry(left.industry, right.industry)]


def _industry(one: str, two: str) -> Clue:
    if one == two:
        return Clue(f"industry {one} = {two}" if one else "industry on neither side", Bearing.SAME)
    left, right = cut_words(one), cut_words(two)
    shared = sum(min(left.count(word), right.count(word)) for word in set(left))
    return Clue(f"industry {one or '–'} / {two or '–'} {shared}/{max(len(left), len(right))} words", Bearing.DOUBT)


def _is_word_slip(one: str, two: str, brand: int) -> bool:
    """One edit behind the brand that leaves trade words on one side and a scrap on the other."""
    if not one_edit(one, two):
        return False
    rests = [text[brand:] for text in (one, two)]
    known = [bool(rest) and all(is_trade_word(word) for word in cut_words(rest)) for rest in rests]
    if known[0] == known[1]:
        return False
    right, scrap = rests if known[0] else rests[::-1]
    at = next((i for i, (a, b) in enumerate(zip(*rests, strict=False)) if a != b), min(map(len, rests)))
    if at == 0 and len(scrap) > len(right):
        # 迈特尔电气 is more likely another brand than a slip of 迈特电气.
        return False
    if min(map(len, rests)) >= _LONG_TRADE and not (at == 0 and len(one) != len(two)):
        return at < min(map(len, rests))
    # A short trade has many neighbours (电气, 电器, 电机): the scrap must point to one only.
    return trade_words_near(scrap) == (right,)


@lru_cache(maxsize=4096)
def _sounds(character: str) -> frozenset[str]:
    """Readings of a character without tones; the character itself when it has none."""
    readings = PINYIN_DICT.get(ord(character), character)
    plain = "".join(mark for mark in unicodedata.normalize("NFD", readings) if not unicodedata.combining(mark))
    return frozenset(plain.split(","))


def sounds_same(one: str, two: str) -> bool:
    """Say whether two texts are read alike, tones apart, character by character; two characters at least.

    >>> sounds_same("迈特", "迈忒"), sounds_same("迈特", "迈达")
    (True, False)
    """
    return 2 <= len(one) == len(two) and all(_sounds(a) & _sounds(b) for a, b in zip(one, two, strict=True))
