"""Why a row seems to be a firm, or waits for a person, in the reader's language.

The engine gives clues joined by "; ", English words around what stands in the file. Each clue it knows is a template
here, which is translated and filled again. A clue that is not known is shown as it is.
"""

import re
from collections.abc import Callable
from functools import cache

from django.utils.translation import gettext as _

from lianzhu.library.problem import marked

JOINT = "; "
# A narrower template stands before a wider one: "≠ address" before "≠".
CLUES = (
    marked("no name"),
    marked("no candidate: nothing shared, or codes differ"),
    marked("code equal"),
    marked("name differs"),
    marked("code equal but for a slip"),
    marked("{one} / {two} slip in the region"),
    marked("region {one} = address"),
    marked("region {one} = {one}"),
    marked("region on neither side"),
    marked("region {one} ≠ address {two}"),
    marked("region {one} ≠ {two}"),
    marked("region {one} on one side only"),
    marked("brand {one} = {one}"),
    marked("brand {one} sounds like {two}"),
    marked("brand {one} ≠ {two}"),
    marked("brand is a general word"),
    marked("industry {one} = {one}"),
    marked("industry on neither side"),
    marked("industry {one} / {two} one slip"),
    marked("industry {one} / {two} {shared}/{all} words"),
    marked("group on one side only"),
    marked("branch {one} ≠ {two}"),
    marked("legal form {one} ≠ {two}"),
    marked("{count} rows bear this name"),
    marked("rows of this name bear different codes"),
    marked("{count} more of brand {one}"),
    marked("{count} differences"),
    marked("{count} rivals"),
    marked("another row fits better"),
    marked("same cell as row {row}"),
    marked("new in this file"),
)


@cache
def _patterns() -> tuple[tuple[str, Callable[[str], re.Match[str] | None]], ...]:
    """Each template with what recognises it: a field takes any text, and the same text where it stands again."""
    made = []
    for clue in CLUES:
        seen: set[str] = set()
        pattern = ""
        for position, part in enumerate(re.split(r"\{(\w+)\}", clue)):
            if position % 2 == 0:
                pattern += re.escape(part)
            else:
                pattern += f"(?P={part})" if part in seen else f"(?P<{part}>.*?)"
                seen.add(part)
        made.append((clue, re.compile(pattern).fullmatch))
    return tuple(made)


def in_words(why: str) -> str:
    """Say the engine's clues in the language of the page.

    >>> from django.utils.translation import override
    >>> with override("en"):
    ...     in_words("legal form 有限 ≠ 股份; brand 示例 = 示例")
    'legal form 有限 ≠ 股份; brand 示例 = 示例'
    """
    return _(JOINT).join(_clue(part) for part in why.split(JOINT)) if why else ""


def _clue(said: str) -> str:
    for template, matches in _patterns():
        found = matches(said)
        if found:
            return _(template).format(**found.groupdict())
    return said
