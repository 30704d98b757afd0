"""The roster's findings per firm: facts missing, expired, contradicting each other; credit code missing or wrong.

Reads current values, names facts and dates only. Start at `look_over`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType

import polars as pl
from django.utils.translation import gettext_noop

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, Confidentiality, Enterprise, FactValue
from lianzhu.apps.findings.actions import Found, Recorded, record_findings
from lianzhu.engine.roster.codes import valid_codes
from lianzhu.library.derivation import Value, derive
from lianzhu.library.facts import CLASSES, Fact, facts

SOON = timedelta(days=60)
# What nearly every policy, statistic or call asks for; yearly ones of the last complete year.
ESSENTIAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "registration": ("registered_date", "address", "legal_representative", "industry_code"),
        "scale": ("staff", "revenue", "total_assets"),
        "research": ("rd", "tech_staff", "patents_invention"),
        "capability": ("main_product", "max_test_voltage"),
    }
)
# A part is never more than the whole of the same period.
PARTS: tuple[tuple[str, str], ...] = (
    ("tech_staff", "staff"),
    ("rd_staff", "staff"),
    ("main_rev", "revenue"),
    ("rd_domestic", "rd"),
)
# Until these days the figures of the last year are still being closed.
YEAR_CLOSED = (4, 30)

MISSING = gettext_noop("{firm}: facts asked for again and again are not known: {facts}.")
MISSING_WRONG = gettext_noop("The firm or an office file gives the values, or they do not apply to this firm.")
EXPIRED = gettext_noop("{firm}: {facts} {until}; that day has passed, and nothing newer is known.")
EXPIRING = gettext_noop("{firm}: {facts} {until}, within 60 days.")
RENEWED = gettext_noop("A renewed certificate with a later date exists.")
TOO_LARGE = gettext_noop("{firm}, {period}: {part} is larger than {whole}, of which it is a part.")
TURNED = gettext_noop("{firm}: {begins} lies after {ends}.")
DIFFERS = gettext_noop("{firm}: {facts} as given differs from what follows from {basis}.")
MISTYPED = gettext_noop("One of the values is mistyped, in another unit, or of another period; its source decides.")
NO_CODE = gettext_noop("{firm} has no unified social credit code in its file.")
NO_CODE_WRONG = gettext_noop("The firm gives its code, or is not registered yet.")
BAD_CODE = gettext_noop("{firm}: the unified social credit code does not fit its own check character.")
BAD_CODE_WRONG = gettext_noop("The business licence shows this code; then the copy with the registry is to be asked.")

KINDS = ("missing_facts", "expired_certificate", "expiring_certificate", "contradictory_facts", "credit_code")


@dataclass
class _File:
    """One firm's current values: typed by (fact, period), and the day each is of."""

    firm: int
    code: str | None
    values: dict[tuple[str, str], Value] = field(default_factory=dict)
    as_of: dict[tuple[str, str], date] = field(default_factory=dict)


def look_over(*, actor: User, chain: Chain, on: date) -> dict[str, Recorded]:
    """Look over every active firm's file of the chain on a day and record the findings by kind. Safe to repeat."""
    found: dict[str, list[Found]] = {kind: [] for kind in KINDS}
    files = _files(chain)
    good = _good_codes(files)
    for one in files:
        found["missing_facts"] += missing_facts(one.firm, one.values, on)
        for kind, expiring in expiries(one.firm, one.values, on):
            found[kind].append(expiring)
        found["contradictory_facts"] += contradictions(one.firm, one.values, one.as_of, on)
        found["credit_code"] += code_findings(one.firm, one.code, good.get(one.firm, False))
    return {kind: record_findings(actor=actor, chain=chain, kind=kind, found=found[kind], on=on) for kind in KINDS}


def _files(chain: Chain) -> list[_File]:
    firms = Enterprise.objects.filter(chains=chain, state=Enterprise.State.ACTIVE).order_by("id")
    files = {pk: _File(pk, code) for pk, code in firms.values_list("pk", "code")}
    known = facts()
    rows = FactValue.objects.current().filter(enterprise__chains=chain, enterprise__state=Enterprise.State.ACTIVE)
    told = rows.values_list("enterprise_id", "fact", "period", "value", "as_of").order_by()
    for firm, name, period, text, as_of in told.iterator(chunk_size=5000):
        value = typed(known[name], text) if name in known else None
        if value is not None and firm in files:
            files[firm].values[(name, period)] = value
            files[firm].as_of[(name, period)] = as_of
    return list(files.values())


def typed(fact: Fact, text: str) -> Value | None:
    """A stored value as the derivations take it; None for what does not read as its type.

    >>> typed(facts()["staff"], "96"), typed(facts()["hnte_valid"], "true")
    (96, True)
    """
    try:
        if fact.type == "integer":
            return int(text)
        if fact.type == "decimal":
            return Decimal(text)
        if fact.type == "date":
            return date.fromisoformat(text)
    except (ValueError, ArithmeticError):
        return None
    return text == "true" if fact.type == "boolean" else text


def strictest(names: Iterable[str]) -> str:
    """The closest class among the facts named; public when none is.

    >>> strictest(["address", "staff"]), strictest([])
    ('office', 'public')
    """
    known = facts()
    return max((known[name].confidentiality for name in names if name in known), key=CLASSES.index, default="public")


def last_closed_year(on: date) -> int:
    """The last year whose figures can be expected: the year before, from May on; else one earlier.

    >>> last_closed_year(date(2026, 4, 30)), last_closed_year(date(2026, 5, 1))
    (2024, 2025)
    """
    return on.year - 1 if (on.month, on.day) > YEAR_CLOSED else on.year - 2


def missing_facts(firm: int, values: Mapping[tuple[str, str], Value], on: date) -> list[Found]:
    """Essential facts not known: one finding per class, so that nobody learns of a class closed to them."""
    year = str(last_closed_year(on))
    known = facts()
    by_class: dict[str, list[str]] = {}
    for name in (name for names in ESSENTIAL.values() for name in names):
        if (name, year if known[name].period == "year" else "") not in values:
            by_class.setdefault(known[name].confidentiality, []).append(name)
    return [
        Found(
            key=f"{firm}:{level}",
            says=MISSING,
            wrong_if=MISSING_WRONG,
            confidentiality=level,
            enterprise_id=firm,
            evidence={"facts": names, "period": year},
        )
        for level, names in by_class.items()
    ]


def expiries(firm: int, values: Mapping[tuple[str, str], Value], on: date) -> Iterator[tuple[str, Found]]:
    """(kind, finding) for each end of validity that has passed, or comes within 60 days; the last day is valid."""
    for (name, _period), until in values.items():
        if not name.endswith("_valid_until") or not isinstance(until, date) or until > on + SOON:
            continue
        past = until < on
        yield (
            "expired_certificate" if past else "expiring_certificate",
            Found(
                key=f"{firm}:{name}",
                says=EXPIRED if past else EXPIRING,
                wrong_if=RENEWED,
                confidentiality=strictest([name]),
                enterprise_id=firm,
                evidence={"facts": [name], "until": until.isoformat()},
            ),
        )


def contradictions(
    firm: int, values: Mapping[tuple[str, str], Value], as_of: Mapping[tuple[str, str], date], on: date
) -> list[Found]:
    """Values that cannot all be right: a part over its whole, an end before its beginning, given against derived."""
    return [*_parts(firm, values), *_turned(firm, values), *_differing(firm, values, as_of, on)]


def _against(firm: int, key: str, says: str, names: list[str], **evidence: object) -> Found:
    return Found(
        key=f"{firm}:{key}",
        says=says,
        wrong_if=MISTYPED,
        confidentiality=strictest(names),
        enterprise_id=firm,
        evidence={"facts": names, **evidence},
        confidence="medium",
    )


def _parts(firm: int, values: Mapping[tuple[str, str], Value]) -> Iterator[Found]:
    for part, whole in PARTS:
        for (name, period), value in values.items():
            total = values.get((whole, period))
            if name == part and isinstance(value, int | Decimal) and isinstance(total, int | Decimal) and value > total:
                names = [part, whole]
                yield _against(firm, f"{part}:{period}", TOO_LARGE, names, part=part, whole=whole, period=period)


def _turned(firm: int, values: Mapping[tuple[str, str], Value]) -> Iterator[Found]:
    for (name, period), begins in values.items():
        if not name.endswith("_valid_from"):
            continue
        end = name.removesuffix("_from") + "_until"
        until = values.get((end, period))
        if isinstance(begins, date) and isinstance(until, date) and begins > until:
            yield _against(firm, name, TURNED, [name, end], begins=name, ends=end)


def _differing(
    firm: int, values: Mapping[tuple[str, str], Value], as_of: Mapping[tuple[str, str], date], on: date
) -> Iterator[Found]:
    known = facts()
    for name, period in values:
        rule = known[name].derive
        if period or rule is None:
            continue
        # A figure said in 2025 is about the years seen from 2025; a certificate's flag is about today.
        about = on if "valid_on" in rule or "any_valid_on" in rule else min(as_of[(name, period)], on)
        answer = derive(name, values, about)
        if answer.disagrees:
            basis = list(dict.fromkeys(used for used, _period, _value in answer.inputs))
            found = _against(firm, name, DIFFERS, [name, *basis], basis=basis)
            yield Found(**{**vars(found), "evidence": {"facts": [name], "basis": basis}})


def code_findings(firm: int, code: str | None, good: bool) -> list[Found]:
    """A firm without a unified social credit code, or with one whose check character does not fit."""
    if code and good:
        return []
    return [
        Found(
            key=str(firm),
            says=BAD_CODE if code else NO_CODE,
            wrong_if=BAD_CODE_WRONG if code else NO_CODE_WRONG,
            confidentiality=Confidentiality.PUBLIC,
            enterprise_id=firm,
            evidence={"facts": ["credit_code"]},
        )
    ]


def _good_codes(files: list[_File]) -> dict[int, bool]:
    checked = valid_codes(pl.Series([one.code for one in files], dtype=pl.String)).to_list() if files else []
    return dict(zip((one.firm for one in files), checked, strict=True))
