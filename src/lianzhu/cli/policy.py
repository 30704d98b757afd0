"""`lianzhu policy`: check firms against the policies of a day, and check the policies themselves."""

import argparse
import datetime
import json
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from lianzhu.cli.words import in_language
from lianzhu.engine.rules.answer import Answer
from lianzhu.engine.rules.firms import read_firms, wrong
from lianzhu.engine.rules.lint import lint
from lianzhu.engine.rules.model import Policy, read_policy
from lianzhu.engine.rules.shelf import Shelf, evaluate, library_policies, library_shelf, shelf_of
from lianzhu.library.facts import facts as library_facts
from lianzhu.library.policies import case_texts, size_bounds
from lianzhu.library.problem import BadInput, Problem, marked


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the verbs check and lint."""
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    check = verbs.add_parser("check", help="which policies do these firms qualify for on a day")
    check.add_argument("facts", type=Path, help="JSON, CSV or XLSX: columns are fact names, plus enterprise")
    check.add_argument("--on", required=True, help="the day, as 2026-04-01")
    check.add_argument("--policy", action="append", default=[], metavar="ID", help="only this policy; may be repeated")
    check.add_argument("--with", dest="local", type=Path, metavar="DIR", help="a folder of local policies to add")
    check.add_argument("--format", choices=("table", "json"), default="json")
    check.add_argument("--out", type=Path, help="write here instead of standard output")
    check.set_defaults(run=run_check)
    linter = verbs.add_parser("lint", help="check the policies: articles, facts, dates, cases, contradictions")
    linter.add_argument("folder", type=Path, nargs="?", help="a folder of local policies; without it the library")
    linter.set_defaults(run=run_lint)


def run_check(args: argparse.Namespace) -> int:
    """Evaluate every firm against every policy asked for; JSON or a table, in input order by policy id."""
    try:
        on = datetime.date.fromisoformat(args.on)
    except ValueError:
        raise BadInput(
            wrong(marked("{value} is not a date."), marked("Write it as 2026-04-01."), column="--on", value=args.on)
        ) from None
    shelf = library_shelf() if args.local is None else _with_local(args.local)
    chosen = shelf.chosen(args.policy, on)
    firms = read_firms(args.facts, shelf.dictionary)
    answers = (
        (firm.enterprise, evaluate(shelf, policy, firm.facts, on)) for firm in _progress(firms) for policy in chosen
    )
    if args.out is None:
        _write(answers, args.format, shelf, sys.stdout)
    else:
        with args.out.open("w", encoding="utf-8") as file:
            _write(answers, args.format, shelf, file)
    return 0


def run_lint(args: argparse.Namespace) -> int:
    """Say what is wrong with the policies (exit 2) and count what is still to be confirmed."""
    if args.folder is None:
        policies, cases = list(library_policies()), dict(case_texts())
    else:
        policies, cases = _local(args.folder)
    report = lint(policies, cases, library_facts(), [policy.id for policy in library_policies()])
    for problem in report.problems:
        print(in_language(problem), file=sys.stderr)
    for line in report.counts():
        print(in_language(line))
    return 2 if report.problems else 0


def _local(folder: Path) -> tuple[list[Policy], dict[str, str]]:
    if not folder.is_dir():
        raise BadInput(wrong(marked("There is no folder {path}."), marked("Check the path."), path=str(folder)))
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))}
    cases = {name: text for name, text in texts.items() if name.endswith(".cases.yaml")}
    policies: list[Policy] = []
    problems: list[Problem] = []
    for name, text in texts.items():
        if name in cases:
            continue
        try:
            policies.append(read_policy(text, name, size_bounds()))
        except BadInput as refused:
            problems += refused.problems
    if problems:
        raise BadInput(problems)
    return policies, cases


def _with_local(folder: Path) -> Shelf:
    return shelf_of([*library_policies(), *_local(folder)[0]], library_facts())


def _write(answers: Iterator[tuple[str, Answer]], form: str, shelf: Shelf, out: TextIO) -> None:
    if form == "json":
        out.write("[")
        for number, (enterprise, answer) in enumerate(answers):
            out.write(",\n" if number else "\n")
            out.write(json.dumps(answer.as_json(enterprise), ensure_ascii=False, default=_plain))
        out.write("\n]\n")
        return
    for enterprise, answer in answers:
        lacking = "；".join(said.clause.text for said in answer.clauses if said.met is False)
        cells = (enterprise, answer.policy, answer.version or "-", answer.verdict, answer.level or "-")
        tail = lacking or ("ask: " + ", ".join(answer.ask) if answer.ask else "")
        out.write("\t".join((*cells, "ready" if answer.ready else "-", tail)) + "\n")


def _plain(value: Any) -> Any:
    """Exact numbers for JSON: a number where a float holds it exactly as written, else its text."""
    if isinstance(value, Decimal):
        if value == value.to_integral_value():
            return int(value)
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    return str(value)


def _progress(firms: list[Any]) -> Iterable[Any]:
    if not sys.stderr.isatty() or len(firms) < 200:
        yield from firms
        return
    for number, firm in enumerate(firms):
        if number % 50 == 0:
            print(f"\r{number}/{len(firms)}", end="", file=sys.stderr, flush=True)
        yield firm
    print("\r" + " " * 20 + "\r", end="", file=sys.stderr)
