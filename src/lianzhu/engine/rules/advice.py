"""What to ask next, and what would have to be different.

`questions`: the fact names, in clause order, of a smallest set of unknown facts for which some answer decides the
verdict. `changes`: a smallest set of changes of changeable facts that turns "fails" into "qualifies" (a wording an
official decides counts as met). Smallest means: fewest facts, then fewest yes/no facts turned, then the smallest sum
of differences, each in its fact's own unit.
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import combinations, product

from lianzhu.engine.rules.answer import Row, decide
from lianzhu.engine.rules.criteria import Bound
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
    facts_in,
    given_facts,
    leaves,
    lines,
    wishes,
)
from lianzhu.engine.rules.joint import possible

# Beyond this many evaluations the search stops and says nothing rather than something long.
ASK_LIMIT = 3000
CHANGE_LIMIT = 400
SET_LIMIT = 3


def questions(whole: Bound, row: Row) -> tuple[str, ...]:
    """Return a smallest set of unknown facts of which some answer decides `whole`; empty when none does."""
    unknown = [fact for fact in whole.facts if fact not in row.values]
    tried = 0
    for size in range(1, min(SET_LIMIT, len(unknown)) + 1):
        for chosen in combinations(unknown, size):
            part = _touched(whole, chosen)
            for answer in product(*(_answers(fact, whole.holds, row) for fact in chosen)):
                tried += 1
                if tried > ASK_LIMIT:
                    return ()
                told = Row(row.units, {**row.values, **dict(zip(chosen, answer, strict=True))}, row.decided)
                if not possible(part, told, {}) or not possible(whole.fails, told, {}):
                    return chosen
    told = Row(row.units, row.values, row.decided, assume=True)
    return tuple(unknown) if len(unknown) > SET_LIMIT and possible(whole.holds, told, {}) and not _judged(whole) else ()


def _judged(whole: Bound) -> bool:
    return any(isinstance(leaf, Judge) for leaf in leaves(whole.holds))


def _touched(whole: Bound, chosen: tuple[str, ...]) -> Formula:
    """The part of a conjunction that an answer can make fail: the clauses with these facts or tied to them."""
    if not isinstance(whole.holds, And) or any(fact in whole.holds.joint for fact in chosen):
        return whole.holds
    wanted = set(chosen)
    parts = [part for part in whole.holds.parts if wanted & set(facts_in(part))]
    return And(tuple(parts), whole.holds.joint, whole.holds.mixed)


def _answers(fact: str, node: Formula, row: Row) -> list[int]:
    """Answers worth trying: the ends of the range and both sides of every comparison with known partners."""
    unit = row.units[fact]
    if unit.kind != "number":
        return list(range(unit.low, unit.high + 1))
    found = {unit.low, unit.high}
    for leaf in leaves(node):
        if isinstance(leaf, Score) and fact in given_facts(leaf.points):
            found.update((leaf.sign * leaf.bound, leaf.sign * leaf.bound - 1, leaf.sign * leaf.bound + 1))
    for line, _ in lines(node):
        if fact not in (line.a, line.b):
            continue
        other = line.b if line.a == fact else line.a
        far = row.units[other] if other else None
        for value in [0] if far is None else [row.read(other, far.low), row.read(other, far.high)]:
            end = row.bound(line, line.a == fact, value)
            found.update((end - 1, end, end + 1))
    return sorted(value for value in found if unit.low <= value <= unit.high)


Moves = Mapping[str, int]


def changes(whole: Bound, row: Row, changeable: Mapping[str, bool]) -> dict[str, int]:
    """Return the smallest changes found, fact → value in steps; empty when there is none."""
    search = _Search(whole, Row(row.units, row.values, row.decided, assume=True), changeable)
    search.deepen({}, whole.holds)
    return search.best or {}


class _Search:
    """Mends the first failing clause in every way, then the next, keeping the smallest complete mend."""

    def __init__(self, whole: Bound, row: Row, changeable: Mapping[str, bool]) -> None:
        self.whole, self.start, self.changeable = whole, row, changeable
        self.best: dict[str, int] | None = None
        self.left = CHANGE_LIMIT

    def cost(self, moves: Moves) -> tuple[int, int, Fraction]:
        units: Units = self.start.units
        turned = [fact for fact in moves if units[fact].kind != "number"]
        gap = sum(
            (
                abs(Fraction(value) - self.start.values[fact]) * units[fact].step
                for fact, value in moves.items()
                if units[fact].kind == "number"
            ),
            Fraction(0),
        )
        return len(moves), len(turned), gap

    def deepen(self, moves: dict[str, int], node: Formula) -> None:
        self.left -= 1
        if self.left < 0 or (self.best is not None and self.cost(moves) >= self.cost(self.best)):
            return
        row = self.after(moves)
        failing = next(_failing(self.whole.holds, row), None)
        if failing is None:
            if decide(self.whole, row) is True:
                self.best = dict(moves)
            return
        for fact, value in sorted(set(self.mends(failing, row))):
            before = self.start.values[fact]
            if fact in moves and (value - moves[fact]) * (moves[fact] - before) <= 0:
                continue
            if value != before:
                self.deepen({**moves, fact: value}, node)

    def after(self, moves: Moves) -> Row:
        return Row(self.start.units, {**self.start.values, **moves}, self.start.decided, assume=True)

    def may(self, fact: str, row: Row) -> bool:
        return fact in row.values and self.changeable.get(fact, False)

    def mends(self, node: Formula, row: Row) -> Iterator[tuple[str, int]]:
        """Single changes that mend one failing comparison inside `node`."""
        match node:
            case Or(parts):
                for part in parts:
                    failing = next(_failing(part, row), part)
                    yield from self.mends(failing, row)
            case And():
                inner = next(_failing(node, row), node)
                if inner is not node:
                    yield from self.mends(inner, row)
                else:
                    for fact in node.joint:
                        yield from self.ends(fact, node, row)
            case Linear():
                yield from self.line_ends(node, row)
            case Member(fact, codes, inside):
                if self.may(fact, row):
                    yield from ((fact, code) for code in range(row.units[fact].high + 1) if (code in codes) == inside)
            case Score(points, sign, bound, strict):
                yield from self.score_ends(points, sign, bound + strict, row)

    def ends(self, fact: str, node: Formula, row: Row) -> Iterator[tuple[str, int]]:
        for line, _ in lines(node):
            if fact in (line.a, line.b):
                yield from self.line_ends(line, row)

    def line_ends(self, line: Linear, row: Row) -> Iterator[tuple[str, int]]:
        for fact, other, on_a in ((line.a, line.b, True), (line.b, line.a, False)):
            if not fact or not self.may(fact, row) or (other and other not in row.values):
                continue
            end = row.bound(line, on_a, row.values[other] if other and line.b else 0)
            if row.at_least(line, *((end, row.read(line.b, 0)) if on_a else (row.read(line.a, 0), end))):
                yield fact, end

    def score_ends(self, points: Points, sign: int, bound: int, row: Row) -> Iterator[tuple[str, int]]:
        if isinstance(points, Given) and points.fact in row.values:
            if self.may(points.fact, row):
                yield points.fact, min(max(sign * bound, row.units[points.fact].low), row.units[points.fact].high)
            return
        for line in _open_lines(points, row):
            yield from self.line_ends(line, row)


def _open_lines(points: Points, row: Row) -> Iterator[Linear]:
    """The comparisons of a computed score that could still earn points."""
    match points:
        case Given(fact, rule):
            if fact not in row.values:
                yield from _open_lines(rule, row)
        case Tiers(tiers):
            for conditions, _ in tiers:
                yield from conditions
        case Total(parts) | Best(parts):
            for part in parts:
                yield from _open_lines(part, row)


def _failing(node: Formula, row: Row) -> Iterator[Formula]:
    """The conjuncts that cannot hold; the conjunction itself when only their meeting cannot."""
    if possible(node, row, {}):
        return
    if not isinstance(node, And):
        yield node
        return
    found = False
    for part in node.parts:
        for failing in _failing(part, row):
            found = True
            yield failing
    if not found:
        yield node


def one_step(clauses: Iterable[bool | None], judged_only: Iterable[bool]) -> bool:
    """True when every clause but judgements is decided and exactly one of them is not met."""
    decided = [met for met, judge in zip(clauses, judged_only, strict=True) if not (judge and met is None)]
    return None not in decided and decided.count(False) == 1


def only_judgement(node: Formula, row: Row) -> bool:
    """True when nothing but open wording keeps a clause from being decided."""
    return any(isinstance(leaf, Judge) for leaf in leaves(node)) and all(fact in row.values for fact, _ in wishes(node))
