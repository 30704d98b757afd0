"""Policies over a whole frame of firms, compiled once into vectorised Polars expressions.

Two passes. The first is Kleene's: every comparison is computed once for all policies that share it, unknown where a
fact is and the other does not decide alone, and the policies are conjunctions of those columns. The second looks again,
with the joint decision of `joint.py`, only at rows the first left unknown where that can decide more: rows in which a
fact of a score or a fact tied both ways is unknown. Both passes are exact integers; a version whose products could
leave 64 bits runs in 128.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, reduce
from math import gcd

import numpy as np
import polars as pl

from lianzhu.engine.rules.criteria import Bound, BoundVersion, bind
from lianzhu.engine.rules.expressions import Expressions
from lianzhu.engine.rules.formula import (
    And,
    Formula,
    Judge,
    Leaf,
    Linear,
    Member,
    Or,
    Score,
    Units,
    is_wide,
    leaves,
    units_of,
    wishes,
)
from lianzhu.engine.rules.joint import possible
from lianzhu.engine.rules.shelf import Shelf

# Rows handled at once, one block per core.
SMALLEST, LARGEST = 1 << 17, 1 << 20
INT32 = 2**31
NOBODY = pl.lit(None, dtype=pl.Boolean)


@dataclass(frozen=True)
class Question:
    """One formula to decide for every row, under a column name."""

    name: str
    bound: Bound
    wide: bool

    @cached_property
    def tied(self) -> frozenset[str]:
        """Facts whose absence can leave Kleene weaker than the joint decision: in scores, or tied both ways."""
        found = {fact for node in _nodes(self.bound.holds, self.bound.fails) for fact in node.joint}
        for leaf in leaves(self.bound.holds):
            if isinstance(leaf, Score):
                found.update(fact for fact, _ in wishes(leaf))
        return frozenset(found)


def _nodes(*roots: Formula) -> Iterable[And]:
    for root in roots:
        if isinstance(root, And):
            yield root
        if isinstance(root, And | Or):
            yield from _nodes(*root.parts)


def integer_frame(frame: pl.DataFrame, shelf: Shelf) -> tuple[pl.DataFrame, dict[str, Fraction]]:
    """Return the facts counted in steps, and the smaller steps of columns that need them.

    Takes Boolean, integer, Decimal, Float64 (rounded to the fact's step) and, for choices, String columns; other
    columns are left out. Shapes: n rows in, n rows out.
    """
    columns: list[pl.Series] = []
    finer: dict[str, Fraction] = {}
    for name in frame.columns:
        unit = shelf.units.get(name)
        if unit is None:
            continue
        series = frame.get_column(name)
        if unit.kind == "choice":
            codes = {code: number for number, code in enumerate(unit.codes)}
            columns.append(series.replace_strict(codes, default=None, return_dtype=pl.Int8).alias(name))
        elif unit.kind == "boolean":
            columns.append(series.cast(pl.Boolean))
        elif series.dtype == pl.Float64:
            columns.append((series * float(1 / unit.step)).round().cast(pl.Int64).alias(name))
        elif isinstance(series.dtype, pl.Decimal):
            step = Fraction(1, 10**series.dtype.scale)
            common = Fraction(
                gcd(step.numerator * unit.step.denominator, unit.step.numerator * step.denominator),
                step.denominator * unit.step.denominator,
            )
            if common != unit.step:
                finer[name] = common
            factor = step / common
            unscaled = series.to_physical() if factor == 1 else series.to_physical() * int(factor)
            columns.append(unscaled.cast(pl.Int64).alias(name))
        else:
            columns.append((series.cast(pl.Int64) * int(1 / unit.step)).alias(name))
    return pl.DataFrame([_narrow(column, shelf.units) for column in columns]), finer


def _narrow(column: pl.Series, units: Units) -> pl.Series:
    """A 32-bit column where the range of the fact allows it."""
    unit = units[column.name]
    fits = (
        column.dtype == pl.Int64
        and max(abs(unit.low), abs(unit.high)) < INT32
        and column.is_between(-INT32, INT32 - 1).all()
    )
    return column.cast(pl.Int32) if fits else column


@dataclass(frozen=True)
class Compiled:
    """Questions compiled for one day; run them with `verdicts`."""

    questions: tuple[Question, ...]
    units: Units
    sizes: Mapping[str, tuple[str, ...]]
    built: dict[tuple[str, frozenset[str], frozenset[str]], list[pl.Expr]] = field(default_factory=dict, compare=False)

    def verdicts(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return one Boolean column per question: true, false, null = unknown. `frame` as of `integer_frame`."""
        threads = pl.thread_pool_size()
        size = min(max(-(-frame.height // threads), SMALLEST), LARGEST)
        if frame.height <= size:
            return self._block(frame)
        # Polars leaves the interpreter lock while it computes, so blocks run side by side.
        with ThreadPoolExecutor(threads) as pool:
            starts = range(0, frame.height, size)
            return pl.concat(pool.map(lambda start: self._block(frame.slice(start, size)), starts), rechunk=False)

    def _block(self, frame: pl.DataFrame) -> pl.DataFrame:
        there = frozenset(frame.columns)
        known = frozenset(name for name in frame.columns if frame.get_column(name).null_count() == 0)
        sheet = _Sheet(self.units, there, known)
        rules = [sheet.rule(question) for question in self.questions]
        first = frame.select(sheet.columns()).select(rules) if sheet.shared else frame.select(rules)
        if first.height != frame.height:
            first = first.select(_repeated(first.to_series(place), frame.height) for place in range(first.width))
        return _with_sizes(self._second(frame, first, there, known), self.sizes)

    def _second(
        self, frame: pl.DataFrame, first: pl.DataFrame, there: frozenset[str], known: frozenset[str]
    ) -> pl.DataFrame:
        changed: list[pl.Series] = []
        for question in self.questions:
            verdict = first.get_column(question.name)
            if verdict.null_count() == 0:
                continue
            gaps = question.tied - known
            if not gaps:
                continue
            open_rows = verdict.is_null()
            if gaps <= there:
                open_rows = open_rows & reduce(lambda a, b: a | b, (frame.get_column(fact).is_null() for fact in gaps))
            places = open_rows.arg_true()
            if len(places):
                changed += self._again(question, verdict, frame, places, known)
        return first.with_columns(changed) if changed else first

    def _both(self, question: Question, there: frozenset[str], known: frozenset[str]) -> list[pl.Expr]:
        """Whether the formula and its negation can hold, built once per set of columns."""
        key = (question.name, there, known)
        if key not in self.built:
            algebra = Expressions(self.units, there, known, question.wide)
            can = possible(question.bound.holds, algebra, {}).alias("can")
            self.built[key] = [can, possible(question.bound.fails, algebra, {}).alias("cannot")]
        return self.built[key]

    def _again(
        self, question: Question, verdict: pl.Series, frame: pl.DataFrame, places: pl.Series, known: frozenset[str]
    ) -> list[pl.Series]:
        """The column with the rows at `places` decided jointly; nothing when none of them is decided."""
        facts = [fact for fact in question.bound.facts if fact in frame.columns]
        again = frame.select(facts)[places] if facts else frame.head(len(places))
        said = again.select(self._both(question, frozenset(facts), known.intersection(facts)))
        found = []
        for name in said.columns:
            places_out = places.filter(~_repeated(said.get_column(name), len(places)))
            flags = np.zeros(frame.height, dtype=np.bool_)
            flags[places_out.to_numpy()] = True
            found.append((len(places_out), pl.Series(flags)))
        (failing, no), (holding, yes) = found
        # Kleene: unknown | true is true, unknown & false is false; the other rows stay as they are.
        return [((verdict & ~no) | yes).alias(question.name)] if failing or holding else []


def _repeated(series: pl.Series, height: int) -> pl.Series:
    """A constant column at the height of its frame."""
    if series.len() == height:
        return series
    return pl.repeat(series[0], height, dtype=pl.Boolean, eager=True).alias(series.name)


def _with_sizes(frame: pl.DataFrame, sizes: Mapping[str, tuple[str, ...]]) -> pl.DataFrame:
    """Add the verdict of each size table: true where one size is certain, else unknown."""
    for policy, levels in sizes.items():
        names = [f"{policy}:{level}" for level in levels]
        certain = [
            pl.col(name).fill_null(False) & ~(pl.col(above).fill_null(True) if above else pl.lit(False))
            for name, above in zip(names, [*names[1:], ""], strict=True)
        ]
        frame = frame.with_columns(
            pl.when(pl.any_horizontal(certain)).then(pl.lit(True)).otherwise(NOBODY).alias(policy)
        )
    return frame


class _Sheet:
    """The first pass: leaf columns shared among rules."""

    def __init__(self, units: Units, there: frozenset[str], known: frozenset[str]) -> None:
        self.units, self.there, self.known = units, there, known
        self.shared: dict[Leaf, str] = {}

    def columns(self) -> list[pl.Expr]:
        return [self.leaf(leaf).alias(name) for leaf, name in self.shared.items()]

    def rule(self, question: Question) -> pl.Expr:
        return self.node(question.bound.holds).alias(question.name)

    def node(self, node: Formula) -> pl.Expr:
        if isinstance(node, And):
            return reduce(lambda a, b: a & b, map(self.node, node.parts))
        if isinstance(node, Or):
            return reduce(lambda a, b: a | b, map(self.node, node.parts))
        if isinstance(node, Judge):
            return NOBODY
        if isinstance(node, Linear) and node.b:
            return self.edges(node)
        return self.shared_column(node)

    def shared_column(self, leaf: Leaf) -> pl.Expr:
        """The column of a leaf, made once; a negated comparison is the complement of its positive column."""
        if not isinstance(leaf, Score) and not any(fact in self.there for fact, _ in wishes(leaf)):
            return NOBODY
        if isinstance(leaf, Linear):
            turned = Linear(leaf.a, -leaf.p, -leaf.c, not leaf.strict, leaf.b, -leaf.q)
            if turned in self.shared:
                return ~pl.col(self.shared[turned])
        return pl.col(self.shared.setdefault(leaf, f"leaf{len(self.shared)}"))

    def leaf(self, leaf: Leaf) -> pl.Expr:
        match leaf:
            case Linear():
                return self.line(leaf)
            case Member(fact, codes, inside):
                listed = pl.col(fact).is_in(sorted(codes))
                return listed if inside else ~listed
        algebra = Expressions(self.units, self.there, self.known, False)
        negated = Score(leaf.points, -leaf.sign, -leaf.bound, not leaf.strict) if isinstance(leaf, Score) else leaf
        can, cannot = possible(leaf, algebra, {}), possible(negated, algebra, {})
        return pl.when(~can).then(pl.lit(False)).when(~cannot).then(pl.lit(True)).otherwise(NOBODY)

    def line(self, line: Linear) -> pl.Expr:
        if line.a not in self.there or (line.b and line.b not in self.there):
            return NOBODY
        a = pl.col(line.a)
        if self.units[line.a].kind == "boolean":
            return a if line.p > 0 else ~a
        if line.b:
            first, second = (
                ((line.p, line.a), (-line.q, line.b)) if line.p > 0 else ((line.q, line.b), (-line.p, line.a))
            )
            wide = is_wide(line, self.units)
            left, right = self.times(*first, wide), self.times(*second, wide)
            return left > right if line.strict else left >= right
        if line.p > 0:
            return a > line.c // line.p if line.strict else a >= -(-line.c // line.p)
        return a < -(line.c // -line.p) if line.strict else a <= -line.c // -line.p

    def times(self, factor: int, fact: str, wide: bool) -> pl.Expr:
        """A product in integers wide enough for the fact's range; a narrow column stays narrow where it can."""
        unit, column = self.units[fact], pl.col(fact)
        if wide:
            column = column.cast(pl.Int128)
        elif factor * max(abs(unit.low), abs(unit.high)) >= INT32:
            column = column.cast(pl.Int64)
        return column if factor == 1 else column * factor

    def edges(self, line: Linear) -> pl.Expr:
        """A ratio, decided by one side alone where that is extreme enough, as any figure reaches 0 % of no sales."""
        holds = self.shared_column(line)
        for gap, p, fact, q in ((line.a, line.p, line.b, line.q), (line.b, line.q, line.a, line.p)):
            if gap in self.known or fact not in self.there:
                continue
            away, here = self.units[gap], self.units[fact]
            always = line.c - min(p * away.low, p * away.high) + line.strict
            never = line.c - max(p * away.low, p * away.high) + line.strict
            if q > 0:
                enough, short = -(-always // q), -(-never // q) - 1
                if enough <= here.high:
                    holds = holds | self.shared_column(Linear(fact, 1, enough))
                if short >= here.low:
                    holds = holds & self.shared_column(Linear(fact, 1, short, True))
            else:
                enough, short = always // q, never // q + 1
                if enough >= here.low:
                    holds = holds | self.shared_column(Linear(fact, -1, -enough))
                if short <= here.high:
                    holds = holds & self.shared_column(Linear(fact, -1, -short, True))
        return holds


def compile_policies(
    shelf: Shelf, on: datetime.date, policies: Sequence[str] = (), finer: Mapping[str, Fraction] | None = None
) -> Compiled:
    """Compile the versions in force on a day; policies not in force have no column.

    One question per policy, and per level where a policy has levels (`policy:level`: at least that level of a size
    table, that level's own conditions elsewhere). `finer`: the smaller steps that `integer_frame` returned.
    """
    units = units_of(shelf.dictionary, finer) if finer else shelf.units
    questions: list[Question] = []
    sizes: dict[str, tuple[str, ...]] = {}
    for name in shelf.chosen(policies, on):
        bound = shelf.version_on(name, on)
        if bound is None:
            continue
        if finer:
            bound = bind(bound.version, units)
        questions += _questions(name, bound)
        if bound.version.size_table:
            sizes[name] = bound.version.levels
    return Compiled(tuple(questions), units, sizes)


def _questions(name: str, bound: BoundVersion) -> Iterable[Question]:
    if not bound.version.size_table:
        yield Question(name, bound.whole, bound.wide)
    for level, formula in bound.levels:
        yield Question(f"{name}:{level}", formula, bound.wide)


def verdicts(shelf: Shelf, frame: pl.DataFrame, on: datetime.date, policies: Sequence[str] = ()) -> pl.DataFrame:
    """Return the verdict of every firm (row) on every policy (column) in force on a day: true, false, null = unknown.

    `frame`: facts in the dictionary's units, one row per firm; see `integer_frame` for the column types.
    """
    integers, finer = integer_frame(frame, shelf)
    return compile_policies(shelf, on, policies, finer).verdicts(integers)


def decimal_column(values: Iterable[Decimal | int | None], name: str, scale: int) -> pl.Series:
    """Return an exact Decimal column of `scale` places from Python numbers."""
    return pl.Series(name, [None if value is None else Decimal(value) for value in values], pl.Decimal(38, scale))
