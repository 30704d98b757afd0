"""The rules such a town would have: limits by category, who gets what, answers approved for everybody."""

from lianzhu.apps.cases.actions import rules
from lianzhu.apps.cases.models import Category, Kind
from lianzhu.apps.cases.models.rules import all_steps
from lianzhu.demo.story.calendar import Hand
from lianzhu.demo.story.cast import Cast, lines

# Category -> the body that usually does it.
DOES: dict[Category, str] = {
    Category.POWER: "先锋服务队一队",
    Category.LAND: "工业和信息化办公室",
    Category.LABOUR: "人力资源和社会保障所",
    Category.FINANCE: "先锋服务队二队",
    Category.TAX: "税务分局",
    Category.APPROVAL: "市场监督管理分局",
    Category.TESTING: "市场监督管理分局",
    Category.SUPPLY: "先锋服务队三队",
    Category.EXPORT: "税务分局",
    Category.RIGHTS: "科技办公室",
    Category.SAFETY: "工业和信息化办公室",
    Category.TRAFFIC: "先锋服务队一队",
    Category.OTHER: "先锋服务队二队",
}
USUAL = {
    "accept": "1wd",
    "dispatch": "1wd",
    "sign": "1wd",
    "first": "3wd",
    "solution": "7wd",
    "help": "3wd",
    "call": "10wd",
    "extensions": 1,
    "checklist": "",
}


def set_rules(cast: Cast, hand: Hand) -> None:
    """Put the rules in force a little more than a year ago."""
    hand.set(-275, "09:30")
    since = hand.now.date()
    said = lines("rules")
    for line in said["limits"]:
        told = {**USUAL, **line, "ladder": all_steps()}
        rules.set_limits(
            actor=cast.office,
            chain=cast.chain,
            kind=Kind.DIFFICULTY,
            category=told.pop("category"),
            since=since,
            told=told,
        )
    for category, body in DOES.items():
        rules.set_assignment(actor=cast.office, chain=cast.chain, category=category, area="", body=cast.bodies[body])
    for line in said["answers"]:
        rules.approve_answer(
            actor=cast.office, chain=cast.chain, firm_names=[firm.short for firm in cast.town.firms], **line
        )
