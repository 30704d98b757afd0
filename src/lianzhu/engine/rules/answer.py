"""One firm against one policy on one day: the verdict, clause by clause, with the values used."""

import datetime
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from lianzhu.engine.rules.criteria import Bound, BoundVersion
from lianzhu.engine.rules.formula import Linear, Units, judges_in
from lianzhu.engine.rules.joint import possible
from lianzhu.engine.rules.model import Clause

Value = int | Decimal | bool | str | None
Number = int | Fraction
VERDICTS = {True: "qualifies", False: "fails", None: "unknown"}
CLAUSE_VERDICTS = {True: "met", False: "not_met", None: "unknown"}


@dataclass(frozen=True)
class ClauseAnswer:
    """One clause: the values used (None: unknown) and whether it is met (None: unknown)."""

    clause: Clause
    met: bool | None
    facts: Mapping[str, Value]

    @property
    def verdict(self) -> str:
        """met, not_met or unknown."""
        return CLAUSE_VERDICTS[self.met]


@dataclass(frozen=True)
class Change:
    """One fact that would have to be different."""

    fact: str
    current: Value
    wanted: Value


@dataclass(frozen=True)
class Answer:
    """The whole answer. `ready`: all is met but an official's judgement. `one_step`: exactly one clause is not met."""

    policy: str
    version: str | None
    on: datetime.date
    verdict: str
    ready: bool = False
    one_step: bool = False
    level: str | None = None
    clauses: tuple[ClauseAnswer, ...] = ()
    ask: tuple[str, ...] = ()
    nearest: tuple[Change, ...] = ()
    benefit: Mapping[str, Any] = field(default_factory=dict)

    @property
    def to_confirm(self) -> tuple[Clause, ...]:
        """Clauses whose article is not known or whose mark is weak."""
        return tuple(said.clause for said in self.clauses if said.clause.doubts)

    def as_json(self, enterprise: str) -> dict[str, Any]:
        """Return the object of the CLI contract; exact numbers stay Decimal for the writer."""
        return {
            "enterprise": enterprise,
            "policy": self.policy,
            "version": self.version,
            "on": self.on.isoformat(),
            "verdict": self.verdict,
            "ready": self.ready,
            "level": self.level,
            "clauses": [
                {
                    "ref": said.clause.ref,
                    "text": said.clause.text,
                    "v": said.clause.mark,
                    "verdict": said.verdict,
                    "facts": dict(said.facts),
                }
                for said in self.clauses
            ],
            "ask": list(self.ask),
            "nearest": [{"fact": said.fact, "from": said.current, "to": said.wanted} for said in self.nearest],
            "to_confirm": [
                {"ref": clause.ref, "text": clause.text, "why": list(clause.doubts)} for clause in self.to_confirm
            ],
            "benefit": dict(self.benefit),
        }


class Row:
    """The algebra of one firm: exact numbers counted in steps; a fact not in `values` is unknown.

    `judged` says what an official decided; `assume` (True or None) is what an undecided wording counts as.
    """

    def __init__(
        self,
        units: Units,
        values: Mapping[str, Number],
        judged: Mapping[str, bool] | None = None,
        assume: bool | None = None,
    ) -> None:
        self.units = units
        self.values = values
        self.decided = judged or {}
        self.assume = assume

    def certain(self, fact: str) -> bool:
        """True when the fact is known."""
        return fact in self.values

    def read(self, fact: str, instead: Number) -> Number:
        """The fact's value, or `instead`."""
        return self.values.get(fact, instead)

    def at_least(self, line: Linear, a: Number, b: Number) -> bool:
        """Whether p·a + q·b ≥ c (or >)."""
        left = line.p * a + line.q * b if line.q else line.p * a
        return left > line.c if line.strict else left >= line.c

    def bound(self, line: Linear, on_a: bool, other: Number) -> int:
        """The end of the interval that `line` leaves for one fact, rounded into it to the step, kept in range."""
        fact, weight, rest = (line.a, line.p, line.q) if on_a else (line.b, line.q, line.p)
        unit = self.units[fact]
        exact = Fraction(line.c - rest * other) / weight if rest else Fraction(line.c, weight)
        if weight > 0:
            end = math.floor(exact) + 1 if line.strict else math.ceil(exact)
        else:
            end = math.ceil(exact) - 1 if line.strict else math.floor(exact)
        return min(max(end, unit.low), unit.high)

    def among(self, value: Number, codes: frozenset[int], inside: bool) -> bool:
        """Whether a choice is one of `codes`."""
        return value >= 0 and (value in codes) == inside

    def judged(self, key: str, wanted: bool) -> bool:
        """Whether open wording can be as wanted."""
        decision = self.decided.get(key, self.assume)
        return decision is None or decision == wanted

    def every(self, truths: Iterable[bool]) -> bool:
        """Conjunction."""
        return all(truths)

    def some(self, truths: Iterable[bool]) -> bool:
        """Disjunction."""
        return any(truths)

    def pick(self, cases: Iterable[tuple[bool, int]], otherwise: int) -> int:
        """The points of the first true case."""
        return next((worth for true, worth in cases if true), otherwise)

    def add(self, numbers: Iterable[Number]) -> Number:
        """Sum of points."""
        return sum(numbers)

    def largest(self, numbers: Iterable[Number]) -> Number:
        """Largest of points."""
        return max(numbers)

    def over(self, sign: int, points: Number, bound: int, strict: bool) -> bool:
        """Whether sign·points ≥ bound (or >)."""
        return sign * points > bound if strict else sign * points >= bound


def decide(bound: Bound, row: Row) -> bool | None:
    """Return True or False when every assignment of the unknown facts gives that, else None."""
    if not possible(bound.holds, row, {}):
        return False
    return None if possible(bound.fails, row, {}) else True


def counted(facts: Mapping[str, Value], units: Units) -> dict[str, Number]:
    """Return known values counted in steps: int, or Fraction for a value finer than the step."""
    found: dict[str, Number] = {}
    for name, value in facts.items():
        unit = units.get(name)
        if value is None or unit is None:
            continue
        if unit.kind == "choice":
            if value in unit.codes:
                found[name] = unit.codes.index(str(value))
        elif isinstance(value, bool):
            found[name] = int(value)
        elif isinstance(value, int | Decimal):
            exact = Fraction(value) / unit.step
            found[name] = exact.numerator if exact.denominator == 1 else exact
    return found


def natural(number: Number, fact: str, units: Units) -> Value:
    """Return a number of steps in the fact's own unit."""
    unit = units[fact]
    if unit.kind == "choice":
        return unit.codes[int(number)]
    if unit.kind == "boolean":
        return bool(number)
    exact = number * unit.step
    if exact.denominator == 1:
        return int(exact)
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).normalize()


@dataclass(frozen=True)
class Decision:
    """What was decided of a version, before advice is added."""

    met: bool | None
    ready: bool
    level: str | None
    clauses: tuple[bool | None, ...]


def decide_version(
    bound: BoundVersion, units: Units, values: Mapping[str, Number], judged: Mapping[str, bool]
) -> Decision:
    """Decide the whole, every clause, the level reached, and whether only a judgement is missing."""
    row = Row(units, values, judged)
    if bound.version.size_table:
        return _decide_size(bound, row)
    clauses = tuple(decide(clause, row) for clause in bound.clauses)
    met = decide(bound.whole, row)
    level = next((name for name, said in reversed(bound.levels) if decide(said, row)), None)
    ready = False
    if met is None and any(key not in judged for key in judges_in(bound.whole.holds)):
        ready = decide(bound.whole, Row(units, values, judged, assume=True)) is True
    return Decision(met, ready, level, clauses)


def _decide_size(bound: BoundVersion, row: Row) -> Decision:
    """A size is decided when at least this level is certain and the next one impossible."""
    reach = partial(possible, algebra=row, assigned={})
    level = None
    names = [name for name, _ in bound.levels]
    for place, (name, said) in enumerate(bound.levels):
        above = bound.levels[place + 1][1] if place + 1 < len(names) else None
        if not reach(said.fails) and (above is None or not reach(above.holds)):
            level = name
    clauses = tuple(
        True if name == level else (None if level is None and reach(clause.holds) else False)
        for name, clause in zip(reversed(names), bound.clauses, strict=True)
    )
    return Decision(True if level else None, False, level, clauses)


def size_clauses(bound: BoundVersion, values: Mapping[str, Value]) -> tuple[Clause, ...]:
    """The clauses shown for a size table: one per level, with the bounds of the firm's industry when it is known."""
    version, table = bound.version, bound.version.size_table
    row = table["rows"].get(values.get(table["by"]), {})
    shown: list[Clause] = []
    for place, level in enumerate(table["levels"]):
        last = place == len(table["levels"]) - 1
        bounds = (" 或 " if last else "，").join(
            f"{table['names'][letter]}{'<' if last else '≥'}{row[letter][place - last]}"
            for letter in table["indicators"]
            if letter in row
        )
        mark = row.get("mark", version.mark)
        text = f"{table['titles'][level]}：{bounds}" if bounds else table["titles"][level]
        ref = table["refs"].get(values.get(table["by"]), table["ref"])
        shown.append(Clause(text, ref, str(mark), {}, level))
    return tuple(shown)
