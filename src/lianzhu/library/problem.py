"""What is wrong with an input, said so that a person can mend it.

Every engine room and every loader speaks of bad input through these two classes. The command line prints them and
exits with status 2; the pages show them in the reader's language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


def marked(text: str) -> str:
    """Return `text` unchanged; marks an English sentence template so that it is collected for translation."""
    return text


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: what, where, and how to mend it.

    `message` and `mend` are English templates with named fields (`"{value} is not a date."`), written with `marked`;
    `params` fills both; a problem among them is said in the same language. `sheet`, `row` (1-based, as a spreadsheet
    counts) and `column` say where, when known.
    """

    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    mend: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                f"sheet {self.sheet}" if self.sheet else "",
                f"row {self.row}" if self.row is not None else "",
                f"column {self.column}" if self.column else "",
            )
            if part
        )
        said = self.message.format(**self.params)
        mend = f" {self.mend.format(**self.params)}" if self.mend else ""
        return f"{place}: {said}{mend}" if place else f"{said}{mend}"


class BadInput(Exception):
    """Input that cannot be used; carries every problem found, not only the first. CLI exit status 2."""

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        self.problems: list[Problem] = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
