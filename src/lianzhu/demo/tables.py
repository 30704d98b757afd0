"""The workbooks of the chain office and its neighbours: products, supply, genealogy, places, contacts, controllers."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from random import Random

from lianzhu.demo.mess import amount_cell, date_cell, firm_name, node_name
from lianzhu.demo.pages import Draft, Mention, Page
from lianzhu.demo.records import Firm, Link, Town
from lianzhu.library.chain import nodes

_TWICE = 3


def _by_name(town: Town) -> Mapping[str, Firm]:
    return {firm.name: firm for firm in town.firms}


def products(town: Town, random: Random) -> Draft:
    """The chain office's catalogue: the node as code, name or something near; three rows twice; one node unknown."""
    titles = ("企业名称", "产品名称", "链上节点", "电压等级", "执行标准", "备注")
    page = Page("产品目录", f"{town.name}高压电气产品目录", [("", title) for title in titles])
    firms, labels = _by_name(town), nodes()
    for product in town.products:
        voltage = product.voltage_class.replace("kV", random.choice(("kV", "kV", "KV", "千伏")))
        node = node_name(product.node, labels[product.node].zh, random)
        name = firm_name(firms[product.firm], random, loose=0.18)
        page.rows.append([name, product.name, node, voltage or None, product.standard or None])
        if len(page.rows) % 60 == 0:
            page.rows.append(())
    data = [row for row in page.rows if row]
    page.rows += random.sample(data, _TWICE)
    page.refused = _TWICE
    page.rows.append(
        [Mention(town.firms[3].name, town.firms[3].name), "老式调试台", "其他杂项", None, None, "节点待定"]
    )
    page.footer = ("填报人：孙某己", "说明：执行标准以最新版为准。")
    return Draft("05_链办_产品目录.xlsx", "products", "链办产品目录", date(2026, 5, 18), False, [page])


def links(town: Town, random: Random) -> Draft:
    """The chain office's supply survey on three sheets; weights are statistics. Purchases from outside are in 元."""
    firms, labels = _by_name(town), nodes()
    local = Page("镇内配套", "产业链镇内配套关系调查表", _link_headers("年供货额（万元）"))
    bought = Page("镇外采购", "产业链镇外采购情况调查表", _link_headers("年采购额（元）"))
    sold = Page("镇外销售", "产业链镇外用户情况调查表", _link_headers("年供货额（万元）"))
    for link in town.links:
        page = {"": local, "supplier": bought, "buyer": sold}[link.outside]
        weight = link.weight * 10000 if page is bought else link.weight
        page.rows.append(
            [
                _end(link, "supplier", firms, random),
                _end(link, "buyer", firms, random),
                labels[link.node].zh if random.random() < 0.8 else f"{labels[link.node].zh}配套",
                node_name(link.node, labels[link.node].zh, random),
                amount_cell(weight.quantize(Decimal("0.01")), random),
                date_cell(link.evidence, random),
                random.choice(("供货合同", "增值税发票抽查", "企业座谈", "企业问卷")),
            ]
        )
    local.rows += local.rows[40:42]
    local.refused = 2
    local.footer = ("填表：钱某己、孙某己", "注：供货额为2025年度数，属统计资料。")
    pages = [local, bought, sold]
    return Draft("06_链办_供需关系.xlsx", "links", "链办供需调查", date(2026, 10, 9), True, pages)


def _link_headers(weight: str) -> list[tuple[str, str]]:
    titles = ("供方", "需方", "供应内容", "链上节点", weight, "核实日期", "依据")
    return [("", title) for title in titles]


def _end(link: Link, party: str, firms: Mapping[str, Firm], random: Random) -> Mention:
    name = link.supplier if party == "supplier" else link.buyer
    if link.outside == party:
        return Mention(name, "", party)
    return firm_name(firms[name], random, loose=0.12, party=party)


def origins(town: Town, random: Random) -> Draft:
    """Who came out of whom, told by old workers: the works under its old name, three told again otherwise."""
    titles = ("企业名称", "来源企业", "分出年份", "依据")
    page = Page("企业谱系", f"{town.name}高压电气企业谱系（一家到百家）", [("", title) for title in titles])
    firms = _by_name(town)
    works = town.firms[0]
    for origin in town.origins:
        parent = firm_name(firms[origin.parent], random, loose=0.15, party="parent")
        if origin.parent == works.name and random.random() < 0.5:
            # Older people call it what it was called before 1998.
            parent = Mention(f"{works.name[:3]}{works.short}厂", works.name, "parent")
        child = firm_name(firms[origin.child], random, loose=0.12, party="child")
        page.rows.append([child, parent, origin.year, origin.source])
    for told, year in ((7, "约1992年"), (30, "九十年代"), (12, town.origins[12].year + 2)):
        again = town.origins[told]
        parent = Mention(again.parent, again.parent, "parent")
        page.rows.append([Mention(again.child, again.child, "child"), parent, year, "企业自述"])
        page.refused += 1
    page.footer = ("填表：示例镇志办公室", "说明：年份以工商登记为准。")
    return Draft("07_镇志办_企业谱系.xlsx", "origins", "镇志办企业谱系", date(2025, 12, 1), False, [page])


def places(town: Town, random: Random) -> Draft:
    """Workshops, lines and projects, with one column that nobody may collect: planned output of 2027."""
    titles = ("企业名称", "类别", "场所名称", "启用日期", "2027年计划产量（台）", "备注")
    page = Page("场所与项目", f"{town.name}企业车间、产线与项目一览", [("", title) for title in titles])
    firms = _by_name(town)
    habits = {"车间": ("车间", "生产车间"), "产线": ("产线", "生产线"), "项目": ("项目", "技改项目")}
    for place in town.places:
        started = date(place.since, random.randint(1, 12), 1)
        name = firm_name(firms[place.firm], random, loose=0.15)
        kind = random.choice(habits[place.kind])
        page.rows.append([name, kind, place.name, date_cell(started, random), random.randint(10, 900)])
    page.footer = ("填表：张某己",)
    return Draft("08_经发办_场所与项目.xlsx", "places", "经发办场所与项目", date(2026, 4, 2), False, [page])


def contacts(town: Town, random: Random) -> Draft:
    """Whom to call, as the work group keeps it; people and telephone numbers are fictional."""
    titles = ("序号", "企业名称", "联系人", "职务", "联系电话")
    page = Page("联系人", f"{town.name}高压电气企业联系人", [("", title) for title in titles])
    page.merged = 1
    written = {firm.name: firm_name(firm, random, loose=0.15) for firm in town.firms}
    for number, contact in enumerate(town.contacts, start=1):
        name = written[contact.firm]
        phone = contact.phone if random.random() < 0.8 else contact.phone.replace("-", " ")
        page.rows.append([number, name, contact.name, contact.post, phone])
    page.footer = ("审核：王某己",)
    return Draft("09_链办_企业联系人.xlsx", "contacts", "链办企业联系人", date(2026, 9, 1), False, [page])


def controllers(town: Town, random: Random) -> Draft:
    """Who holds several firms, from the registration files; the statistician's business."""
    titles = ("企业名称", "实际控制人", "控制比例（%）", "依据")
    page = Page("实际控制人", f"{town.name}同一控制企业情况", [("", title) for title in titles])
    firms = _by_name(town)
    for holding in town.holdings:
        name = firm_name(firms[holding.firm], random, loose=0.1)
        page.rows.append([name, holding.controller, random.choice((51, 60, 67, 80, 100)), "股东名册"])
    page.footer = ("填表：李某己",)
    return Draft("10_统计办_实际控制人.xlsx", "controllers", "统计办实际控制人", date(2026, 3, 30), True, [page])
