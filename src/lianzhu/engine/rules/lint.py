"""Checks policies beyond their shape: articles, facts, dates, contradictions, dead ways, cases on both sides."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice

from lianzhu.engine.rules.answer import Number, Row, counted
from lianzhu.engine.rules.benefit import names_in
from lianzhu.engine.rules.cases import Case, read_cases, run_case
from lianzhu.engine.rules.criteria import BoundVersion, bind_test
from lianzhu.engine.rules.formula import And, Formula, Linear, Or, Units, conjunction, lines
from lianzhu.engine.rules.joint import possible
from lianzhu.engine.rules.model import UNKNOWN_REF, Policy, Version
from lianzhu.engine.rules.shelf import Shelf, shelf_of
from lianzhu.library.facts import Fact, nearest_name
from lianzhu.library.problem import BadInput, Problem, marked

# One wrong number makes many cases fail; the first few say which.
MOST_CASES = 5


@dataclass
class Report:
    """What lint found: problems to mend, and what is known to be open (articles, weak marks, versions not shipped)."""

    problems: list[Problem] = field(default_factory=list)
    policies: int = 0
    versions: int = 0
    clauses: int = 0
    no_article: dict[str, int] = field(default_factory=dict)
    to_confirm: dict[str, int] = field(default_factory=dict)
    held_back: list[str] = field(default_factory=list)
    cases: int = 0

    def counts(self) -> list[Problem]:
        """Return the counts as sentences, one per subject and one per policy with open articles."""
        total = {
            "policies": self.policies,
            "versions": self.versions,
            "clauses": self.clauses,
            "cases": self.cases,
            "articles": sum(self.no_article.values()),
            "marks": sum(self.to_confirm.values()),
        }
        said = [
            Problem(marked("{policies} policies, {versions} versions, {clauses} clauses, {cases} cases."), total),
            Problem(marked("{articles} clauses have no article yet; {marks} have a weak mark (SEC or BG)."), total),
        ]
        said += [
            Problem(
                marked("{policy}: {number} clauses with the article to confirm."), {"policy": name, "number": number}
            )
            for name, number in sorted(self.no_article.items())
        ]
        said += [
            Problem(marked("{policy} is evaluated only when named (draft or not to be shipped)."), {"policy": name})
            for name in self.held_back
        ]
        return said


def lint(
    policies: Iterable[Policy], cases: Mapping[str, str], dictionary: Mapping[str, Fact], others: Iterable[str] = ()
) -> Report:
    """Check policies and their cases (file name → text) against the fact dictionary.

    `others`: ids of policies outside these that may be named, as a local policy names one of the library.
    """
    report = Report()
    policies = list(policies)
    try:
        shelf = shelf_of(policies, dictionary)
    except BadInput as refused:
        report.problems += refused.problems
        return report
    known = {*shelf.policies, *others}
    report.problems += _twice(policies)
    for policy in policies:
        report.policies += 1
        report.problems += _between_versions(policy)
        report.problems += _names(policy, known, dictionary)
        for version in policy.versions:
            _count(version, report)
            bound = shelf.bound[policy.id, version.name]
            report.problems += _benefit(bound, shelf)
            report.problems += _logic(bound, shelf.units)
        report.problems += _cases(policy, cases, shelf, report)
    return report


def _problem(version: Version | Policy, message: str, mend: str, **params: object) -> Problem:
    name = f"{version.policy} {version.name}" if isinstance(version, Version) else version.id
    return Problem(message, {"policy": name, **params}, mend=mend)


def _twice(policies: list[Policy]) -> Iterator[Problem]:
    ids = [policy.id for policy in policies]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield Problem(
            marked("The policy {policy} is written in two files."), {"policy": name}, mend=marked("Keep one of them.")
        )


def _count(version: Version, report: Report) -> None:
    name = f"{version.policy} {version.name}"
    report.versions += 1
    report.clauses += len(version.clauses)
    open_articles = sum(clause.ref == UNKNOWN_REF for clause in version.clauses)
    weak = sum(any(doubt != "article" for doubt in clause.doubts) for clause in version.clauses)
    if open_articles:
        report.no_article[name] = open_articles
    if weak:
        report.to_confirm[name] = weak
    if version.status != "current":
        report.held_back.append(name)


def _between_versions(policy: Policy) -> Iterator[Problem]:
    """Overlaps, and gaps that no `gap:` note explains; versions are sorted by their first day."""
    day = datetime.timedelta(days=1)
    names = [version.name for version in policy.versions]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield _problem(
            policy, marked("{policy}: two versions are named {name}."), marked("Give each its own version:."), name=name
        )
    for before, after in zip(policy.versions, policy.versions[1:], strict=False):
        if before.until is None or before.until >= after.start:
            yield _problem(
                after,
                marked("{policy} begins before {before} ends."),
                marked("Give {before} an end before {start}."),
                before=before.name,
                start=after.start,
            )
        elif before.until + day != after.start and "gap" not in after.people:
            yield _problem(
                after,
                marked("{policy}: between {end} and {start} no version is in force."),
                marked("Mend the dates, or explain it under gap:."),
                end=before.until,
                start=after.start,
            )


def _names(policy: Policy, known: set[str], dictionary: Mapping[str, Fact]) -> Iterator[Problem]:
    if policy.certificate and policy.certificate not in dictionary:
        yield _problem(
            policy,
            marked("{policy}: the certificate {fact} is not in the fact dictionary; the nearest name is {nearest}."),
            marked("Mend the name, or add the fact to facts.yaml."),
            fact=policy.certificate,
            nearest=nearest_name(policy.certificate) or "-",
        )
    for version in policy.versions:
        for other in (*version.unlocks, *version.exclusive_with):
            if other not in known:
                yield _problem(
                    version,
                    marked("{policy} names {other}, which is no policy here."),
                    marked("Mend the id."),
                    other=other,
                )


def _benefit(bound: BoundVersion, shelf: Shelf) -> Iterator[Problem]:
    version, written = bound.version, bound.version.benefit
    try:
        for formula in (written.get("amounts") or {}).values():
            for fact in names_in(formula):
                if fact not in shelf.dictionary:
                    yield _problem(
                        version,
                        marked("{policy}: the amount reads {fact}, which is not in the fact dictionary."),
                        marked("Mend the name, or add the fact to facts.yaml."),
                        fact=fact,
                    )
        tests = [*(written.get("if") or {}).values()]
        tests += [case["when"] for cases in (written.get("choose") or {}).values() for case in cases if "when" in case]
        for test in tests:
            bind_test(test, version, shelf.units)
    except BadInput as refused:
        yield from refused.problems


def _logic(bound: BoundVersion, units: Units) -> Iterator[Problem]:
    """Clauses that no firm can meet, that every firm meets, or parts of an `any` that never matter."""
    version, nobody = bound.version, Row(units, {}, assume=True)
    if version.size_table:
        return
    if not possible(bound.whole.holds, nobody, {}):
        yield _problem(
            version,
            marked("{policy}: no firm can meet all clauses together."),
            marked("Two of them contradict each other."),
        )
        return
    for number, (clause, formula) in enumerate(zip(version.clauses, bound.clauses, strict=True), start=1):
        if not possible(formula.fails, Row(units, {}), {}):
            yield _problem(
                version,
                marked("{policy}: clause {number} ({text}) is met by every firm."),
                marked("Mend or remove it."),
                number=number,
                text=clause.text,
            )
    rest = bound.whole.holds.parts if isinstance(bound.whole.holds, And) else ()
    for number, part in enumerate(rest, start=1):
        others = [other for other in rest if other is not part]
        for branch in _branches(part):
            if not possible(conjunction([branch, *others]), nobody, {}):
                yield _problem(
                    version,
                    marked("{policy}: a way inside clause {number} can never be taken."),
                    marked("It contradicts another clause; mend or remove it."),
                    number=number,
                )


def _branches(node: Formula) -> Iterator[Formula]:
    if isinstance(node, Or):
        for part in node.parts:
            yield part
            yield from _branches(part)


def _cases(policy: Policy, texts: Mapping[str, str], shelf: Shelf, report: Report) -> Iterator[Problem]:
    name = f"{policy.id}.cases.yaml"
    if name not in texts:
        yield _problem(policy, marked("{policy} has no cases."), marked("Write {name}."), name=name)
        return
    try:
        cases = read_cases(texts[name], name)
    except BadInput as refused:
        yield from refused.problems
        return
    report.cases += len(cases)
    yield from islice((said for case in cases for said in run_case(shelf, policy.id, case)), MOST_CASES)
    for version in policy.versions:
        mine = [case for case in cases if version.in_force(case.on)]
        yield from _both_sides(shelf.bound[policy.id, version.name], mine, shelf.units)


def _both_sides(bound: BoundVersion, cases: list[Case], units: Units) -> Iterator[Problem]:
    """Every number needs a case that reaches it and one that does not, the nearer one at the number itself."""
    rows = [counted(case.facts, units) for case in cases]
    done: set[Linear] = set()
    for clause in bound.clauses:
        for line, _ in lines(clause.holds):
            turned = Linear(line.a, -line.p, -line.c, not line.strict, line.b, -line.q)
            if line in done or turned in done or units[line.a].kind != "number":
                continue
            done.add(line)
            gaps = [gap for row in rows if (gap := _gap(line, row)) is not None]
            met = any(gap > 0 or (gap == 0 and not line.strict) for gap in gaps)
            missed = any(gap < 0 or (gap == 0 and line.strict) for gap in gaps)
            if not (met and missed and 0 in gaps):
                yield _problem(
                    bound.version,
                    marked("{policy}: no cases at the number and on both sides of it: {test}."),
                    marked("Add a boundary to the cases."),
                    test=written(line, units),
                )


def _gap(line: Linear, row: Mapping[str, Number]) -> Fraction | None:
    if line.a not in row or (line.b and line.b not in row):
        return None
    return Fraction(line.p * row[line.a] + (line.q * row[line.b] if line.b else 0) - line.c)


def written(line: Linear, units: Units) -> str:
    """Return a comparison as a person writes it.

    >>> from lianzhu.engine.rules.formula import Unit
    >>> written(Linear("staff", -1, -500), {"staff": Unit("number", Fraction(1), 0, 1000)})
    'staff <= 500'
    """
    op = (">" if line.p > 0 else "<") + ("" if line.strict else "=")
    if line.b:
        percent = Fraction(-100 * line.q, line.p) * units[line.a].step / units[line.b].step
        return f"{line.a} {op} {float(percent):g} % of {line.b}"
    return f"{line.a} {op} {float(Fraction(line.c, line.p) * units[line.a].step):g}"
