"""Columns refused by name, before any cell is read: competition law and sensitive personal data."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from lianzhu.library.exact_yaml import load_exact


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
            str(said["reason"]),
            str(said["law"]),
            str(said["mend"]),
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
