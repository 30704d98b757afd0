"""Cases: firms with a known answer, written beside each policy and run by the tests.

A file has groups; a group has a `day`, the facts of a `base` firm and what that firm `expects`. Short forms, each a
change of the base firm: `boundaries` (met, then not met by the smallest step), `unknown` (each fact left out alone),
`points` (a score's table), `levels` (rows of a size table), `cases` (anything else).
"""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lianzhu.engine.rules.answer import Row, Value, counted
from lianzhu.engine.rules.formula import Given, Score, leaves
from lianzhu.engine.rules.joint import score_of
from lianzhu.engine.rules.shelf import Shelf, evaluate
from lianzhu.library.exact_yaml import load_exact
from lianzhu.library.facts import nearest_name
from lianzhu.library.problem import BadInput, Problem, marked

EXPECTED = ("verdict", "ready", "level", "version", "ask", "nearest", "benefit", "one_step", "clauses")
PART_KEYS = {
    "boundaries": {"fact", "met", "not_met"},
    "points": {"score", "fact", "gives"},
    "cases": {"name", "expects"},
}
GROUP_KEYS = ("day", "base", "expects", "boundaries", "unknown", "points", "levels", "cases", "note")


@dataclass(frozen=True)
class Case:
    """One firm on one day with what is expected of the answer; `score` names a table instead of a verdict."""

    name: str
    on: datetime.date
    facts: Mapping[str, Value]
    expects: Mapping[str, Any] = field(default_factory=dict)
    score: str = ""
    points: int = 0


def read_cases(text: str, name: str) -> list[Case]:
    """Read a file of cases. Raises BadInput naming the group and the key of the first mistakes."""
    written = load_exact(text)
    groups = written.get("groups") if isinstance(written, dict) else None
    if not isinstance(groups, list):
        raise BadInput(
            Problem(marked("{file} has no groups of cases."), {"file": name}, mend=marked("Begin it with groups:."))
        )
    found: list[Case] = []
    problems: list[Problem] = []
    for number, group in enumerate(groups, start=1):
        strange = [key for key in group if key not in GROUP_KEYS]
        strange += [key for key in ("day", "base", "expects") if key not in group]
        strange += [
            key for said in group.get("cases") or () for key in _verdict(said.get("expects", {})) if key not in EXPECTED
        ]
        strange += [key for part, keys in PART_KEYS.items() for said in group.get(part) or () for key in keys - {*said}]
        problems += [
            Problem(
                marked("{file}, group {number}: the key {key} is missing or not known."),
                {"file": name, "number": number, "key": key},
                mend=marked("Use {allowed}."),
                row=number,
            )
            for key in strange
        ]
        if not strange:
            found += list(_cases(group))
    if problems:
        said = ", ".join(GROUP_KEYS)
        raise BadInput([Problem(p.message, {**p.params, "allowed": said}, p.mend, row=p.row) for p in problems])
    return found


def _verdict(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, dict) else {"verdict": said}


def _cases(group: Mapping[str, Any]) -> Iterator[Case]:
    on, expects = group["day"], _verdict(group["expects"])
    columns = group["base"].get("columns", ())
    base = {fact: value for fact, value in group["base"].items() if fact != "columns"}
    yield Case("the firm of the group", on, base, expects)
    for said in group.get("boundaries") or ():
        fact, given = said["fact"], said.get("with", {})
        met, missed = _verdict(said.get("then", expects)), _verdict(said.get("else", "fails"))
        yield Case(f"{fact} = {said['met']}: met", on, {**base, **given, fact: said["met"]}, met)
        yield Case(f"{fact} = {said['not_met']}: not met", on, {**base, **given, fact: said["not_met"]}, missed)
    for fact in group.get("unknown") or ():
        left = {name: value for name, value in base.items() if name != fact}
        yield Case(f"{fact} unknown", on, left, {"verdict": "unknown", "ready": False, "ask": [fact]})
    for said in group.get("points") or ():
        for value, points in said["gives"].items():
            facts = {**base, **said.get("with", {}), said["fact"]: value}
            yield Case(f"{said['score']}: {said['fact']} = {value}", on, facts, {}, said["score"], int(points * 100))
    for row in group.get("levels") or ():
        *values, level = row
        facts = dict(zip(columns, values, strict=True))
        yield Case(f"{values}: {level}", on, facts, {"verdict": "qualifies", "level": level})
    for said in group.get("cases") or ():
        start = {} if said.get("alone") else base
        facts = {**start, **said.get("with", {})}
        for fact in said.get("without", ()):
            facts.pop(fact, None)
        yield Case(said["name"], said.get("day", on), facts, _verdict(said["expects"]))


def run_case(shelf: Shelf, policy: str, case: Case) -> list[Problem]:
    """Return what differs from what is expected, one problem each; empty when the case holds."""
    strange = [fact for fact in case.facts if fact not in shelf.dictionary]
    if strange:
        return [
            _differs(
                case,
                marked("{policy}, case {case}: {fact} is not in the fact dictionary; the nearest name is {nearest}."),
                policy,
                fact=fact,
                nearest=nearest_name(fact) or "-",
            )
            for fact in strange
        ]
    if case.score:
        bound = shelf.version_on(policy, case.on)
        tables = [leaf.points for leaf in leaves(bound.whole.holds) if isinstance(leaf, Score)] if bound else []
        facts = {name: value for name, value in case.facts.items() if name != case.score}
        row = Row(shelf.units, counted(facts, shelf.units))
        for table in _tables(tables):
            if table.fact == case.score:
                low, high = score_of(table.rule, row, -1), score_of(table.rule, row, 1)
                right = low == high == case.points
                told = {"found": f"{low / 100:g}–{high / 100:g}", "wanted": f"{case.points / 100:g}"}
                return [] if right else [_differs(case, _NOT_AS_EXPECTED, policy, key=case.score, **told)]
        return [_differs(case, marked("{policy}, case {case}: there is no score {score}."), policy, score=case.score)]
    answer = evaluate(shelf, policy, case.facts, case.on)
    said: dict[str, Any] = {
        "verdict": answer.verdict,
        "ready": answer.ready,
        "level": answer.level,
        "version": answer.version,
        "ask": list(answer.ask),
        "nearest": {change.fact: change.wanted for change in answer.nearest},
        "one_step": answer.one_step,
        "clauses": [clause.verdict for clause in answer.clauses],
    }
    said["benefit"] = {key: answer.benefit.get(key) for key in case.expects.get("benefit", {})}
    return [
        _differs(case, _NOT_AS_EXPECTED, policy, key=key, found=_shown(said[key]), wanted=_shown(wanted))
        for key, wanted in case.expects.items()
        if said[key] != wanted
    ]


_NOT_AS_EXPECTED = marked("{policy}, case {case}: {key} is {found}, expected {wanted}.")


def _differs(case: Case, message: str, policy: str, **params: object) -> Problem:
    mend = marked("Mend the rule or the case.")
    return Problem(message, {"policy": policy, "case": case.name, **params}, mend)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_shown(part)}" for name, part in value.items()) or "-"
    if isinstance(value, list):
        return ", ".join(map(_shown, value)) or "-"
    return "-" if value is None else str(value)


def _tables(tables: list[Any]) -> Iterator[Given]:
    for table in tables:
        if isinstance(table, Given):
            yield table
            yield from _tables([table.rule])
        elif hasattr(table, "parts"):
            yield from _tables(list(table.parts))
