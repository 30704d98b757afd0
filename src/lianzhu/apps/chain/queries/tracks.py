"""New tracks as the board's third column shows them."""

from dataclasses import dataclass
from datetime import date

from lianzhu.apps.cases.models import Case
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.organisation.models import Body


@dataclass(frozen=True)
class Card:
    """A track under way. `confidence` is a word in the reader's language; `case` the newest, or None."""

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
    on: date


def board_cards(user: User, chain: Chain) -> list[Card]:
    """Tracks under way, newest evidence first."""
    return []
