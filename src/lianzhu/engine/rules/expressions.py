"""The algebra of Polars expressions: what `joint.possible` means for a whole column."""

from collections.abc import Iterable
from functools import reduce
from typing import Any

import polars as pl

from lianzhu.engine.rules.formula import Linear, Units


class Expressions:
    """The algebra of Polars expressions; `known` are the columns without a gap, `there` all columns of the frame."""

    def __init__(self, units: Units, there: frozenset[str], known: frozenset[str], wide: bool) -> None:
        self.units, self.there, self.known = units, there, known
        self.type = pl.Int128 if wide else pl.Int64

    def certain(self, fact: str) -> bool:
        """True when no row lacks the fact."""
        return fact in self.known

    def _lit(self, value: Any) -> pl.Expr:
        return value if isinstance(value, pl.Expr) else pl.lit(value, dtype=self.type)

    def read(self, fact: str, instead: Any) -> Any:
        """The column, with `instead` in its gaps."""
        if fact not in self.there:
            return self._lit(instead)
        column = pl.col(fact).cast(self.type)
        return column if fact in self.known else pl.coalesce(column, self._lit(instead))

    def at_least(self, line: Linear, a: Any, b: Any) -> pl.Expr:
        """Whether p·a + q·b ≥ c (or >)."""
        left = self._lit(a) * line.p
        if line.b:
            left = left + self._lit(b) * line.q
        return left > line.c if line.strict else left >= line.c

    def bound(self, line: Linear, on_a: bool, other: Any) -> Any:
        """The end of the interval, rounded into it to the step and kept in range."""
        fact, weight, rest = (line.a, line.p, line.q) if on_a else (line.b, line.q, line.p)
        unit = self.units[fact]
        top = self._lit(line.c) - self._lit(other) * rest if line.b else self._lit(line.c)
        if weight > 0:
            end = top // weight + 1 if line.strict else -((-top) // weight)
        else:
            end = ((-top - 1) if line.strict else -top) // -weight
        return end.clip(unit.low, unit.high)

    def among(self, value: Any, codes: frozenset[int], inside: bool) -> pl.Expr:
        """Whether a choice is one of `codes`."""
        listed = self._lit(value).is_in(sorted(codes))
        return (self._lit(value) >= 0) & (listed if inside else ~listed)

    def judged(self, key: str, wanted: bool) -> pl.Expr:
        """Open wording is undecided in a frame: it can always be as wanted."""
        return pl.lit(True)

    def every(self, truths: Iterable[pl.Expr]) -> pl.Expr:
        """Conjunction."""
        return reduce(lambda a, b: a & b, truths)

    def some(self, truths: Iterable[pl.Expr]) -> pl.Expr:
        """Disjunction."""
        return reduce(lambda a, b: a | b, truths)

    def pick(self, cases: Iterable[tuple[pl.Expr, int]], otherwise: int) -> pl.Expr:
        """The points of the first true case."""
        chain: Any = pl
        for true, worth in cases:
            chain = chain.when(true).then(self._lit(worth))
        return chain.otherwise(self._lit(otherwise))

    def add(self, numbers: Iterable[Any]) -> pl.Expr:
        """Sum of points."""
        return reduce(lambda a, b: a + b, map(self._lit, numbers))

    def largest(self, numbers: Iterable[Any]) -> pl.Expr:
        """Largest of points."""
        return pl.max_horizontal(*map(self._lit, numbers))

    def over(self, sign: int, points: Any, bound: int, strict: bool) -> pl.Expr:
        """Whether sign·points ≥ bound (or >)."""
        return self._lit(points) * sign > bound if strict else self._lit(points) * sign >= bound
