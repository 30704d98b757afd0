"""Reads and writes the editable day table (CSV: date,is_work) and the office hours."""

import csv
import io
import re
from datetime import date
from pathlib import Path
from types import MappingProxyType

from lianzhu.engine.clock.worktime import Calendar
from lianzhu.library.calendar import DayTable
from lianzhu.library.problem import BadInput, Problem, marked

WORKED = {"1": True, "true": True, "yes": True, "是": True, "上班": True}
OFF = {"0": False, "false": False, "no": False, "否": False, "休息": False, "放假": False}
MOST_PROBLEMS = 50


def read_day_table(text: str, seed: DayTable) -> DayTable:
    """Return `seed` with the rows of a CSV over it (header `date,is_work`); a year with a row counts as published.

    Raises BadInput with the row and column of every bad date, bad answer and repeated date.
    """
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    titles = [title.strip() for title in rows.fieldnames or []]
    if "date" not in titles or "is_work" not in titles:
        raise BadInput(
            Problem(
                marked("The day table needs the columns date and is_work."), mend=marked("Write date,is_work first.")
            )
        )
    rows.fieldnames = titles
    found: dict[date, bool] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows, start=2):
        said_day, said_work = (row["date"] or "").strip(), (row["is_work"] or "").strip().lower()
        if not said_day and not said_work:
            continue
        day = _day(said_day)
        work = WORKED.get(said_work, OFF.get(said_work))
        if day is None:
            problems.append(
                _wrong(number, "date", marked("{value} is not a date."), said_day, marked("Write 2027-01-01."))
            )
        elif day in found:
            problems.append(_wrong(number, "date", marked("{value} stands twice."), said_day, marked("Keep one row.")))
        if work is None:
            message = marked("{value} does not say whether the day is worked.")
            problems.append(_wrong(number, "is_work", message, said_work, marked("Write 1 or 0.")))
        if day is not None and work is not None:
            found[day] = work
    if problems:
        raise BadInput(problems[:MOST_PROBLEMS])
    years = seed.years | {day.year for day in found}
    return DayTable(MappingProxyType({**seed.special, **found}), frozenset(years))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _wrong(row: int, column: str, message: str, value: str, mend: str) -> Problem:
    return Problem(message, {"value": value or "(empty)"}, mend=mend, row=row, column=column)


def day_table_from(path: Path, seed: DayTable) -> DayTable:
    """Read a day table file; BadInput when it cannot be read as UTF-8 text."""
    try:
        return read_day_table(path.read_text(encoding="utf-8"), seed)
    except (OSError, UnicodeDecodeError):
        raise BadInput(
            Problem(
                marked("The day table {file} cannot be read."),
                {"file": str(path)},
                mend=marked("Give a CSV file in UTF-8 with the columns date and is_work."),
            )
        )


def day_table_rows(calendar: Calendar) -> list[tuple[str, str]]:
    """Return the rows (date, is_work as 1 or 0) of the editable table, in order of date."""
    return [(day.isoformat(), "1" if work else "0") for day, work in sorted(calendar.special.items())]


def parse_hours(text: str) -> tuple[tuple[int, int], ...]:
    """Read office hours such as `8:30-12:00,14:00-17:30` into minutes of the day; 24:00 is allowed as an end.

    Raises BadInput for anything else.

    >>> parse_hours("8:30-12:00,14:00-17:30")
    ((510, 720), (840, 1050))
    """
    segments = []
    for part in text.replace("，", ",").split(","):
        read = re.fullmatch(r"\s*([0-9]{1,2}):([0-5][0-9])\s*-\s*([0-9]{1,2}):([0-5][0-9])\s*", part)
        if not read:
            raise BadInput(
                Problem(
                    marked("{part} is not a segment of office hours."),
                    {"part": part},
                    mend=marked("Write them as 8:30-12:00,14:00-17:30."),
                )
            )
        opens, closes = int(read[1]) * 60 + int(read[2]), int(read[3]) * 60 + int(read[4])
        segments.append((opens, closes))
    return tuple(segments)
