"""Finding the table in a sheet and what its columns mean.

Towns put titles above the header, merge header cells over two or three rows, and sign below the last row. `find_table`
looks for the block of rows that names the most columns of a template; `map_columns` says what each column means and
how sure that is. A guess is shown "to confirm" and not read until a person confirms it.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from lianzhu.engine.roster.package import letter_of, refuse
from lianzhu.engine.roster.reading import Sheet, Workbook
from lianzhu.engine.roster.templates import PERIOD, Column, Template
from lianzhu.engine.roster.titles import Title, plain, read_period, read_title, unit_power
from lianzhu.library.facts import BannedColumn, title_key
from lianzhu.library.problem import Problem, marked

_LOOK_ROWS, _HEADER_ROWS = 30, 4
_SIMILAR = 80
_FOOTER = re.compile(
    r"^(填报|填表|制表|审核|审批|复核|经办|单位负责人|负责人签|统计负责人|联系人[:：]|联系电话[:：]|说明[:：]?|备注[:：]|注[:：\d]|"
    r"合计|总计|小计|共计|以上|报送|日期[:：]|盖章|第\d+页)"
)
# Years above a table that do not date its figures: when it was filled in, which firms it holds, which rule it obeys.
_OTHER_DATE = re.compile(r"日期|时间|填报|制表|打印|以前|以后|以来|之前|之后|设立|成立|修订|〔|\[|[至起]$")
_IGNORED = {title_key(word) for word in ("序号", "编号", "备注", "no", "行号", "顺序号", "#", "说明", "序")}
_COUNTED = re.compile(r"^(?:[甲乙丙丁戊己]|\(?\d{1,2}\)?|[一二三四五六七八九十]{1,2})$")


@dataclass
class Table:
    """One table found in a sheet. Rows and header rows are spreadsheet rows, counted from 1; columns from 0.

    `sheet` is the sheet without its cells; `cells` and `kinds` are the data rows only, as many as `rows`.
    `unit` and `period` are what the lines above the header say for the whole table, or empty.
    `skipped`: (row, why) of rows below the header that are no data: footers, repeated headers, numbering.
    """

    sheet: Sheet
    template: Template
    header_rows: list[int]
    titles: dict[int, Title]
    rows: np.ndarray
    cells: pl.DataFrame
    kinds: np.ndarray
    unit: str = ""
    period: str = ""
    skipped: list[tuple[int, str]] = field(default_factory=list)
    blank_rows: int = 0


@dataclass(frozen=True)
class MappedColumn:
    """What one column means. `confidence`: exact, normalised, chosen, confirm, ignored, banned, refused or unknown.

    `power` is the power of ten from the column's unit to the fact's; `read` says whether its cells are taken.
    """

    index: int
    title: str
    key: str = ""
    period: str = ""
    unit: str = ""
    power: int = 0
    confidence: str = "unknown"
    read: bool = False

    @property
    def letter(self) -> str:
        """The column's spreadsheet letters."""
        return letter_of(self.index)


@dataclass
class ColumnMap:
    """Every column of a table, what is wrong with some of them, and those refused by law."""

    columns: list[MappedColumn]
    problems: list[Problem] = field(default_factory=list)
    banned: list[tuple[MappedColumn, BannedColumn]] = field(default_factory=list)

    @property
    def taken(self) -> list[MappedColumn]:
        """The columns whose cells are read."""
        return [column for column in self.columns if column.read]


def find_tables(book: Workbook, templates: Mapping[str, Template]) -> list[Table]:
    """Return the table of every sheet that has one.

    Raises `BadInput` when no sheet has any, and says which titles were looked for.
    """
    found = [table for sheet in book.sheets if (table := find_table(sheet, templates.values())) is not None]
    if not found:
        looked = sorted({column.zh for template in templates.values() for column in template.columns if column.part})
        raise refuse(
            marked("{file} has no sheet that can be recognised: no row of titles such as {titles} was found."),
            marked("Put the titles in one row above the data, or begin with the Excel template."),
            file=book.file,
            titles="、".join(looked[:12]),
        )
    return found


def find_table(sheet: Sheet, templates: Iterable[Template]) -> Table | None:
    """Return the table in a sheet, or None when no block of rows names a firm and another column of a template."""
    top = _filled_top(sheet)
    best: tuple[tuple[int, int, int], int, int, Template] | None = None
    templates = list(templates)
    for first in range(len(top)):
        if not any(top[first]):
            continue
        for height in range(1, min(_HEADER_ROWS, len(top) - first) + 1):
            titles = _titles(top[first : first + height])
            for order, template in enumerate(templates):
                score = _score(titles, template)
                if score and (best is None or (score, -height, -order) > best[0]):
                    best = ((score, -height, -order), first, height, template)
    if best is None:
        return None
    _, first, height, template = best
    titles = _titles(top[first : first + height])
    table = _body(sheet, template, first, height, titles)
    above = [text for row in top[:first] for text in dict.fromkeys(filter(None, row))]
    table.unit = _unit_above(above + [title.text for title in titles.values()])
    dated = (text for text in [*above, sheet.name] if not _OTHER_DATE.search(text))
    table.period = next(filter(None, map(read_period, dated)), "")
    return table


def _filled_top(sheet: Sheet) -> list[list[str]]:
    """Return the text of the first rows, every merged area filled with its one value."""
    rows = sheet.cells.head(_LOOK_ROWS + _HEADER_ROWS).rows()
    top = [[text or "" for text in row] for row in rows]
    for r0, c0, r1, c1 in sheet.merged:
        if r0 < len(top):
            for row in range(r0, min(r1 + 1, len(top))):
                for column in range(c0, min(c1 + 1, len(top[row]))):
                    top[row][column] = top[r0][c0] if c0 < len(top[r0]) else ""
    return top


def _titles(block: Sequence[Sequence[str]]) -> dict[int, Title]:
    found = {}
    for index, parts in enumerate(zip(*block, strict=True)):
        said = tuple(dict.fromkeys(part for part in parts if part))
        if said and sum(map(len, said)) <= 120:
            found[index] = read_title(said)
    return found


def _match(title: Title, template: Template) -> tuple[Column, bool, str] | None:
    """Return the column a title names, whether words were dropped for it, and its period; None for none or two."""
    for name, dropped, dated in title.names:
        keys = template.titles.get(name, ())
        if len(keys) == 1:
            return template.by_key[keys[0]], dropped, title.period if dated else ""
    return None


def _score(titles: Mapping[int, Title], template: Template) -> int:
    """Count the columns a block names; 0 unless it names a firm, every required column, and two columns in all."""
    found = {
        (match[0].key, match[2] if match[0].period != "none" else "")
        for title in titles.values()
        if (match := _match(title, template)) is not None
    }
    keys = {key for key, _ in found}
    for party in template.parties:
        if not any(column.key in keys for column in template.columns if column.party == party):
            return 0
    if any(column.required and not column.party and column.key not in keys for column in template.columns):
        return 0
    return len(found) if len(found) > 1 or len(titles) == 1 else 0


def _unit_above(texts: Iterable[str]) -> str:
    """Return the money unit that a line such as 单位：万元 sets for the whole table, or empty."""
    for text in texts:
        found = re.search(r"单位[:：]?(?:人民币)?(亿元|千万元|百万元|万元|千元|元)", plain(text))
        if found:
            return found.group(1)
    return ""


def _body(sheet: Sheet, template: Template, first: int, height: int, titles: dict[int, Title]) -> Table:
    """Cut the data rows out: fill merged cells down, set blank rows, footers and repeated headers aside."""
    start = first + height
    cells = sheet.cells.slice(start)
    cells = _fill_down(cells, [area for area in sheet.merged if area[2] >= start], start)
    kinds = sheet.kinds[start:].copy()
    used = [str(index) for index in titles]
    blank = cells.select(pl.all_horizontal(pl.col(used).is_null()).alias("blank"))["blank"].to_numpy()
    keep = ~blank
    names = [i for i, title in titles.items() if (m := _match(title, template)) and m[0].part]
    skipped = []
    for position, why in _no_data(cells, keep, names, titles):
        keep[position] = False
        skipped.append((start + position + 1, why))
    rows = np.flatnonzero(keep)
    return Table(
        replace(sheet, cells=pl.DataFrame(), kinds=np.zeros((0, 0), np.uint8)),
        template,
        list(range(first + 1, start + 1)),
        titles,
        rows + start + 1,
        cells[rows],
        kinds[rows],
        skipped=skipped,
        blank_rows=int(blank.sum()),
    )


def _fill_down(cells: pl.DataFrame, areas: Iterable[tuple[int, int, int, int]], start: int) -> pl.DataFrame:
    """Give every row of a merged cell its value: a firm's name merged over its three yearly rows names all three."""
    columns: dict[int, pl.Series] = {}
    for r0, c0, r1, _ in areas:
        if r0 >= start and r1 > r0 and c0 < cells.width and r0 - start < cells.height:
            series = columns.setdefault(c0, cells[str(c0)].clone())
            rows = list(range(r0 - start + 1, min(r1 - start + 1, cells.height)))
            columns[c0] = series.scatter(rows, [series[r0 - start]] * len(rows))
    return cells.with_columns(list(columns.values())) if columns else cells


def _no_data(
    cells: pl.DataFrame, keep: np.ndarray, names: Sequence[int], titles: Mapping[int, Title]
) -> Iterable[tuple[int, str]]:
    """Yield (position, why) of rows that are no data. Candidates are found by the column, judged one by one."""
    first_text = pl.coalesce(pl.col(str(index)) for index in titles)
    named = pl.any_horizontal(pl.col([str(index) for index in names]).is_not_null()) if names else pl.lit(False)
    look = cells.select(
        pl.int_range(pl.len()).alias("position"),
        first_text.str.normalize("NFKC").str.replace_all(r"\s", "").alias("first"),
        named.alias("named"),
        *(pl.col(str(i)).alias(f"n{i}") for i in names),
    ).filter(pl.Series(keep))
    footers = look.filter(pl.col("first").str.contains(_FOOTER.pattern))
    for row in footers.iter_rows(named=True):
        texts = [re.sub(r"\s", "", row[f"n{i}"] or "") for i in names]
        if not row["named"] or any(_FOOTER.match(text) for text in texts):
            yield row["position"], "footer"
    for index in names:
        heads = [part for part in titles[index].text.split(" / ") if part]
        for position in look.filter(pl.col(f"n{index}").is_in(heads))["position"].to_list():
            yield position, "repeated header"
    for position in look["position"].head(1).to_list():
        values = [cells[str(index)][position] for index in titles]
        if len(values) > 1 and all(value and _COUNTED.match(value) for value in values):
            yield position, "numbering"


def map_columns(
    table: Table,
    *,
    banned: Callable[[str], BannedColumn | None],
    chosen: Mapping[int, str | None] | None = None,
) -> ColumnMap:
    """Say what every column of a table means.

    `banned` tells whether a title is refused by law (the library's `banned_column`); such a column is never read, not
    even when chosen. `chosen` is the user's word by column index: a key, or None for "leave it out".
    """
    chosen = chosen or {}
    found = ColumnMap([])
    seen: dict[tuple[str, str], MappedColumn] = {}
    for index, title in sorted(table.titles.items()):
        ban = banned(title.text)
        if ban is not None:
            column = MappedColumn(index, title.text, confidence="banned")
            found.banned.append((column, ban))
        else:
            column = _mapped(table, index, title, chosen, found.problems)
        if column.read:
            first = seen.setdefault((column.key, column.period), column)
            if first is not column:
                column = replace(column, read=False, confidence="refused")
                found.problems.append(_twice(table, column, first))
        found.columns.append(column)
    return found


def _mapped(
    table: Table, index: int, title: Title, chosen: Mapping[int, str | None], problems: list[Problem]
) -> MappedColumn:
    template = table.template
    if index in chosen:
        key = chosen[index]
        if key is None:
            return MappedColumn(index, title.text, confidence="ignored")
        if key not in template.by_key:
            raise refuse(marked("{name} is no column of the template {template}."), name=key, template=template.name)
        column, confidence, read, said = template.by_key[key], "chosen", True, title.period
    else:
        match = _match(title, template)
        if match is None:
            guess = _similar(title, template)
            if guess is None:
                ignored = any(name in _IGNORED for name, _, _ in title.names)
                return MappedColumn(index, title.text, confidence="ignored" if ignored else "unknown")
            column, confidence, read, said = guess, "confirm", False, title.period
        else:
            column, said = match[0], match[2]
            confidence, read = "normalised" if match[1] else "exact", True
            if column.period == "none" and said and column.key != PERIOD and not column.part:
                # 2024年有效专利 may be the state of 2024, not of today: a person decides.
                confidence, read = "confirm", False
    period = _period_for(column, said or table.period)
    mapped = MappedColumn(index, title.text, column.key, period, column.unit, 0, confidence, read)
    return _with_unit(table, mapped, column, title, problems)


def _period_for(column: Column, period: str) -> str:
    """Return the period in the form the fact is dated in, or empty when it says less. December closes a year."""
    if column.period == "year":
        return period[:4] if len(period) == 4 or period[4:] in ("-12", "Q4") else ""
    fits = {"quarter": "Q" in period, "month": "-" in period}.get(column.period, False)
    return period if fits else ""


def _with_unit(
    table: Table, mapped: MappedColumn, column: Column, title: Title, problems: list[Problem]
) -> MappedColumn:
    if not column.unit:
        return mapped
    said = title.unit_for(column.unit)
    if said is not None:
        return replace(mapped, power=said[0], unit=said[1])
    strange = title.strange_unit(column.unit)
    if strange:
        problems.append(
            Problem(
                marked("The unit {unit} in “{title}” cannot be turned into {wanted}; the column was not read."),
                {"unit": strange, "title": mapped.title, "wanted": column.unit},
                marked("Give the figures in {wanted} and say so in the title."),
                sheet=table.sheet.name,
                column=mapped.letter,
            )
        )
        return replace(mapped, unit=strange, read=False, confidence="refused")
    power = unit_power(table.unit, column.unit) if table.unit else None
    return mapped if power is None else replace(mapped, power=power, unit=table.unit)


def _similar(title: Title, template: Template) -> Column | None:
    """Return the column whose title is most like this one, or None when none is alike or two are equally so."""
    best: tuple[float, str] | None = None
    for name, _, _ in title.names[-2:]:
        if len(name) < 3:
            continue
        for alias, score, _ in process.extract(
            name, template.titles.keys(), scorer=fuzz.ratio, score_cutoff=_SIMILAR, limit=3
        ):
            if len(template.titles[alias]) == 1 and (best is None or score > best[0]):
                best = (score, template.titles[alias][0])
    return template.by_key[best[1]] if best else None


def _twice(table: Table, column: MappedColumn, first: MappedColumn) -> Problem:
    return Problem(
        marked("“{title}” and “{first}” (column {letter}) say the same; only the first was read."),
        {"title": column.title, "first": first.title, "letter": first.letter},
        marked("Keep one of the two columns, or say which fact this one is."),
        sheet=table.sheet.name,
        column=column.letter,
    )
