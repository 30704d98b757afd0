"""The board strengthen · fill · extend: every finding with its evidence, what speaks against it, and whose it is."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianzhu.apps.cases import words as case_words
from lianzhu.apps.cases.models import Case
from lianzhu.apps.cases.queries import pool
from lianzhu.apps.chain import permissions
from lianzhu.apps.chain.queries import tracks
from lianzhu.apps.chain.runs.nodes import EXCLUSIVE, INNER
from lianzhu.apps.chain.runs.recording import INDEX
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.findings.models import Finding, Snapshot
from lianzhu.apps.findings.queries import counter_evidence, kind_labels, newest_of, sentence, told_as

STRENGTHEN = ("single_source", "thin_node", "fragile_node", "crowded_node", "sole_supplier", "cut_point")
FILL = ("missing_node", "outside_node")
KINDS = (*STRENGTHEN, *FILL)
VIEWS: Mapping[str, Promise] = {
    "all": gettext_lazy("All"),
    "waiting": gettext_lazy("Waiting for an owner"),
    "hand": gettext_lazy("In hand"),
    "high": gettext_lazy("High confidence"),
    "past": gettext_lazy("Past stop date"),
}
# So many stand open in a column; the rest is folded, so that the three columns can be read side by side.
SHOWN = 12
MOST = 1000


@dataclass(frozen=True)
class InHand:
    """The case of a card as far as this reader may see it; `row` is None when it is not open to them."""

    row: pool.Row | None
    outcome: str = ""

    @property
    def is_open(self) -> bool:
        """Whether work goes on, as far as this reader may know."""
        return self.row is None or self.row.is_open


@dataclass(frozen=True)
class Card:
    """One finding as the board shows it. `on` is the day of its newest evidence."""

    finding: Finding
    kind: str
    says: str
    told: str
    counter: str
    confidence: str
    sure: str
    on: date
    index: str
    hand: InHand | None

    @property
    def waiting(self) -> bool:
        """Nobody has taken it in hand."""
        return self.finding.state == Finding.State.OPEN


@dataclass(frozen=True)
class Column:
    """Cards that stand open, cards under the fold, and how many of each kind there are."""

    cards: list[Card]
    folded: list[Card]
    kinds: list[tuple[str, str, int]]

    @property
    def count(self) -> int:
        """How many cards the view has in this column."""
        return len(self.cards) + len(self.folded)


@dataclass(frozen=True)
class Board:
    """Everything on the page; counts are over all cards, whatever the view."""

    strengthen: Column
    fill: Column
    extend: list[tracks.Card]
    aside: list[Card]
    views: list[tuple[str, str, int]]
    count: int
    in_hand: int
    waiting: int
    index: str
    ran_on: date | None
    may_act: bool


def on_board(user: User, chain: Chain) -> QuerySet[Finding]:
    """Findings of the board this person may read, whatever their state; the index and own places are not among them."""
    return Finding.objects.visible_to(user).filter(chain=chain, kind__in=KINDS)


def board_of(user: User, chain: Chain, *, view: str = "all", kind: str = "") -> Board:
    """The board of one chain for one reader, newest evidence first, no scores: six queries and the tracks'."""
    live = on_board(user, chain).exclude(state=Finding.State.GONE).select_related("enterprise", "decided_by")
    cards = cards_of(user, in_place_of(list(live.order_by("id")[:MOST])))
    aside = [card for card in cards if card.finding.state == Finding.State.ASIDE]
    cards = [card for card in cards if card.finding.state != Finding.State.ASIDE]
    under_way = tracks.board_cards(user, chain)
    fits = _fits(view)
    chosen = [card for card in cards if fits(card)]
    extend = [card for card in under_way if _track_fits(view, card)]
    every = {
        key: sum(1 for card in cards if _fits(key)(card)) + sum(1 for card in under_way if _track_fits(key, card))
        for key in VIEWS
    }
    index, ran_on = index_line(user, chain)
    return Board(
        strengthen=_column(chosen, STRENGTHEN, kind),
        fill=_column(chosen, FILL, kind),
        extend=extend,
        aside=aside,
        views=[(key, str(word), every[key]) for key, word in VIEWS.items()],
        count=every["all"],
        in_hand=every["hand"],
        waiting=every["waiting"],
        index=index,
        ran_on=ran_on,
        may_act=permissions.can_keep_board(user, chain),
    )


def in_place_of(rows: list[Finding]) -> list[Finding]:
    """Leave out what is public about a node where this reader has what the office knows about it instead."""
    inner = {row.node for row in rows if row.kind in EXCLUSIVE and row.key.endswith(INNER)}
    return [
        row
        for row in rows
        if row.key.endswith(INNER)
        or row.kind not in EXCLUSIVE
        or row.node not in inner
        or row.state == Finding.State.CASE
    ]


def not_replaced(user: User, rows: QuerySet[Finding]) -> QuerySet[Finding]:
    """The rule of `in_place_of` for counting, so that a count elsewhere is the board's; only what this reader sees."""
    inner = Finding.objects.visible_to(user).filter(
        chain=OuterRef("chain"), node=OuterRef("node"), kind__in=EXCLUSIVE, key__endswith=INNER
    )
    public = Q(kind__in=EXCLUSIVE) & ~Q(key__endswith=INNER) & ~Q(state=Finding.State.CASE)
    return rows.exclude(public & Q(Exists(inner.exclude(state=Finding.State.GONE))))


def cards_of(user: User, rows: list[Finding]) -> list[Card]:
    """Findings as cards, newest evidence first, then in the order they were found: three queries."""
    shots, labels, hands = newest_of(rows), kind_labels(), _hands(user, rows)
    cards = [_card(row, shots[row.pk], labels, hands.get(row.pk)) for row in rows if row.pk in shots]
    return sorted(cards, key=lambda card: (-card.on.toordinal(), card.finding.pk))


def _card(row: Finding, shot: Snapshot, labels: Mapping[str, str], hand: InHand | None) -> Card:
    newest = str(shot.evidence.get("newest", ""))
    return Card(
        finding=row,
        kind=labels[row.kind],
        says=sentence(row, shot.evidence),
        told=told_as(row, shot.evidence, "told"),
        counter=counter_evidence(row, shot.evidence),
        confidence=shot.confidence,
        sure=told_as(row, shot.evidence, "sure"),
        # That nothing is on record is known on the day of the run.
        on=date.fromisoformat(newest) if newest else shot.on,
        index=str(shot.evidence.get("index", "")),
        hand=hand or (InHand(None) if row.state == Finding.State.CASE else None),
    )


def _hands(user: User, rows: Iterable[Finding]) -> dict[int, InHand]:
    """Finding id -> its newest case, when this reader may see it."""
    taken = [row.pk for row in rows if row.state == Finding.State.CASE]
    seen = Case.objects.visible_to(user).filter(finding__in=taken)
    cases = list(seen.select_related("firm", "lead", "body").order_by("id"))
    shown = pool.rows_of(user, cases)
    return {
        case.finding_id: InHand(row, str(case_words.OUTCOMES.get(case.outcome, "")))
        for case, row in zip(cases, shown, strict=True)
        if case.finding_id
    }


def _fits(view: str) -> Callable[[Card], bool]:
    rules: dict[str, Callable[[Card], bool]] = {
        "waiting": lambda card: card.waiting,
        "hand": lambda card: card.hand is not None and card.hand.is_open,
        "high": lambda card: card.confidence == "high",
        # A stop date is a track's; a finding's case has its own clock and light.
        "past": lambda _card: False,
    }
    return rules.get(view, lambda _card: True)


def _track_fits(view: str, card: tracks.Card) -> bool:
    return {"all": True, "waiting": False, "hand": True, "high": False, "past": card.past}[view]


def _column(cards: list[Card], kinds: tuple[str, ...], kind: str) -> Column:
    own = [card for card in cards if card.finding.kind in kinds]
    labels = kind_labels()
    counts = [(key, labels[key], sum(1 for card in own if card.finding.kind == key)) for key in kinds]
    chosen = [card for card in own if card.finding.kind == kind] if kind in kinds else own
    return Column(chosen[:SHOWN], chosen[SHOWN:], [row for row in counts if row[2]])


def index_line(user: User, chain: Chain) -> tuple[str, date | None]:
    """What the last run says of the whole chain, with the value before when it differs; and the day of that run."""
    row = Finding.objects.visible_to(user).filter(chain=chain, kind=INDEX).first()
    if row is None:
        return "", None
    shots = list(row.snapshots.all()[:2])
    said = sentence(row, shots[0].evidence)
    if len(shots) > 1 and shots[1].evidence.get("mean") != shots[0].evidence.get("mean"):
        before = {"day": shots[1].on.isoformat(), "mean": shots[1].evidence.get("mean")}
        said = _("%(said)s (%(day)s: %(mean)s %%)") % {"said": said, **before}
    return said, shots[0].on
