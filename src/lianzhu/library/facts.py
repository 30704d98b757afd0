"""The fact dictionary: what each fact is called, means, allows, follows from, and who may see it.

Start at `facts()`. `nearest_name` helps whoever mistyped, `lint` checks the dictionary beyond its shape. How a value
follows from base facts for a date is in `derivation.py`; columns refused by name are in `banned_columns.py`.
"""

import difflib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, cast

from lianzhu.library.banned_columns import BannedColumn, banned_column
from lianzhu.library.exact_yaml import load_exact
from lianzhu.library.problem import BadInput, Problem, marked

__all__ = ["BannedColumn", "Choice", "Fact", "banned_column", "facts", "groups", "lint", "nearest_name", "read_facts"]

FactType = Literal["integer", "decimal", "boolean", "text", "date", "code", "choice"]
Period = Literal["none", "year", "quarter", "month"]
Confidentiality = Literal["public", "office", "firm", "statistics"]
TYPES = ("integer", "decimal", "boolean", "text", "date", "code", "choice")
PERIODS = ("none", "year", "quarter", "month")
# From open to closed; a derived fact is never more open than what it is made of.
CLASSES = ("public", "office", "firm", "statistics")
ROUNDINGS = ("none", "down", "up")

# What each derivation names: the keys that hold fact names, one or a list. Other keys are constants.
DERIVATIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "value": ("value",),
        "sum": ("sum", "since"),
        "mean": ("mean",),
        "mean_quarters": ("mean_quarters",),
        "mean_growth_pct": ("mean_growth_pct",),
        "cagr_pct": ("cagr_pct",),
        "pct": ("pct",),
        "ratio_each_year": ("ratio_each_year",),
        "total": ("total",),
        "any_positive": ("any_positive",),
        "any_true": ("any_true",),
        "any_valid_on": ("any_valid_on",),
        "valid_on": ("valid_on", "from"),
        "equals": ("equals",),
        "at_least": ("at_least",),
        "prefix": ("prefix",),
        "divisions": ("divisions",),
        "months_since": ("months_since",),
        "years_since": ("years_since",),
        "size_industry": ("size_industry",),
        "size_below": (),
        "scored_by": (),
    }
)
SIZE_INPUTS = ("size_industry", "staff", "revenue", "total_assets")


@dataclass(frozen=True)
class Choice:
    """One allowed answer of a `choice` fact; `aliases` are Chinese spellings seen in spreadsheets."""

    code: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fact:
    """One entry of the dictionary. Numbers are exact (int or Decimal); money is in 万元 unless named `…_yuan`."""

    name: str
    zh: str
    en: str
    definition: str
    definition_en: str
    group: str
    type: FactType
    confidentiality: Confidentiality
    unit: str = ""
    period: Period = "none"
    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None
    step: int | Decimal | None = None
    changeable: bool = False
    document: str = ""
    derive: Mapping[str, object] | None = None
    rounding: Literal["none", "down", "up"] = "none"
    choices: tuple[Choice, ...] = ()
    asked_by: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """True for integer and decimal facts."""
        return self.type in ("integer", "decimal")

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the facts the derivation reads, in the order written."""
        if self.derive is None:
            return ()
        operation = next(iter(self.derive))
        if operation == "size_below":
            return SIZE_INPUTS
        found: list[str] = []
        for key in DERIVATIONS.get(operation, ()):
            named = self.derive.get(key)
            found += [item for item in (named if isinstance(named, list) else [named]) if isinstance(item, str)]
        return tuple(dict.fromkeys(found))

    def choice_of(self, text: str) -> str | None:
        """Return the code of the choice that `text` names by code, label or alias, or None."""
        wanted = title_key(text)
        for choice in self.choices:
            if wanted in {title_key(word) for word in (choice.code, choice.zh, choice.en, *choice.aliases)}:
                return choice.code
        return None


def title_key(text: str) -> str:
    """Return `text` as titles are compared: NFKC, lower case, letters and digits only.

    >>> title_key("Ｒ＆Ｄ 经费（万元）")
    'rd经费万元'
    """
    return "".join(ch for ch in unicodedata.normalize("NFKC", text).casefold() if ch.isalnum())


@cache
def facts() -> Mapping[str, Fact]:
    """Return the dictionary that ships with Lianzhu, name → Fact, in the order of the file.

    >>> facts()["rev_last_year"].inputs
    ('revenue',)
    """
    return read_facts(files("lianzhu.library").joinpath("facts.yaml").read_text(encoding="utf-8"))


@cache
def groups() -> Mapping[str, tuple[str, str]]:
    """Return the groups of facts in display order: key → (Chinese, English)."""
    text = files("lianzhu.library").joinpath("facts.yaml").read_text(encoding="utf-8")
    whole = cast("dict[str, dict[str, dict[str, str]]]", load_exact(text))
    return MappingProxyType({key: (said["zh"], said["en"]) for key, said in whole["groups"].items()})


def read_facts(text: str) -> Mapping[str, Fact]:
    """Parse a dictionary in the format of facts.yaml.

    Raises BadInput naming the entry and the key of every mistake.
    """
    whole = load_exact(text)
    if not isinstance(whole, dict) or not isinstance(whole.get("facts"), list):
        raise BadInput(
            Problem(marked("The fact dictionary has no list of facts."), mend=marked("Begin it with facts:"))
        )
    problems: list[Problem] = []
    found: dict[str, Fact] = {}
    for number, entry in enumerate(whole["facts"], start=1):
        name = str(entry.get("name", f"#{number}")) if isinstance(entry, dict) else f"#{number}"
        wrong = _mistakes(name, entry, whole)
        if name in found:
            wrong.append(_wrong(name, "name", marked("The fact {entry} stands twice in the dictionary.")))
        problems += wrong
        if not wrong:
            found[name] = _fact(entry)
    for fact in found.values():
        problems += [
            _wrong(fact.name, "derive", marked("{entry} follows from {word}, which is not in the dictionary."), word)
            for word in fact.inputs
            if word not in found
        ]
    if problems:
        raise BadInput(problems[:50])
    return MappingProxyType(found)


def _wrong(entry: str, key: str, message: str, word: object = "") -> Problem:
    return Problem(
        message,
        {"entry": entry, "key": key, "word": str(word)},
        mend=marked("Mend the key {key} of the entry {entry} in facts.yaml."),
        column=key,
    )


def _mistakes(name: str, entry: object, whole: Mapping[object, object]) -> list[Problem]:
    """Every mistake in the shape of one entry."""
    if not isinstance(entry, dict):
        return [_wrong(name, "name", marked("The entry {entry} is not a mapping."))]
    known = set(Fact.__dataclass_fields__)
    wrong = [_wrong(name, str(key), marked("{entry}: {key} is not a known key.")) for key in entry if key not in known]
    wrong += [
        _wrong(name, key, marked("{entry}: {key} is missing."))
        for key in ("name", "zh", "en", "definition", "definition_en", "group", "type", "confidentiality")
        if not entry.get(key)
    ]
    closed = {
        "type": TYPES,
        "period": PERIODS,
        "confidentiality": CLASSES,
        "rounding": ROUNDINGS,
        "group": _keys(whole.get("groups")),
        "unit": _keys(whole.get("units")),
    }
    wrong += [
        _wrong(name, key, marked("{entry}: {word} is not allowed for {key}."), entry[key])
        for key, allowed in closed.items()
        if entry.get(key) not in (None, *allowed)
    ]
    wrong += _mistakes_in_range(name, entry)
    derive = entry.get("derive")
    if derive is not None and (not isinstance(derive, dict) or next(iter(derive), None) not in DERIVATIONS):
        wrong.append(_wrong(name, "derive", marked("{entry}: {word} is not a known derivation."), derive))
    if (entry.get("type") == "choice") != bool(entry.get("choices")):
        wrong.append(
            _wrong(name, "choices", marked("{entry}: choices belong to facts of type choice, and only there."))
        )
    return wrong


def _keys(mapping: object) -> tuple[str, ...]:
    return tuple(mapping) if isinstance(mapping, dict) else ()


def _mistakes_in_range(name: str, entry: Mapping[str, object]) -> list[Problem]:
    number = entry.get("type") in ("integer", "decimal")
    low, high, step = (entry.get(key) for key in ("minimum", "maximum", "step"))
    if not number:
        if low is high is step is None:
            return []
        return [_wrong(name, "minimum", marked("{entry}: a range belongs to numbers only."))]
    if not all(isinstance(bound, int | Decimal) for bound in (low, high, step)):
        return [_wrong(name, "minimum", marked("{entry}: a number needs minimum, maximum and step."))]
    low, high, step = cast("tuple[Decimal, Decimal, Decimal]", (low, high, step))
    if low >= high or step <= 0 or (high - low) % step or low % step:
        return [_wrong(name, "step", marked("{entry}: minimum, maximum and step do not fit together."))]
    if entry.get("type") == "integer" and any(Decimal(bound) % 1 for bound in (low, high, step)):
        return [_wrong(name, "step", marked("{entry}: a whole number has whole bounds and a whole step."))]
    return []


def _fact(entry: dict[str, Any]) -> Fact:
    values = dict(entry)
    values["aliases"] = tuple(map(str, entry.get("aliases", ())))
    values["choices"] = tuple(
        Choice(str(said["code"]), str(said["zh"]), str(said["en"]), tuple(map(str, said.get("aliases", ()))))
        for said in entry.get("choices", ())
    )
    values["asked_by"] = MappingProxyType(entry.get("asked_by", {}))
    if entry.get("derive"):
        values["derive"] = MappingProxyType(entry["derive"])
    return Fact(**values)


@cache
def _titles() -> Mapping[str, str]:
    """Every name, label and alias, as titles are compared → fact name; the name itself wins over labels."""
    found: dict[str, str] = {}
    for fact in facts().values():
        found.setdefault(title_key(fact.name), fact.name)
    for fact in facts().values():
        for word in (fact.zh, fact.en, *fact.aliases):
            found.setdefault(title_key(word), fact.name)
    return MappingProxyType(found)


def nearest_name(text: str) -> str | None:
    """Return the fact name that `text` most likely means: the same name, label or alias, else the most similar one.

    >>> nearest_name("rev_lastyear"), nearest_name("研发投入"), nearest_name("zzzz")
    ('rev_last_year', 'rd', None)
    """
    wanted = title_key(text)
    if not wanted:
        return None
    exact = _titles().get(wanted)
    if exact:
        return exact
    close = difflib.get_close_matches(wanted, list(_titles()), n=1, cutoff=0.6)
    return _titles()[close[0]] if close else None


def lint(dictionary: Mapping[str, Fact] | None = None) -> list[Problem]:
    """Check the dictionary beyond its shape: titles, confidentiality, facts nobody asks for, overflow."""
    known = facts() if dictionary is None else dictionary
    problems: list[Problem] = []
    owner: dict[str, str] = {}
    fed = {word for fact in known.values() for word in fact.inputs if word != fact.name}
    for fact in known.values():
        for word in dict.fromkeys(title_key(word) for word in (fact.name, fact.zh, fact.en, *fact.aliases)):
            if owner.setdefault(word, fact.name) != fact.name:
                problems.append(
                    _wrong(fact.name, "aliases", marked("{entry}: the title {word} belongs to another fact too."), word)
                )
        for word in (fact.zh, *fact.aliases):
            if banned_column(word):
                problems.append(_wrong(fact.name, "aliases", marked("{entry}: {word} is a refused title."), word))
        closest = max((CLASSES.index(known[word].confidentiality) for word in fact.inputs), default=0)
        if CLASSES.index(fact.confidentiality) < closest:
            problems.append(
                _wrong(fact.name, "confidentiality", marked("{entry} is more open than what it is made of."))
            )
        if not fact.asked_by and fact.name not in fed:
            problems.append(
                _wrong(fact.name, "asked_by", marked("{entry}: nobody asks for it and nothing follows from it."))
            )
        if fact.is_number and not fits_int64(fact):
            problems.append(
                _wrong(fact.name, "maximum", marked("{entry}: 100 times its range in steps does not fit 64 bits."))
            )
    return problems


def fits_int64(fact: Fact, factor: int = 100) -> bool:
    """True when `factor` times every value of `fact`, counted in its steps, fits a signed 64-bit integer."""
    if fact.minimum is None or fact.maximum is None or fact.step is None:
        return False
    top = max(abs(Decimal(fact.minimum)), abs(Decimal(fact.maximum)))
    return factor * top / Decimal(fact.step) < 2**63
