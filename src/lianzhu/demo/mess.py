"""How offices write things down: the slips, short forms and habits that an import has to cope with."""

from datetime import date
from decimal import Decimal
from random import Random

from lianzhu.demo.pages import Cell, Mention
from lianzhu.demo.records import Firm
from lianzhu.library.chain import nearest_node

_FULL_WIDTH = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY()"}
_FORMS = ("股份有限公司", "有限公司", "厂")
_SLIPS = (("试验", "实验"), ("设备", "设各"), ("仪器", "仪噐"), ("技术", "枝术"), ("绝缘", "绝縁"), ("电气", "电器"))
_NODE_HABITS = (("成套", ""), ("装置", "设备"), ("测试仪", "仪"), ("发生器", "发生装置"), ("与", "、"), ("系统", ""))


def full_width(text: str) -> str:
    """Return the text in the full-width digits and letters of a Chinese input method.

    >>> full_width("91A")
    '９１Ａ'
    """
    return text.translate(_FULL_WIDTH)


def without_form(name: str) -> str:
    """Return a firm's name without its legal form.

    >>> without_form("示例市甲子高压设备有限公司")
    '示例市甲子高压设备'
    """
    for form in _FORMS:
        if name.endswith(form):
            return name[: -len(form)]
    return name


def firm_name(firm: Firm, random: Random, *, loose: float, party: str = "enterprise") -> Mention:
    """Return the firm's name as somebody wrote it; `loose` is how often it is not the full name.

    Of the loose ones most leave out the place or the legal form, some are short, few have a slip of the pen.
    """
    if random.random() >= loose:
        return Mention(firm.name, firm.name, party)
    kind = random.choices(("place", "form", "short", "blank", "slip"), (40, 22, 20, 10, 8))[0]
    written = {
        "place": firm.name[3:],
        "form": without_form(firm.name),
        "short": firm.short,
        "blank": f" {firm.name[:5]} {firm.name[5:]}",
        "slip": _slip(firm.name),
    }[kind]
    return Mention(written, firm.name, party)


def _slip(name: str) -> str:
    for right, wrong in _SLIPS:
        if right in name:
            return name.replace(right, wrong, 1)
    return name.replace("有限公司", "有限责任公司")


def date_cell(day: date, random: Random) -> Cell:
    """Return a day as a clerk types it: a real date, or text in one of several spellings."""
    spellings: tuple[Cell, ...] = (
        day,
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}/{day.month}/{day.day}",
        full_width(str(day.year)) + f"年{day.month:02d}月{day.day:02d}日",
    )
    return random.choices(spellings, (60, 14, 14, 8, 4))[0]


def amount_cell(value: Decimal, random: Random) -> Cell:
    """Return an amount as a number, or now and then as text with thousands separators or full-width digits."""
    kind = random.random()
    if kind < 0.9:
        return value
    text = f"{value:,}"
    return text if kind < 0.97 else full_width(text.replace(",", ""))


def node_name(code: str, zh: str, random: Random) -> str:
    """Return how an office names a node: its code, its name, or something near that is still understood."""
    kind = random.random()
    if kind < 0.35:
        return code
    if kind < 0.75:
        return zh
    for right, habit in _NODE_HABITS:
        near = zh.replace(right, habit)
        if near != zh and nearest_node(near) == code:
            return near
    return zh
