"""The algebra of numpy arrays: what `joint.possible` means for many rows at once.

Work is done as it is asked for: an expression of a query engine for the same formula takes longer to plan than to run.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

import numpy as np

from lianzhu.engine.rules.formula import Formula, Linear, Units
from lianzhu.engine.rules.joint import possible
from lianzhu.engine.rules.words import Column, bits_at, unpacked


class Arrays:
    """The algebra of columns, or of some of their `rows`; `wide`: in whole numbers of any length instead of 64 bits."""

    def __init__(
        self, units: Units, columns: Mapping[str, Column], count: int, wide: bool, rows: np.ndarray | None = None
    ) -> None:
        self.units, self.columns, self.count, self.rows = units, columns, count, rows
        self.type: Any = object if wide else np.int64
        self.height = count if rows is None else rows.size
        self.lying: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        self.filled: dict[tuple[str, int], np.ndarray] = {}
        self.compared: dict[tuple[Linear, int, int], tuple[Any, Any, Any]] = {}

    def lay(self, fact: str) -> tuple[np.ndarray, np.ndarray]:
        """The values and the gaps of a column, read once."""
        if fact not in self.lying:
            column = self.columns[fact]
            values = self.bits(column.values) if column.values.dtype == np.uint64 else self.picked(column.values)
            self.lying[fact] = values.astype(self.type, copy=False), ~self.bits(column.known)
        return self.lying[fact]

    def picked(self, values: np.ndarray) -> np.ndarray:
        """The values of the rows asked for."""
        return values if self.rows is None else values[self.rows]

    def bits(self, words: np.ndarray) -> np.ndarray:
        """The bits of the rows asked for."""
        return unpacked(words, self.count) if self.rows is None else bits_at(words, self.rows)

    def certain(self, fact: str) -> bool:
        """True when no row lacks the fact."""
        return fact in self.columns and not (self.columns[fact].gaps and self.lay(fact)[1].any())

    def read(self, fact: str, instead: Any) -> Any:
        """The column, with `instead` in its gaps."""
        if fact not in self.columns:
            return instead
        values, gaps = self.lay(fact)
        if self.certain(fact):
            return values
        if not isinstance(instead, int):
            return np.where(gaps, instead, values)
        if (fact, instead) not in self.filled:
            self.filled[fact, instead] = np.where(gaps, instead, values)
        return self.filled[fact, instead]

    def at_least(self, line: Linear, a: Any, b: Any) -> Any:
        """Whether p·a + q·b ≥ c (or >)."""
        # Test points of one fact leave most comparisons as they were; a and b are kept, so that no other gets their id.
        key = line, id(a), id(b)
        if key not in self.compared:
            left = a * line.p + b * line.q if line.b else a * line.p
            self.compared[key] = left > line.c if line.strict else left >= line.c, a, b
        return self.compared[key][0]

    def bound(self, line: Linear, on_a: bool, other: Any) -> Any:
        """The end of the interval, rounded into it to the step and kept in range."""
        fact, weight, rest = (line.a, line.p, line.q) if on_a else (line.b, line.q, line.p)
        unit = self.units[fact]
        top = np.asarray(line.c - other * rest if line.b else line.c, dtype=self.type)
        if weight > 0:
            end = top // weight + 1 if line.strict else -((-top) // weight)
        else:
            end = ((-top - 1) if line.strict else -top) // -weight
        return np.asarray(np.minimum(np.maximum(end, unit.low), unit.high), dtype=self.type)

    def among(self, value: Any, codes: frozenset[int], inside: bool) -> Any:
        """Whether a choice is one of `codes`."""
        return np.greater_equal(value, 0) & np.isin(value, sorted(codes), invert=not inside)

    def judged(self, key: str, wanted: bool) -> bool:
        """Open wording is undecided in a frame: it can always be as wanted."""
        return True

    def every(self, truths: Iterable[Any]) -> Any:
        """Conjunction."""
        return reduce(lambda a, b: a & b, truths)

    def some(self, truths: Iterable[Any]) -> Any:
        """Disjunction."""
        return reduce(lambda a, b: a | b, truths)

    def pick(self, cases: Iterable[tuple[Any, int]], otherwise: int) -> Any:
        """The points of the first true case."""
        points: Any = otherwise
        for true, worth in reversed([*cases]):
            points = np.where(true, worth, points)
        return points

    def add(self, numbers: Iterable[Any]) -> Any:
        """Sum of points."""
        return reduce(lambda a, b: a + b, numbers)

    def largest(self, numbers: Iterable[Any]) -> Any:
        """Largest of points."""
        return reduce(np.maximum, numbers)

    def over(self, sign: int, points: Any, bound: int, strict: bool) -> Any:
        """Whether sign·points ≥ bound (or >)."""
        return points * sign > bound if strict else points * sign >= bound


def can_hold(node: Formula, algebra: Arrays) -> np.ndarray:
    """Return, for each row, whether some values of its unknown facts make `node` hold."""
    return np.broadcast_to(np.asarray(possible(node, algebra, {}), dtype=np.bool_), algebra.height)
