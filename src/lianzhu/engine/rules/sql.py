"""Policies as SQL text: the same three-valued answers on DuckDB, PostgreSQL and Spark.

Facts are columns counted in steps (see `columns.integer_frame`), booleans as booleans. The text uses COALESCE, CASE,
comparison and whole-number arithmetic only, so each engine's own three-valued logic never comes into it.
"""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from lianzhu.engine.rules.columns import compile_policies
from lianzhu.engine.rules.formula import Linear, Units
from lianzhu.engine.rules.joint import possible
from lianzhu.engine.rules.shelf import Shelf

DIVIDE = {"duckdb": "//", "postgresql": "/", "spark": "div"}
WIDE = {"duckdb": "HUGEINT", "postgresql": "NUMERIC(38,0)", "spark": "DECIMAL(38,0)"}


class Text:
    """The algebra of SQL text; `there` are the columns of the table."""

    def __init__(self, units: Units, there: frozenset[str], dialect: str, wide: bool) -> None:
        self.units, self.there, self.divide = units, there, DIVIDE[dialect]
        self.type = WIDE[dialect] if wide else "BIGINT"

    def certain(self, fact: str) -> bool:
        """Any row may lack any fact."""
        return False

    def read(self, fact: str, instead: Any) -> Any:
        """The column, with `instead` in its gaps."""
        if fact not in self.there:
            return instead
        column = f'"{fact}"'
        if self.units[fact].kind == "boolean":
            column = f"CASE WHEN {column} THEN 1 WHEN NOT {column} THEN 0 END"
        return f"COALESCE(CAST({column} AS {self.type}), {instead})"

    def at_least(self, line: Linear, a: Any, b: Any) -> str:
        """Whether p·a + q·b ≥ c (or >)."""
        left = f"{line.p} * {a}" + (f" + {line.q} * {b}" if line.b else "")
        return f"({left} {'>' if line.strict else '>='} {line.c})"

    def bound(self, line: Linear, on_a: bool, other: Any) -> str:
        """The end of the interval, rounded into it to the step and kept in range."""
        fact, weight, rest = (line.a, line.p, line.q) if on_a else (line.b, line.q, line.p)
        unit = self.units[fact]
        # Division is of a sum moved above zero, so that every engine rounds it down.
        size = abs(weight)
        lift = max(abs(unit.low), abs(unit.high)) + abs(line.c) // size + 2
        if line.b:
            partner = self.units[line.b if on_a else line.a]
            lift += abs(rest) * max(abs(partner.low), abs(partner.high)) // size
        top = f"({line.c} - {rest} * {other})" if line.b else f"({line.c})"
        if weight > 0:
            up = 0 if line.strict else size - 1
            end = f"(({top} + {up} + {lift * size}) {self.divide} {size} - {lift}{' + 1' if line.strict else ''})"
        else:
            end = f"(({lift * size} - {top}{' - 1' if line.strict else ''}) {self.divide} {size} - {lift})"
        return (
            f"(CASE WHEN {end} < {unit.low} THEN {unit.low} WHEN {end} > {unit.high} THEN {unit.high} ELSE {end} END)"
        )

    def among(self, value: Any, codes: frozenset[int], inside: bool) -> str:
        """Whether a choice is one of `codes`."""
        return f"({value} >= 0 AND {value} {'' if inside else 'NOT '}IN ({', '.join(map(str, sorted(codes)))}))"

    def judged(self, key: str, wanted: bool) -> str:
        """Open wording is undecided in a table."""
        return "TRUE"

    def every(self, truths: Iterable[str]) -> str:
        """Conjunction."""
        return "(" + " AND ".join(truths) + ")"

    def some(self, truths: Iterable[str]) -> str:
        """Disjunction."""
        return "(" + " OR ".join(truths) + ")"

    def pick(self, cases: Iterable[tuple[str, int]], otherwise: int) -> str:
        """The points of the first true case."""
        return "CASE " + " ".join(f"WHEN {true} THEN {worth}" for true, worth in cases) + f" ELSE {otherwise} END"

    def add(self, numbers: Iterable[Any]) -> str:
        """Sum of points."""
        return "(" + " + ".join(f"({number})" for number in numbers) + ")"

    def largest(self, numbers: Iterable[Any]) -> str:
        """Largest of points."""
        return "GREATEST(" + ", ".join(f"({number})" for number in numbers) + ")"

    def over(self, sign: int, points: Any, bound: int, strict: bool) -> str:
        """Whether sign·points ≥ bound (or >)."""
        return f"({sign} * ({points}) {'>' if strict else '>='} {bound})"


def query(
    shelf: Shelf,
    on: datetime.date,
    columns: Sequence[str],
    table: str = "firms",
    policies: Sequence[str] = (),
    dialect: str = "duckdb",
) -> str:
    """Return a SELECT with one three-valued column per policy in force on a day, over `table`.

    `columns`: the facts the table has, counted in steps; others are unknown. Further columns are not touched.
    """
    compiled = compile_policies(shelf, on, policies)
    there = frozenset(columns)
    said = []
    for question in compiled.questions:
        text = Text(compiled.units, there, dialect, question.wide)
        can = possible(question.bound.holds, text, {})
        cannot = possible(question.bound.fails, text, {})
        said.append(f'CASE WHEN NOT {can} THEN FALSE WHEN NOT {cannot} THEN TRUE END AS "{question.name}"')
    inner = "SELECT\n  " + ",\n  ".join(said) + f'\nFROM "{table}"'
    sizes = [f'CASE WHEN {_certain(name, levels)} THEN TRUE END AS "{name}"' for name, levels in compiled.sizes.items()]
    return "\n".join(("SELECT *,", ",\n".join(sizes), "FROM (", inner, ") AS answers")) if sizes else inner


def _certain(policy: str, levels: Sequence[str]) -> str:
    """One size is certain: at least this level, and not the next."""
    names = [f'"{policy}:{level}"' for level in levels]
    above = [f" AND NOT COALESCE({name}, TRUE)" for name in names[1:]]
    return " OR ".join(f"(COALESCE({name}, FALSE){rest})" for name, rest in zip(names, [*above, ""], strict=True))
