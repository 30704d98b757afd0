"""The language of the command line: Chinese when LIANZHU_LANG or the locale says zh, else English."""

import gettext
import os
from pathlib import Path

from lianzhu.library.problem import Problem

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def translations() -> gettext.NullTranslations:
    """Return the catalogue for the terminal's language; English needs none."""
    wanted = os.environ.get("LIANZHU_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    if not wanted.lower().startswith("zh"):
        return gettext.NullTranslations()
    return gettext.translation("django", localedir=LOCALE, languages=["zh_Hans"], fallback=True)


def in_language(problem: Problem) -> str:
    """Say one problem in the terminal's language, with its place and its mend."""
    say = translations().gettext
    return str(
        Problem(
            message=say(problem.message),
            params=problem.params,
            mend=say(problem.mend) if problem.mend else "",
            sheet=problem.sheet,
            row=problem.row,
            column=problem.column,
        )
    )
