"""Full text that finds one- and two-character Chinese words, on SQLite (FTS5) and PostgreSQL (tsvector) alike.

Text is stored as overlapping pairs of characters; a query is a phrase of pairs, so a hit is an exact substring.
A trigram index cannot answer queries of one or two characters, and most Chinese words are that short.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import IntEnum

from django.db import connection

# One table for all kinds: key = kind * SPAN + row id, so that a kind is a key range and rows keep their order.
SPAN = 10**12
_PIECE = re.compile(r"[㐀-䶿一-鿿豈-﫿]+|[0-9a-z]+")


class Kind(IntEnum):
    """What a search entry points to. Numbers are stored: append, never renumber."""

    ENTERPRISE = 1
    NODE = 2
    CASE = 3
    POLICY = 4
    ACTIVITY = 5
    BODY = 6


def grams(text: str) -> str:
    """Pairs of characters for storing: '高压电气 GB1' -> '高压 压电 电气 气 gb1'.

    >>> grams("高压电气 ＧＢ1")
    '高压 压电 电气 气 gb1'
    """
    out: list[str] = []
    for piece in _PIECE.findall(unicodedata.normalize("NFKC", text).lower()):
        if piece[0].isascii():
            out.append(piece)
        else:
            out.extend(piece[i : i + 2] for i in range(len(piece)))
    return " ".join(out)


def _with_positions(words: str) -> str:
    """A tsvector literal: positions are ours, so no parser and no locale of the server can drop a Chinese word."""
    return " ".join(f"'{word}':{min(at, 16383)}" for at, word in enumerate(words.split(), 1))


def _phrases(query: str) -> list[list[str]]:
    """Each run of the query as a list of terms that must follow each other; the last one may be a prefix."""
    runs = _PIECE.findall(unicodedata.normalize("NFKC", query).lower())
    return [
        [run] if run[0].isascii() or len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)] for run in runs
    ]


def remember(kind: Kind, entries: Iterable[tuple[int, str]]) -> None:
    """Store or replace the searchable text of rows: (row id, text)."""
    rows = [(kind * SPAN + pk, grams(text)) for pk, text in entries]
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.executemany(
                "INSERT INTO core_search (key, words) VALUES (%s, %s::tsvector) "
                "ON CONFLICT (key) DO UPDATE SET words = EXCLUDED.words",
                [(key, _with_positions(words)) for key, words in rows],
            )
        else:
            cursor.executemany("DELETE FROM core_search WHERE rowid = %s", [(key,) for key, _text in rows])
            cursor.executemany("INSERT INTO core_search (rowid, words) VALUES (%s, %s)", rows)


def forget(kind: Kind, ids: Iterable[int]) -> None:
    """Remove rows from the index."""
    delete = (
        "DELETE FROM core_search WHERE key = %s"
        if connection.vendor == "postgresql"
        else "DELETE FROM core_search WHERE rowid = %s"
    )
    with connection.cursor() as cursor:
        cursor.executemany(delete, [(kind * SPAN + pk,) for pk in ids])


def find(kind: Kind, query: str, *, after: int = 0, limit: int = 200) -> list[int]:
    """Row ids of one kind whose text holds every run of the query, in id order after `after`; at most `limit`.

    An empty query, or one of punctuation only, finds nothing.
    """
    phrases = _phrases(query)
    if not phrases:
        return []
    low, high = kind * SPAN + after, (kind + 1) * SPAN
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            match = " & ".join("(" + " <-> ".join([*(f"'{t}'" for t in p[:-1]), f"'{p[-1]}':*"]) + ")" for p in phrases)
            cursor.execute(
                "SELECT key FROM core_search WHERE words @@ %s::tsquery AND key > %s AND key < %s "
                "ORDER BY key LIMIT %s",
                [match, low, high, limit],
            )
        else:
            match = " AND ".join('"' + " ".join(p) + '" *' for p in phrases)
            cursor.execute(
                "SELECT rowid FROM core_search WHERE core_search MATCH %s AND rowid > %s AND rowid < %s "
                "ORDER BY rowid LIMIT %s",
                [match, low, high, limit],
            )
        return [key - kind * SPAN for (key,) in cursor.fetchall()]
