"""The sign-up sheet as a workbook: writing one, reading what comes back. Four columns, nothing else is read."""

import io
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianzhu.apps.activities.models import Activity, SignUp
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.engine.roster.reading import Sheet, read_workbook
from lianzhu.library.problem import BadInput

# key -> (Chinese title, English title, width)
COLUMNS = {
    "name": ("姓名", "Name", 14),
    "unit": ("企业或单位", "Firm or unit", 36),
    "state": ("状态", "State", 16),
    "signature": ("签到", "Signature", 24),
}
MOST_ROWS = 2000


@dataclass(frozen=True)
class Line:
    """A row of the sheet as text."""

    row: int
    name: str
    unit: str
    state: str


def write(activity: Activity, rows: Iterable[SignUp]) -> bytes:
    """The list of an activity, to print and sign; without rows it is the template. Text stays text."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet(_("Sign-up sheet"))
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    text = book.add_format({"num_format": "@", "border": 1})
    english = (get_language() or "").startswith("en")
    for index, (chinese, title, width) in enumerate(COLUMNS.values()):
        sheet.set_column(index, index, width)
        sheet.write_string(0, index, title if english else chinese, head)
    at = 0
    for at, one in enumerate(rows, 1):
        for index, value in enumerate((one.name, one.unit, one.get_state_display(), "")):
            sheet.write_string(at, index, value, text)
    words = [str(state.label) for state in SignUp.State]
    sheet.data_validation(1, 2, max(at, 200), 2, {"validate": "list", "source": words})
    sheet.set_header(f"&L{activity.title.replace('&', '&&')}")
    sheet.freeze_panes(1, 0)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()
    return out.getvalue()


def read(content: bytes, name: str) -> list[Line]:
    """Rows of a filled sheet. Raises RuleBroken when it is no workbook or has not the titles of the sheet."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"told{Path(name).suffix.lower()}"
        path.write_bytes(content)
        try:
            sheets = read_workbook(path).sheets
        except BadInput as error:
            told = error.problems[0]
            raise RuleBroken(" ".join(_(part).format(**told.params) for part in (told.message, told.mend) if part))
    for sheet in sheets:
        lines = _lines(sheet)
        if lines is not None:
            return lines
    raise RuleBroken(_("No sheet has the titles of the sign-up sheet. Download it and copy your rows into it."))


def _lines(sheet: Sheet) -> list[Line] | None:
    cells = [[(value or "").strip() for value in row] for row in sheet.cells.iter_rows()]
    if len(cells) > MOST_ROWS:
        raise RuleBroken(_("More than %(most)s rows; send the sheet in parts.") % {"most": MOST_ROWS})
    for at, row in enumerate(cells[:10]):
        where = {
            key: row.index(title)
            for key, (chinese, english, _width) in COLUMNS.items()
            for title in (chinese, english)
            if title in row
        }
        if {"name", "unit"} <= where.keys():
            return [
                Line(
                    number,
                    line[where["name"]],
                    line[where["unit"]],
                    line[where["state"]] if "state" in where else "",
                )
                for number, line in enumerate(cells[at + 1 :], at + 2)
                if any(line)
            ]
    return None
