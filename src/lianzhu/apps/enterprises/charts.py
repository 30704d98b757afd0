"""Geometry of the chain map and of the genealogy, from query results. SVG is drawn by the templates."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise

import rjieba

from lianzhu.apps.enterprises.queries.map import ChainMap, Made, NodeSheet
from lianzhu.library.chain import Level, levels

TOP, COLUMN = 84, 132
# From row to row: two lines of Chinese, three of English.
PITCH_ZH, PITCH_EN = 38, 46
GAP = 10
# Columns of the drawing: the levels that stand in each, from the top.
COLUMNS: tuple[tuple[str, ...], ...] = (
    ("material",),
    ("part",),
    ("module",),
    ("test_equipment",),
    ("electrical_equipment",),
    ("service", "software_data", "customer", "new_track"),
)
# A level longer than this is drawn in two columns side by side.
LONGEST = 24
LINE_ZH, LINE_EN = 6, 16
# Lines go up and down so far to the left of a column's dots.
GUTTER = 18


@dataclass(frozen=True)
class Bead:
    """One node of the drawing: centre, radius, the lines of its name, where a line to the right may start."""

    made: Made
    x: int
    y: int
    radius: float
    lines: tuple[str, ...]
    right: int
    hit: bool
    chosen: bool

    @property
    def text_x(self) -> int:
        """Where the name begins."""
        return self.x + 15

    @property
    def text_y(self) -> int:
        """Baseline of the first line, so that one, two or three lines stand centred."""
        return self.y + 5 - 7 * (len(self.lines) - 1)

    @property
    def empty(self) -> bool:
        """Drawn hollow: nobody makes it."""
        return self.made.absent

    @property
    def ring(self) -> float:
        """Radius of the ring round the chosen node."""
        return self.radius + 4


@dataclass(frozen=True)
class Heading:
    """The name of a level, or of a stage with its rule."""

    level: Level
    x: int
    y: int
    width: int
    stage: bool


@dataclass(frozen=True)
class Drawing:
    """Everything the template draws, in its order."""

    width: int
    height: int
    headings: list[Heading]
    beads: list[Bead]
    paths: list[str]


def map_drawing(drawn: ChainMap, hits: Collection[str], sheet: NodeSheet | None, *, english: bool) -> Drawing:
    """Place every node in its column, colour `hits`, and route the lines of the chosen one between the rows."""
    chosen = sheet.made.node.code if sheet else ""
    pitch = PITCH_EN if english else PITCH_ZH
    beads: list[Bead] = []
    headings: list[Heading] = []
    left, height, stage = 0, 0, ""
    for column in _columns(drawn):
        y = TOP
        for place, (level, rows) in enumerate(column):
            if place:
                y += 32 if level.stage == stage else 48
            if level.stage != stage:
                headings.append(Heading(level, left, y - 36 if place else y - 68, COLUMN - GAP, stage=True))
            if rows[0].node.code == _first(drawn, level.key) and (not place or level.stage == stage):
                headings.append(Heading(level, left, y - 30 if place else y - 36, COLUMN - GAP, stage=False))
            stage = level.stage
            for one in rows:
                beads.append(_bead(one, left + 12, y, one.node.code in hits, one.node.code == chosen, english))
                y += pitch
        height = max(height, y)
        left += COLUMN
    return Drawing(left, height - 10, _ruled(headings, left), beads, _paths(beads, sheet, pitch))


def _columns(drawn: ChainMap) -> list[list[tuple[Level, list[Made]]]]:
    """The blocks of every column, from the left."""
    out: list[list[tuple[Level, list[Made]]]] = []
    for column in COLUMNS:
        blocks = [(levels()[key], [one for one in drawn.made.values() if one.node.level == key]) for key in column]
        level, rows = blocks[0]
        half = math.ceil(len(rows) / 2)
        out += [[(level, rows[:half])], [(level, rows[half:])]] if len(rows) > LONGEST else [blocks]
    return out


def _first(drawn: ChainMap, key: str) -> str:
    return next(code for code, one in drawn.made.items() if one.node.level == key)


def _ruled(headings: Sequence[Heading], width: int) -> list[Heading]:
    """Let the rule under a stage run to where the next stage at the top begins."""
    top = [one for one in headings if one.stage and one.y == TOP - 68]
    ends = [*(after.x - GAP for _before, after in pairwise(top)), width - GAP]
    ruled = [Heading(one.level, one.x, one.y, end - one.x, stage=True) for one, end in zip(top, ends, strict=True)]
    return [*ruled, *(one for one in headings if one not in top)]


def _bead(one: Made, x: int, y: int, hit: bool, chosen: bool, english: bool) -> Bead:
    radius = 4.0 if not one.makers else round(min(12.0, 4.0 + 1.6 * math.sqrt(one.makers)), 1)
    lines = _wrapped(one.node.en) if english else _split(one.node.zh)
    wide = max(len(line) * 6.2 for line in lines) if english else max(len(line) * 13 for line in lines)
    shown = 22 if one.node.stage != "customer" else 0
    return Bead(one, x, y, radius, lines, int(x + 15 + wide + shown), hit, chosen)


@cache
def _split(name: str) -> tuple[str, ...]:
    """A Chinese name on one line, or on two of about equal length, broken between words and never before a mark.

    >>> _split("高压硅堆"), _split("变频串联谐振试验装置")
    (('高压硅堆',), ('变频串联', '谐振试验装置'))
    """
    if len(name) <= LINE_ZH:
        return (name,)
    ends = list(accumulate(len(word) for word in rjieba.cut(name)))[:-1]
    breaks = [end for end in ends if name[end] != "、" and max(end, len(name) - end) <= LINE_ZH + 1]
    at = min(breaks or [math.ceil(len(name) / 2)], key=lambda end: (abs(2 * end - len(name)), end))
    return (name[:at], name[at:])


def _wrapped(name: str) -> tuple[str, ...]:
    """An English name on up to three lines; what does not fit ends in an ellipsis, its full form is in the table."""
    lines: list[str] = [""]
    for word in name.split():
        joined = f"{lines[-1]} {word}".strip()
        if len(joined) > LINE_EN and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = joined
    if len(lines) > 3:
        lines = [*lines[:2], f"{lines[2]}…"]
    return tuple(lines)


def _paths(beads: Sequence[Bead], sheet: NodeSheet | None, pitch: int) -> list[str]:
    if sheet is None:
        return []
    at = {bead.made.node.code: bead for bead in beads}
    here = at[sheet.made.node.code]
    into = [(at[one.made.node.code], here) for one in sheet.needs]
    out_of = [(here, at[one.made.node.code]) for one in sheet.feeds]
    return [_path(start, end, pitch) for start, end in [*into, *out_of]]


def _path(start: Bead, end: Bead, pitch: int) -> str:
    """One line from a supplier to a user. Over other columns it runs between two rows, so that it crosses no name."""
    y1, y2 = float(start.y), float(end.y)
    x2 = end.x - end.ring - 2
    before = min(end.x - GUTTER, x2 - 2)
    if end.x <= start.x:
        # Within a column, or back to the left: along the left side, where no name stands.
        side = max(min(start.x, end.x) - GUTTER, 1)
        return _rounded([(start.x - start.ring - 2, y1), (side, y1), (side, y2), (x2, y2)])
    out = start.x + COLUMN - GUTTER
    begin = (min(start.right, out - 4), y1)
    if end.x - start.x <= COLUMN:
        return _rounded([begin, (before, y1), (before, y2), (x2, y2)])
    lane = y1 + (pitch / 2 if y2 >= y1 else -pitch / 2)
    return _rounded([begin, (out, y1), (out, lane), (before, lane), (before, y2), (x2, y2)])


def _rounded(points: Sequence[tuple[float, float]]) -> str:
    """A line through the points, its corners rounded as far as the legs beside them allow.

    >>> _rounded([(0, 0), (20, 0), (20, 20)])
    'M0 0L14 0Q20 0 20 6L20 20'
    """
    path = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        legs = (math.dist(before, corner), math.dist(corner, after))
        cut = min(6.0, legs[0] / 2, legs[1] / 2)
        if cut:
            into, out = (
                tuple(c + (other - c) * cut / leg for c, other in zip(corner, there, strict=True))
                for there, leg in zip((before, after), legs, strict=True)
            )
            path.append(f"L{into[0]:g} {into[1]:g}Q{corner[0]:g} {corner[1]:g} {out[0]:g} {out[1]:g}")
    return "".join([*path, f"L{points[-1][0]:g} {points[-1][1]:g}"])


# ── genealogy by year ─────────────────────────────────────────────────────────────────────────────────────────────

YEAR_WIDTH, YEARS_HEIGHT = 14, 140


@dataclass(frozen=True)
class YearBar:
    """Firms there were at the end of a year, as a bar; `label` is '' where there is no room."""

    year: int
    count: int
    x: int
    y: float
    height: float
    label: str

    @property
    def top(self) -> int:
        """Where the number over the bar stands."""
        return int(self.y) - 5


def year_bars(counts: Sequence[tuple[int, int]]) -> list[YearBar]:
    """Bars from zero for (year, firms there were by then), every year once, labels every fifth and at both ends."""
    most = max((count for _year, count in counts), default=0) or 1
    last = len(counts) - 1
    return [
        YearBar(
            year,
            count,
            index * YEAR_WIDTH,
            round(YEARS_HEIGHT - count / most * YEARS_HEIGHT, 1),
            round(count / most * YEARS_HEIGHT, 1),
            str(year) if index in (0, last) or (year % 10 == 0 and 2 < index < last - 2) else "",
        )
        for index, (year, count) in enumerate(counts)
    ]
