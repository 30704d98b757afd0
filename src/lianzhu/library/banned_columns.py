"""Columns refused by name, before any cell is read: competition law and sensitive personal data."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from lianzhu.library.exact_yaml import load_exact
from lianzhu.library.problem import marked

# What is said to people, by kind: the reason, and what to do.
SAID = {
    "price": (
        marked(
            "Prices, quotes and price formulas must not pass between competitors or through the body that serves them."
        ),
        marked("Delete the column. The platform holds no prices, past or intended."),
    ),
    "plan": (
        marked("Planned output, capacity and sales would let competitors align their conduct."),
        marked("Delete the column. Past output goes to statistics; plans stay in the firm."),
    ),
    "stoppage": (
        marked("Stoppages, cuts and quotas of production must not be planned or told among competitors."),
        marked("Delete the column."),
    ),
    "customers": (
        marked("Dividing customers and regions is forbidden; customer lists, bids and orders are not collected."),
        marked("Delete the column. Supply links go into their own table, with evidence."),
    ),
    "personal": (
        marked("Sensitive personal data is not needed for the work and must not come in."),
        marked("Delete the column. People are kept as contacts (name, post, work phone) with their consent."),
    ),
}


@dataclass(frozen=True)
class BannedColumn:
    """Why a column is refused: its kind, the sentence, the articles, and what to do (English, for translation)."""

    title: str
    kind: str
    reason: str
    law: str
    mend: str


@dataclass(frozen=True)
class _Ban:
    kind: str
    reason: str
    law: str
    mend: str
    words: tuple[str, ...]
    both: tuple[tuple[str, ...], ...]
    innocent: tuple[str, ...]


@cache
def _bans() -> tuple[_Ban, ...]:
    text = files("lianzhu.library").joinpath("banned_columns.yaml").read_text(encoding="utf-8")
    kinds = cast("dict[str, dict[str, dict[str, object]]]", load_exact(text))["kinds"]
    return tuple(
        _Ban(
            kind,
            SAID[kind][0],
            str(said["law"]),
            SAID[kind][1],
            tuple(cast("list[str]", said["any"])),
            tuple(tuple(words) for words in cast("list[list[str]]", said.get("both") or [])),
            tuple(cast("list[str]", said["unless"])),
        )
        for kind, said in kinds.items()
    )


def banned_column(title: str) -> BannedColumn | None:
    """Return why a column of this title is refused, or None when it may come in.

    Source: the lists of banned_columns.yaml with their articles.

    >>> banned_column("2027年 计划产量（台）").kind
    'plan'
    >>> banned_column("注册资本") is None
    True
    """
    plain = "".join(ch for ch in unicodedata.normalize("NFKC", title).casefold() if ch.isalnum())
    for ban in _bans():
        rest = plain
        for word in ban.innocent:
            rest = rest.replace(word, "")
        hit = any(word in rest for word in ban.words)
        if hit or (ban.both and all(any(word in rest for word in words) for words in ban.both)):
            return BannedColumn(title, ban.kind, ban.reason, ban.law, ban.mend)
    return None
