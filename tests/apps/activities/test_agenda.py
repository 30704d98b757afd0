"""What may not stand in an agenda, and what may although it looks alike."""

import pytest

from lianzhu.apps.activities.agenda import Topic, check_agenda, said_of

FORBIDDEN = [
    ("协调明年产品出厂价格", Topic.PRICE),
    ("避免低价投标的行业自律公约", Topic.PRICE),
    ("付款条件与账期统一口径", Topic.PRICE),
    ("Pricing for 2027", Topic.PRICE),
    ("各企业下半年产能与排产交流", Topic.PLAN),
    ("明年销售目标通报：预计产值", Topic.PLAN),
    ("Sharing of sales plans", Topic.PLAN),
    ("限产与配额安排", Topic.STOPPAGE),
    ("南北片区市场划分", Topic.CUSTOMERS),
    ("Dividing markets by province", Topic.CUSTOMERS),
    ("联合抵制某供应商", Topic.BOYCOTT),
    ("约定暂缓开发新一代产品", Topic.TECHNOLOGY),
    # Naming the law does not open the door for acting together.
    ("反垄断背景下统一报价的做法", Topic.PRICE),
]
ALLOWED = [
    "峰谷电价政策解读",
    "反垄断法培训：价格、配额、客户划分为何不能谈",
    "Competition law training: why prices are never discussed",
    "公平竞争审查条例宣讲",
    "新版高电压试验标准宣贯",
    "用电增容与人才公寓问题协调",
    "安全生产专题培训",
    "专家评价方法与性价比分析",
    "High-output voltage dividers: measurement training",
    "Capacity building for testing laboratories",
]


@pytest.mark.parametrize(("line", "topic"), FORBIDDEN)
def test_a_forbidden_topic_is_stopped(line: str, topic: Topic) -> None:
    assert topic in {stop.topic for stop in check_agenda(line)}


@pytest.mark.parametrize("line", ALLOWED)
def test_an_innocent_line_passes(line: str) -> None:
    assert check_agenda(line) == []


def test_every_line_is_named_with_reason_article_and_mending() -> None:
    stops = check_agenda("标准宣贯\n协调报价\n\n配额分配")
    assert [(stop.line, stop.topic) for stop in stops] == [(2, Topic.PRICE), (4, Topic.STOPPAGE)]
    said = said_of(stops)
    assert "Line 2 “协调报价” (报价)" in said
    assert "第十七条第（一）项" in said
    assert "Each firm sets its prices and bids alone." in said


def test_width_and_case_do_not_hide_a_word() -> None:
    assert [stop.topic for stop in check_agenda("ＰＲＩＣＥＳ of last year")] == [Topic.PRICE]
