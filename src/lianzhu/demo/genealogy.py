"""From one works of 1971 to a hundred firms: who was split off from whom, under which name."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from lianzhu.demo.names import PLACE, brands
from lianzhu.demo.records import Origin
from lianzhu.demo.trades import TRADES, Trade

_SOURCES = ("示例镇志（2019年版）", "老职工座谈记录", "工商登记档案", "企业自述")
_EXTRA_WORDS = ("电气", "科技", "机电", "智能", "电力")
_NEWCOMERS = 6
_BRAND_FIRMS = 5


@dataclass
class Seedling:
    """A firm in the making: its trade, founding year and name, and whose child it is (None: came from outside)."""

    trade: Trade
    year: int
    parent: "Seedling | None" = None
    brand: str = ""
    word: str = ""
    name: str = ""
    children: list["Seedling"] = field(default_factory=list)

    @property
    def short(self) -> str:
        """The name as people say it: brand and trade word."""
        return self.brand + self.word


def grow(random: Random) -> list[Seedling]:
    """Return all firms in the order of their founding, each with its parent; the first is the works of 1971."""
    rising = [Seedling(trade, random.randint(*trade.since)) for trade in TRADES for _ in range(trade.firms)]
    rising.sort(key=lambda seedling: seedling.year)
    newcomers = random.sample([s for s in rising if s.year > 2002 and s.trade.key != "sets"], _NEWCOMERS)
    unused = iter(brands())
    used: Counter[str] = Counter()
    taken: set[str] = set()
    for position, seedling in enumerate(rising):
        older = [other for other in rising[:position] if other.year <= seedling.year - 2]
        if older and seedling not in newcomers:
            weights = [(1 + len(other.children)) * (3 if other.trade == seedling.trade else 1) for other in older]
            seedling.parent = random.choices(older, weights)[0]
            seedling.parent.children.append(seedling)
        _christen(seedling, random, unused, used, taken)
    return rising


def _christen(seedling: Seedling, random: Random, unused: Iterator[str], used: Counter[str], taken: set[str]) -> None:
    """Give a name nobody has: one firm in three keeps the brand it came from, as spin-offs do."""
    kept = seedling.parent.brand if seedling.parent and random.random() < 0.42 else ""
    if not kept or used[kept] >= _BRAND_FIRMS:
        # Once all brands are in use, the rarest one gets another firm.
        kept = next(unused, "") or min(used, key=lambda brand: (used[brand], brand))
    brand = kept
    used[brand] += 1
    words = seedling.trade.words.split()
    random.shuffle(words)
    choices = words + [extra + word for extra in _EXTRA_WORDS for word in words]
    seedling.brand, seedling.word = brand, next(word for word in choices if brand + word not in taken)
    taken.add(seedling.short)
    if seedling.year < 1999 and random.random() < 0.25 and seedling.parent:
        form = "厂"
    else:
        form = "股份有限公司" if seedling.trade.size > 1.5 and random.random() < 0.2 else "有限公司"
    place = "示例省" if random.random() < 0.1 else PLACE
    seedling.name = place + seedling.short + form


def origins(firms: list[Seedling], random: Random) -> list[Origin]:
    """Return the spin-offs as the town tells them, oldest first."""
    return [Origin(firm.name, firm.parent.name, firm.year, random.choice(_SOURCES)) for firm in firms if firm.parent]
