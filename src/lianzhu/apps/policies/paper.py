"""A firm's package on paper: what each reader may know of it, ready to be written as Word or PDF."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Enterprise
from lianzhu.apps.policies.models import Standing
from lianzhu.apps.policies.queries import reading
from lianzhu.apps.policies.queries.claims import contacts_of
from lianzhu.apps.policies.queries.verdicts import VerdictLine
from lianzhu.apps.policies.queries.windows import responsible_of
from lianzhu.apps.policies.words import MARKS
from lianzhu.engine.rules.model import TO_CONFIRM

# The order of use to the firm.
ORDER = (Standing.QUALIFIES, Standing.READY, Standing.ONE_STEP, Standing.UNKNOWN, Standing.FAILS)
FAILED = (Standing.ONE_STEP, Standing.FAILS)


@dataclass(frozen=True)
class Entry:
    """One policy: its title, the line under it, labelled lines, and clauses as verdict, text, value used, article."""

    title: str
    under: str
    lines: list[tuple[str, str]] = field(default_factory=list)
    clauses: list[tuple[str, str, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Paper:
    """Title, the line under it, groups of policies by how the firm stands, and notes."""

    title: str
    under: str
    groups: list[tuple[str, list[Entry]]]
    notes: list[str]


def paper_of(user: User, firm: Enterprise, on: date) -> Paper:
    """The whole package with values: for the firm, whom it granted, and its statistician; the caller has asked."""
    known = reading.visible_facts(user, firm, on)
    lines = reading.package_lines(known)
    contacts = contacts_of(firm, on)
    responsible = responsible_of([firm.pk], on).get(firm.pk)
    groups = [
        (str(standing.label), [_entry(known, line, contacts.get(line.policy.id, "")) for line in lines[standing]])
        for standing in ORDER
        if lines[standing]
    ]
    who = _("responsible at the firm: %(name)s") % {"name": responsible} if responsible else ""
    return Paper(
        title=_("Policies of %(firm)s") % {"firm": firm.name},
        under=_under(on, who),
        groups=groups,
        notes=[
            _("Worked out by rules from the values in the firm's file; the authority decides."),
            _("To confirm: seen in a copy and not compared with the original, which holds until then."),
            _("Papers are those that usually prove the values; the notice of the authority holds."),
            _("Values, gaps and amounts are the firm's own: hand this paper on only as the firm wishes."),
        ],
    )


def bare_paper_of(firm: Enterprise, lines: Iterable[VerdictLine], on: date) -> Paper:
    """What the office may know: how the firm stands, and the clauses not met. No value, gap, amount or question."""
    groups: dict[str, list[Entry]] = {}
    for line in lines:
        lacks = [(_("Clauses not met"), "；".join(line.lacks))] if line.lacks else []
        groups.setdefault(line.verdict.standing, []).append(Entry(line.title, "", lacks))
    return Paper(
        title=_("How %(firm)s stands towards the policies") % {"firm": firm.name},
        under=_under(on, ""),
        groups=[(str(standing.label), groups[standing]) for standing in ORDER if standing in groups],
        notes=[
            _("Worked out by rules from the values in the firm's file; the authority decides."),
            _("Figures, gaps and amounts are the firm's own and do not stand here. The firm sees that you looked."),
        ],
    )


def _under(on: date, who: str) -> str:
    made = _("made on %(time)s") % {"time": timezone.localtime().strftime("%Y-%m-%d %H:%M")}
    return " · ".join(filter(None, [_("Package of %(day)s") % {"day": on.isoformat()}, who, made]))


def _entry(known: reading.FirmFacts, line: reading.PolicyLine, contact: str) -> Entry:
    clauses = reading.clause_lines(known, line.answer)
    failed = line.standing in FAILED
    gaps = [f"{gap.label} {gap.now} → {gap.wanted}" for gap in reading.gaps_of(line.answer)]
    told = [
        (_("Amount"), "；".join(line.amounts)),
        (_("Window"), line.window.words(known.on) if line.window else ""),
        (_("Answered by"), " · ".join(filter(None, [line.department, contact]))),
        (_("Questions that decide"), "；".join(_asked(one) for one in line.asks)),
        (_("The shortest way:"), "；".join(gaps)),
        (_("Papers"), "" if line.standing == Standing.FAILS else "、".join(reading.papers_of(line.answer))),
    ]
    version = line.version
    doc = "" if version is None else version.doc_no
    since = "" if version is None else _("in force since %(day)s") % {"day": version.start.isoformat()}
    mark = "" if version is None else _("source: %(mark)s") % {"mark": MARKS[version.mark]}
    level = _("Level: %(level)s") % {"level": line.level} if line.level else ""
    return Entry(
        title=line.title,
        under=" · ".join(filter(None, [doc, since, mark, level])),
        lines=[(label.rstrip(":："), text) for label, text in told if text],
        clauses=[_clause(one) for one in clauses if not failed or one.said.met is not True],
    )


def _asked(one: reading.Question) -> str:
    return f"{one.label} ({one.period})" if one.period else one.label


def _clause(one: reading.ClauseLine) -> tuple[str, str, str, str]:
    word = {True: _("met"), False: _("not met"), None: _undecided(one)}[one.said.met]
    sign = {True: "✓", False: "✕", None: "?"}[one.said.met]
    values = "；".join(
        " · ".join(filter(None, [f"{u.label} {u.text}", u.period, u.source])) for u in one.used if u.text
    )
    article = one.article or _("article to confirm")
    weak = set(one.said.clause.doubts) & set(TO_CONFIRM)
    return (
        f"{sign} {word}",
        f"{one.level}{_(': ')}{one.said.clause.text}" if one.level else one.said.clause.text,
        values or (_("no value yet") if one.used else _("An official judges this.")),
        f"{article} ({_('to confirm')})" if weak and one.article else article,
    )


def _undecided(one: reading.ClauseLine) -> str:
    return pgettext("clause", "open") if one.used else pgettext("clause", "to be judged")
