"""Writes a package as Word, which WPS opens too, and as PDF on A4."""

import io
import json

import docx
import typst
from django.utils.translation import get_language
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table

from lianzhu.apps.policies.paper import Paper

FONT, EAST = "Noto Sans CJK SC", "仿宋"
# Widths in cm on A4 upright: verdict, clause, value used, article; label and text.
CLAUSES, LINES = (1.9, 7.2, 5.2, 3.1), (3.0, 14.4)


def paper_word(paper: Paper) -> bytes:
    """The package as a Word file."""
    made = docx.Document()
    page = made.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.PORTRAIT, Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(1.8)
    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3"):
        style = made.styles[name]
        style.font.name = FONT
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), EAST if name == "Normal" else "黑体")
    made.styles["Normal"].font.size = Pt(9.5)
    made.add_heading(paper.title, level=1)
    made.add_paragraph(paper.under)
    for word, entries in paper.groups:
        made.add_heading(f"{word} ({len(entries)})", level=2)
        for entry in entries:
            made.add_heading(entry.title, level=3)
            if entry.under:
                made.add_paragraph(entry.under)
            if entry.lines:
                _fill(made.add_table(rows=0, cols=2, style="Table Grid"), LINES, entry.lines)
            if entry.clauses:
                made.add_paragraph().paragraph_format.space_after = Pt(0)
                _fill(made.add_table(rows=0, cols=4, style="Table Grid"), CLAUSES, entry.clauses)
    for note in paper.notes:
        made.add_paragraph(note)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _fill(
    grid: Table, widths: tuple[float, ...], rows: list[tuple[str, str]] | list[tuple[str, str, str, str]]
) -> None:
    grid.autofit = False
    for row in rows:
        for cell, text, width in zip(grid.add_row().cells, row, widths, strict=True):
            cell.text, cell.width = text, Cm(width)


# The text arrives as data, so that nothing somebody wrote is ever read as markup.
PAGE = """
#let told = json(bytes(sys.inputs.told))
#let grey = rgb("#646a73")
#let foot = context grid(
  columns: (1fr, auto),
  text(8pt, fill: grey, told.title), text(8pt, fill: grey, counter(page).display("1 / 1", both: true)),
)
#set page(paper: "a4", margin: 18mm, footer: foot)
#set text(font: ("Noto Sans CJK SC", "Noto Serif CJK SC", "Libertinus Serif"), size: 9.5pt, lang: told.lang)
#text(16pt, weight: "bold", told.title)
#v(2pt)
#text(8.5pt, fill: grey, told.under)
#line(length: 100%, stroke: 1pt + rgb("#b3261e"))
#for (word, entries) in told.groups {
  v(6pt)
  block(sticky: true, text(13pt, weight: "bold", fill: rgb("#1456b8"), word + " (" + str(entries.len()) + ")"))
  for e in entries {
    v(4pt)
    block(sticky: true, {
      text(10.5pt, weight: "bold", e.title)
      if e.under != "" { linebreak(); text(8pt, fill: grey, e.under) }
    })
    if e.lines.len() > 0 {
      grid(columns: (26mm, 1fr), row-gutter: 5pt, column-gutter: 4pt,
        ..e.lines.map(l => (text(8.5pt, fill: grey, l.at(0)), text(8.5pt, l.at(1)))).flatten())
    }
    if e.clauses.len() > 0 {
      table(
        columns: (17mm, 1.45fr, 1fr, 27mm), stroke: (x, y) => (bottom: 0.3pt + rgb("#dee0e3")),
        inset: (x: 3pt, y: 3pt), align: left,
        ..e.clauses.flatten().map(c => text(8pt, c)),
      )
    }
  }
}
#v(6pt)
#for n in told.notes { parbreak(); text(8pt, fill: grey, n) }
"""


def paper_pdf(paper: Paper) -> bytes:
    """The package as a PDF."""
    told = {
        "lang": (get_language() or "zh")[:2],
        "title": paper.title,
        "under": paper.under,
        "groups": [
            [word, [{"title": e.title, "under": e.under, "lines": e.lines, "clauses": e.clauses} for e in entries]]
            for word, entries in paper.groups
        ],
        "notes": paper.notes,
    }
    made: bytes = typst.compile(PAGE.encode(), sys_inputs={"told": json.dumps(told, ensure_ascii=False)})
    return made
