"""`lianzhu clock`: due times and working time from the command line."""

import argparse
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from lianzhu.engine.clock.daytable import day_table_from, day_table_rows, parse_hours
from lianzhu.engine.clock.worktime import Calendar, Unit, add, between, is_provisional, parse_amount, published_calendar
from lianzhu.library.calendar import DayTable
from lianzhu.library.problem import BadInput, Problem, marked

# Far outside them only typing errors lie.
FIRST_YEAR, LAST_YEAR = 1900, 9000
UNITS: dict[str, Unit] = {"working-hours": "wh", "working-days": "wd", "days": "d"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the verbs add, between and days."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--days", metavar="FILE", type=Path, help="day table over the published one: CSV date,is_work")
    shared.add_argument("--hours", metavar="SEGMENTS", help="office hours, default 8:30-12:00,14:00-17:30")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    due = verbs.add_parser("add", parents=[shared], help="when an amount of working time has passed")
    due.add_argument("start", help="ISO time, Asia/Shanghai: 2026-09-30T16:00")
    due.add_argument("amount", help="3wd working days, 4wh working hours, 10d calendar days")
    due.set_defaults(run=run_add)
    span = verbs.add_parser("between", parents=[shared], help="working time between two instants")
    span.add_argument("start")
    span.add_argument("end")
    span.add_argument("--unit", choices=list(UNITS), default="working-hours")
    span.set_defaults(run=run_between)
    table = verbs.add_parser("days", parents=[shared], help="the day table, to edit: CSV date,is_work")
    table.set_defaults(run=run_days)


def _calendar(args: argparse.Namespace) -> Calendar:
    seed = published_calendar()
    table = DayTable(seed.special, seed.years)
    if args.days:
        table = day_table_from(args.days, table)
    return Calendar(table.special, table.years, parse_hours(args.hours) if args.hours else seed.hours)


def _instant(text: str) -> datetime:
    try:
        moment: datetime | None = datetime.fromisoformat(text.strip())
    except ValueError:
        moment = None
    if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BadInput(
            Problem(marked("{text} is not a time."), {"text": text}, mend=marked("Write it as 2026-09-30T16:00."))
        )
    return moment


def run_add(args: argparse.Namespace) -> int:
    """Print the due time, then ` provisional` where it applies."""
    due = add(_instant(args.start), parse_amount(args.amount), _calendar(args))
    whole_minute = due.moment.second == due.moment.microsecond == 0
    print(due.moment.isoformat(timespec="minutes" if whole_minute else "seconds") + " provisional" * due.provisional)
    return 0


def run_between(args: argparse.Namespace) -> int:
    """Print the amount as a plain number, hours with up to six decimals, then ` provisional` where it applies."""
    start, end, calendar = _instant(args.start), _instant(args.end), _calendar(args)
    if (start.tzinfo is None) != (end.tzinfo is None):
        raise BadInput(
            Problem(marked("Only one of the two times has a zone."), mend=marked("Give both with a zone, or neither."))
        )
    unit = UNITS[args.unit]
    provisional = unit != "d" and is_provisional(start, end, calendar)
    print(_plain(between(start, end, calendar, unit)) + " provisional" * provisional)
    return 0


def _plain(number: Fraction) -> str:
    millionths = round(number * 1_000_000)
    sign = "-" if millionths < 0 else ""
    whole, rest = divmod(abs(millionths), 1_000_000)
    return f"{sign}{whole}" + (f".{rest:06d}".rstrip("0") if rest else "")


def run_days(args: argparse.Namespace) -> int:
    """Print the day table as CSV."""
    print("date,is_work")
    for day, work in day_table_rows(_calendar(args)):
        print(f"{day},{work}")
    return 0
