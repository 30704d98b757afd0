"""How a relative fact (`rd_3y`, `staff_q_avg`, `sme_by_300`) follows from dated base facts for a day.

A supplied value beats a derived one and a disagreement is reported; a missing period is unknown, never another period's
value. Values are int, Decimal, bool, str or date, never float. Start at `derive`; the operations are below it, one
function each, named as in facts.yaml.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from functools import cache
from importlib.resources import files
from itertools import pairwise
from types import MappingProxyType
from typing import Any, cast

from lianzhu.library.exact_yaml import load_exact
from lianzhu.library.facts import Fact, facts
from lianzhu.library.problem import BadInput, Problem, marked

Value = int | Decimal | bool | str | date
Base = Mapping[tuple[str, str], Value]
# Enough digits that a quotient of two amounts in fen never rounds across a limit of a few digits.
DIGITS = 50


@dataclass(frozen=True)
class Derived:
    """The answer for one fact: its value or None (unknown), where it came from, and what was missing.

    `inputs` are the (name, period, value) read; `missing` the (name, period) that would have been needed. `derived` is
    what the derivation gave, also when a supplied value stands in its place; `disagrees` when the two differ.
    """

    name: str
    value: Value | None
    supplied: bool
    derived: Value | None
    inputs: tuple[tuple[str, str, Value], ...] = ()
    missing: tuple[tuple[str, str], ...] = ()

    @property
    def disagrees(self) -> bool:
        """True when a value was supplied and the derivation gives another."""
        return self.supplied and self.derived is not None and self.derived != self.value


@dataclass
class _Reading:
    """One derivation at work: reads base facts and keeps the list of what it used and what it lacked."""

    base: Base
    on: date
    dictionary: Mapping[str, Fact]
    inputs: dict[tuple[str, str], Value] = field(default_factory=dict)
    missing: dict[tuple[str, str], None] = field(default_factory=dict)

    def at(self, name: str, period: str) -> Any:
        """Value of a base fact in a period, or None."""
        value = self.base.get((name, period))
        if isinstance(value, float):
            raise BadInput(
                Problem(
                    marked("{name} is given as a binary fraction ({value})."),
                    {"name": name, "value": value},
                    mend=marked("Give whole numbers or decimals, which are exact."),
                )
            )
        if value is None:
            self.missing[(name, period)] = None
        else:
            self.inputs[(name, period)] = value
        return value

    def year(self, name: str, offset: int) -> Any:
        """Value of a yearly fact, `offset` years from the day's year."""
        return self.at(name, str(self.on.year + offset))

    def plain(self, name: str) -> Any:
        """Value of a fact without period: the supplied one, else its own derivation."""
        fact = self.dictionary[name]
        if (name, "") in self.base or fact.derive is None:
            return self.at(name, "")
        inner = derive(name, self.base, self.on, self.dictionary)
        self.inputs.update({(used, period): value for used, period, value in inner.inputs})
        self.missing.update(dict.fromkeys(inner.missing))
        return inner.value


def derive(name: str, base: Base, on: date, dictionary: Mapping[str, Fact] | None = None) -> Derived:
    """Return the value of fact `name` on day `on`, from `base`: (fact name, period) → value.

    Periods are written `""` (none), `"2025"`, `"2025Q3"`, `"2025-09"`. Raises KeyError for a name that is not in the
    dictionary and BadInput for a float. Source: the Periods rule of the dictionary's derivations.

    >>> derive("rd_sum_2y", {("rd", "2025"): 700, ("rd", "2024"): 500}, date(2026, 5, 1)).value
    1200
    >>> derive("rd_sum_2y", {("rd", "2025"): 700}, date(2026, 5, 1)).missing
    (('rd', '2024'),)
    """
    known = facts() if dictionary is None else dictionary
    fact = known[name]
    reading = _Reading(base, on, known)
    supplied = reading.at(name, "")
    reading.inputs.clear()
    reading.missing.clear()
    computed: Value | None = None
    if fact.derive is not None:
        operation = next(iter(fact.derive))
        computed = _rounded(OPERATIONS[operation](reading, fact.derive), fact)
    elif supplied is None:
        reading.missing[(name, "")] = None
    return Derived(
        name=name,
        value=computed if supplied is None else supplied,
        supplied=supplied is not None,
        derived=computed,
        inputs=tuple((used, period, value) for (used, period), value in reading.inputs.items()),
        missing=tuple(reading.missing),
    )


def _rounded(value: Value | None, fact: Fact) -> Value | None:
    """A number on the fact's grid: rounded the way that keeps the policies' comparisons, whole where it is whole."""
    if not isinstance(value, Decimal):
        return value
    if fact.rounding != "none" and fact.step is not None:
        way = ROUND_FLOOR if fact.rounding == "down" else ROUND_CEILING
        with localcontext() as context:
            context.prec = DIGITS
            step = Decimal(fact.step)
            value = (value / step).to_integral_value(rounding=way) * step
    return int(value) if value == value.to_integral_value() else value.normalize()


def _years(reading: _Reading, said: Mapping[str, Any]) -> list[int]:
    """Offsets of the years asked for; years before the firm existed do not count when `since` names its first day."""
    wanted = list(said["years"])
    if "since" in said:
        first = reading.at(said["since"], "")
        if isinstance(first, date):
            wanted = [offset for offset in wanted if reading.on.year + offset >= first.year]
        # Without the first day every year is needed; the missing date itself decides nothing.
        reading.missing.pop((said["since"], ""), None)
    return wanted


def _months(on: date, count: int) -> list[str]:
    """The last `count` complete months before `on`, newest first."""
    last = on.year * 12 + on.month - 2
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in range(last, last - count, -1)]


def _quarter_months(on: date) -> list[str]:
    """The three months of the last complete quarter before `on`."""
    first_of_quarter = date(on.year, (on.month - 1) // 3 * 3 + 1, 1)
    return _months(first_of_quarter, 3)


def _all(values: list[Any]) -> list[Any] | None:
    return None if not values or any(value is None for value in values) else values


def _value(reading: _Reading, said: Mapping[str, Any]) -> Any:
    return reading.year(said["value"], said["year"])


def _sum(reading: _Reading, said: Mapping[str, Any]) -> Any:
    if "months" in said:
        values = [reading.at(said["sum"], month) for month in _months(reading.on, said["months"])]
    elif "quarters" in said:
        values = [reading.at(said["sum"], month) for month in _quarter_months(reading.on)]
    else:
        values = [reading.year(said["sum"], offset) for offset in _years(reading, said)]
    known = _all(values)
    return None if known is None else sum(known[1:], known[0])


def _mean(reading: _Reading, said: Mapping[str, Any]) -> Any:
    known = _all([reading.year(said["mean"], offset) for offset in said["years"]])
    return None if known is None else _quotient(sum(known), len(known))


def _mean_quarters(reading: _Reading, said: Mapping[str, Any]) -> Any:
    """Mean of (begin + end) / 2 over four quarters; a quarter begins with the end of the one before."""
    year = reading.on.year + said["year"]
    ends = [f"{year - 1}Q4", *(f"{year}Q{quarter}" for quarter in (1, 2, 3, 4))]
    known = _all([reading.at(said["mean_quarters"], end) for end in ends])
    if known is None:
        return None
    return _quotient(known[0] + 2 * (known[1] + known[2] + known[3]) + known[4], 8)


def _quotient(above: Any, below: Any) -> Decimal:
    with localcontext() as context:
        context.prec = DIGITS
        return Decimal(above) / Decimal(below)


def _mean_growth_pct(reading: _Reading, said: Mapping[str, Any]) -> Any:
    count = said["years"]
    known = _all([reading.year(said["mean_growth_pct"], -offset) for offset in range(1, count + 2)])
    if known is None or any(before <= 0 for before in known[1:]):
        return None
    with localcontext() as context:
        context.prec = DIGITS
        growths = [100 * (Decimal(now) - before) / before for now, before in pairwise(known)]
        return sum(growths, Decimal(0)) / count


def _cagr_pct(reading: _Reading, said: Mapping[str, Any]) -> Any:
    count = said["years"]
    known = _all([reading.year(said["cagr_pct"], offset) for offset in (-1, -1 - count)])
    if known is None or known[0] < 0 or known[1] <= 0:
        return None
    with localcontext() as context:
        context.prec = DIGITS
        ratio = Decimal(known[0]) / known[1]
        root = ratio.sqrt() if count == 2 else ratio ** (Decimal(1) / count)
        return 100 * (root - 1)


def _pct(reading: _Reading, said: Mapping[str, Any]) -> Any:
    known = _all([reading.year(part, said["year"]) for part in said["pct"]])
    return None if known is None or known[1] == 0 else _quotient(100 * known[0], known[1])


def _kleene_or(answers: list[bool | None]) -> bool | None:
    if any(answers):
        return True
    return None if None in answers else False


def _ratio_each_year(reading: _Reading, said: Mapping[str, Any]) -> Any:
    above, percent, below = said["ratio_each_year"]
    fails: list[bool | None] = []
    for offset in said["years"]:
        pair = _all([reading.year(above, offset), reading.year(below, offset)])
        fails.append(None if pair is None else 100 * pair[0] < percent * pair[1])
    failed = _kleene_or(fails)
    return None if failed is None else not failed


def _total(reading: _Reading, said: Mapping[str, Any]) -> Any:
    known = _all([reading.plain(part) for part in said["total"]])
    return None if known is None else sum(known)


def _any_positive(reading: _Reading, said: Mapping[str, Any]) -> Any:
    values = [reading.plain(part) for part in said["any_positive"]]
    return _kleene_or([None if value is None else value > 0 for value in values])


def _any_true(reading: _Reading, said: Mapping[str, Any]) -> Any:
    return _kleene_or([reading.plain(part) for part in said["any_true"]])


def _valid(until: date | None, on: date) -> bool | None:
    return None if until is None else on <= until


def _any_valid_on(reading: _Reading, said: Mapping[str, Any]) -> Any:
    return _kleene_or([_valid(reading.plain(part), reading.on) for part in said["any_valid_on"]])


def _valid_on(reading: _Reading, said: Mapping[str, Any]) -> Any:
    """Valid through its last day. A first day not known is not asked for; one known to lie ahead means not yet."""
    until = reading.plain(said["valid_on"])
    begins = reading.plain(said["from"]) if "from" in said else None
    reading.missing.pop((said.get("from", ""), ""), None)
    if begins is not None and reading.on < begins:
        return False
    return _valid(until, reading.on)


def _equals(reading: _Reading, said: Mapping[str, Any]) -> Any:
    value = reading.plain(said["equals"])
    return None if value is None else value in said["among"]


def _at_least(reading: _Reading, said: Mapping[str, Any]) -> Any:
    value = reading.plain(said["at_least"])
    return None if value is None else value >= said["bound"]


def _prefix(reading: _Reading, said: Mapping[str, Any]) -> Any:
    value = reading.plain(said["prefix"])
    return None if value is None else str(value).startswith(said["start"])


def _divisions(reading: _Reading, said: Mapping[str, Any]) -> Any:
    division = str(reading.plain(said["divisions"]) or "").lstrip("ABCDEFGHIJKLMNOPQRST")[:2]
    return said["first"] <= int(division) <= said["last"] if division.isdecimal() and len(division) == 2 else None


def _months_since(reading: _Reading, said: Mapping[str, Any]) -> Any:
    """Whole calendar months; 365 days count as 12 months (工作指引 国科发火〔2016〕195号)."""
    first = reading.plain(said["months_since"])
    if first is None or reading.on < first:
        return None
    whole = (reading.on.year - first.year) * 12 + reading.on.month - first.month - (reading.on.day < first.day)
    return max(whole, 12) if (reading.on - first).days >= 365 else whole


def _years_since(reading: _Reading, said: Mapping[str, Any]) -> Any:
    first = reading.plain(said["years_since"])
    if first is None or reading.on < first:
        return None
    return reading.on.year - first.year - ((reading.on.month, reading.on.day) < (first.month, first.day))


@cache
def _sizes() -> Mapping[str, Any]:
    text = files("lianzhu.library").joinpath("sizes.yaml").read_text(encoding="utf-8")
    return MappingProxyType(cast("dict[str, Any]", load_exact(text)))


def _size_industry(reading: _Reading, said: Mapping[str, Any]) -> Any:
    code = str(reading.plain(said["size_industry"]) or "").lstrip("ABCDEFGHIJKLMNOPQRST")
    fitting = [
        (len(start), row) for row, starts in _sizes()["prefixes"].items() for start in starts if code.startswith(start)
    ]
    return max(fitting)[1] if fitting else None


def _size_below(reading: _Reading, said: Mapping[str, Any]) -> Any:
    """Below a level: at least one indicator under its bound (300号: a level holds when all indicators reach it)."""
    industry = reading.plain("size_industry")
    if industry is None:
        return None
    bounds = _sizes()["bounds"][industry]
    place = ("large", "medium", "small").index(said["size_below"])
    under: list[bool | None] = []
    for key, name in (("X", "staff"), ("Y", "revenue"), ("Z", "total_assets")):
        if key in bounds:
            value = reading.year(name, said["year"])
            under.append(None if value is None else value < bounds[key][place])
    return _kleene_or(under)


def _scored_by(reading: _Reading, said: Mapping[str, Any]) -> Any:
    """Score tables are computed by the rules room from the policy named; here only a supplied score counts."""
    return None


OPERATIONS: Mapping[str, Callable[[_Reading, Mapping[str, Any]], Any]] = MappingProxyType(
    {
        "value": _value,
        "sum": _sum,
        "mean": _mean,
        "mean_quarters": _mean_quarters,
        "mean_growth_pct": _mean_growth_pct,
        "cagr_pct": _cagr_pct,
        "pct": _pct,
        "ratio_each_year": _ratio_each_year,
        "total": _total,
        "any_positive": _any_positive,
        "any_true": _any_true,
        "any_valid_on": _any_valid_on,
        "valid_on": _valid_on,
        "equals": _equals,
        "at_least": _at_least,
        "prefix": _prefix,
        "divisions": _divisions,
        "months_since": _months_since,
        "years_since": _years_since,
        "size_industry": _size_industry,
        "size_below": _size_below,
        "scored_by": _scored_by,
    }
)
