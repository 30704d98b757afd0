"""The monthly brief: one page of figures, each with n, period and source, drawn from the same lists as the pages."""

import io
import json
from dataclasses import dataclass
from datetime import date

import docx
import typst
from django.utils import timezone
from django.utils.translation import gettext as _
from docx.oxml.ns import qn
from docx.shared import Pt

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.machine import State
from lianzhu.apps.cases.models import Case, Kind
from lianzhu.apps.cases.queries.numbers import FEWEST, Figure, Slice, numbers_of
from lianzhu.apps.enterprises.models import Chain

MOST_ROWS = 8


@dataclass(frozen=True)
class Table:
    """A titled table of the brief."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Brief:
    """What the page says: title, line under it, a sentence, tables, notes."""

    title: str
    under: str
    lead: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...]


def brief_of(chain: Chain, since: date, until: date) -> Brief:
    """The brief of a chain over a period. Names no firm and no person."""
    numbers = numbers_of(chain, since, until)
    solved = next(one for one in numbers.figures if one.key == "solved")
    period = _("%(since)s to %(until)s") % {"since": since.isoformat(), "until": until.isoformat()}
    entered = few(numbers.entered)
    lead = _("%(n)s cases entered the pool.") % {"n": entered}
    if solved.n is not None:
        lead += " " + _("Of %(n)s answered ones, the firms themselves confirmed %(solved)s as solved.") % {
            "n": solved.n,
            "solved": solved.counted,
        }
    figures = tuple((one.label, _counted(one), few(one.n), one.policy) for one in numbers.figures)
    by_category = tuple((one.label, few(one.n), _solved(one)) for one in numbers.categories if one.n is not None)
    return Brief(
        title=_("%(chain)s: service brief") % {"chain": chain.name},
        under=_("%(town)s, %(period)s; made on %(day)s")
        % {
            "town": chain.town,
            "period": period,
            "day": timezone.localtime(clock.now()).strftime("%Y-%m-%d %H:%M"),
        },
        lead=lead,
        tables=(
            Table(_("Numbers"), (_("What is counted"), _("Cases (share)"), _("of n"), _("What n holds")), figures),
            Table(_("By category"), (_("Category"), _("n"), _("Confirmed as solved")), by_category),
            Table(_("Open common causes"), (_("Number"), _("Matter"), _("Firms")), _causes(chain)),
            Table(_("Open and overdue"), (_("Category"), _("Cases")), _late(chain)),
        ),
        notes=(
            _("Source: log of cases. Refused, withdrawn and merged cases are left out: %(n)s.")
            % {"n": few(numbers.left_out)},
            *(
                [_("By category, under %(n)s: %(names)s.") % {"n": FEWEST, "names": numbers.few_in}]
                if numbers.few_in
                else []
            ),
            _("Nothing is shown under n = %(n)s. No ranking of firms or people is made.") % {"n": FEWEST},
        ),
    )


def few(n: int | None) -> str:
    """A count, or that it is under ten."""
    return str(n) if n is not None else _("under %(n)s") % {"n": FEWEST}


def _counted(one: Figure) -> str:
    return "–" if one.counted is None else f"{one.counted} ({one.share} %)"


def _solved(one: Slice) -> str:
    return "–" if one.solved is None else f"{one.solved} ({one.share} %)"


def _causes(chain: Chain) -> tuple[tuple[str, ...], ...]:
    causes = Case.objects.filter(chain=chain, kind=Kind.COMMON, is_open__in=[True]).order_by("-pk")[:MOST_ROWS]
    return tuple((one.number, one.title, few(n if (n := one.members.count()) >= FEWEST else None)) for one in causes)


def _late(chain: Chain) -> tuple[tuple[str, ...], ...]:
    late = Case.objects.filter(chain=chain, is_open__in=[True], due_at__lte=clock.now()).exclude(state=State.PAUSED)
    counts: dict[str, int] = {}
    for one in late.only("category"):
        label = str(one.get_category_display())
        counts[label] = counts.get(label, 0) + 1
    rows = tuple((label, few(n)) for label, n in sorted(counts.items()) if n >= FEWEST)
    rest = sorted(label for label, n in counts.items() if n < FEWEST)
    return (*rows, ("、".join(rest), few(None))) if rest else rows


def brief_word(brief: Brief) -> bytes:
    """The brief as a Word file that WPS opens too."""
    paper = docx.Document()
    style = paper.styles["Normal"]
    style.font.name, style.font.size = "Noto Sans CJK SC", Pt(10)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    paper.add_heading(brief.title, level=1)
    paper.add_paragraph(brief.under)
    paper.add_paragraph(brief.lead)
    for table in brief.tables:
        if not table.rows:
            continue
        paper.add_heading(table.title, level=2)
        grid = paper.add_table(rows=1, cols=len(table.head), style="Table Grid")
        for cell, text in zip(grid.rows[0].cells, table.head, strict=True):
            cell.paragraphs[0].add_run(text).bold = True
        for row in table.rows:
            for cell, text in zip(grid.add_row().cells, row, strict=True):
                cell.text = text
    for note in brief.notes:
        paper.add_paragraph(note)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


# The text arrives as data, so that nothing somebody wrote is ever read as markup.
PAGE = """
#let told = json(bytes(sys.inputs.told))
#let foot = align(center, text(8pt, context counter(page).display("1 / 1", both: true)))
#set page(paper: "a4", margin: 18mm, footer: foot)
#set text(font: ("Noto Sans CJK SC", "Noto Serif CJK SC", "Libertinus Serif"), size: 9.5pt, lang: "zh")
#text(16pt, weight: "bold", told.title)
#v(2pt)
#text(8.5pt, fill: rgb("#646a73"), told.under)
#line(length: 100%, stroke: 1pt + rgb("#b3261e"))
#told.lead
#for t in told.tables {
  if t.rows.len() > 0 {
    v(4pt)
    text(11pt, weight: "bold", t.title)
    table(
      columns: t.head.len(), stroke: none, inset: (x: 4pt, y: 3.5pt), align: left,
      table.hline(stroke: 0.6pt),
      ..t.head.map(h => text(8pt, fill: rgb("#646a73"), h)),
      table.hline(stroke: 0.4pt),
      ..t.rows.flatten().map(c => text(8.5pt, c)),
      table.hline(stroke: 0.6pt),
    )
  }
}
#for n in told.notes { parbreak(); text(8pt, fill: rgb("#646a73"), n) }
"""


def brief_pdf(brief: Brief) -> bytes:
    """The brief as a PDF on A4."""
    told = {
        "title": brief.title,
        "under": brief.under,
        "lead": brief.lead,
        "tables": [
            {"title": t.title, "head": list(t.head), "rows": [list(row) for row in t.rows]} for t in brief.tables
        ],
        "notes": list(brief.notes),
    }
    made: bytes = typst.compile(PAGE.encode(), sys_inputs={"told": json.dumps(told, ensure_ascii=False)})
    return made
