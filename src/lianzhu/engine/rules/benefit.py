"""What a policy is worth: amounts by formulas over facts, and the best choice among benefits that exclude others."""

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from lianzhu.engine.rules.answer import Row, Value, decide
from lianzhu.engine.rules.criteria import BoundVersion, bind_test
from lianzhu.engine.rules.formula import Units
from lianzhu.library.problem import BadInput, Problem, marked

_CALLS: Mapping[str, Callable[..., Fraction]] = {"min": min, "max": max}


@lru_cache(maxsize=512)
def _parsed(formula: str) -> ast.expr:
    try:
        return ast.parse(formula, mode="eval").body
    except SyntaxError:
        raise _unreadable(formula) from None


def _unreadable(formula: str) -> BadInput:
    return BadInput(
        Problem(
            marked("The amount {formula} cannot be read."),
            {"formula": formula},
            mend=marked("Write facts and whole numbers with + - * / ( ) min( ) max( )."),
        )
    )


def names_in(formula: str) -> tuple[str, ...]:
    """Return the facts an amount reads.

    >>> names_in("min(technology_transfer_income, 500)")
    ('technology_transfer_income',)
    """
    found = (node.id for node in ast.walk(_parsed(formula)) if isinstance(node, ast.Name) and node.id not in _CALLS)
    return tuple(dict.fromkeys(found))


def amount(formula: str, values: Mapping[str, Fraction]) -> Fraction | None:
    """Return an amount exactly, or None when a fact it needs is unknown or it divides by zero.

    Raises BadInput for anything but facts, whole numbers, + - * / and min, max.

    >>> amount("max(income - 500, 0) / 2", {"income": Fraction(501)})
    Fraction(1, 2)
    """

    def value(node: ast.expr) -> Fraction:
        match node:
            case ast.Constant(int(number)):
                return Fraction(number)
            case ast.Name(name):
                return values[name]
            case ast.UnaryOp(ast.USub(), operand):
                return -value(operand)
            case ast.BinOp(left, ast.Add(), right):
                return value(left) + value(right)
            case ast.BinOp(left, ast.Sub(), right):
                return value(left) - value(right)
            case ast.BinOp(left, ast.Mult(), right):
                return value(left) * value(right)
            case ast.BinOp(left, ast.Div(), right):
                return value(left) / value(right)
            case ast.Call(ast.Name(name), args) if name in _CALLS and args:
                return _CALLS[name](*map(value, args))
        raise _unreadable(formula)

    try:
        return value(_parsed(formula))
    except (KeyError, ZeroDivisionError):
        return None


def as_decimal(number: Fraction) -> Decimal:
    """Return an amount as a Decimal, to the fen of a 万元 (six places) when it has no end."""
    return (Decimal(number.numerator) / Decimal(number.denominator)).quantize(Decimal("0.000001")).normalize()


def benefit_of(bound: BoundVersion, units: Units, facts: Mapping[str, Value], row: Row) -> dict[str, Any]:
    """Return what the version's benefit comes to for one firm.

    Written keys: `amounts` name → formula, `if` name → test (True, False or None), `choose` name → list of
    {when: test, gives: value}, anything else is handed on as it stands.
    """
    written = bound.version.benefit
    values = {
        name: Fraction(said)
        for name, said in facts.items()
        if isinstance(said, int | Decimal) and not isinstance(said, bool)
    }
    found: dict[str, Any] = {key: said for key, said in written.items() if key not in ("amounts", "if", "choose")}
    for name, formula in (written.get("amounts") or {}).items():
        worth = amount(formula, values)
        found[name] = None if worth is None else as_decimal(worth)
    for name, test in (written.get("if") or {}).items():
        found[name] = decide(bind_test(test, bound.version, units), row)
    for name, cases in (written.get("choose") or {}).items():
        found[name] = _chosen(cases, bound, units, row)
    return found


def _chosen(cases: list[Mapping[str, Any]], bound: BoundVersion, units: Units, row: Row) -> Any:
    """The value of the first case that holds; None when an earlier case is unknown."""
    for case in cases:
        holds = decide(bind_test(case["when"], bound.version, units), row) if "when" in case else True
        if holds is None:
            return None
        if holds:
            return case["gives"]
    return None


@dataclass(frozen=True)
class Choice:
    """The benefits to take together, and their sum."""

    taken: tuple[str, ...]
    total: Decimal


def best_together(amounts: Mapping[str, Decimal], exclusive: Iterable[tuple[str, str]]) -> Choice:
    """Return the stackable choice worth most; of benefits that exclude each other only one is taken.

    Exact for up to some twenty benefits that exclude one another; the rest stack freely. Ties take the earlier id.

    >>> best_together({"a": Decimal(3), "b": Decimal(5), "c": Decimal(1)}, [("a", "b")]).taken
    ('b', 'c')
    """
    pairs = {frozenset(pair) for pair in exclusive if pair[0] in amounts and pair[1] in amounts and pair[0] != pair[1]}

    def best(left: tuple[str, ...]) -> tuple[Decimal, tuple[str, ...]]:
        if not left:
            return Decimal(0), ()
        first, rest = left[0], left[1:]
        rivals = {other for other in rest if frozenset((first, other)) in pairs}
        worth, taken = best(tuple(other for other in rest if other not in rivals))
        with_first = (worth + amounts[first], (first, *taken))
        if not rivals:
            return with_first
        without = best(rest)
        return with_first if with_first[0] >= without[0] else without

    total, taken = best(tuple(sorted(name for name in amounts if amounts[name] > 0)))
    return Choice(taken, total)
