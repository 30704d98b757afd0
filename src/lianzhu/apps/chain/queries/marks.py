"""Findings as marks of the map: by kind, and by node."""

from dataclasses import dataclass
from datetime import date

from lianzhu.apps.chain.queries.board import KINDS, Card, cards_of, in_place_of, index_line, on_board
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.findings.models import Finding

# A cut point is no node.
MARKS = tuple(kind for kind in KINDS if kind != "cut_point")
LIVE = (Finding.State.OPEN, Finding.State.CASE)


@dataclass(frozen=True)
class Marks:
    """Cards by kind and by node, as far as this reader may see them; `ran_on` is the day of the last run."""

    by_kind: dict[str, list[Card]]
    by_node: dict[str, list[Card]]
    ran_on: date | None

    def nodes(self, kind: str) -> set[str]:
        """Nodes that have the colour."""
        return {card.finding.node for card in self.by_kind[kind]}


def marks_of(user: User, chain: Chain) -> Marks:
    """Open findings and cases about nodes: six queries however many there are."""
    rows = on_board(user, chain).filter(state__in=LIVE, kind__in=MARKS).exclude(node="")
    cards = cards_of(user, in_place_of(list(rows.select_related("enterprise").order_by("node", "id"))))
    by_kind: dict[str, list[Card]] = {kind: [] for kind in MARKS}
    by_node: dict[str, list[Card]] = {}
    for card in cards:
        by_kind[card.finding.kind].append(card)
        by_node.setdefault(card.finding.node, []).append(card)
    return Marks(by_kind, by_node, index_line(user, chain)[1])
