"""Names of things in policies in the reader's language: titles, departments, windows, amounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from lianzhu.engine.rules.model import TO_CONFIRM, Policy, Version

# Keys of benefits that are said in words: label and unit. What is not listed stays in the policy's own text.
BENEFITS: Mapping[str, tuple[Promise, Promise | str]] = {
    "extra_deduction": (gettext_lazy("extra deduction"), "万元"),
    "tax_saved": (gettext_lazy("tax saved"), "万元"),
    "saving": (gettext_lazy("tax saved"), "万元"),
    "reduction": (gettext_lazy("tax saved"), "万元"),
    "tax": (gettext_lazy("tax to pay"), "万元"),
    "credit": (gettext_lazy("tax credit"), "万元"),
    "deduct": (gettext_lazy("deducted at once"), "万元"),
    "exempt_part": (gettext_lazy("exempt part"), "万元"),
    "half_part": (gettext_lazy("part at half rate"), "万元"),
    "taxable": (gettext_lazy("taxable part"), "万元"),
    "subsidy_at_most": (gettext_lazy("subsidy, at most"), "万元"),
    "subsidy_per_year": (gettext_lazy("interest subsidy a year"), "万元"),
    "accrue": (gettext_lazy("extra deduction accrued"), "万元"),
    "used": (gettext_lazy("of it used"), "万元"),
    "carried": (gettext_lazy("carried forward"), "万元"),
    "refund": (gettext_lazy("refund"), "万元"),
    "total": (gettext_lazy("in all"), "万元"),
    "max_total": (gettext_lazy("at most in all"), "万元"),
    "principal_cap": (gettext_lazy("principal, at most"), "万元"),
    "principal_max": (gettext_lazy("principal, at most"), "万元"),
    "per_person_year_yuan": (gettext_lazy("per person and year"), "元"),
    "rate_pct": (gettext_lazy("rate"), "%"),
    "pay_pct": (gettext_lazy("share to pay"), "%"),
    "pp_per_year": (gettext_lazy("interest points a year"), "%"),
    "single_applicant_pct": (gettext_lazy("reduction, one applicant"), "%"),
    "joint_applicants_pct": (gettext_lazy("reduction, joint applicants"), "%"),
    "carry_years": (gettext_lazy("losses carried"), gettext_lazy("years")),
    "validity_years": (gettext_lazy("valid"), gettext_lazy("years")),
    "years": (gettext_lazy("for"), gettext_lazy("years")),
    "years_max": (gettext_lazy("at most"), gettext_lazy("years")),
}
DEPARTMENTS: Mapping[str, Promise] = {
    "industry": gettext_lazy("industry and information technology"),
    "tax": gettext_lazy("taxation"),
    "science": gettext_lazy("science and technology"),
    "finance": gettext_lazy("finance"),
    "hr": gettext_lazy("human resources and social security"),
    "market_supervision": gettext_lazy("market supervision"),
}
MARKS: Mapping[str, Promise] = {
    "LAW": gettext_lazy("law, official text"),
    "GOV": gettext_lazy("government site"),
    "MIR": gettext_lazy("copies that agree"),
    "SEC": gettext_lazy("one secondary source"),
    "BG": gettext_lazy("background knowledge"),
}
LEVELS: Mapping[str, Promise] = {
    "micro": pgettext_lazy("level", "micro"),
    "small": pgettext_lazy("level", "small"),
    "medium": pgettext_lazy("level", "medium"),
    "large": pgettext_lazy("level", "large"),
    "basic": pgettext_lazy("level", "basic"),
    "advanced": pgettext_lazy("level", "advanced"),
    "excellent": pgettext_lazy("level", "excellent"),
    "leading": pgettext_lazy("level", "leading"),
    "star3": pgettext_lazy("level", "three stars"),
    "star4": pgettext_lazy("level", "four stars"),
    "star5": pgettext_lazy("level", "five stars"),
}
# Keys of benefits that come from the firm's own figures stand in `amounts`, `if` and `choose`.
OWN_FIGURES = ("amounts", "if", "choose")


@dataclass(frozen=True)
class Window:
    """When a policy takes applications; `weak` when the notice is not yet checked against the original."""

    first: date
    last: date
    doc: str
    weak: bool

    def opens(self, today: date) -> bool:
        """Whether the window has not opened yet."""
        return today < self.first

    def words(self, today: date) -> str:
        """First and last day, and whether applications are taken today."""
        state = pgettext("window", "closed")
        if self.open_on(today):
            state = pgettext("window", "open")
        elif self.opens(today):
            state = _("not open yet")
        told = _("%(first)s to %(last)s, %(state)s") % {"first": self.first, "last": self.last, "state": state}
        return f"{told} ({self.doc}{_('; to confirm') if self.weak else ''})" if self.doc else told

    def open_on(self, today: date) -> bool:
        """Whether applications are taken that day."""
        return self.first <= today <= self.last


def title_of(policy: Policy) -> str:
    """The policy's title in the reader's language."""
    english = (get_language() or "").startswith("en")
    return policy.title_en if english and policy.title_en else policy.title


def department_of(policy: Policy) -> str:
    """The kind of department that answers for the policy."""
    return str(DEPARTMENTS.get(policy.department, policy.department))


def level_words(level: str | None) -> str:
    """A level in the reader's language; a local policy's own level as it is written; '' for none.

    >>> level_words(None), level_words("甲级")
    ('', '甲级')
    """
    return str(LEVELS.get(level, level)) if level else ""


def windows(version: Version) -> list[Window]:
    """Windows with both days published, oldest first. A year without a notice has none: no date is guessed."""
    said = version.people.get("window")
    found = []
    for entry in said.values() if isinstance(said, dict) else ():
        if isinstance(entry, dict) and type(entry.get("from")) is date and type(entry.get("to")) is date:
            found.append(Window(entry["from"], entry["to"], str(entry.get("doc", "")), entry.get("v") in TO_CONFIRM))
    return sorted(found, key=lambda window: window.first)


def next_window(version: Version, today: date) -> Window | None:
    """The window that is open or opens next, else the last one that was."""
    known = windows(version)
    return next((window for window in known if window.last >= today), known[-1] if known else None)


def benefit_words(benefit: Mapping[str, Any]) -> list[str]:
    """What a policy comes to, line by line; an amount that is not known says so."""
    found = []
    for key, value in benefit.items():
        if key not in BENEFITS or isinstance(value, dict | list):
            continue
        label, unit = BENEFITS[key]
        # A rule of its own, such as who is refunded how, is said in the policy's words and has no unit.
        shown = number(value) if isinstance(value, str) else f"{number(value)} {unit}"
        found.append(f"{label}{_(': ')}{_('needs more values') if value is None else shown}")
    return found


def number(value: object) -> str:
    """A number as people read it: thousands marked, no zeros behind.

    >>> number(Decimal("1234.500"))
    '1,234.5'
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return str(value)
    text = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text
