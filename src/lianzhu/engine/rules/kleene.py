"""The first pass over a frame: every comparison once for all policies that share it, joined as Kleene's logic says.

A comparison is unknown where a fact is, unless the other fact, or the range of the unknown one, decides alone.
`Sheet.doubtful` finds the few rows in which the joint decision of `joint.py` can say more than this.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np

from lianzhu.engine.rules.arrays import Arrays, can_hold
from lianzhu.engine.rules.criteria import Bound
from lianzhu.engine.rules.formula import (
    JOINT_LIMIT,
    And,
    Formula,
    Judge,
    Leaf,
    Linear,
    Member,
    Or,
    Score,
    Units,
    facts_in,
    is_wide,
    leaves,
    negation,
)
from lianzhu.engine.rules.words import Column, Product, Truth, at_least, everyone, packed, sum_at_least


@dataclass(frozen=True)
class Tie:
    """A fact that two or more parts of one node want both ways, and those parts."""

    fact: str
    parts: tuple[Formula, ...]


@dataclass(frozen=True)
class Question:
    """One formula to decide for every row, under a column name."""

    name: str
    bound: Bound
    wide: bool

    @cached_property
    def ties(self) -> tuple[Tie, ...]:
        """Every tie in the formula or its negation: where Kleene can be weaker than the joint decision."""
        return tuple(_ties(self.bound.holds))

    @cached_property
    def bare(self) -> frozenset[str]:
        """Facts whose absence alone calls for the joint decision: of scores, and all tied ones beyond its limit."""
        scores = [leaf for leaf in leaves(self.bound.holds) if isinstance(leaf, Score)]
        found = {fact for score in scores for fact in facts_in(score)}
        if any(len(_tied(node)) >= JOINT_LIMIT for node in _nodes(self.bound.holds)):
            found.update(tie.fact for tie in self.ties)
        return frozenset(found)


def _nodes(node: Formula) -> Iterator[And | Or]:
    if isinstance(node, And | Or):
        yield node
        for part in node.parts:
            yield from _nodes(part)


def _tied(node: And | Or) -> tuple[str, ...]:
    """Facts tied in a conjunction, or in the conjunction that negates a disjunction."""
    conjoined = negation(node) if isinstance(node, Or) else node
    return conjoined.joint if isinstance(conjoined, And) else ()


def _ties(formula: Formula) -> Iterator[Tie]:
    for node in _nodes(formula):
        for fact in _tied(node):
            yield Tie(fact, tuple(part for part in node.parts if fact in facts_in(part)))


class Sheet:
    """The truths of one block of rows; each leaf is decided once."""

    def __init__(self, units: Units, columns: Mapping[str, Column], found: dict[Leaf, Truth], count: int) -> None:
        self.units, self.columns, self.found = units, columns, found
        self.count, self.everyone = count, everyone(count)
        self.nobody = np.zeros_like(self.everyone)

    def truth(self, node: Formula) -> Truth:
        """Return the truth of a formula by Kleene's logic."""
        match node:
            case And(parts):
                return reduce(lambda a, b: a & b, map(self.truth, parts))
            case Or(parts):
                return reduce(lambda a, b: a | b, map(self.truth, parts))
            case Judge():
                return Truth(self.nobody, self.nobody)
        if node not in self.found:
            if not isinstance(node, Linear):
                raise TypeError(node)
            # A comparison and its negation share one reading of their columns.
            self.found[node] = ~self.truth(negation(node)) if node.p < 0 else self.line(node)
        return self.found[node]

    def line(self, line: Linear) -> Truth:
        """Return the truth of p·a + q·b ≥ c (or >) with p > 0.

        One side decides alone where it is extreme enough, as any figure reaches 0 % of no sales; and a range that
        agrees throughout decides even where the fact is unknown.
        """
        bound = line.c + line.strict
        if line.b:
            return sum_at_least(self.product(line.a, line.p), self.product(line.b, line.q), bound)
        column, least = self.column(line.a), -(-bound // line.p)
        if self.units[line.a].kind != "boolean":
            truth = at_least(column, least)
        elif least == 1:
            truth = Truth(column.values & column.known, ~column.values & column.known)
        else:
            truth = Truth(column.known, self.nobody) if least < 1 else Truth(self.nobody, column.known)
        low, high = self.reach(line.a, line.p)
        if low >= bound:
            return Truth(truth.yes | (truth.unknown & self.everyone), truth.no)
        if high < bound:
            return Truth(truth.yes, truth.no | (truth.unknown & self.everyone))
        return truth

    def column(self, fact: str) -> Column:
        """Return the column of a fact; one that the frame lacks is all gaps."""
        if fact in self.columns:
            return self.columns[fact]
        values = self.nobody if self.units[fact].kind == "boolean" else np.zeros(self.count, np.int64)
        return Column(values, self.nobody, True)

    def product(self, fact: str, factor: int) -> Product:
        """Return a fact times a number."""
        column = self.column(fact)
        return Product(column.values, column.known, factor, *self.reach(fact, factor))

    def reach(self, fact: str, factor: int) -> tuple[int, int]:
        """Return the smallest and largest product of a fact in its range."""
        ends = factor * self.units[fact].low, factor * self.units[fact].high
        return min(ends), max(ends)

    def doubtful(self, question: Question, truth: Truth) -> np.ndarray:
        """Return the open rows in which the joint decision can say more, as words.

        Kleene is exact for a node unless two of its parts are open together and want the same unknown fact both ways.
        """
        rows = np.zeros_like(self.everyone)
        for fact in question.bare:
            rows |= self.missing(fact)
        for tie in question.ties:
            once, twice = np.zeros_like(rows), np.zeros_like(rows)
            for part in tie.parts:
                unknown = self.truth(part).unknown
                twice |= once & unknown
                once |= unknown
            rows |= twice & self.missing(tie.fact)
        return rows & truth.unknown & self.everyone

    def missing(self, fact: str) -> np.ndarray:
        """Return the rows that lack a fact."""
        return self.everyone & ~self.column(fact).known


def beyond(leaf: Leaf, units: Units) -> bool:
    """Say whether a leaf is left to arrays: scores, lists, and sums that need more than 64 bits."""
    if isinstance(leaf, Linear):
        return is_wide(leaf, units) or (bool(leaf.b) and "boolean" in (units[leaf.a].kind, units[leaf.b].kind))
    return isinstance(leaf, Score | Member)


def at_length(leaf: Leaf, units: Units, columns: Mapping[str, Column], count: int) -> Truth:
    """Return the truth of a leaf `beyond` the kernels."""
    algebra = Arrays(units, columns, count, is_wide(leaf, units))
    no, yes = (~can_hold(node, algebra) for node in (leaf, negation(leaf)))
    return Truth(packed(yes), packed(no))
