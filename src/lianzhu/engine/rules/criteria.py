"""From criteria as written to formulas: facts looked up, numbers counted in steps, scores tied to their tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lianzhu.engine.rules.formula import (
    Best,
    Formula,
    Given,
    Judge,
    Linear,
    Member,
    Points,
    Score,
    Tiers,
    Total,
    Units,
    compare,
    compare_ratio,
    conjunction,
    disjunction,
    facts_in,
    is_wide,
    negation,
)
from lianzhu.engine.rules.model import Clause, Version
from lianzhu.library.facts import nearest_name
from lianzhu.library.problem import BadInput, Problem, marked

COMPARISONS = (">=", ">", "<=", "<", "==")
POINT = Fraction(1, 100)


@dataclass(frozen=True)
class Bound:
    """A formula and its negation, both needed to decide it."""

    holds: Formula
    fails: Formula
    facts: tuple[str, ...]


@dataclass(frozen=True)
class BoundVersion:
    """A version ready to be evaluated: one formula per clause, one for the whole, and one per level."""

    version: Version
    clauses: tuple[Bound, ...]
    whole: Bound
    levels: tuple[tuple[str, Bound], ...]
    wide: bool


def bind(version: Version, units: Units) -> BoundVersion:
    """Turn a version into formulas over `units`.

    Raises BadInput naming every fact that is not in the dictionary (with the nearest name) and every test that does
    not fit its fact.
    """
    binder = _Binder(version, units)
    formulas = [binder.clause(clause) for clause in version.clauses]
    if version.size_table:
        levels, shown = binder.sizes()
        # Every firm of a listed industry has some size: the lowest level is "at least micro".
        whole = levels[0][1]
    else:
        by_level: dict[str, list[Formula]] = {}
        for clause, formula in zip(version.clauses, formulas, strict=True):
            by_level.setdefault(clause.level, []).append(formula)
        levels = [(level, _bound(conjunction([*by_level.get("", []), *by_level[level]]))) for level in version.levels]
        shown = [_bound(formula) for formula in formulas]
        either = disjunction([said.holds for _, said in levels]) if levels else conjunction(formulas or [_always()])
        whole = _bound(either)
    if binder.problems:
        raise BadInput(binder.problems[:50])
    return BoundVersion(
        version,
        tuple(shown),
        whole,
        tuple(levels),
        any(is_wide(said.holds, units) for said in shown),
    )


def bind_test(criteria: Mapping[str, Any], version: Version, units: Units) -> Bound:
    """Turn one test outside the clauses (the condition of a benefit) into a formula."""
    binder = _Binder(version, units)
    formula = binder.formula(criteria, "")
    if binder.problems:
        raise BadInput(binder.problems)
    return _bound(formula)


def _bound(formula: Formula) -> Bound:
    return Bound(formula, negation(formula), facts_in(formula))


def _always() -> Formula:
    return Linear("", 0, 0)


class _Binder:
    def __init__(self, version: Version, units: Units) -> None:
        self.version = version
        self.units = units
        self.problems: list[Problem] = []
        self.judges = 0

    def wrong(self, message: str, mend: str, **params: object) -> Formula:
        place = {"policy": self.version.policy, "version": self.version.name}
        self.problems.append(Problem(message, {**place, **params}, mend=mend))
        return _always()

    def has(self, fact: object, *kinds: str) -> bool:
        """True when `fact` is in the dictionary and of one of `kinds`; otherwise the problem is noted."""
        unit = self.units.get(str(fact))
        if unit is None:
            self.wrong(
                marked("{policy} {version}: {fact} is not in the fact dictionary; the nearest name is {nearest}."),
                marked("Mend the name, or add the fact to facts.yaml."),
                fact=fact,
                nearest=nearest_name(str(fact)) or "-",
            )
            return False
        if unit.kind not in kinds:
            self.wrong(
                marked("{policy} {version}: {fact} is a {kind} fact and cannot be tested this way."),
                marked("Use is for yes/no facts, in for choices, cmp and ratio for numbers."),
                fact=fact,
                kind=unit.kind,
            )
            return False
        return True

    def clause(self, clause: Clause) -> Formula:
        return self.formula(clause.criteria, clause.text)

    def formula(self, said: Mapping[str, Any], text: str) -> Formula:
        operation = next((key for key in said if key in _OPERATIONS), "")
        if operation == "judge":
            self.judges += 1
            return Judge(str(said.get("key") or f"judge{self.judges}"))
        return getattr(self, f"_{operation}")(said[operation])

    def _all(self, parts: list[Mapping[str, Any]]) -> Formula:
        return conjunction([self.formula(part, "") for part in parts])

    def _any(self, parts: list[Mapping[str, Any]]) -> Formula:
        return disjunction([self.formula(part, "") for part in parts])

    def _not(self, part: Mapping[str, Any]) -> Formula:
        return negation(self.formula(part, ""))

    def _is(self, fact: str) -> Formula:
        return Linear(fact, 1, 1) if self.has(fact, "boolean") else _always()

    def _in(self, said: list[Any]) -> Formula:
        fact, wanted = said
        if not self.has(fact, "choice"):
            return _always()
        codes = self.units[fact].codes
        for code in wanted:
            if code not in codes:
                self.wrong(
                    marked("{policy} {version}: {code} is not a choice of {fact}."),
                    marked("Use one of {allowed}."),
                    fact=fact,
                    code=code,
                    allowed=", ".join(codes),
                )
        return Member(fact, frozenset(codes.index(code) for code in wanted if code in codes))

    def _operator(self, op: object) -> bool:
        if op not in COMPARISONS:
            self.wrong(
                marked("{policy} {version}: {op} is not a comparison."),
                marked('Use one of ">=", ">", "<=", "<", "==".'),
                op=op,
            )
            return False
        return True

    def _cmp(self, said: list[Any]) -> Formula:
        fact, op, number = said
        if not self._operator(op) or not self.has(fact, "number") or not self._number(number):
            return _always()
        bound = Fraction(number)
        if op == "==":
            return conjunction(compare(self.units, fact, sign, bound, False) for sign in (1, -1))
        return compare(self.units, fact, 1 if ">" in op else -1, bound, "=" not in op)

    def _ratio(self, said: list[Any]) -> Formula:
        top, op, percent, bottom = said
        fine = [self._operator(op), self.has(top, "number"), self.has(bottom, "number"), self._number(percent)]
        if not all(fine):
            return _always()
        if op == "==":
            return conjunction(compare_ratio(self.units, top, s, Fraction(percent), bottom, False) for s in (1, -1))
        return compare_ratio(self.units, top, 1 if ">" in op else -1, Fraction(percent), bottom, "=" not in op)

    def _number(self, number: object) -> bool:
        if isinstance(number, int | Decimal) and not isinstance(number, bool):
            return True
        self.wrong(marked("{policy} {version}: {number} is not a number."), marked("Write a number."), number=number)
        return False

    def _score(self, said: list[Any]) -> Formula:
        name, op, number = said
        if name not in self.version.scores:
            return self._cmp(said)
        if not self._operator(op) or not self.has(name, "number") or not self._number(number):
            return _always()
        sign = 1 if ">" in op else -1
        return Score(self.points(name), sign, int(sign * Fraction(number) / POINT), "=" not in op)

    def points(self, name: str) -> Points:
        """The table of a score; the score's own fact wins where it is known."""
        if name not in self.version.scores:
            self.wrong(
                marked("{policy} {version}: there is no table for the score {name}."),
                marked("Write it under scores:."),
                name=name,
            )
            return Tiers((), 0)
        rule = self.rule(self.version.scores[name], name)
        if name not in self.units:
            return rule
        if self.units[name].step != POINT:
            self.wrong(
                marked("{policy} {version}: the score {name} is not counted in hundredths."),
                marked("Give the fact step 0.01 in facts.yaml."),
                name=name,
            )
        return Given(name, rule)

    def rule(self, said: Mapping[str, Any], name: str) -> Points:
        """Read one table: `sum`, `best`, or `tiers` (`if:` a test or list of tests, `points:`)."""
        if "sum" in said:
            return Total(tuple(self._part(part, name) for part in said["sum"]))
        if "best" in said:
            return Best(tuple(self._part(part, name) for part in said["best"]))
        tiers: list[tuple[tuple[Linear, ...], int]] = []
        if not all({"all", "points"} <= {*tier} for tier in said.get("tiers") or [()]):
            self.wrong(
                marked("{policy} {version}: the table of the score {name} is not complete."),
                marked("Write tiers:, and in each tier all: and points:."),
                name=name,
            )
            return Tiers((), 0)
        for tier in said["tiers"]:
            tests = [self.formula(test, "") for test in tier["all"]]
            lines = tuple(test for test in tests if isinstance(test, Linear))
            if len(lines) != len(tests):
                self.wrong(
                    marked("{policy} {version}: a tier of {name} tests something that is not a single comparison."),
                    marked("Use cmp, ratio or is in tiers."),
                    name=name,
                )
            tiers.append((lines, int(Fraction(tier["points"]) / POINT)))
        worths = [worth for _, worth in tiers] + [int(Fraction(said.get("otherwise", 0)) / POINT)]
        if worths != sorted(worths, reverse=True):
            self.wrong(
                marked("{policy} {version}: the tiers of {name} do not fall in points."),
                marked("Put the tier with the most points first."),
                name=name,
            )
        return Tiers(tuple(tiers), worths[-1])

    def _part(self, part: str | Mapping[str, Any], name: str) -> Points:
        return self.points(part) if isinstance(part, str) else self.rule(part, name)

    def sizes(self) -> tuple[list[tuple[str, Bound]], list[Bound]]:
        """Read the size table: per level, low to high, "at least this level"; per level, high to low, "exactly it".

        An industry is one of the table's rows, so "not at least this level" is again one way per row.
        """
        table = self.version.size_table
        by, facts = table["by"], table["indicators"]
        names: list[str] = list(table["levels"])
        if not all([self.has(by, "choice"), *(self.has(fact, "number") for fact in facts.values())]):
            return [(level, _bound(_always())) for level in self.version.levels], [_bound(_always()) for _ in names]
        codes = self.units[by].codes
        reached: list[list[Formula]] = [[] for _ in names]
        missed: list[list[Formula]] = [[] for _ in names]
        exact: list[list[Formula]] = [[] for _ in names]
        for industry, row in table["rows"].items():
            here = Member(by, frozenset((codes.index(industry),)))
            bounds = [
                [
                    compare(self.units, fact, 1, Fraction(row[letter][place]), False)
                    for letter, fact in facts.items()
                    if letter in row
                ]
                for place in range(len(names) - 1)
            ]
            for place in range(len(names)):
                enough = bounds[place] if place < len(bounds) else []
                below = [disjunction(negation(line) for line in enough)] if enough else [Member(by, frozenset())]
                above = [disjunction(negation(line) for line in bounds[place - 1])] if place else []
                reached[place].append(conjunction([here, *enough]))
                missed[place].append(conjunction([here, *below]))
                exact[place].append(conjunction([here, *enough, *above]))
        levels = [
            (name, Bound(disjunction(yes), disjunction(no), facts_in(disjunction(yes))))
            for name, yes, no in zip(names, reached, missed, strict=True)
        ]
        shown = [Bound(disjunction(rows), disjunction(rows), facts_in(disjunction(rows))) for rows in exact]
        return list(reversed(levels)), shown


_OPERATIONS = ("all", "any", "not", "is", "cmp", "ratio", "score", "in", "judge")
