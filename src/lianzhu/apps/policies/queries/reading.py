"""One firm towards the policies of a day, with the values used. Only for whom `visible_to` lets read those values."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Enterprise, FactValue, RecordState
from lianzhu.apps.enterprises.permissions import is_own_firm
from lianzhu.apps.enterprises.queries.file import askers, in_words, label_of
from lianzhu.apps.findings.roster import typed
from lianzhu.apps.policies.models import Standing
from lianzhu.apps.policies.words import Window, benefit_words, department_of, level_words, next_window, title_of
from lianzhu.engine.rules.answer import Answer, ClauseAnswer, Value
from lianzhu.engine.rules.model import UNKNOWN_REF, Policy, Version
from lianzhu.engine.rules.shelf import evaluate, library_shelf, unlocked
from lianzhu.library.derivation import Base, derive
from lianzhu.library.facts import Fact, facts

Rows = Mapping[tuple[str, str], FactValue]
DECIDABLE = ("integer", "decimal", "boolean", "choice")


@dataclass(frozen=True)
class FirmFacts:
    """What is known of a firm to one reader on a day: rows, base values, and every value that follows from them."""

    on: date
    rows: Rows
    base: Base
    values: Mapping[str, Value]


@dataclass(frozen=True)
class UsedValue:
    """A value a clause used: in words, with where it comes from. `text` is '' while it is not known."""

    label: str
    text: str
    period: str
    source: str
    as_of: date | None
    waits: bool


@dataclass(frozen=True)
class ClauseLine:
    """One clause as the page shows it."""

    said: ClauseAnswer
    used: list[UsedValue]

    @property
    def level(self) -> str:
        """The level the clause belongs to, '' when to all."""
        return level_words(self.said.clause.level)

    @property
    def article(self) -> str:
        """The article, '' while it is not known."""
        return "" if self.said.clause.ref == UNKNOWN_REF else self.said.clause.ref


@dataclass(frozen=True)
class Question:
    """A base fact that is missing, to be asked of the firm."""

    fact: Fact
    period: str
    label: str
    why: str


@dataclass(frozen=True)
class Gap:
    """A value that would have to be different."""

    label: str
    now: str
    wanted: str


@dataclass(frozen=True)
class PolicyLine:
    """One policy in a firm's package."""

    policy: Policy
    version: Version | None
    answer: Answer
    standing: Standing
    title: str
    department: str
    level: str
    amounts: list[str]
    window: Window | None
    asks: list[Question] = field(default_factory=list)


def facts_of(rows: Iterable[FactValue], on: date) -> FirmFacts:
    """Derive every value a policy may ask for from these statements; of two for the same place the later row holds."""
    known = facts()
    placed = {(row.fact, row.period): row for row in rows if row.fact in known}
    read = {key: typed(known[key[0]], row.value) for key, row in placed.items()}
    base = {key: value for key, value in read.items() if value is not None}
    values: dict[str, Value] = {}
    for name, fact in known.items():
        if fact.type in DECIDABLE:
            value = derive(name, base, on).value
            if not isinstance(value, date):
                values[name] = value
    return FirmFacts(on, placed, base, values)


def visible_facts(user: User, firm: Enterprise, on: date) -> FirmFacts:
    """The firm's values this reader may read. The firm's own reading counts its open proposals, marked as waiting."""
    states = [RecordState.CURRENT]
    if is_own_firm(user, firm):
        states.append(RecordState.PROPOSED)
    rows = FactValue.objects.visible_to(user).filter(enterprise=firm, state__in=states)
    # Proposals behind what holds: the later row wins.
    return facts_of(sorted(rows, key=lambda row: (row.state == RecordState.PROPOSED, row.pk)), on)


def a_month_before(day: date) -> date:
    """The same day of the month before, or its last one.

    >>> a_month_before(date(2026, 3, 31)), a_month_before(date(2026, 1, 15))
    (datetime.date(2026, 2, 28), datetime.date(2025, 12, 15))
    """
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def standing_of(answer: Answer) -> Standing:
    """One word for how a firm stands."""
    if answer.ready:
        return Standing.READY
    if answer.one_step:
        return Standing.ONE_STEP
    return Standing(answer.verdict)


def line_of(known: FirmFacts, policy_id: str) -> PolicyLine:
    """One policy for one firm, with questions, amounts and window."""
    shelf = library_shelf()
    policy = shelf.policies[policy_id]
    answer = evaluate(shelf, policy_id, known.values, known.on)
    version = policy.version_on(known.on)
    return PolicyLine(
        policy=policy,
        version=version,
        answer=answer,
        standing=standing_of(answer),
        title=title_of(policy),
        department=department_of(policy),
        level=level_words(answer.level),
        amounts=benefit_words(answer.benefit),
        window=next_window(version, known.on) if version else None,
        asks=questions_of(known, answer.ask),
    )


def package_lines(known: FirmFacts) -> dict[Standing, list[PolicyLine]]:
    """Every current policy for one firm, by how it stands, in the order of use to the firm."""
    found: dict[Standing, list[PolicyLine]] = {standing: [] for standing in Standing}
    for policy_id in library_shelf().chosen((), known.on):
        line = line_of(known, policy_id)
        found[line.standing].append(line)
    return found


def questions_of(known: FirmFacts, ask: Iterable[str]) -> list[Question]:
    """The base facts behind the facts the engine asks for, each once, in its order."""
    dictionary = facts()
    wanted: dict[tuple[str, str], None] = {}
    for name in ask:
        derived = derive(name, known.base, known.on)
        for key in derived.missing or ((name, ""),):
            wanted.setdefault(key)
    return [
        Question(dictionary[name], period, label_of(dictionary[name]), next((f"{who}" for who, _why in said), ""))
        for name, period in wanted
        for said in [askers(dictionary[name])]
    ]


def opened_by(known: FirmFacts, policy_id: str, *, held: bool) -> list[tuple[str, str, str, str]]:
    """What holding a policy's certificate betters: policy, title, standing without it, standing with it.

    `held`: the firm has it, so it is taken away to compare; otherwise it is added.
    """
    shelf = library_shelf()
    certificate = shelf.policies[policy_id].certificate
    if not certificate:
        return []
    without = {**known.values, certificate: False} if held else known.values
    found = unlocked(shelf, policy_id, without, known.on)
    return [
        (other, title_of(shelf.policies[other]), str(Standing(before).label), str(Standing(after).label))
        for other, (before, after) in found.items()
    ]


def clause_lines(known: FirmFacts, answer: Answer) -> list[ClauseLine]:
    """The clauses of an answer with the values used and where each comes from."""
    return [
        ClauseLine(said, [_used(known, name, value) for name, value in said.facts.items()]) for said in answer.clauses
    ]


def papers_of(answer: Answer) -> list[str]:
    """What usually proves the values the clauses use, each paper once, as the dictionary of facts names it."""
    dictionary = facts()
    used = [dictionary[name] for said in answer.clauses for name in said.facts]
    written = (fact.document or "、".join(dictionary[base].document for base in fact.inputs) for fact in used)
    return list(dict.fromkeys(paper for papers in written for paper in papers.split("、") if paper))


def gaps_of(answer: Answer) -> list[Gap]:
    """What would have to be different, in words."""
    known = facts()
    return [
        Gap(label_of(known[one.fact]), shown(known[one.fact], one.current), shown(known[one.fact], one.wanted))
        for one in answer.nearest
    ]


def shown(fact: Fact, value: object) -> str:
    """A typed value in words; '' for an unknown one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return in_words(fact, str(value).lower())
    return in_words(fact, f"{value:f}" if isinstance(value, Decimal) else str(value))


def _used(known: FirmFacts, name: str, value: Value) -> UsedValue:
    fact = facts()[name]
    derived = derive(name, known.base, known.on)
    keys = [(name, "")] if derived.supplied else [(used, period) for used, period, _value in derived.inputs]
    rows = [known.rows[key] for key in keys if key in known.rows]
    first = max(rows, key=lambda row: row.as_of, default=None)
    return UsedValue(
        label=label_of(fact),
        text=shown(fact, value),
        period="、".join(dict.fromkeys(row.period for row in rows if row.period)),
        source=first.source if first else "",
        as_of=first.as_of if first else None,
        waits=any(row.state == RecordState.PROPOSED for row in rows),
    )
