"""The policies on the shelf: loaded, bound to the dictionary once, and evaluated for a firm on a day."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from lianzhu.engine.rules.advice import changes, one_step, only_judgement, questions
from lianzhu.engine.rules.answer import (
    VERDICTS,
    Answer,
    Change,
    ClauseAnswer,
    Decision,
    Number,
    Row,
    Value,
    counted,
    decide_version,
    natural,
    size_clauses,
)
from lianzhu.engine.rules.benefit import benefit_of
from lianzhu.engine.rules.criteria import BoundVersion, bind
from lianzhu.engine.rules.formula import Score, Units, facts_in, given_facts, leaves, units_of
from lianzhu.engine.rules.model import Policy, Version, base_id, read_policy
from lianzhu.library.facts import Fact
from lianzhu.library.facts import facts as library_facts
from lianzhu.library.policies import policy_texts, size_bounds
from lianzhu.library.problem import BadInput, Problem, marked


@dataclass(frozen=True)
class Shelf:
    """Policies by id with the dictionary they are bound to. Make one with `shelf_of`, or use `library_shelf`."""

    policies: Mapping[str, Policy]
    dictionary: Mapping[str, Fact]
    units: Units
    bound: Mapping[tuple[str, str], BoundVersion]

    def version_on(self, policy: str, on: datetime.date) -> BoundVersion | None:
        """Return the bound version of a policy in force on a day, or None."""
        version = self.policies[policy].version_on(on)
        return self.bound[policy, version.name] if version else None

    def chosen(self, named: Sequence[str], on: datetime.date) -> list[str]:
        """Return the ids to evaluate, sorted: those named (with or without version), else all that are current.

        Drafts and versions marked "do not ship" are evaluated only when named. Raises BadInput for an unknown id.
        """
        if not named:
            found = []
            for policy in self.policies.values():
                version = policy.version_on(on) or policy.versions[-1]
                if version.status == "current":
                    found.append(policy.id)
            return sorted(found)
        unknown = [name for name in named if name not in self.policies and base_id(name)[0] not in self.policies]
        if unknown:
            raise BadInput(
                [
                    Problem(
                        marked("There is no policy {policy}."),
                        {"policy": name, "known": ", ".join(sorted(self.policies))},
                        mend=marked("Use one of {known}."),
                    )
                    for name in unknown
                ]
            )
        return sorted({name if name in self.policies else base_id(name)[0] for name in named})


def shelf_of(policies: Iterable[Policy], dictionary: Mapping[str, Fact]) -> Shelf:
    """Bind policies to a dictionary. Raises BadInput with every fact, choice or table that does not fit."""
    units = units_of(dictionary)
    found = {policy.id: policy for policy in policies}
    bound: dict[tuple[str, str], BoundVersion] = {}
    problems: list[Problem] = []
    for policy in found.values():
        for version in policy.versions:
            try:
                bound[policy.id, version.name] = bind(version, units)
            except BadInput as wrong:
                problems += wrong.problems
    if problems:
        raise BadInput(problems[:50])
    return Shelf(found, dictionary, units, bound)


@cache
def library_policies() -> tuple[Policy, ...]:
    """Return the policies that ship with Lianzhu, by id."""
    return tuple(read_policy(text, name, size_bounds()) for name, text in policy_texts().items())


@cache
def library_shelf() -> Shelf:
    """Return the shelf of the policies that ship with Lianzhu."""
    return shelf_of(library_policies(), library_facts())


def evaluate(
    shelf: Shelf,
    policy: str,
    facts: Mapping[str, Value],
    on: datetime.date,
    judged: Mapping[str, bool] | None = None,
    advice: bool = True,
) -> Answer:
    """Answer one policy for one firm on a day, explained clause by clause.

    `facts`: name → exact value in the dictionary's unit (choice facts: the code), missing or None = unknown.
    `judged`: decisions of officials, by the key of the open wording. `advice`: also work out `ask` and `nearest`.
    """
    bound = shelf.version_on(policy, on)
    if bound is None:
        return Answer(policy, None, on, "not_in_force")
    values = counted(facts, shelf.units)
    decided = judged or {}
    decision = decide_version(bound, shelf.units, values, decided)
    row = Row(shelf.units, values, decided)
    ask: tuple[str, ...] = ()
    nearest: tuple[Change, ...] = ()
    if advice and not decision.ready:
        if decision.met is None and not bound.version.size_table:
            ask = questions(bound.whole, row)
        elif decision.met is None:
            ask = size_questions(bound, values)
        elif decision.met is False:
            nearest = _nearest(shelf, bound, facts, row)
    return Answer(
        policy,
        bound.version.name,
        on,
        VERDICTS[decision.met],
        ready=decision.ready,
        one_step=decision.met is False
        and one_step(decision.clauses, [only_judgement(clause.holds, row) for clause in bound.clauses]),
        level=decision.level,
        clauses=_explained(bound, decision, facts, values),
        ask=ask,
        nearest=nearest,
        benefit=benefit_of(bound, shelf.units, facts, row) if decision.met is not False else {},
    )


def package(
    shelf: Shelf, facts: Mapping[str, Value], on: datetime.date, judged: Mapping[str, Mapping[str, bool]] | None = None
) -> list[Answer]:
    """Answer every current policy for one firm, by id. `judged`: policy id → decisions of officials."""
    decisions = judged or {}
    return [evaluate(shelf, policy, facts, on, decisions.get(policy)) for policy in shelf.chosen((), on)]


ORDER = {"fails": 0, "unknown": 1, "qualifies": 2}


def unlocked(shelf: Shelf, policy: str, facts: Mapping[str, Value], on: datetime.date) -> dict[str, tuple[str, str]]:
    """Return what holding a policy's certificate would better: policy id → (verdict now, verdict then).

    "Would qualify" is not "holds": the certificate is a fact of its own, known only once it is issued.
    """
    certificate = shelf.policies[policy].certificate
    if not certificate:
        return {}
    found: dict[str, tuple[str, str]] = {}
    for other in shelf.chosen((), on):
        bound = shelf.version_on(other, on)
        if bound is None or certificate not in bound.whole.facts:
            continue
        now = evaluate(shelf, other, facts, on, advice=False)
        then = evaluate(shelf, other, {**facts, certificate: True}, on, advice=False)
        if (ORDER[then.verdict], then.ready) > (ORDER[now.verdict], now.ready):
            found[other] = (now.verdict, then.verdict)
    return found


def size_questions(bound: BoundVersion, values: Mapping[str, Number]) -> tuple[str, ...]:
    """The facts of a size table that are unknown: first the industry, then the indicators."""
    table = bound.version.size_table
    if table["by"] not in values:
        return (table["by"],)
    return tuple(fact for fact in bound.levels[-1][1].facts if fact not in values and fact != table["by"])[:1]


def _nearest(shelf: Shelf, bound: BoundVersion, facts: Mapping[str, Value], row: Row) -> tuple[Change, ...]:
    changeable = {name: fact.changeable for name, fact in shelf.dictionary.items()}
    found = changes(bound.whole, row, changeable)
    return tuple(
        Change(fact, facts[fact], natural(found[fact], fact, shelf.units))
        for fact in bound.whole.facts
        if fact in found
    )


def _explained(
    bound: BoundVersion, decision: Decision, facts: Mapping[str, Value], values: Mapping[str, Any]
) -> tuple[ClauseAnswer, ...]:
    version: Version = bound.version
    shown = size_clauses(bound, facts) if version.size_table else version.clauses
    found = []
    for clause, formula, met in zip(shown, bound.clauses, decision.clauses, strict=True):
        names = list(formula.facts)
        for leaf in leaves(formula.holds):
            # Where a score stands as a fact, what it would be computed from was not used.
            given = next(given_facts(leaf.points), "") if isinstance(leaf, Score) else ""
            if given in values:
                names = [name for name in names if name == given or name not in facts_in(leaf)]
        if version.size_table:
            row = version.size_table["rows"].get(facts.get(version.size_table["by"]), version.size_table["indicators"])
            used = {fact for letter, fact in version.size_table["indicators"].items() if letter in row}
            names = [name for name in names if name in used or name == version.size_table["by"]]
        found.append(ClauseAnswer(clause, met, {name: facts.get(name) for name in dict.fromkeys(names)}))
    return tuple(found)
