"""Can a formula hold? Decided over every joint assignment of the unknown facts, for one row, a frame or SQL.

A formula is decided true when its negation cannot hold, decided false when it cannot hold, unknown otherwise.
`possible` asks "is there an assignment of the unknown facts, each inside its range and on its step, that makes the
formula hold?". A fact wanted in one direction only takes that end of its range. A fact that a conjunction wants both
large and small is tried at its test points: the ends of the intervals on which the conjunction can start to hold (the
quantifier elimination of Loos and Weispfenning, 1993, rounded to the fact's step). Facts are taken as independent; of
more than JOINT_LIMIT such facts in one conjunction the rest is judged leaf by leaf, as Kleene does.

The same code runs over Python numbers, numpy arrays and SQL text: an `Algebra` says what a value is.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from lianzhu.engine.rules.formula import (
    And,
    Best,
    Formula,
    Given,
    Judge,
    Linear,
    Member,
    Or,
    Points,
    Score,
    Tiers,
    Total,
    Units,
    leaves,
    lines,
)

Assigned = Mapping[str, Any]


class Algebra(Protocol):
    """What `possible` needs to know about values (numbers, arrays or text) and truths."""

    units: Units

    def certain(self, fact: str) -> bool:
        """True when the fact is known here, so that no test points are needed."""

    def read(self, fact: str, instead: Any) -> Any:
        """The fact's value, or `instead` where unknown."""

    def at_least(self, line: Linear, a: Any, b: Any) -> Any:
        """Whether p·a + q·b ≥ c (or >)."""

    def bound(self, line: Linear, on_a: bool, other: Any) -> Any:
        """The end of the interval that `line` leaves for one of its facts, given the other; on the step, in range."""

    def among(self, value: Any, codes: frozenset[int], inside: bool) -> Any:
        """Whether a choice is one of `codes`."""

    def judged(self, key: str, wanted: bool) -> Any:
        """Whether open wording can be as wanted."""

    def every(self, truths: Iterable[Any]) -> Any:
        """Conjunction."""

    def some(self, truths: Iterable[Any]) -> Any:
        """Disjunction."""

    def pick(self, cases: Iterable[tuple[Any, int]], otherwise: int) -> Any:
        """The number of the first true case."""

    def add(self, numbers: Iterable[Any]) -> Any:
        """Sum of points."""

    def largest(self, numbers: Iterable[Any]) -> Any:
        """Largest of points."""

    def over(self, sign: int, points: Any, bound: int, strict: bool) -> Any:
        """Whether sign·points ≥ bound (or >)."""


def possible(node: Formula, algebra: Algebra, assigned: Assigned) -> Any:
    """Return whether some assignment of the unknown facts makes `node` hold."""
    match node:
        case Or(parts):
            return algebra.some(possible(part, algebra, assigned) for part in parts)
        case And(parts, joint):
            for fact in joint:
                if fact in assigned or algebra.certain(fact):
                    continue
                points = test_points(fact, node, algebra, assigned, frozenset((fact,)))
                return algebra.some(
                    possible(node, algebra, {**assigned, fact: algebra.read(fact, point)}) for point in points
                )
            return algebra.every(possible(part, algebra, assigned) for part in parts)
        case Linear():
            return _holds(node, algebra, assigned, 1)
        case Score(points, sign, bound, strict):
            return algebra.over(sign, _points(points, algebra, assigned, sign), bound, strict)
        case Member(fact, codes, inside):
            return _member(fact, codes, inside, algebra, assigned)
        case Judge(key, wanted):
            return algebra.judged(key, wanted)


def _member(fact: str, codes: frozenset[int], inside: bool, algebra: Algebra, assigned: Assigned) -> Any:
    if fact in assigned:
        return algebra.among(assigned[fact], codes, inside)
    fitting = (code for code in range(algebra.units[fact].high + 1) if (code in codes) == inside)
    return algebra.among(algebra.read(fact, next(fitting, -1)), codes, inside)


def _value(fact: str, wanted: int, algebra: Algebra, assigned: Assigned) -> Any:
    if fact in assigned:
        return assigned[fact]
    unit = algebra.units[fact]
    return algebra.read(fact, unit.high if wanted > 0 else unit.low)


def _holds(line: Linear, algebra: Algebra, assigned: Assigned, sign: int) -> Any:
    """Whether a comparison holds with its unknown facts at the end that `sign` wants."""
    a = _value(line.a, sign * line.p, algebra, assigned)
    b = _value(line.b, sign * line.q, algebra, assigned) if line.b else 0
    return algebra.at_least(line, a, b)


def _points(points: Points, algebra: Algebra, assigned: Assigned, sign: int) -> Any:
    match points:
        case Tiers(tiers, otherwise):
            return algebra.pick(
                (
                    (algebra.every(_holds(line, algebra, assigned, sign) for line in conditions), worth)
                    for conditions, worth in tiers
                ),
                otherwise,
            )
        case Total(parts):
            return algebra.add(_points(part, algebra, assigned, sign) for part in parts)
        case Best(parts):
            return algebra.largest(_points(part, algebra, assigned, sign) for part in parts)
        case Given(fact, rule):
            if algebra.certain(fact):
                return algebra.read(fact, 0)
            return algebra.read(fact, _points(rule, algebra, assigned, sign))


def test_points(
    fact: str, node: Formula, algebra: Algebra, assigned: Assigned, passed: frozenset[str], both: bool = False
) -> list[Any]:
    """Return values of `fact` of which one makes `node` hold if any value does.

    These are one end of the range and the ends of the intervals its comparisons leave: the lower ends or the upper
    ends, whichever are fewer. A comparison with another tied fact is followed through that fact's own test points.
    """
    unit = algebra.units[fact]
    if unit.kind == "choice":
        named = {code for leaf in leaves(node) if isinstance(leaf, Member) and leaf.fact == fact for code in leaf.codes}
        others = [code for code in range(unit.high + 1) if code not in named]
        return [*sorted(named), *others[:1]]
    low: list[tuple[Linear, int, int]] = []
    high: list[tuple[Linear, int, int]] = []
    for line, sign in lines(node):
        if fact in (line.a, line.b):
            weight = line.p if line.a == fact else line.q
            (low if weight * sign > 0 else high).append((line, sign, weight))
    if both:
        chosen, ends = [*low, *high], [unit.low, unit.high]
    elif len(low) <= len(high):
        chosen, ends = low, [unit.low]
    else:
        chosen, ends = high, [unit.high]
    found: list[Any] = list(ends)
    for line, sign, _ in chosen:
        other = line.b if line.a == fact else line.a
        for value in _others(other, line, sign, node, algebra, assigned, passed):
            # A point may come twice; a row algebra may drop it, arrays and text stay as they are.
            point = algebra.bound(line if sign > 0 else _opposite(line), line.a == fact, value)
            if not (isinstance(point, int) and point in found):
                found.append(point)
    return found


def score_of(points: Points, algebra: Algebra, sign: int) -> Any:
    """Return the largest (sign 1) or smallest (sign -1) points the unknown facts allow, in hundredths."""
    return _points(points, algebra, {}, sign)


def _opposite(line: Linear) -> Linear:
    """The complement of a score's comparison: what must hold for the tier to be missed."""
    return Linear(line.a, -line.p, -line.c, not line.strict, line.b, -line.q)


def _others(
    other: str,
    line: Linear,
    sign: int,
    node: Formula,
    algebra: Algebra,
    assigned: Assigned,
    passed: frozenset[str],
) -> list[Any]:
    """Values to try for the other fact of a comparison."""
    if not other:
        return [0]
    tied = isinstance(node, And) and other in node.mixed
    if other in assigned or algebra.certain(other) or not tied:
        weight = line.p if line.a == other else line.q
        return [_value(other, sign * weight, algebra, assigned)]
    if other in passed:
        return []
    points = test_points(other, node, algebra, assigned, passed | {other}, both=True)
    return [algebra.read(other, point) for point in points]
