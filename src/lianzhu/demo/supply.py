"""Who supplies whom: links that follow the bills of material, so that every one of them could be true."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from lianzhu.demo.figures import money
from lianzhu.demo.records import Firm, Link

_BANDS = {"high": 8.0, "medium": 4.0, "low": 1.0}
_OUTSIDE_WORDS = {
    "M": "材料销售",
    "P": "元器件",
    "U": "模块",
    "T": "仪器",
    "E": "电器",
    "S": "信息技术",
    "V": "检测服务",
}
_OUTSIDE_BRANDS = ("虚甲", "虚乙", "虚丙", "虚丁", "虚戊", "虚己", "虚庚", "虚辛")
_CUSTOMERS = {
    "C01": ("虚构省电网物资公司", "虚构电力科学研究院", "虚构市供电公司"),
    "C02": ("虚构变压器制造集团", "虚构电缆集团", "虚构开关厂"),
    "C03": ("虚构电器检测中心", "虚构理工大学"),
    "C04": ("虚构轨道交通公司", "虚构石化公司", "虚构发电公司"),
    "C05": ("虚构储能工程公司", "虚构海外电力工程公司"),
}
_FIRST, _LAST = date(2024, 3, 1), date(2026, 9, 30)
_OPTIONAL = 0.22  # how often an input that is not essential is really bought
_SECOND = 0.16  # how often there is a second local source
_LOCAL = 0.74  # how often a local maker is chosen where there is one


@dataclass(frozen=True)
class Need:
    """One input of a product: node, whether essential, how big a share of purchases, letter of its alternatives."""

    node: str
    essential: bool
    band: str
    group: str = ""


def build_links(
    firms: Sequence[Firm], recipes: Mapping[str, Sequence[Need]], kin: Mapping[str, str], random: Random
) -> list[Link]:
    """Return purchases of every firm and sales to customers outside.

    `recipes` gives the inputs of each node, `kin` a family mark per firm name: relatives buy from each other more.
    """
    makers: dict[str, list[Firm]] = defaultdict(list)
    for firm in firms:
        for node in firm.nodes:
            makers[node].append(firm)
    links: list[Link] = []
    for firm in firms:
        links += _purchases(firm, _needs(firm, recipes, random), makers, kin, random)
    links = _within_means(links, firms)
    for firm in firms:
        links += _customers(firm, random)
    return links


def _needs(firm: Firm, recipes: Mapping[str, Sequence[Need]], random: Random) -> list[Need]:
    """Return what one firm buys, once per node: all essentials, one of each group of alternatives, some of the rest."""
    wanted: dict[str, Need] = {}
    for product in firm.nodes:
        groups: dict[str, list[Need]] = defaultdict(list)
        for need in recipes.get(product, ()):
            if need.group:
                groups[need.group].append(need)
            elif need.essential or random.random() < _OPTIONAL:
                wanted.setdefault(need.node, need)
        for alternatives in groups.values():
            if not any(need.node in wanted or need.node in firm.nodes for need in alternatives):
                chosen = random.choice(alternatives)
                wanted[chosen.node] = chosen
    # What a firm makes itself it does not buy.
    return [need for node, need in wanted.items() if node not in firm.nodes]


def _purchases(
    firm: Firm, needs: Iterable[Need], makers: Mapping[str, list[Firm]], kin: Mapping[str, str], random: Random
) -> list[Link]:
    """Return the firm's purchases of a year, weighted by share band, together about half of its sales."""
    chosen: list[tuple[str, str, float, str]] = []
    for need in needs:
        local = [maker for maker in makers.get(need.node, []) if maker.name != firm.name]
        sources: list[tuple[str, str]] = []
        if local and random.random() < _LOCAL:
            weights = [
                float(maker.amount("revenue")) ** 0.5 * (3 if kin[maker.name] == kin[firm.name] else 1)
                for maker in local
            ]
            count = 2 if random.random() < _SECOND else 1
            sources = [(name, "") for name in dict.fromkeys(m.name for m in random.choices(local, weights, k=count))]
        else:
            sources = [(_outside(need.node, random), "supplier")]
        part = _BANDS[need.band] * random.lognormvariate(0, 0.4) / len(sources)
        chosen += [(name, need.node, part, outside) for name, outside in sources]
    whole = sum(part for _, _, part, _ in chosen)
    budget = float(firm.amount("revenue")) * random.uniform(0.35, 0.6)
    return [
        Link(name, firm.name, node, money(max(0.1, budget * part / whole)), _day(random), outside)
        for name, node, part, outside in chosen
    ]


def _outside(node: str, random: Random) -> str:
    word = _OUTSIDE_WORDS.get(node[0], "贸易")
    return f"虚构市{_OUTSIDE_BRANDS[int(node[1:]) % len(_OUTSIDE_BRANDS)]}{random.choice(('', '新'))}{word}有限公司"


def _day(random: Random) -> date:
    return _FIRST + timedelta(days=random.randrange((_LAST - _FIRST).days))


def _within_means(links: Sequence[Link], firms: Sequence[Firm]) -> list[Link]:
    """Scale down what a firm sells locally when it is more than 85 per cent of all its sales."""
    sold: dict[str, Decimal] = defaultdict(Decimal)
    for link in links:
        sold[link.supplier] += link.weight
    limit = {firm.name: firm.amount("revenue") * Decimal("0.85") for firm in firms}
    scaled = []
    for link in links:
        bound = limit.get(link.supplier)
        if bound is not None and sold[link.supplier] > bound:
            weight = max(Decimal("0.01"), money(float(link.weight * bound / sold[link.supplier])))
            link = replace(link, weight=weight)
        scaled.append(link)
    return scaled


def _customers(firm: Firm, random: Random) -> list[Link]:
    """Return sales of equipment makers to customers outside; parts makers mostly sell to neighbours."""
    equipment = [node for node in firm.nodes if node[0] in "TE"]
    if not equipment or random.random() < 0.35:
        return []
    kinds = random.sample(sorted(_CUSTOMERS), random.choice((1, 1, 2)))
    links = []
    for kind in kinds:
        sales = float(firm.amount("revenue")) * random.uniform(0.05, 0.25)
        buyer = random.choice(_CUSTOMERS[kind])
        links.append(Link(firm.name, buyer, equipment[0], money(sales), _day(random), "buyer"))
    return links
