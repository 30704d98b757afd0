"""Chinese company names taken apart: region, brand (字号), industry words, legal form, branch.

A registered name reads 江苏 | 迈特 | 电气设备 | 有限公司. The brand tells firms apart, the rest is shared by thousands,
so two names are compared part by part.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from lianzhu.engine.roster.name_words import PLACES, TRADES

_WORDS = frozenset(TRADES.split())
_LONGEST_WORD = max(map(len, _WORDS))

_LEGAL = re.compile(
    r"股份有限责任公司|有限责任公司|股份有限公司|集团有限公司|有限总公司|有限公司|股份公司|责任公司|总公司|集团公司|公司|普通合伙企业?|有限合伙企业?"
    r"|特殊普通合伙|个人独资企业?|个体工商户|专业合作社|合作社|经营部|工作室|事务所|(?<!农)商行|门市部|(?:总|分)?厂$|股份$|有限$"
    # One slip in the commonest form of all.
    r"|(?:.限公司|有.公司|有限.司|有限公.|有限公|有限司|限公司)$"
)
# Registers write a conversion (股改) into the name; the firm stays the same, so these share one kind.
_KINDS = (
    ("partnership", "合伙"),
    ("company", "公司"),
    ("company", "股份"),
    ("company", "有限"),
    ("company", "限"),
    ("works", "厂"),
    ("cooperative", "合作社"),
)
_BRANCH = re.compile(
    r"(?<=公司)(.{0,14}?(?:分公司|分厂|办事处|营业部|分店|分部))$|(?<=厂)(.{0,10}?(?:分公司|分厂|门市部))$"
)
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|〔([^〕]*)〕|【([^】]*)】")
_NOISE = re.compile(r"[^0-9A-Z㐀-鿿]+")
# Marks that exchanges put before or after a listed firm's short name: ST, *ST, share class, not yet profitable.
_SHARE_MARKS = re.compile(r"^(?:\*?S?\*?ST|XD|XR|DR|N|C|S)(?=[㐀-鿿])|(?<=[㐀-鿿)])(?:-U|-W|-UW|[AB])$")
_COUNTY = re.compile(r"([㐀-鿿]{2,3})县(?=[㐀-鿿]{2})")
_PLACE_END = "特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|自治州|开发区|高新区|省|市(?!政|场)|县|州|区"


# Province and city; "" for what is not known.
Place = tuple[str, str]


def _read_places() -> tuple[dict[str, Place], dict[str, str]]:
    places: dict[str, Place] = {}
    letters: dict[str, str] = {}
    for line in PLACES.replace("\n  ", " ").splitlines():
        head, _, cities = line.partition(":")
        province, letter = head.split()
        letters[letter] = province
        for city in cities.split():
            places[city] = (province, city)
        places[province] = (province, "")
    return places, letters


PLACE_OF, PROVINCE_LETTERS = _read_places()
_ANY_PLACE = f"({'|'.join(sorted(PLACE_OF, key=lambda name: (-len(name), name)))})({_PLACE_END})?"
_PLACE = re.compile(_ANY_PLACE)
_ONLY_PLACES = re.compile(f"(?:{_ANY_PLACE})+")


@dataclass(frozen=True, slots=True)
class NameParts:
    """One name taken apart.

    `text` is the normalised name without brackets, legal form and branch; `zones` gives a letter per character of it:
    R region, B brand, I industry word, G group. `province` and `city` are the most exact place the name gives.
    `kind` is the legal form's kind ("" when the name shows none), `branch` what follows the parent's name.
    """

    text: str
    zones: str
    province: str
    city: str
    brand: str
    words: tuple[str, ...]
    kind: str
    group: bool
    branch: str

    @property
    def industry(self) -> str:
        """The words after the brand, in one piece."""
        return "".join(self.words)

    @property
    def region(self) -> str:
        """The most exact place named, "" when none."""
        return self.city or self.province


def normalised(name: str) -> str:
    """Return the name in NFKC, upper case, without spaces and without an exchange's marks; brackets stay.

    >>> normalised("＊ＳＴ 迈特（集团）A")
    '迈特(集团)'
    """
    plain = "".join(unicodedata.normalize("NFKC", name).upper().split())
    return _SHARE_MARKS.sub("", plain)


def place_in(text: str) -> Place:
    """Return (province, city) of the first and then most exact place in an address, ("", "") when none is known.

    >>> place_in("江苏省扬州市邗江区开发路1号")
    ('江苏', '邗江')
    >>> place_in("开发路1号")
    ('', '')
    """
    province, city, at = "", "", 0
    while found := _PLACE.match(text, at) or (None if at else _PLACE.search(text)):
        named = PLACE_OF[found[1]]
        if province and named[0] != province:
            break
        province, city, at = named[0], named[1] or city, found.end()
    return province, city


def _without_brackets(name: str) -> tuple[str, Place]:
    """Take bracketed words in, except a place, which is handed back on its own: 迈特(扬州)电气 is a firm of 扬州."""
    place: Place = ("", "")

    def opened(found: re.Match[str]) -> str:
        nonlocal place
        inside = next(group for group in found.groups() if group is not None)
        if found.start() > 0 and _ONLY_PLACES.fullmatch(inside):
            place = place_in(inside)
            return ""
        return inside

    return _NOISE.sub("", _BRACKETS.sub(opened, name)), place


def _leading_places(text: str) -> tuple[int, str, str]:
    """Return how many leading characters name places, and the most exact (province, city) they give."""
    at, province, city = 0, "", ""
    if text.startswith("中国") and len(text) > 3:
        at, province = 2, "中国"
    while found := _PLACE.match(text, at):
        named = PLACE_OF[found[1]]
        end = found.end() if len(text) - found.end() >= 2 else found.end(1)
        rest = text[end:]
        # A place that is all there is before the trade is the brand itself: 常州银行, 江苏电力.
        if len(rest) < 2 or (province not in ("", "中国") and named[0] != province):
            break
        # A second town without 市 or 县, right before the trade, is the brand: 扬州泰兴电器.
        if city and not found[2] and any(rest[:length] in _WORDS for length in range(2, _LONGEST_WORD + 1)):
            break
        at, province, city = end, named[0], named[1] or city
    # A county that the list does not know still shows itself by its last character.
    if found := _COUNTY.match(text, at):
        at, city = found.end(), found[1]
    return at, province, city


def _words_from(text: str, start: int) -> list[tuple[int, int]]:
    """Cut text[start:] into known words, longest first; unknown stretches stay whole."""
    spans: list[tuple[int, int]] = []
    at = loose = start
    while at < len(text):
        for length in range(min(_LONGEST_WORD, len(text) - at), 1, -1):
            if text[at : at + length] in _WORDS:
                if loose < at:
                    spans.append((loose, at))
                spans.append((at, at + length))
                at += length
                loose = at
                break
        else:
            at += 1
    if loose < len(text):
        spans.append((loose, len(text)))
    return spans


def split_name(name: str) -> NameParts:
    """Take a company's name apart; never fails, an unknown shape becomes one long brand.

    >>> parts = split_name("江苏省扬州市迈特电气设备有限公司")
    >>> parts.city, parts.brand, parts.words, parts.kind
    ('扬州', '迈特', ('电气', '设备'), 'company')
    """
    text, bracketed = _without_brackets(normalised(name))
    branch = ""
    if found := _BRANCH.search(text):
        branch, text = found[0], text[: found.start()]
    legal = _LEGAL.findall(text)
    bare = _LEGAL.sub("", text) if legal else text
    if not bare:
        bare = text
    kind = next((kind for kind, mark in _KINDS if any(mark in form for form in legal)), "other" if legal else "")
    group = "集团" in text
    core = bare.replace("集团", "") or bare
    at, province, city = _leading_places(core)
    if bracketed[0]:
        province, city = bracketed
    start = at
    spans = _words_from(core, start)
    known = [span for span in spans if core[span[0] : span[1]] in _WORDS]
    # The brand has at least one character; a name that opens with a trade word (工业富联) keeps its first span.
    first = next((low for low, _ in known if low > start), None)
    if first is None:
        first = spans[0][1] if spans else len(core)
    brand = core[start:first]
    words = tuple(core[low:high] for low, high in spans if low >= first)
    zones = "R" * at + "B" * len(brand) + "I" * (len(core) - first)
    return NameParts(core, zones, province, city, brand, words, kind, group, branch)


def cut_words(text: str) -> tuple[str, ...]:
    """Cut a text into trade words, longest first; what is unknown between them stays in one piece.

    >>> cut_words("电气没备制造")
    ('电气', '没备', '制造')
    """
    return tuple(text[low:high] for low, high in _words_from(text, 0))


@lru_cache(maxsize=1024)
def trade_words_near(scrap: str) -> tuple[str, ...]:
    """Return the trade words that one slip could have turned into the scrap, sorted.

    >>> trade_words_near("没备"), trade_words_near("变末器")
    (('装备', '设备'), ('变压器',))
    """
    return tuple(sorted(word for word in _WORDS if abs(len(word) - len(scrap)) <= 1 and one_edit(word, scrap)))


def one_edit(one: str, two: str) -> bool:
    """Say whether one substitution, insertion, deletion or swap of neighbours turns one text into the other.

    >>> one_edit("设备", "没备"), one_edit("设备", "备设"), one_edit("设备", "设"), one_edit("设备", "机械")
    (True, True, True, False)
    """
    if len(one) > len(two):
        one, two = two, one
    at = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), len(one))
    if len(one) < len(two):
        return len(two) - len(one) == 1 and one[at:] == two[at + 1 :]
    if one[at + 1 :] == two[at + 1 :]:
        return one != two
    return one[at : at + 2] == two[at : at + 2][::-1] and one[at + 2 :] == two[at + 2 :]


def is_trade_word(word: str) -> bool:
    """Say whether the word is one of the general trade words.

    >>> is_trade_word("电气"), is_trade_word("迈特")
    (True, False)
    """
    return word in _WORDS
