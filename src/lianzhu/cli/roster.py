"""`lianzhu roster`: check a spreadsheet, write a template to fill in, link two lists of firms."""

import argparse
import json
import sys
from pathlib import Path

import polars as pl

from lianzhu.cli.words import translations
from lianzhu.engine.roster.checking import Checked, check_file
from lianzhu.engine.roster.linking import link
from lianzhu.engine.roster.mapping import MappedColumn
from lianzhu.engine.roster.reading import read_workbook
from lianzhu.engine.roster.templates import templates
from lianzhu.engine.roster.writing import mark_refused, template_workbook
from lianzhu.library.facts import BannedColumn, banned_column, facts
from lianzhu.library.problem import BadInput, Problem, marked

_SHOWN = 1000


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the verbs of this room."""
    known = ("enterprises", "products", "links", "places", "origins", "contacts", "controllers")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    check = verbs.add_parser("check", help="what a workbook holds, and what is wrong with it; nothing is written")
    check.add_argument("file", type=Path)
    check.add_argument("--template", choices=known, help="the only kind of table to look for")
    check.add_argument("--period", default="", help="the period of figures that nothing dates, such as 2025")
    check.add_argument("--out", type=Path, help="the report (JSON); standard output without it")
    check.add_argument("--marked", type=Path, help="also write the workbook with the refused cells marked (XLSX)")
    check.set_defaults(run=run_check)
    blank = verbs.add_parser("template", help="an Excel workbook to fill in")
    blank.add_argument("template", choices=known)
    blank.add_argument("--lang", choices=("zh", "en"), default="zh")
    blank.add_argument("--columns", help="names of facts, separated by commas; all without it")
    blank.add_argument("--out", type=Path, required=True)
    blank.set_defaults(run=run_template)
    pairs = verbs.add_parser("link", help="the best candidate in B for each firm in A")
    pairs.add_argument("left", type=Path, metavar="A.csv", help="id,name[,code][,address]")
    pairs.add_argument("right", type=Path, metavar="B.csv")
    pairs.add_argument("--out", type=Path, help="left,right,score,decision,why (CSV); standard output without it")
    pairs.set_defaults(run=run_link)


def run_check(args: argparse.Namespace) -> int:
    """Check one file; 0 when it can be read, even with refused rows."""
    known = templates(facts())
    wanted = {args.template: known[args.template]} if args.template else known
    found = check_file(args.file, wanted, banned=banned_column, period=args.period)
    if args.marked:
        problems = [problem for checked in found for problem in checked.problem_list()]
        masked = {checked.table.sheet.name: checked.masked_columns for checked in found}
        mark_refused(args.file, problems, args.marked, masked=masked)
    report = {
        "file": args.file.name,
        "sheets": [_sheet(checked) for checked in found],
        "banned": [_ban(checked, *pair) for checked in found for pair in checked.columns.banned],
    }
    _write(json.dumps(report, ensure_ascii=False, indent=1) + "\n", args.out)
    return 0


def _sheet(checked: Checked) -> dict[str, object]:
    table = checked.table
    refused = checked.problem_list(limit=_SHOWN)
    warned = checked.problem_list(limit=_SHOWN, notes=True)
    return {
        "sheet": table.sheet.name,
        "template": table.template.name,
        "header_rows": table.header_rows,
        "columns": [_column(column) for column in checked.columns.columns],
        "rows_in": checked.rows.height,
        "ready": checked.count("ready"),
        "refused": checked.count("refused"),
        "to_review": checked.count("review"),
        "skipped": [{"row": row, "why": why} for row, why in table.skipped],
        "blank_rows": table.blank_rows,
        "warnings": [_line(problem) for problem in [*checked.notes, *warned]],
        "problems": [_line(problem) for problem in refused],
    }


def _column(column: MappedColumn) -> dict[str, object]:
    said = {"column": column.letter, "title": column.title, "fact": column.key or None, "period": column.period or None}
    return said | {"unit": column.unit or None, "confidence": column.confidence, "read": column.read}


def _line(problem: Problem) -> dict[str, object]:
    say = translations().gettext
    return {
        "row": problem.row,
        "column": problem.column,
        "title": problem.params.get("title", ""),
        "value": problem.params.get("value", ""),
        "message": say(problem.message).format(**problem.params),
        "mend": say(problem.mend).format(**problem.params) if problem.mend else "",
    }


def _ban(checked: Checked, column: MappedColumn, ban: BannedColumn) -> dict[str, object]:
    say = translations().gettext
    return {
        "sheet": checked.table.sheet.name,
        "column": column.letter,
        "title": column.title,
        "reason": say(ban.reason),
        "law": ban.law,
        "mend": say(ban.mend),
    }


def run_template(args: argparse.Namespace) -> int:
    """Write an empty workbook for one template."""
    template = templates(facts())[args.template]
    keys = [key.strip() for key in args.columns.split(",")] if args.columns else None
    strange = [key for key in keys or () if key not in template.by_key]
    if strange:
        message = marked("{name} is no column of the template {template}.")
        raise BadInput([Problem(message, {"name": key, "template": template.name}) for key in strange])
    template_workbook(template, args.out, args.lang, keys=keys)
    return 0


def run_link(args: argparse.Namespace) -> int:
    """Find the best candidate for each firm of the first list in the second."""
    pairs = link(_firms(args.left), _firms(args.right))
    _write(pairs.write_csv(), args.out)
    return 0


def _firms(path: Path) -> pl.DataFrame:
    """Read a plain list with the columns id and name, and code and address when there are."""
    book = read_workbook(path)
    cells = book.sheets[0].cells if book.sheets else pl.DataFrame()
    titles = [(text or "").strip().lower() for text in cells.row(0)] if cells.height else []
    missing = [name for name in ("id", "name") if name not in titles]
    if missing:
        message = marked("{file} lacks the column {names}; its first row reads {titles}.")
        params = {"file": path.name, "names": ", ".join(missing), "titles": ", ".join(titles)}
        raise BadInput(Problem(message, params, marked("Put id,name[,code][,address] in the first row.")))
    wanted = [name for name in ("id", "name", "code", "address") if name in titles]
    frame = cells.slice(1).select(pl.col(str(titles.index(name))).alias(name) for name in wanted)
    return frame.filter(pl.any_horizontal(pl.all().is_not_null()))


def _write(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")
