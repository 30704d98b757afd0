"""New tracks as every reader of the chain sees them: the library's candidates, and what was made of them here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.models import Case
from lianzhu.apps.chain.models import Track, TrackStep
from lianzhu.apps.chain.queries.frames import open_makers
from lianzhu.apps.chain.queries.relatedness import Figure, figures, unknown
from lianzhu.apps.chain.queries.thin import maker_bands
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.organisation.models import Body
from lianzhu.library.chain import nodes, sources, tracks
from lianzhu.library.chain.taxonomy import Evidence
from lianzhu.library.chain.taxonomy import Track as Candidate


@dataclass(frozen=True)
class Demand:
    """One piece of demand evidence, how well it is known in words, and where it was seen."""

    text: str
    mark: str
    verified: bool
    source: str = ""
    address: str = ""


@dataclass(frozen=True)
class Capability:
    """A node the track builds on; `band` of its makers here, '' when nobody is known to make it."""

    node: str
    band: str


@dataclass(frozen=True)
class Sheet:
    """One track on the list. `attempt` is the newest one of this chain, None when nobody took it up."""

    code: str
    title: str
    candidate: Candidate | None
    attempt: Track | None
    demand: tuple[Demand, ...]
    held: tuple[Capability, ...]
    lacking: tuple[Capability, ...]
    figure: Figure
    case: Case | None
    past: bool

    @property
    def running(self) -> Track | None:
        """The attempt under way, if there is one."""
        return self.attempt if self.attempt and self.attempt.running else None

    @property
    def missing(self) -> tuple[str, ...]:
        """What firms that try it usually lack, from the library."""
        return self.candidate.usually_missing if self.candidate else ()


@dataclass(frozen=True)
class Card:
    """A track under way on the board. `confidence` is a word in the reader's language; `case` the newest, or None."""

    code: str
    title: str
    evidence: str
    counter: str
    confidence: str
    gate: int
    stop_on: date
    case: Case | None
    address: str
    owner: Body
    past: bool
    # Of the newest evidence, or the day it was taken up.
    on: date


def mark_words() -> dict[str, str]:
    """How well a statement of the library is known, in words."""
    return {
        "OK": _("seen in the source"),
        "BG": _("background, not seen"),
        "judgement": _("research judgement"),
        "mixed": _("partly seen"),
    }


def demand_of(rows: Iterable[Evidence]) -> tuple[Demand, ...]:
    """Demand evidence with its marks in words; a source that is an address is named by its host."""
    words = mark_words()
    out = []
    for row in rows:
        where = sources().get(row.source, row.source)
        address = next((word for word in where.split() if word.startswith(("https://", "http://"))), "")
        # Notes have no address: their key is what can be asked for.
        named = urlsplit(address).netloc or (
            _("research notes %(key)s") % {"key": row.source} if row.source in sources() else where
        )
        out.append(Demand(row.text, words[row.mark], row.mark == "OK", named, address))
    return tuple(out)


def track_sheets(user: User, chain: Chain) -> list[Sheet]:
    """Every candidate in the library's order, then the chain's own by code: the same for every reader. Four queries."""
    attempts: dict[str, Track] = {}
    for track in _tracks(user, chain).order_by("id"):
        attempts[track.code] = track
    own = sorted(set(attempts) - set(tracks()))
    makers = open_makers(chain)
    bands = maker_bands(makers)
    known = figures(bands)
    cases = newest_cases(attempts.values())
    return [_sheet(code, attempts.get(code), bands, known.get(code) or unknown(), cases) for code in (*tracks(), *own)]


def _tracks(user: User, chain: Chain) -> QuerySet[Track]:
    return Track.objects.visible_to(user).filter(chain=chain).select_related("owner", "chain")


def newest_cases(of: Iterable[Track]) -> dict[int, Case]:
    """Track id -> the newest case made of it; one query. Its number is open to all who see the track."""
    steps = TrackStep.objects.filter(track__in=list(of), case__isnull=False).select_related("case").order_by("id")
    return {step.track_id: step.case for step in steps if step.case}


def _sheet(code: str, attempt: Track | None, bands: dict[str, str], figure: Figure, cases: dict[int, Case]) -> Sheet:
    candidate = tracks().get(code)
    builds_on = [Capability(node, bands.get(node, "")) for node in (candidate.capability_nodes if candidate else ())]
    # Customers are no capability: nobody makes them.
    made = [one for one in builds_on if nodes()[one.node].stage != "customer"]
    return Sheet(
        code=code,
        title=title_of(code, attempt),
        candidate=candidate,
        attempt=attempt,
        demand=demand_of(candidate.demand) if candidate else (),
        held=tuple(one for one in made if one.band),
        lacking=tuple(one for one in made if not one.band),
        figure=figure,
        case=cases.get(attempt.pk) if attempt else None,
        past=bool(attempt and attempt.is_past(clock.today())),
    )


def title_of(code: str, attempt: Track | None) -> str:
    """The library's name in the reader's language, or the chain's own title."""
    candidate = tracks().get(code)
    if candidate:
        return candidate.en if (get_language() or "").startswith("en") else candidate.zh
    return attempt.title if attempt else code


def attempts_of(user: User, chain: Chain, code: str) -> list[Track]:
    """Every attempt at one track, newest first."""
    return list(_tracks(user, chain).filter(code=code).order_by("-id"))


def steps_of(track: Track) -> list[TrackStep]:
    """What happened, newest first. Persons are not told: the office acts, and the record knows who."""
    return list(track.steps.select_related("case").order_by("-id"))


def confidence_word(sheet: Sheet) -> str:
    """How sure the hypothesis is. Relatedness alone is never more than low: the tracks cannot be told apart by it."""
    if sheet.figure.withheld:
        return _("withheld")
    paid = sheet.running is not None and sheet.running.gate > 2
    return _("medium") if paid else _("low")


def board_cards(user: User, chain: Chain) -> list[Card]:
    """Tracks under way for the board's third column, those whose evidence is newest first."""
    sheets = [sheet for sheet in track_sheets(user, chain) if sheet.running]
    seen = TrackStep.objects.filter(
        track__in=[sheet.running.pk for sheet in sheets if sheet.running], kind=TrackStep.Kind.EVIDENCE
    ).order_by("source_on", "id")
    newest = {step.track_id: step for step in seen}
    cards = [_card(sheet, sheet.running, newest.get(sheet.running.pk)) for sheet in sheets if sheet.running]
    return sorted(cards, key=lambda card: (card.on, card.code), reverse=True)


def _card(sheet: Sheet, track: Track, step: TrackStep | None) -> Card:
    held = len(sheet.held)
    said = ngettext(
        "%(n)s capability it builds on is made here", "%(n)s capabilities it builds on are made here", held
    ) % {"n": held}
    counter = sheet.candidate.stop_signal if sheet.candidate else _("Nothing noted yet that would speak against it.")
    return Card(
        code=sheet.code,
        title=sheet.title,
        evidence=step.text if step else said,
        counter=counter,
        confidence=confidence_word(sheet),
        gate=track.gate,
        stop_on=track.stop_on,
        case=sheet.case,
        address=reverse("chain:track", args=[sheet.code]),
        owner=track.owner,
        past=sheet.past,
        on=step.source_on if step and step.source_on else clock.today_of(track.opened_at),
    )


def owners(chain: Chain) -> QuerySet[Body]:
    """Bodies that can own a track or carry out its next step: those that take cases in hand."""
    kinds = (Body.Kind.OFFICE, Body.Kind.DEPARTMENT, Body.Kind.INSTITUTE, Body.Kind.TEAM)
    return Body.objects.as_of(clock.today()).filter(chain=chain, kind__in=kinds).order_by("kind", "name")


def tracks_to_decide(user: User, within: int = 14) -> list[tuple[Track, str]]:
    """Tracks whose stop date is over or near, for the office and the owning body: (track, title)."""
    edge = date.fromordinal(clock.today().toordinal() + within)
    rows = Track.objects.kept_by(user).filter(state=Track.State.RUNNING, stop_on__lte=edge)
    return [(one, title_of(one.code, one)) for one in rows.select_related("owner").order_by("stop_on", "id")]
