"""What competitors and the body that serves them may not talk about, found in an agenda before anybody is invited.

A word list, not a lawyer: it stops what is plainly named, says why and with which article, and how to put it right.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianzhu.library.banned_columns import banned_column


class Topic(StrEnum):
    """Kinds of talk that are stopped; the first four are called as in the list of banned columns."""

    PRICE = "price"
    PLAN = "plan"
    STOPPAGE = "stoppage"
    CUSTOMERS = "customers"
    BOYCOTT = "boycott"
    TECHNOLOGY = "technology"


@dataclass(frozen=True)
class Stop:
    """A line that may not stand: its number from 1, its text, the words found, why, the article, what to do."""

    line: int
    text: str
    word: str
    topic: Topic
    why: Promise
    law: str
    mend: Promise


_GUIDE = "《关于行业协会的反垄断指南》（2024）"
_BANS: dict[Topic, tuple[Promise, str, Promise]] = {
    Topic.PRICE: (
        _("Competitors may not talk about prices, quotes or bids, nor through the body that serves them."),
        f"《反垄断法》（2022）第十七条第（一）项、第二十一条；{_GUIDE}",
        _("Strike the item. Each firm sets its prices and bids alone."),
    ),
    Topic.PLAN: (
        _("Talk about planned output, capacity, sales or stocks lets competitors align their conduct."),
        f"《反垄断法》（2022）第十七条第（二）项、第二十一条；{_GUIDE}",
        _("Strike the item. Past figures are published by the statistician, aggregated."),
    ),
    Topic.STOPPAGE: (
        _("Quotas, cuts and joint stoppages of production are forbidden."),
        f"《反垄断法》（2022）第十七条第（二）项、第二十一条；{_GUIDE}",
        _("Strike the item. Each firm decides on its own production."),
    ),
    Topic.CUSTOMERS: (
        _("Dividing markets, regions, customers or purchases is forbidden."),
        f"《反垄断法》（2022）第十七条第（三）项、第二十一条；{_GUIDE}",
        _("Strike the item. A need of one buyer goes out as a need card, to everybody alike."),
    ),
    Topic.BOYCOTT: (
        _("Competitors may not agree to refuse a customer, a supplier or a rival."),
        f"《反垄断法》（2022）第十七条第（五）项、第二十一条；{_GUIDE}",
        _("Strike the item. A firm with a complaint raises it as a case of its own."),
    ),
    Topic.TECHNOLOGY: (
        _("Agreeing to hold back new technology, equipment or products is forbidden."),
        f"《反垄断法》（2022）第十七条第（四）项、第二十一条；{_GUIDE}",
        _("Strike the item. Open standards and joint research with their terms written down are welcome."),
    ),
}
# Words of each topic, Chinese and English; the English ones only as whole words.
_WORDS: dict[Topic, tuple[str, str]] = {
    Topic.PRICE: (
        "价格|涨价|降价|提价|调价|定价|保价|稳价|限价|报价|底价|售价|行情|毛利|利润率|折扣|让利|返利|账期|付款条件|收费标准|抬价|价差"
        "|投标|陪标|围标|串标|中标|标价",
        "pric(?:e|es|ing)|quotes?|quotations?|discounts?|bids?|bidding|tenders?|margins?",
    ),
    Topic.PLAN: (
        "产量|产能|排产|开工率|稼动率|生产计划|销售计划|扩产|销量|库存|在手订单",
        "output|capacit(?:y|ies)|production plans?|sales plans?|stocks?|inventor(?:y|ies)|utili[sz]ation",
    ),
    Topic.STOPPAGE: (
        "配额|限产|减产|停产|限额|错峰生产|轮产",
        "quotas?|stoppages?|shutdowns?|production cuts?",
    ),
    Topic.CUSTOMERS: (
        "市场划分|划分市场|分割市场|分片|划片|区域划分|划分区域|销售区域|市场份额|份额分配|客户",
        r"market (?:division|shares?|sharing)|divid\w+ markets?|territor(?:y|ies)|customers?",
    ),
    Topic.BOYCOTT: (
        "抵制|拒绝交易|断供|黑名单|不得供货|排挤|封杀",
        r"boycotts?|refus\w+ to (?:deal|supply)|blacklists?",
    ),
    Topic.TECHNOLOGY: (
        "限制新技术|限制购买|限制开发|暂缓开发|推迟上市",
        r"hold\w* back (?:new )?(?:technology|products?)",
    ),
}
_FOUND = {topic: re.compile(rf"{chinese}|\b(?:{english})\b") for topic, (chinese, english) in _WORDS.items()}
# Set by the state or by an office, not by competitors; or a word that only looks alike.
_INNOCENT = re.compile(
    "性价比|评价|电价|水价|气价|油价政策|政府采购|不限产地|安全库存管理系统|公平竞争审查|产能置换政策|客户端|招标投标法|招投标法"
    r"|feed-in tariffs?|capacity building|stock exchange|high[- ]output|output (?:voltage|power|stage)s?"
)
# Training about the law has to name what the law forbids; a verb of acting together takes that leave away again.
_ABOUT_LAW = re.compile("反垄断|竞争法|竞争合规|公平竞争|antitrust|anti-monopoly|competition law")
_TOGETHER = re.compile("统一|协调|联合|约定|商定|协商|共同|一致|通报|交流|align|coordinat|agree|joint|exchange")


def check_agenda(text: str) -> list[Stop]:
    """Lines of an agenda, title or decision that may not stand, one stop per line and topic, in the order of lines.

    >>> [(stop.line, stop.topic.value, stop.word) for stop in check_agenda("标准宣贯\\n协调明年出厂报价")]
    [(2, 'price', '报价')]
    >>> check_agenda("峰谷电价政策解读\\n反垄断法培训：价格与配额为何不能谈")
    []
    """
    stops = []
    for number, line in enumerate(text.splitlines(), 1):
        plain = unicodedata.normalize("NFKC", line).casefold()
        if _ABOUT_LAW.search(plain) and not _TOGETHER.search(plain):
            continue
        rest = _INNOCENT.sub(" ", plain)
        hits = {topic: found.group() for topic, word in _FOUND.items() if (found := word.search(rest))}
        column = banned_column(rest)
        if not hits and column is not None and column.kind in set(Topic):
            hits[Topic(column.kind)] = line.strip()
        for topic, word in hits.items():
            why, law, mend = _BANS[topic]
            stops.append(Stop(number, line.strip(), word, topic, why, law, mend))
    return stops


def said_of(stops: list[Stop]) -> str:
    """All stops in one text for people: what stands where, why, the article, what to do."""
    return "\n".join(
        gettext("Line %(line)s “%(text)s” (%(word)s): %(why)s %(law)s. %(mend)s")
        % {
            "line": stop.line,
            "text": stop.text,
            "word": stop.word,
            "why": stop.why,
            "law": stop.law,
            "mend": stop.mend,
        }
        for stop in stops
    )
