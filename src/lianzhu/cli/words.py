"""The language of the command line: Chinese when LIANZHU_LANG or the locale says zh, else English."""

import gettext
import os
from pathlib import Path

from lianzhu.library.problem import Problem, marked

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def translations() -> gettext.NullTranslations:
    """Return the catalogue for the terminal's language; English needs none."""
    wanted = os.environ.get("LIANZHU_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    if not wanted.lower().startswith("zh"):
        return gettext.NullTranslations()
    return gettext.translation("django", localedir=LOCALE, languages=["zh_Hans"], fallback=True)


def in_language(problem: Problem) -> str:
    """Say one problem in the terminal's language: its place, what is wrong, and how to mend it.

    >>> print(in_language(Problem("{value} is not a date.", {"value": "soon"}, row=3, column="C")))
    row 3, column C: soon is not a date.
    """
    say = translations().gettext
    params = {name: in_language(told) if isinstance(told, Problem) else told for name, told in problem.params.items()}
    said = say(problem.message).format(**params)
    if problem.mend:
        # How sentences and parts of a place are joined is the language's matter: Chinese puts no space.
        mend = say(problem.mend).format(**params)
        said = say(marked("{said} {mend}")).format(said=said, mend=mend)
    places = []
    if problem.sheet:
        places.append(say(marked("sheet {sheet}")).format(sheet=problem.sheet))
    if problem.row is not None:
        places.append(say(marked("row {row}")).format(row=problem.row))
    if problem.column:
        places.append(say(marked("column {column}")).format(column=problem.column))
    if not places:
        return said
    place = places[0]
    for part in places[1:]:
        place = say(marked("{place}, {part}")).format(place=place, part=part)
    return say(marked("{place}: {said}")).format(place=place, said=said)
