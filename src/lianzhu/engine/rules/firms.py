"""Reads firms and their facts from JSON, CSV or XLSX, literally: column names are fact names.

Blank is unknown. Numbers stay exact. Every refusal says where it stands and how to mend it.
"""

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from lianzhu.engine.rules.answer import Value
from lianzhu.library.facts import Fact, nearest_name
from lianzhu.library.problem import BadInput, Problem, marked

ID = "enterprise"
MOST_PROBLEMS = 50
TRUE = {"true", "是", "1"}
FALSE = {"false", "否", "0"}


@dataclass(frozen=True)
class Firm:
    """One firm as read: its id and its known facts."""

    enterprise: str
    facts: Mapping[str, Value]


def wrong(message: str, mend: str, row: int | None = None, column: str = "", **params: object) -> Problem:
    """Return a problem; `message` and `mend` are marked templates filled with `params`."""
    return Problem(message, params, mend, row=row, column=column)


def read_firms(path: Path, dictionary: Mapping[str, Fact]) -> list[Firm]:
    """Read the firms of a file, in its order.

    Raises BadInput with every unknown column (and the nearest name), value of the wrong kind or out of range (with
    row and column), missing or repeated enterprise.
    """
    rows = _rows(path)
    problems: list[Problem] = []
    _check_columns(rows, dictionary, problems)
    found: list[Firm] = []
    seen: dict[str, int] = {}
    for number, row in rows:
        enterprise = _enterprise(row.get(ID), number, problems)
        if enterprise == "":
            problems.append(
                wrong(
                    marked("The row names no enterprise."), marked("Fill the column enterprise."), row=number, column=ID
                )
            )
        elif enterprise is not None and enterprise in seen:
            problems.append(
                wrong(
                    marked("The enterprise {name} stands in row {first} already."),
                    marked("Keep one row per enterprise."),
                    row=number,
                    column=ID,
                    name=enterprise,
                    first=seen[enterprise],
                )
            )
        if enterprise is None:
            continue
        seen.setdefault(enterprise, number)
        facts: dict[str, Value] = {}
        for name, raw in row.items():
            if name == ID or name not in dictionary:
                continue
            try:
                value = read_value(raw, dictionary[name])
            except BadInput as refused:
                said = refused.problems[0]
                problems.append(Problem(said.message, said.params, said.mend, row=number, column=name))
                continue
            if value is not None:
                facts[name] = value
        found.append(Firm(enterprise, facts))
    if problems:
        raise BadInput(problems[:MOST_PROBLEMS])
    return found


def _enterprise(raw: object, number: int, problems: list[Problem]) -> str | None:
    """The firm's id as text; a spreadsheet's number 7.0 is the id 7. None, with a problem, where digits were lost."""
    if not isinstance(raw, float) or not raw.is_integer():
        return str(raw if raw is not None else "").strip()
    if abs(raw) < 10**15:
        return str(int(raw))
    problems.append(
        wrong(
            marked("{value} was typed as a number: a spreadsheet keeps only 15 digits of it."),
            marked("Format the column as text and type the id again."),
            row=number,
            column=ID,
            value=f"{raw:.0f}",
        )
    )
    return None


def _check_columns(
    rows: Iterable[tuple[int, Mapping[str, Any]]], dictionary: Mapping[str, Fact], problems: list[Problem]
) -> None:
    strange: dict[str, int] = {}
    for number, row in rows:
        for name in row:
            if name != ID and name not in dictionary:
                strange.setdefault(name, number)
    for name, number in strange.items():
        problems.append(
            wrong(
                marked("{name} is not a fact; the nearest name is {nearest}."),
                marked("Write the name of a fact, or leave the column out."),
                row=number,
                column=name,
                name=name,
                nearest=nearest_name(name) or "-",
            )
        )


def read_value(raw: object, fact: Fact) -> Value:
    """Read one cell as its fact's type; None when blank.

    Raises BadInput for a value of the wrong kind, not finite, not whole where it must be, or out of range.
    """
    if raw is None:
        return None
    if isinstance(raw, float):
        raw = Decimal(repr(raw))
    text = unicodedata.normalize("NFKC", str(raw)).strip()
    if not text:
        return None
    if fact.type == "boolean":
        return _boolean(text)
    if fact.type == "choice":
        code = fact.choice_of(text)
        if code is None:
            raise _refused(marked("{value} is not a choice."), marked("Write one of {allowed}."), text, fact)
        return code
    if not fact.is_number:
        return text
    if isinstance(raw, bool):
        raise _refused(marked("{value} is not a number."), marked("Write a plain number, without unit."), text, fact)
    return _number(text, fact)


def _boolean(text: str) -> bool:
    word = text.lower()
    if word in TRUE or word == "1.0":
        return True
    if word in FALSE or word == "0.0":
        return False
    raise BadInput(
        wrong(marked("{value} is neither yes nor no."), marked("Write 是 or 否, true or false, 1 or 0."), value=text)
    )


def _number(text: str, fact: Fact) -> Value:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise _refused(marked("{value} is not a number."), marked("Write a plain number, without unit."), text, fact)
    low, high = fact.minimum, fact.maximum
    if low is not None and high is not None and not low <= number <= high:
        raise _refused(
            marked("{value} is out of range: {low} to {high} {unit}."),
            marked("Check the value and its unit."),
            text,
            fact,
        )
    if number == number.to_integral_value():
        return int(number)
    if fact.type == "integer":
        raise _refused(marked("{value} is not a whole number."), marked("Write a whole number."), text, fact)
    return number


def _refused(message: str, mend: str, text: str, fact: Fact) -> BadInput:
    params = {
        "value": text,
        "low": fact.minimum,
        "high": fact.maximum,
        "unit": fact.unit,
        "allowed": ", ".join(choice.code for choice in fact.choices),
    }
    return BadInput(Problem(message, params, mend=mend))


def _rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """Rows with the number a spreadsheet gives them (a JSON list counts from 1)."""
    if not path.is_file():
        raise BadInput(wrong(marked("There is no file {path}."), marked("Check the path."), path=str(path)))
    ending = path.suffix.lower()
    if ending == ".json":
        return _json_rows(path)
    if ending in (".xlsx", ".xlsm"):
        try:
            table = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
        except Exception as error:  # the reader's own error classes differ by fault
            raise BadInput(
                wrong(
                    marked("{path} cannot be read: {why}."), marked("Save it again as XLSX."), path=path.name, why=error
                )
            ) from None
        return _table_rows([list(row) for row in table])
    if ending == ".csv":
        return _table_rows(list(csv.reader(io.StringIO(_decoded(path), newline=""))))
    raise BadInput(
        wrong(marked("{path} is not a JSON, CSV or XLSX file."), marked("Save it as one of these."), path=path.name)
    )


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        raise BadInput(
            wrong(marked("{path} is not text in UTF-8 or GBK."), marked("Save it again as UTF-8."), path=path.name)
        ) from None


def _table_rows(table: list[list[Any]]) -> list[tuple[int, dict[str, Any]]]:
    if not table:
        raise BadInput(wrong(marked("The file is empty."), marked("Begin with a row of fact names.")))
    titles = [str(title).strip() for title in table[0]]
    repeated = sorted({title for title in titles if title and titles.count(title) > 1})
    if repeated or ID not in titles:
        raise BadInput(
            [
                *(
                    wrong(
                        marked("The column {name} stands twice."),
                        marked("Keep one of them."),
                        row=1,
                        column=name,
                        name=name,
                    )
                    for name in repeated
                ),
                *(
                    [
                        wrong(
                            marked("The column enterprise is missing."),
                            marked("Add a column enterprise."),
                            row=1,
                            column=ID,
                        )
                    ]
                    if ID not in titles
                    else []
                ),
            ]
        )
    rows: list[tuple[int, dict[str, Any]]] = []
    problems: list[Problem] = []
    for number, cells in enumerate(table[1:], start=2):
        if all(str(cell).strip() == "" for cell in cells):
            continue
        if any(str(cell).strip() for cell in cells[len(titles) :]):
            problems.append(wrong(marked("The row has more cells than titles."), marked("Mend the row."), row=number))
        rows.append((number, {title: cell for title, cell in zip(titles, cells, strict=False) if title}))
    if problems:
        raise BadInput(problems[:MOST_PROBLEMS])
    return rows


def _json_rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        for name in names:
            if names.count(name) > 1:
                raise BadInput(
                    wrong(
                        marked("The column {name} stands twice."), marked("Keep one of them."), column=name, name=name
                    )
                )
        return dict(pairs)

    try:
        written = json.loads(_decoded(path), parse_float=Decimal, parse_int=Decimal, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise BadInput(
            wrong(marked("This is not JSON: {why}."), marked("Mend the line."), row=error.lineno, why=error.msg)
        ) from None
    rows = [written] if isinstance(written, dict) else written
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadInput(
            wrong(
                marked("The file is neither an object nor a list of objects."), marked('Write [{{"enterprise": …}}].')
            )
        )
    return list(enumerate(rows, start=1))
