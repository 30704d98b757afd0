"""台账: a list as the workbook an office files and prints: numbered, titled, dated, with a line for signatures."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class LedgerColumn:
    """A column: its title with the unit, its width in characters, and whether it holds numbers."""

    title: str
    width: int = 14
    number: bool = False


Cell = str | int | Decimal | date | None


def ledger(
    title: str,
    columns: Sequence[LedgerColumn],
    rows: Iterable[Sequence[Cell]],
    *,
    unit: str,
    period: str,
    note: str = "",
) -> bytes:
    """Write one sheet for A4 landscape. Text is always text: a code keeps its zeros, and '=…' is never a formula."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(title[:31].translate(str.maketrans("[]:*?/\\", "       ")))
    head = book.add_format({"bold": True, "font_size": 16, "align": "center"})
    names = book.add_format({"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True})
    text = book.add_format({"border": 1, "num_format": "@", "valign": "vcenter", "text_wrap": True})
    number = book.add_format({"border": 1, "num_format": "#,##0.######", "valign": "vcenter"})
    last = len(columns)
    sheet.merge_range(0, 0, 0, last, title, head)
    now = timezone.localtime()
    sheet.write_string(1, 0, _("Unit: %(unit)s") % {"unit": unit})
    sheet.write_string(1, max(2, last // 2), _("Period: %(period)s") % {"period": period})
    sheet.write_string(1, max(3, last - 1), _("As of: %(time)s") % {"time": now.strftime("%Y-%m-%d %H:%M")})
    sheet.set_row(2, 30)
    sheet.set_column(0, 0, 6)
    sheet.write_string(2, 0, _("No."), names)
    for index, column in enumerate(columns, 1):
        sheet.set_column(index, index, column.width)
        sheet.write_string(2, index, column.title, names)
    at = 2
    for at, row in enumerate(rows, 3):
        sheet.write_number(at, 0, at - 2, number)
        for index, (value, column) in enumerate(zip(row, columns, strict=True), 1):
            if value is None or value == "":
                sheet.write_blank(at, index, None, text)
            elif column.number and isinstance(value, int | Decimal):
                sheet.write_number(at, index, value, number)
            else:
                sheet.write_string(at, index, _words(value), text)
    if note:
        sheet.write_string(at + 2, 0, note)
    sheet.write_string(
        at + 3, 0, _("Filled in by:            Checked by:            Person in charge:            Date:")
    )
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.freeze_panes(3, 2)
    sheet.set_footer("&C" + _("Page") + " &P / &N")
    book.close()
    return out.getvalue()


def _words(value: Cell) -> str:
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)
