"""Policies over a whole frame of firms: truths of 64 rows in a word, the same verdicts as the row explainer.

Two passes. The first (`kleene.py`) decides every comparison once for all policies that share it, unknown where a fact
is and nothing else decides alone, and joins these truths as Kleene's logic says. The second (`arrays.py`) looks again,
with the joint decision of `joint.py`, only at rows that the first left open and where that can decide more. Both are
exact integers; a comparison whose products could leave 64 bits is made in whole numbers of any length.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import gcd

import numpy as np
import polars as pl

from lianzhu.engine.rules.arrays import Arrays, can_hold
from lianzhu.engine.rules.criteria import BoundVersion, bind
from lianzhu.engine.rules.formula import INT64, Leaf, Unit, Units, leaves, units_of
from lianzhu.engine.rules.kleene import Question, Sheet, at_length, beyond
from lianzhu.engine.rules.shelf import Shelf
from lianzhu.engine.rules.words import Column, Truth, columns_of, set_bits, truth_series, unpacked

# Rows handled at once: a multiple of 64; the words of a block's comparisons stay in the cache.
BLOCK = 1 << 18
INT32 = 2**31
NOBODY = pl.lit(None, dtype=pl.Boolean)


def integer_frame(frame: pl.DataFrame, shelf: Shelf) -> tuple[pl.DataFrame, dict[str, Fraction]]:
    """Return the facts counted in steps, and the smaller steps of columns that need them.

    Takes Boolean, integer, Decimal, Float64 (rounded to the fact's step) and, for choices, String columns; other
    columns are left out. Shapes: n rows in, n rows out. Raises ValueError for a value outside the range of its fact.
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
            columns.append(_counted((series * float(1 / unit.step)).round().alias(name), 1, unit))
        elif isinstance(series.dtype, pl.Decimal):
            step = Fraction(1, 10**series.dtype.scale)
            common = Fraction(
                gcd(step.numerator * unit.step.denominator, unit.step.numerator * step.denominator),
                step.denominator * unit.step.denominator,
            )
            if common != unit.step:
                finer[name] = common
            factor = step / common
            finest = units_of(shelf.dictionary, finer)[name] if common != unit.step else unit
            columns.append(_counted(series.to_physical().alias(name), int(factor), finest))
        else:
            columns.append(_counted(series, int(1 / unit.step), unit))
    return pl.DataFrame(columns), finer


def _counted(column: pl.Series, factor: int, unit: Unit) -> pl.Series:
    """The column times a factor, as narrow as the range of its fact, from which the width of products is proved."""
    column = column.cast(pl.Int64)
    low, high = max(unit.low, -INT64), min(unit.high, INT64 - 1)
    if not column.is_between(-(-low // factor), high // factor).all():
        message = f"{column.name}: a value is outside the range that the dictionary gives"
        raise ValueError(message)
    return (column * factor).cast(pl.Int32 if max(abs(low), abs(high)) < INT32 else pl.Int64)


@dataclass(frozen=True)
class Compiled:
    """Questions compiled for one day; run them with `verdicts`."""

    questions: tuple[Question, ...]
    units: Units
    sizes: Mapping[str, tuple[str, ...]]

    def verdicts(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return one Boolean column per question: true, false, null = unknown. `frame` as of `integer_frame`."""
        count = frame.height
        if not count:
            return _with_sizes(
                pl.DataFrame(schema={question.name: pl.Boolean for question in self.questions}), self.sizes
            )
        # The kernels, numpy and Polars leave the interpreter lock while they compute, so threads run side by side.
        with columns_of(self._readable(frame)) as columns, ThreadPoolExecutor(pl.thread_pool_size()) as pool:
            blocks = [*pool.map(lambda start: self._block(columns, start, count), range(0, count, BLOCK))]
            series = pool.map(lambda place: self._verdict(place, columns, blocks, count), range(len(self.questions)))
            return _with_sizes(pl.DataFrame([*series]), self.sizes)

    def _block(self, columns: Mapping[str, Column], start: int, count: int) -> list[tuple[Truth, np.ndarray]]:
        """Kleene's truth of every question, and the rows that call for the joint decision."""
        size = min(BLOCK, count - start)
        part = {name: column.part(start, size) for name, column in columns.items()}
        found = {leaf: at_length(leaf, self.units, part, size) for leaf in self.aside}
        sheet = Sheet(self.units, part, found, size)
        truths = [sheet.truth(question.bound.holds) for question in self.questions]
        return [
            (truth, sheet.doubtful(question, truth)) for question, truth in zip(self.questions, truths, strict=True)
        ]

    def _verdict(
        self, place: int, columns: Mapping[str, Column], blocks: list[list[tuple[Truth, np.ndarray]]], count: int
    ) -> pl.Series:
        """One question's column: Kleene's truths, and the joint decision where that can say more."""
        question, answers = self.questions[place], [block[place] for block in blocks]
        yes = np.concatenate([truth.yes for truth, _ in answers])
        no = np.concatenate([truth.no for truth, _ in answers])
        doubtful = np.concatenate([words for _, words in answers])
        if doubtful.any():
            rows = np.flatnonzero(unpacked(doubtful, count))
            algebra = Arrays(self.units, columns, count, question.wide, rows)
            set_bits(no, rows[~can_hold(question.bound.holds, algebra)])
            set_bits(yes, rows[~can_hold(question.bound.fails, algebra)])
        return truth_series(question.name, Truth(yes, no), count)

    @cached_property
    def aside(self) -> frozenset[Leaf]:
        """Leaves that the kernels do not decide."""
        every = (leaf for question in self.questions for leaf in leaves(question.bound.holds))
        return frozenset(leaf for leaf in every if beyond(leaf, self.units))

    def _readable(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The facts of comparisons, in the types that the kernels read."""
        asked = {fact for question in self.questions for fact in question.bound.facts}
        frame = frame.select(name for name in frame.columns if name in asked)
        others = [name for name, dtype in frame.schema.items() if dtype not in (pl.Boolean, pl.Int32, pl.Int64)]
        return frame.with_columns(pl.col(others).cast(pl.Int64)) if others else frame


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
