"""The firms themselves: registration, products, places, contacts, and who holds several of them."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from random import Random

from lianzhu.demo.figures import sales_2025, standing, test_voltage, yearly
from lianzhu.demo.genealogy import Seedling
from lianzhu.demo.names import TOWN, credit_code, person, telephone
from lianzhu.demo.records import Contact, Firm, Holding, Place, Product, Value
from lianzhu.demo.trades import VOLTAGES

WITHOUT_CODE = 5
DIGITS_ONLY = 2
CONTROLLERS = 10
_ROADS = ("兴虚路", "示范路", "链珠大道", "工业一路", "工业二路", "试验路", "串珠路", "老厂街")
_POSTS = ("总经理", "财务负责人", "试验室主任", "销售负责人", "办公室主任", "技术负责人")
_WORKSHOPS = ("总装车间", "线圈车间", "绝缘处理车间", "电子装配车间", "机加工车间", "试验大厅")
_LINES = ("装配线", "绕线线", "浸渍线", "调试线", "钣金线")
_PROJECTS = ("试验能力提升项目", "数字化改造项目", "屏蔽室建设项目", "新厂房建设项目", "校准实验室建设项目")


def _codes(count: int, random: Random) -> list[str]:
    """Return codes for `count` firms: the last few have none, two before them consist of digits only."""
    ordinary = count - WITHOUT_CODE - DIGITS_ONLY
    codes = [credit_code(random) for _ in range(ordinary)]
    codes += [credit_code(random, digits_only=True) for _ in range(DIGITS_ONLY)]
    return codes + [""] * WITHOUT_CODE


def build_firms(seedlings: Sequence[Seedling], random: Random) -> list[Firm]:
    """Return the firms with all their facts, in the order of their founding."""
    sales = sales_2025(list(seedlings), random)
    # The works and its first children have long been registered; only later firms miss a code or have an odd one.
    codes = _codes(len(seedlings), random)
    late = codes[40:]
    random.shuffle(late)
    codes[40:] = late
    firms = []
    for number, (seedling, income, code) in enumerate(zip(seedlings, sales, codes, strict=True)):
        nodes = _nodes(seedling, random)
        facts = yearly(seedling, income, random)
        facts |= _registration(seedling, number, income, random)
        facts[("main_product", "")] = seedling.word
        standing(seedling, facts, random)
        test_voltage(nodes, income, facts)
        firms.append(
            Firm(
                seedling.name,
                seedling.short,
                seedling.brand,
                code,
                seedling.trade.key,
                nodes,
                dict(sorted(facts.items())),
            )
        )
    return firms


def _nodes(seedling: Seedling, random: Random) -> tuple[str, ...]:
    always, often = seedling.trade.always.split(), seedling.trade.often.split()
    more = random.sample(often, min(len(often), random.randint(*seedling.trade.picks)))
    return tuple(dict.fromkeys(always + sorted(more)))


def _registration(seedling: Seedling, number: int, income: Decimal, random: Random) -> dict[tuple[str, str], Value]:
    capital = random.choice((50, 100, 200, 300, 500, 508, 600, 1000, 1080, 2000))
    if income > 3000:
        capital = random.choice((1000, 2000, 3008, 5000, 6800))
    return {
        ("registered_date", ""): date(seedling.year, random.randint(1, 12), random.randint(1, 28)),
        ("legal_representative", ""): person(number),
        ("address", ""): f"{TOWN}{random.choice(_ROADS)}{random.randint(1, 128)}号",
        ("registered_capital", ""): Decimal(capital),
        ("industry_code", ""): seedling.trade.industry,
        ("registration_status", ""): "active",
        ("vat_taxpayer", ""): "general" if income > 450 else "small_scale",
        ("tax_credit_grade", ""): random.choices("ABMC", (4, 5, 1, 0.6))[0],
    }


def build_products(
    firms: Sequence[Firm], names: Mapping[str, str], standards: Mapping[str, Sequence[str]], random: Random
) -> list[Product]:
    """Return what each firm makes. `names` and `standards` give Chinese name and standard numbers of each node."""
    products = []
    for firm in firms:
        for node in firm.nodes:
            classes = VOLTAGES.get(node[0], ("",))
            # Everybody makes the middle voltages; only larger firms reach the top.
            reach = len(classes) if firm.amount("revenue") > 3000 else max(1, len(classes) - 3)
            voltage = classes[min(int(random.triangular(0, reach, reach * 0.45)), reach - 1)]
            model = f"{firm.brand}{node[0]}{random.randint(11, 98)}型" if node[0] in "TUENP" else firm.brand
            known = standards.get(node, ())
            standard = random.choice(known) if known and random.random() < 0.9 else ""
            products.append(Product(firm.name, node, model + names[node], voltage, standard))
    return products


def build_holdings(seedlings: Sequence[Seedling], random: Random) -> list[Holding]:
    """Return ten controllers with two to four firms each, mostly brothers and sisters of one brand."""
    groups: dict[str, list[str]] = {}
    for seedling in seedlings:
        groups.setdefault(seedling.brand, []).append(seedling.name)
    families = [names for names in groups.values() if len(names) > 1]
    random.shuffle(families)
    single = [names[0] for names in groups.values() if len(names) == 1]
    random.shuffle(single)
    holdings = []
    for number in range(CONTROLLERS):
        names = families[number][:3] if number < len(families) else [single.pop(), single.pop()]
        if number % 3 == 0:
            names = [*names, single.pop()]
        controller = f"示例{names[0][3:5]}控股有限公司" if number % 2 else person(300 + number)
        holdings += [Holding(name, controller) for name in names]
    return holdings


def build_places(firms: Sequence[Firm], random: Random) -> list[Place]:
    """Return the workshops, lines and projects of the larger firms."""
    places: list[Place] = []
    for firm in firms:
        founded = firm.facts[("registered_date", "")]
        since = founded.year if isinstance(founded, date) else 2000
        count = min(4, int(firm.amount("staff")) // 18) + (random.random() < 0.4)
        for kind, words in (("车间", _WORKSHOPS), ("产线", _LINES), ("项目", _PROJECTS)):
            many = count if kind == "车间" else count // 2
            for word in random.sample(words, min(many, len(words))):
                first = max(since, 2023) if kind == "项目" else since
                places.append(Place(firm.name, kind, word, random.randint(first, 2026 if kind == "项目" else 2024)))
    return places


def build_contacts(firms: Sequence[Firm], random: Random) -> list[Contact]:
    """Return one to three contacts per firm, the boss first."""
    contacts: list[Contact] = []
    for number, firm in enumerate(firms):
        boss = str(firm.facts[("legal_representative", "")])
        contacts.append(Contact(firm.name, boss, "董事长", telephone(1000 + 10 * number)))
        for more, post in enumerate(random.sample(_POSTS, random.randint(0, 2)), start=1):
            contacts.append(
                Contact(firm.name, person(130 + number + 60 * more), post, telephone(1000 + 10 * number + more))
            )
    return contacts
