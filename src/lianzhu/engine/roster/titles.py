"""What a column title says: the name of a fact, its period, its unit.

`2024年营业收入（万元）` is the fact 营业收入 of 2024, counted in 万元. A title may be several cells above each other.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from lianzhu.library.facts import title_key

_MONEY = {"元": 0, "yuan": 0, "rmb": 0, "千元": 3, "万元": 4, "万": 4, "百万元": 6, "百万": 6, "千万元": 7, "千万": 7}
_MONEY |= {"亿元": 8, "亿": 8}
_PIECES = dict.fromkeys(("件", "项", "个", "种", "份", "篇", "条", "items"), 0)
# For each unit of the dictionary: the words a title or cell may use instead, and the power of ten that leads to it.
UNITS: dict[str, dict[str, int]] = {
    "万元": {word: power - 4 for word, power in _MONEY.items()},
    "元": dict(_MONEY),
    "人": {"人": 0, "名": 0, "位": 0, "个": 0, "万人": 4, "persons": 0, "person": 0},
    "%": {"%": 0, "‰": -1, "百分比": 0, "percent": 0, "pct": 0},
    "分": {"分": 0, "points": 0},
    "项": _PIECES,
    "件": _PIECES,
    "月": {"月": 0, "个月": 0, "months": 0},
    "年": {"年": 0, "years": 0},
    "级": {"级": 0, "星": 0, "level": 0},
    "名": {"名": 0, "位": 0, "rank": 0},
    "次": {"次": 0, "笔": 0, "times": 0},
    "kV": {"kv": 0, "千伏": 0, "v": -3, "伏": -3, "mv": 3, "兆伏": 3},
    "kA": {"ka": 0, "千安": 0, "a": -3, "安": -3},
    "平方米": {"平方米": 0, "平米": 0, "m2": 0, "m²": 0, "万平方米": 4, "万平米": 4},
    "吨标准煤": {"吨标准煤": 0, "吨标煤": 0, "tce": 0, "万吨标准煤": 4, "万吨标煤": 4},
}
_UNIT_LIKE = re.compile(
    r"^[^含中填等]{0,3}(?:元|usd|eur|hkd|jpy|吨|人|%|‰|万|亿|kw|度|亩|公顷|v|a|台|套|件|项|只|米|m2)$"
)
_BRACKETS = re.compile(r"[(\[【〔{]([^)\]】〕}]*)[)\]】〕}]")
_NUMBERED = re.compile(r"^(?:[(]?[0-9一二三四五六七八九十]{1,3}[)、.．]|其中[:：]?)")
_AFTER_COLON = re.compile(r"[,，;；]?(?:计量)?单位[:：]([^,，;；()]+)")
_TRAILING = re.compile(r"(?:[,，/]\s*)?(万元|亿元|千元|百万元|元)$")
_YEAR = r"(?<![\d:：\-/.t])((?:19|20)\d{2})"
_ENDS = r"(?:年度|年末|年底|年|财年|度)?"
_MONTH = re.compile(_YEAR + r"(?:年|[.\-/])(0?[1-9]|1[0-2])(?:月份|月末|月底|月|(?=$))")
_QUARTER = re.compile(_YEAR + r"年?(?:第?([一二三四1-4])季度?末?|q([1-4]))")
_ONLY_YEAR = re.compile(_YEAR + r"(?![\d.\-])" + _ENDS)


@dataclass(frozen=True)
class Title:
    """`names`: the possible names, most literal first: (name as titles are compared, were words dropped from it, was
    the period taken out of it).
    `units`: words in brackets that may be a unit. `period`: 2024, 2024Q1, 2024-03 or empty.
    """

    text: str
    names: tuple[tuple[str, bool, bool], ...]
    units: tuple[str, ...]
    period: str

    def unit_for(self, unit: str) -> tuple[int, str] | None:
        """Return (power of ten, word) when the title names a unit of the same kind as `unit`, else None."""
        for word in self.units:
            power = unit_power(word, unit)
            if power is not None:
                return power, word
        return None

    def strange_unit(self, unit: str) -> str:
        """Return the word that looks like a unit but is none of the kind of `unit`; empty when there is none."""
        for word in self.units:
            if unit_power(word, unit) is None and _UNIT_LIKE.match(word):
                return word
        return ""


def plain(text: str) -> str:
    """Return the text as titles are read: NFKC, lower case, without any white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def unit_power(word: str, unit: str) -> int | None:
    """Return the power of ten that turns numbers counted in `word` into `unit`, or None when that cannot be.

    >>> unit_power("亿元", "万元"), unit_power("元", "万元"), unit_power("万美元", "万元")
    (4, -4, None)
    """
    said = plain(word).removeprefix("人民币").removeprefix("单位:")
    return UNITS.get(unit, {unit.lower(): 0}).get(said)


def read_period(text: str) -> str:
    """Return the year, quarter or month a text names, or empty.

    >>> [read_period(t) for t in ("2024年度", "2024年第一季度", "截至2024年3月底", "GB/T4754-2017", "FY2023")]
    ['2024', '2024Q1', '2024-03', '', '2023']
    """
    said = plain(text).removeprefix("fy")
    found = _QUARTER.search(said)
    if found:
        number = found.group(2) or found.group(3)
        return f"{found.group(1)}Q{'一二三四'.find(number) + 1 or number}"
    found = _MONTH.search(said)
    if found:
        return f"{found.group(1)}-{int(found.group(2)):02}"
    found = _ONLY_YEAR.search(said)
    return found.group(1) if found else ""


def _without_period(text: str) -> str:
    for pattern in (_QUARTER, _MONTH, _ONLY_YEAR):
        text, count = pattern.subn("", text, count=1)
        if count:
            return re.sub(r"^(截至|截止|fy)|^(年?度)(?=.)", "", text)
    return text


@cache
def read_title(parts: tuple[str, ...]) -> Title:
    """Read a title made of one cell or of several above each other, top first.

    >>> title = read_title(("2024年", "营业收入（万元）"))
    >>> title.period, title.units, ("营业收入", False, True) in title.names
    ('2024', ('万元',), True)
    """
    said = [plain(part) for part in parts]
    units = tuple(dict.fromkeys(word for part in said for word in _unit_words(part)))
    period = next((found for found in map(read_period, reversed(said)) if found), "")
    names: dict[str, tuple[str, bool, bool]] = {}
    for name, dropped, dated in _names(said, units):
        key = title_key(name)
        if key:
            names.setdefault(key, (key, dropped, dated))
    return Title(" / ".join(" ".join(part.split()) for part in parts), tuple(names.values()), units, period)


def _unit_words(part: str) -> Iterator[str]:
    yield from (word.removeprefix("单位:").removeprefix("人民币") for word in _BRACKETS.findall(part) if word)
    yield from (word.removeprefix("人民币") for word in _AFTER_COLON.findall(_BRACKETS.sub("", part)))
    trailing = _TRAILING.search(part)
    if trailing:
        yield trailing.group(1)


def _names(said: list[str], units: tuple[str, ...]) -> Iterator[tuple[str, bool, bool]]:
    """Yield possible names, the most literal first, with what was taken out: more than a unit, the period."""
    yield "".join(said), False, False
    known = {word for table in UNITS.values() for word in table}
    bare = []
    for part in said:
        for word in units:
            if word in known:
                part = re.sub(r"[(\[【〔{](?:单位:)?(?:人民币)?" + re.escape(word) + r"[)\]】〕}]", "", part)
        bare.append(_AFTER_COLON.sub("", part))
    yield "".join(bare), False, False
    if len(said) == 1:
        yield _without_period(said[0]), False, True
    left = [part for part in map(_without_period, bare) if title_key(part)]
    if left:
        yield "".join(left), False, True
        # Words such as 上年 stay: they make it another fact.
        loose = [_NUMBERED.sub("", _BRACKETS.sub("", part)) for part in left]
        yield "".join(loose), True, True
        yield loose[-1], True, True
        yield _TRAILING.sub("", loose[-1]), True, True
