"""What is suggested while somebody types: the firm's own cases, approved anonymous answers, open common causes.

Never another firm's case and never a sealed note: neither is read here at all. Closeness is shared pairs of characters.
"""

from dataclasses import dataclass
from typing import TypeVar

from lianzhu.apps.cases.models import Case, Kind, KnownAnswer
from lianzhu.apps.core.models import User
from lianzhu.apps.core.search import grams
from lianzhu.apps.enterprises.models import Chain, access_of

Found = TypeVar("Found")
SHOWN = 3
# Of the pairs typed, this share must stand in the other text.
CLOSE = 0.3
LOOKED_AT = 500


@dataclass(frozen=True)
class Suggestions:
    """Up to three of each, closest first."""

    own: list[Case]
    answers: list[KnownAnswer]
    causes: list[Case]

    @property
    def any(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.own or self.answers or self.causes)


def closeness(typed: str, text: str) -> float:
    """Share of the typed pairs of characters that stand in `text`.

    >>> closeness("夜间用电", "夜间用电容量不够")
    1.0
    """
    asked = pairs(typed)
    return len(asked & pairs(text)) / len(asked) if asked else 0.0


def pairs(text: str) -> set[str]:
    """Pairs of characters and whole words, without the single character that ends each run."""
    return {word for word in grams(text).split() if len(word) > 1}


def suggestions(user: User, chain: Chain, typed: str) -> Suggestions:
    """Three queries; nothing for fewer than two characters."""
    if len(typed.strip()) < 2:
        return Suggestions([], [], [])
    own_firms = access_of(user).own_firms
    own = Case.objects.visible_to(user).filter(chain=chain, firm__in=own_firms).exclude(state="draft")
    answers = KnownAnswer.objects.filter(chain=chain, withdrawn_at__isnull=True).order_by("-pk")[:LOOKED_AT]
    causes = Case.objects.filter(chain=chain, kind=Kind.COMMON, published=True, is_open__in=[True]).order_by("-pk")
    return Suggestions(
        _closest(typed, [(case, case.title) for case in own.order_by("-pk")[:LOOKED_AT]]),
        _closest(typed, [(answer, f"{answer.question} {answer.answer}") for answer in answers]),
        _closest(typed, [(case, case.title) for case in causes[:LOOKED_AT]]),
    )


def _closest(typed: str, found: list[tuple[Found, str]]) -> list[Found]:
    scored = sorted(((closeness(typed, text), one) for one, text in found), key=lambda pair: -pair[0])
    return [one for score, one in scored[:SHOWN] if score >= CLOSE]
