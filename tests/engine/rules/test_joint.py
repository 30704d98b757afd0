"""The joint decision against brute force over every assignment, in small worlds."""

import itertools
import random
from fractions import Fraction

import pytest

from lianzhu.engine.rules.answer import Row, decide
from lianzhu.engine.rules.criteria import Bound
from lianzhu.engine.rules.formula import (
    And,
    Best,
    Given,
    Judge,
    Linear,
    Member,
    Or,
    Score,
    Tiers,
    Total,
    Unit,
    compare,
    compare_ratio,
    conjunction,
    disjunction,
    facts_in,
    is_wide,
    negation,
)
from lianzhu.engine.rules.joint import possible

UNITS = {name: Unit("number", Fraction(1), 0, 9) for name in "abcd"} | {
    "flag": Unit("boolean", Fraction(1), 0, 1),
    "kind": Unit("choice", Fraction(1), 0, 2, ("x", "y", "z")),
}


def truth(node, world, judge=True):
    """Plain two-valued truth under one assignment: the oracle, sharing nothing with the code under test."""
    match node:
        case And(parts):
            return all(truth(part, world, judge) for part in parts)
        case Or(parts):
            return any(truth(part, world, judge) for part in parts)
        case Linear(a, p, c, strict, b, q):
            left = p * world[a] + (q * world[b] if b else 0)
            return left > c if strict else left >= c
        case Member(fact, codes, inside):
            return (world[fact] in codes) == inside
        case Judge(_, wanted):
            return judge == wanted
        case Score(points, sign, bound, strict):
            left = sign * worth(points, world)
            return left > bound if strict else left >= bound


def worth(points, world):
    match points:
        case Tiers(tiers, otherwise):
            return next((n for lines, n in tiers if all(truth(line, world) for line in lines)), otherwise)
        case Total(parts):
            return sum(worth(part, world) for part in parts)
        case Best(parts):
            return max(worth(part, world) for part in parts)
        case Given(fact, rule):
            return world[fact] if fact in world else worth(rule, world)


def leaf(luck):
    sort = luck.randrange(5)
    if sort < 2:
        return compare(
            UNITS,
            luck.choice("abcd"),
            luck.choice((1, -1)),
            Fraction(luck.choice((1, -1)) * luck.randint(0, 9)),
            luck.random() < 0.5,
        )
    if sort == 2:
        top, bottom = luck.sample("abcd", 2)
        return compare_ratio(
            UNITS, top, luck.choice((1, -1)), Fraction(luck.choice((25, 50, 100, 200))), bottom, luck.random() < 0.5
        )
    if sort == 3:
        return Member("kind", frozenset(luck.sample(range(3), luck.randint(1, 2))), luck.random() < 0.5)
    return Linear("flag", 1, 1) if luck.random() < 0.5 else Linear("flag", -1, -1, True)


def tree(luck, depth):
    if depth == 0 or luck.random() < 0.2:
        return leaf(luck)
    make = conjunction if luck.random() < 0.6 else disjunction
    return make([tree(luck, depth - 1) for _ in range(luck.randint(2, 3))])


@pytest.mark.parametrize("seed", range(150))
def test_decided_exactly_when_every_assignment_agrees(seed):
    luck = random.Random(seed)
    node = tree(luck, 2)
    known = {name: luck.randint(unit.low, unit.high) for name, unit in UNITS.items() if luck.random() < 0.55}
    free = [name for name in facts_in(node) if name not in known]
    worlds = itertools.product(*(range(UNITS[name].low, UNITS[name].high + 1) for name in free))
    truths = {truth(node, known | dict(zip(free, world, strict=True))) for world in worlds}
    said = decide(Bound(node, negation(node), facts_in(node)), Row(UNITS, known))
    assert said == (truths.pop() if len(truths) == 1 else None)


@pytest.mark.parametrize("seed", range(40))
def test_scores_are_bounded_as_brute_force_says(seed):
    luck = random.Random(seed)
    tiers = [
        Tiers(
            tuple(((compare(UNITS, fact, sign, Fraction(sign * bound), False),), points) for bound, points in steps), 0
        )
        for fact, sign, steps in (("a", 1, ((6, 30), (3, 20))), ("b", -1, ((2, 40), (5, 10))), ("c", 1, ((1, 5),)))
    ]
    rule = Total((Best((tiers[0], tiers[1])), tiers[2]))
    node = Score(rule, luck.choice((1, -1)), luck.choice((1, -1)) * luck.randint(0, 45), luck.random() < 0.5)
    known = {name: luck.randint(0, 9) for name in "abc" if luck.random() < 0.5}
    free = [name for name in "abc" if name not in known]
    truths = {
        truth(node, known | dict(zip(free, world, strict=True)))
        for world in itertools.product(range(10), repeat=len(free))
    }
    said = decide(Bound(node, negation(node), facts_in(node)), Row(UNITS, known))
    assert said == (truths.pop() if len(truths) == 1 else None)


def test_a_judgement_is_never_decided_by_itself():
    node = conjunction([Judge("look"), Linear("flag", 1, 1)])
    bound = Bound(node, negation(node), facts_in(node))
    assert decide(bound, Row(UNITS, {"flag": 1})) is None
    assert decide(bound, Row(UNITS, {"flag": 0})) is False
    assert decide(bound, Row(UNITS, {"flag": 1}, {"look": True})) is True
    assert decide(bound, Row(UNITS, {"flag": 1}, {"look": False})) is False


def test_seven_percent_of_hundred_is_seven():
    """7 >= 0.07 * 100 is false in floats."""
    money = {name: Unit("number", Fraction(1, 10**6), 0, 10**14) for name in ("rd", "sales")}
    line = compare_ratio(money, "rd", 1, Fraction(7), "sales", False)
    assert possible(line, Row(money, {"rd": 7 * 10**6, "sales": 100 * 10**6}), {})
    assert not possible(line, Row(money, {"rd": 7 * 10**6 - 1, "sales": 100 * 10**6}), {})
    assert not is_wide(line, money)


def test_a_product_that_could_leave_64_bits_is_seen():
    huge = {name: Unit("number", Fraction(1, 10**6), 0, 10**18) for name in ("rd", "sales")}
    assert is_wide(compare_ratio(huge, "rd", 1, Fraction(7), "sales", False), huge)
