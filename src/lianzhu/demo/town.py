"""The fictional town 示例镇, whole: `town(seed)` gives the same town for the same seed, on every machine."""

from decimal import Decimal
from functools import cache
from random import Random

from lianzhu.demo.figures import TOTAL_SALES_2025
from lianzhu.demo.firms import build_contacts, build_firms, build_holdings, build_places, build_products
from lianzhu.demo.genealogy import grow, origins
from lianzhu.demo.names import TOWN
from lianzhu.demo.people import build_bodies, build_people
from lianzhu.demo.records import Town, TownFact
from lianzhu.demo.supply import Need, build_links
from lianzhu.library.chain import bill_of_materials, nodes, standards

CHAIN = "高压电气产业链"


@cache
def town(seed: int = 1971) -> Town:
    """Return the town: 128 firms grown from the works of 1971, their figures, products, links and people.

    >>> town().firms[0].name, len(town().firms)
    ('示例市甲子高压设备有限公司', 128)
    """
    # One stream per subject: a change to the contacts must not rearrange the supply links.
    streams = [Random(f"{seed}/{number}") for number in range(9)]
    seedlings = grow(streams[0])
    firms = build_firms(seedlings, streams[1])
    labels = {code: node.zh for code, node in nodes().items()}
    known = standards()
    editions = {
        code: [known[name].number.value for name in node.standards if known[name].number.mark != "BG"]
        for code, node in nodes().items()
    }
    holdings = build_holdings(seedlings, streams[2])
    kin = {seedling.name: seedling.brand for seedling in seedlings} | {h.firm: h.controller for h in holdings}
    recipes = {
        bill.product: [Need(i.node, i.essential, i.share, i.alternative_group) for i in bill.inputs]
        for bill in bill_of_materials().values()
    }
    return Town(
        seed=seed,
        name=TOWN,
        chain=CHAIN,
        firms=tuple(firms),
        products=tuple(build_products(firms, labels, editions, streams[3])),
        links=tuple(build_links(firms, recipes, kin, streams[4])),
        origins=tuple(origins(seedlings, streams[5])),
        places=tuple(build_places(firms, streams[6])),
        contacts=tuple(build_contacts(firms, streams[7])),
        holdings=tuple(holdings),
        bodies=tuple(build_bodies()),
        people=tuple(build_people(firms)),
        facts=(
            TownFact(
                "高电压试验设备国内市场占有率", "Share of the domestic market in HV test equipment", 76, "%", 2025
            ),
            TownFact("全链年销售总额", "Sales of the whole chain", TOTAL_SALES_2025 / Decimal(10000), "亿元", 2025),
            TownFact("首家工厂创办年份", "Founding year of the first works", 1971, "年", 1971),
        ),
    )
