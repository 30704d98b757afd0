"""What a policy's criteria become: a formula of exact integer comparisons, in negation normal form.

Every number is counted in the steps of its fact (fen, hundredths of a point), so a ratio is a comparison of two
products and never a division. `Units` holds the steps and ranges; `joint.py` evaluates the formula.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from lianzhu.library.facts import Fact

# Facts that a conjunction ties both ways (wanted large here, small there) are decided jointly up to this many.
JOINT_LIMIT = 4
INT64 = 2**63


@dataclass(frozen=True, slots=True)
class Unit:
    """One fact's step (natural units) and range counted in steps; `codes` for a choice fact, in dictionary order."""

    kind: str
    step: Fraction
    low: int
    high: int
    codes: tuple[str, ...] = ()


Units = Mapping[str, Unit]


def units_of(dictionary: Mapping[str, Fact], finer: Mapping[str, Fraction] | None = None) -> dict[str, Unit]:
    """Return the unit of every fact a rule may use; `finer` gives a smaller step for columns that need one."""
    found: dict[str, Unit] = {}
    for name, fact in dictionary.items():
        if fact.type == "boolean":
            found[name] = Unit("boolean", Fraction(1), 0, 1)
        elif fact.type == "choice":
            codes = tuple(choice.code for choice in fact.choices)
            found[name] = Unit("choice", Fraction(1), 0, len(codes) - 1, codes)
        elif fact.minimum is not None and fact.maximum is not None and fact.step is not None:
            step = (finer or {}).get(name, Fraction(fact.step))
            found[name] = Unit("number", step, int(Fraction(fact.minimum) / step), int(Fraction(fact.maximum) / step))
    return found


@dataclass(frozen=True, slots=True)
class Linear:
    """`p·a + q·b ≥ c`, or `> c` when strict; a and b are facts counted in steps, b may be absent (q = 0)."""

    a: str
    p: int
    c: int
    strict: bool = False
    b: str = ""
    q: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """A choice fact is (or is not) one of some codes, given by their place in the dictionary."""

    fact: str
    codes: frozenset[int]
    inside: bool = True


@dataclass(frozen=True, slots=True)
class Judge:
    """Open wording that an official decides; `wanted` is False under a negation."""

    key: str
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Tiers:
    """Points of the first tier whose conditions all hold; tiers stand in falling order of points."""

    tiers: tuple[tuple[tuple[Linear, ...], int], ...]
    otherwise: int


@dataclass(frozen=True, slots=True)
class Total:
    """Points added up."""

    parts: "tuple[Points, ...]"


@dataclass(frozen=True, slots=True)
class Best:
    """The best of several counts."""

    parts: "tuple[Points, ...]"


@dataclass(frozen=True, slots=True)
class Given:
    """A score that stands as a fact when known, and is computed otherwise."""

    fact: str
    rule: "Points"


Points = Tiers | Total | Best | Given


@dataclass(frozen=True, slots=True)
class Score:
    """`sign · points ≥ bound`, or `> bound` when strict; points in hundredths."""

    points: Points
    sign: int
    bound: int
    strict: bool = False


Leaf = Linear | Member | Judge | Score


@dataclass(frozen=True, slots=True)
class And:
    """All parts hold. `joint` are facts that two parts tie both ways; `mixed` all facts wanted both ways inside."""

    parts: "tuple[Formula, ...]"
    joint: tuple[str, ...]
    mixed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds."""

    parts: "tuple[Formula, ...]"


Formula = And | Or | Leaf


def conjunction(parts: Iterable["Formula"]) -> "Formula":
    """Return the conjunction of `parts`, with the facts to be decided jointly worked out."""
    parts = tuple(parts)
    if len(parts) == 1:
        return parts[0]
    signs: dict[str, set[int]] = {}
    seen: dict[str, int] = {}
    for part in parts:
        inside: dict[str, set[int]] = {}
        for fact, sign in wishes(part):
            inside.setdefault(fact, set()).add(sign)
        for fact, wanted in inside.items():
            signs.setdefault(fact, set()).update(wanted)
            seen[fact] = seen.get(fact, 0) + 1
    mixed = [fact for fact, wanted in signs.items() if len(wanted) > 1 or 0 in wanted]
    return And(parts, tuple(fact for fact in mixed if seen[fact] > 1)[:JOINT_LIMIT], frozenset(mixed))


def disjunction(parts: Iterable["Formula"]) -> "Formula":
    """Return the disjunction of `parts`."""
    parts = tuple(parts)
    return parts[0] if len(parts) == 1 else Or(parts)


def negation(node: "Formula") -> "Formula":
    """Return the formula that holds exactly when `node` does not."""
    match node:
        case Linear(a, p, c, strict, b, q):
            return Linear(a, -p, -c, not strict, b, -q)
        case Member(fact, codes, inside):
            return Member(fact, codes, not inside)
        case Judge(key, wanted):
            return Judge(key, not wanted)
        case Score(points, sign, bound, strict):
            return Score(points, -sign, -bound, not strict)
        case And(parts):
            return disjunction(negation(part) for part in parts)
        case Or(parts):
            return conjunction(negation(part) for part in parts)


def leaves(node: "Formula") -> Iterator[Leaf]:
    """Yield the leaves of a formula, in clause order."""
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from leaves(part)
    else:
        yield node


def comparisons(points: Points) -> Iterator[Linear]:
    """Yield every comparison inside a score's table."""
    match points:
        case Tiers(tiers):
            for conditions, _ in tiers:
                yield from conditions
        case Total(parts) | Best(parts):
            for part in parts:
                yield from comparisons(part)
        case Given(_, rule):
            yield from comparisons(rule)


def lines(node: "Formula") -> Iterator[tuple[Linear, int]]:
    """Yield every comparison in a formula with +1, or -1 where a small score is wanted of it."""
    for leaf in leaves(node):
        if isinstance(leaf, Linear):
            yield leaf, 1
        elif isinstance(leaf, Score):
            for line in comparisons(leaf.points):
                yield line, leaf.sign


def wishes(node: "Formula") -> Iterator[tuple[str, int]]:
    """Yield (fact, +1 wanted large · -1 wanted small · 0 a choice) for every occurrence, in clause order."""
    for leaf in leaves(node):
        if isinstance(leaf, Member):
            yield leaf.fact, 0
        for line, sign in lines(leaf):
            yield line.a, sign if line.p > 0 else -sign
            if line.b:
                yield line.b, sign if line.q > 0 else -sign


def given_facts(points: Points) -> Iterator[str]:
    """Yield the scores that may stand as facts, outermost first."""
    match points:
        case Given(fact, rule):
            yield fact
            yield from given_facts(rule)
        case Total(parts) | Best(parts):
            for part in parts:
                yield from given_facts(part)


def facts_in(node: "Formula") -> tuple[str, ...]:
    """Return the facts a formula reads, in clause order, scores before their parts."""
    found: dict[str, None] = {}
    for leaf in leaves(node):
        if isinstance(leaf, Score):
            found.update(dict.fromkeys(given_facts(leaf.points)))
        found.update(dict.fromkeys(fact for fact, _ in wishes(leaf)))
    return tuple(found)


def judges_in(node: "Formula") -> tuple[str, ...]:
    """Return the keys of the open wordings in a formula."""
    return tuple(dict.fromkeys(leaf.key for leaf in leaves(node) if isinstance(leaf, Judge)))


def compare(units: Units, fact: str, sign: int, bound: Fraction, strict: bool) -> Linear:
    """Return `sign·fact ≥ sign·bound` (or >) with whole coefficients."""
    exact = bound / units[fact].step
    return Linear(fact, sign * exact.denominator, sign * exact.numerator, strict)


def compare_ratio(units: Units, top: str, sign: int, percent: Fraction, bottom: str, strict: bool) -> Linear:
    """Return `sign·(100·top - percent·bottom) ≥ 0` (or >) with whole coefficients."""
    p, q = 100 * units[top].step, -percent * units[bottom].step
    scale = Fraction(lcm(p.denominator, q.denominator), gcd(p.numerator, q.numerator) or 1)
    scale /= gcd(int(p * scale), int(q * scale)) or 1
    return Linear(top, sign * int(p * scale), 0, strict, bottom, sign * int(q * scale))


def is_wide(node: "Formula", units: Units) -> bool:
    """True when some product could leave 64 bits for values in range, so that wider integers are needed.

    The bound covers the test points of `joint.py` too: they divide such a sum, they never multiply it.
    """

    def top(fact: str) -> int:
        return max(abs(units[fact].low), abs(units[fact].high))

    return any(
        abs(line.p) * top(line.a) + (abs(line.q) * top(line.b) if line.b else 0) + abs(line.c) + abs(line.p) >= INT64
        for line, _ in lines(node)
    )
