"""The workbook of bodies and office-holders: template and export (one writer), reading what comes back.

Two sheets. Titles are read in Chinese and English; columns that are not listed are never read. No identity number, no
telephone, no file: the columns below are all there is.
"""

import io
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import xlsxwriter
from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.organisation.models import Appointment, Body
from lianzhu.engine.roster.reading import Sheet, read_workbook
from lianzhu.library.problem import BadInput

DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00:00)?$")
MOST_ROWS = 5000
# What offices write for the same seats.
ALSO_CALLED = {
    "委员": "member",
    "成员": "member",
    "队员": "member",
    "队长": "lead",
    "组长": "lead",
    "主任": "lead",
    "科员": "officer",
}


@dataclass(frozen=True)
class BodyLine:
    """A row of the sheet of bodies."""

    row: int
    name: str
    kind: str
    parent: str
    firm: str
    since: str
    until: str
    source: str


@dataclass(frozen=True)
class SeatLine:
    """A row of the sheet of office-holders."""

    row: int
    body: str
    name: str
    firm: str
    unit: str
    role: str
    since: str
    until: str
    source: str
    consent: str


@dataclass(frozen=True)
class Lines:
    """What a workbook says, row by row, as text."""

    bodies: tuple[BodyLine, ...]
    seats: tuple[SeatLine, ...]

    def packed(self) -> dict[str, list[dict[str, Any]]]:
        """As plain lists, to be signed and sent back by the preview."""
        return {"bodies": [asdict(one) for one in self.bodies], "seats": [asdict(one) for one in self.seats]}


def unpacked(told: Mapping[str, Sequence[Mapping[str, Any]]]) -> Lines:
    """The reverse of `Lines.packed`."""
    return Lines(tuple(BodyLine(**one) for one in told["bodies"]), tuple(SeatLine(**one) for one in told["seats"]))


# key -> (Chinese title, English title, width)
BODY_COLUMNS: Mapping[str, tuple[str, str, int]] = {
    "name": ("机构名称", "Body", 32),
    "kind": ("机构类型", "Kind", 14),
    "parent": ("上级机构", "Body above", 32),
    "firm": ("所属企业", "Firm", 32),
    "since": ("成立日期", "First day", 14),
    "until": ("撤销日期", "Last day", 14),
    "source": ("依据", "Source", 32),
}
SEAT_COLUMNS: Mapping[str, tuple[str, str, int]] = {
    "body": ("任职机构", "Seat in body", 32),
    "name": ("姓名", "Name", 14),
    "firm": ("所在企业", "Firm of the person", 32),
    "unit": ("所在单位", "Unit of the person", 24),
    "role": ("职务", "Role", 14),
    "since": ("任职日期", "From", 14),
    "until": ("离任日期", "To", 14),
    "source": ("依据", "Source", 32),
    "consent": ("同意公开姓名日期", "Consent to show the name, on", 20),
}


def _english() -> bool:
    return (get_language() or "").startswith("en")


def write(bodies: Iterable[Mapping[str, str]], seats: Iterable[Mapping[str, str]]) -> bytes:
    """A workbook with these rows; without rows it is the template. Text stays text, whatever it begins with."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    _sheet(book, _("Bodies of the chain"), BODY_COLUMNS, bodies, {"kind": [str(kind.label) for kind in Body.Kind]})
    _sheet(book, _("Office-holders"), SEAT_COLUMNS, seats, {"role": [str(role.label) for role in Appointment.Role]})
    book.close()
    return out.getvalue()


def _sheet(
    book: Any,
    name: str,
    columns: Mapping[str, tuple[str, str, int]],
    rows: Iterable[Mapping[str, str]],
    choices: Mapping[str, list[str]],
) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True, "valign": "top"})
    text = book.add_format({"num_format": "@"})
    for index, (key, (chinese, english, width)) in enumerate(columns.items()):
        sheet.set_column(index, index, width, text)
        sheet.write_string(0, index, english if _english() else chinese, head)
        if key in choices:
            told = {"validate": "list", "source": choices[key]}
            sheet.data_validation(1, index, MOST_ROWS, index, told)
    for row, said in enumerate(rows, 1):
        for index, key in enumerate(columns):
            if said.get(key):
                sheet.write_string(row, index, said[key], text)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def read(content: bytes, name: str) -> Lines:
    """Read a filled workbook. Raises RuleBroken when it is no workbook or neither sheet is found."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"told{Path(name).suffix.lower()}"
        path.write_bytes(content)
        try:
            sheets = read_workbook(path).sheets
        except BadInput as error:
            told = error.problems[0]
            raise RuleBroken(" ".join(_(part).format(**told.params) for part in (told.message, told.mend) if part))
    bodies: list[BodyLine] = []
    seats: list[SeatLine] = []
    found = False
    for sheet in sheets:
        for columns, kind, lines in ((SEAT_COLUMNS, SeatLine, seats), (BODY_COLUMNS, BodyLine, bodies)):
            if (rows := _rows(sheet, columns)) is not None:
                cast(list[Any], lines).extend(kind(**one) for one in rows)
                found = True
                break
    if not found:
        raise RuleBroken(_("No sheet has the titles of the template. Download it and copy your rows into it."))
    return Lines(tuple(bodies), tuple(seats))


def _rows(sheet: Sheet, columns: Mapping[str, tuple[str, str, int]]) -> list[dict[str, Any]] | None:
    """Rows below the line of titles; None when the sheet has no such line among its first ten."""
    cells = [[(value or "").strip() for value in row] for row in sheet.cells.iter_rows()]
    if len(cells) > MOST_ROWS:
        raise RuleBroken(_("More than %(most)s rows; send the workbook in parts.") % {"most": MOST_ROWS})
    for at, row in enumerate(cells[:10]):
        where = {
            key: row.index(title)
            for key, (chinese, english, _width) in columns.items()
            for title in (chinese, english)
            if title in row
        }
        if where.keys() >= {key for key in columns if key not in ("parent", "firm", "unit", "until", "consent")}:
            return [
                {"row": number} | {key: line[where[key]] if key in where else "" for key in columns}
                for number, line in enumerate(cells[at + 1 :], at + 2)
                if any(line)
            ]
    return None


def day_of(text: str, column: str) -> date | None:
    """A day as people write it; None for an empty cell. Raises RuleBroken for what is no day."""
    if not text:
        return None
    match = DATE.match(text)
    try:
        if match:
            return date(*(int(part) for part in match.groups()))
    except ValueError:
        pass
    raise RuleBroken(_("%(column)s: “%(text)s” is no day. Write it as 2026-11-23.") % {"column": column, "text": text})


def choice_of(text: str, choices: type[Body.Kind] | type[Appointment.Role], column: str) -> str:
    """The value behind a word of the list; a workbook made in the other language is read too."""
    if choices is Appointment.Role and text in ALSO_CALLED:
        return ALSO_CALLED[text]
    for language, _name in settings.LANGUAGES:
        with override(language):
            for choice in choices:
                if text.lower() in (choice.value, str(choice.label).lower()):
                    return choice.value
    words = "、".join(str(choice.label) for choice in choices)
    raise RuleBroken(
        _("%(column)s: “%(text)s” is not in the list. Use one of: %(words)s.")
        % {"column": column, "text": text, "words": words}
    )
