"""Loads the notices and flattens them into one day table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, cast

from lianzhu.library.exact_yaml import load_exact
from lianzhu.library.problem import BadInput, Problem, marked

SATURDAY = 5


@dataclass(frozen=True)
class Holiday:
    """A run of days off, first and last day included, weekends inside counted."""

    zh: str
    en: str
    first: date
    last: date


@dataclass(frozen=True)
class Notice:
    """One year's notice: its number, day of issue, holidays and make-up working days, and how well it is known."""

    year: int
    number: str
    issued: date
    holidays: tuple[Holiday, ...]
    make_up: tuple[date, ...]
    source: str
    mark: str
    number_mark: str


@dataclass(frozen=True)
class DayTable:
    """Days that differ from Monday to Friday (day → worked or not) and the years whose notice is known."""

    special: Mapping[date, bool]
    years: frozenset[int]


@cache
def notices() -> tuple[Notice, ...]:
    """Return the notices by year.

    Raises BadInput when a holiday ends before it begins, lies outside its year, or a make-up day is not a weekend day.
    """
    text = files("lianzhu.library.calendar").joinpath("days.yaml").read_text(encoding="utf-8")
    found = tuple(_notice(said) for said in cast("dict[str, list[dict[str, Any]]]", load_exact(text))["notices"])
    problems = [
        Problem(
            marked("The notice of {year}: {day} cannot be right."),
            {"year": notice.year, "day": day.isoformat()},
            mend=marked("Compare days.yaml with the notice."),
        )
        for notice in found
        for day in _doubtful(notice)
    ]
    if problems:
        raise BadInput(problems)
    return found


def _notice(said: Mapping[str, Any]) -> Notice:
    holidays = tuple(Holiday(**run) for run in said["holidays"])
    plain = {key: said[key] for key in ("year", "number", "issued", "source", "mark", "number_mark")}
    return Notice(holidays=holidays, make_up=tuple(said["make_up"]), **plain)


def _doubtful(notice: Notice) -> list[date]:
    wrong = [run.first for run in notice.holidays if run.last < run.first or run.last.year != notice.year]
    off = {run.first + timedelta(n) for run in notice.holidays for n in range((run.last - run.first).days + 1)}
    return wrong + [day for day in notice.make_up if day.weekday() < SATURDAY or day in off or day.year != notice.year]


@cache
def published_days() -> DayTable:
    """Return the day table of all notices known.

    >>> published_days().special[date(2026, 10, 10)], published_days().special[date(2026, 10, 1)]
    (True, False)
    """
    special: dict[date, bool] = {}
    for notice in notices():
        for run in notice.holidays:
            for n in range((run.last - run.first).days + 1):
                special[run.first + timedelta(n)] = False
        special.update(dict.fromkeys(notice.make_up, True))
    ordered = {day: special[day] for day in sorted(special)}
    return DayTable(MappingProxyType(ordered), frozenset(notice.year for notice in notices()))
