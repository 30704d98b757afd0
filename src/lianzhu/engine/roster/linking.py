"""Which firm on the right is the firm on the left, and is it safe to say so without asking a person?

The score of a pair, from 0 to 1, best reason first:
- 1.00  both rows carry the same valid code (the name may have changed);
- 0.99  same region, brand, industry words, group and branch, legal forms of one kind, and no second such row;
- 0.95  one harmless difference (region named on one side only, a slip in a trade word, a brand of the same sound), and
        nothing else on either side that the row could be: no sibling of the brand, no rival, no better match;
- else  the similarity of the names (see `candidates`), at most 0.90, because something raises a doubt.
A score of at least `LINK` links, of at least `ASK` asks a person; different valid codes never link, nor ask. Siblings
of one brand (江苏X电气, 江苏X电气设备, 扬州X电气, X集团) always differ in a part, so names alone never merge them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from lianzhu.engine.roster.candidates import Floats, Ints, nearest
from lianzhu.engine.roster.codes import LENGTH, clean_codes, valid_codes
from lianzhu.engine.roster.evidence import Bearing, Clue, compare
from lianzhu.engine.roster.names import NameParts, is_trade_word, place_in, split_name
from lianzhu.library.problem import BadInput, Problem, marked

LINK = 0.93
ASK = 0.45
_SAME_CODE, _SAME_NAME, _HARMLESS, _DOUBTED = 1.0, 0.99, 0.95, 0.90
# The claim of a row by code or by the whole name: stronger than any similarity.
_SURE = 2.0
# A candidate this close to the best one is a rival.
_RIVAL = 0.02
_CODE_SLIP = 2
_MOST_PROBLEMS = 50
_Key = tuple[str, str, str, bool, str]


@dataclass
class _Table:
    """One side: rows in order of id, so that no answer depends on the order of the file."""

    ids: list[str]
    parts: list[NameParts]
    codes: list[str]
    valid: list[bool]
    places: list[tuple[str, str]]
    by_key: dict[_Key, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_brand: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_code: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for row, parts in enumerate(self.parts):
            if parts.text:
                self.by_key[_key(parts)].append(row)
                self.by_brand[parts.brand].append(row)
            if self.valid[row]:
                self.by_code[self.codes[row]].append(row)


@dataclass(frozen=True, slots=True)
class _Choice:
    """The candidate chosen for one left row, and what stands around it."""

    row: int
    similarity: float
    sure: bool
    rivals: int
    taken: bool = False


def link(left: pl.DataFrame, right: pl.DataFrame, *, thresholds: tuple[float, float] = (LINK, ASK)) -> pl.DataFrame:
    """Find for each left row the best right row, and decide: link, ask a person, or none.

    Both frames: columns id, name, optional code and address; other columns are ignored; ids are unique. Returns one
    row per left row in the left's order: left, right (null when decision is none), score (0 to 1, three decimals),
    decision, why. `thresholds` are the least scores that link and that ask. Raises `BadInput` on missing columns,
    blank or repeated ids, or thresholds out of order.

    >>> a = pl.DataFrame({"id": ["1"], "name": ["迈特（江苏）电气股份有限公司"]})
    >>> b = pl.DataFrame({"id": ["7", "8"], "name": ["江苏迈特电气有限公司", "江苏迈特电气设备有限公司"]})
    >>> link(a, b).row(0)[:4]
    ('1', '7', 0.99, 'link')
    """
    _refuse_bad(left, right, thresholds)
    one, two = _table(left), _table(right)
    answers: dict[str, tuple[str | None, float, str, str]] = {}
    choices = _choose(one, two, *nearest(one.parts, two.parts))
    for row, choice in enumerate(choices):
        score, why = _judge(one, two, row, choice)
        decision = "link" if score >= thresholds[0] else "ask" if score >= thresholds[1] else "none"
        found = two.ids[choice.row] if choice is not None and decision != "none" else None
        answers[one.ids[row]] = (found, round(score, 3), decision, why)
    ids = left["id"].cast(pl.String).to_list()
    columns = list(zip(*(answers[key] for key in ids), strict=True)) or [(), (), (), ()]
    schema = {"right": pl.String, "score": pl.Float64, "decision": pl.String, "why": pl.String}
    found_columns = [
        pl.Series(name, column, kind) for (name, kind), column in zip(schema.items(), columns, strict=True)
    ]
    return pl.DataFrame([pl.Series("left", ids, pl.String), *found_columns])


def _refuse_bad(left: pl.DataFrame, right: pl.DataFrame, thresholds: tuple[float, float]) -> None:
    problems = []
    for side, frame in (("left", left), ("right", right)):
        missing = [name for name in ("id", "name") if name not in frame.columns]
        problems += [
            Problem(
                marked("The {side} table has no column {name}."),
                {"side": side, "name": name},
                marked("Name its columns id, name, and if known code and address."),
                column=name,
            )
            for name in missing
        ]
        if "id" in missing:
            continue
        numbered = frame.select(pl.col("id").cast(pl.String).str.strip_chars()).with_row_index("row", offset=2)
        bad = numbered.filter(pl.col("id").fill_null("").eq("") | ~pl.col("id").is_first_distinct())
        for row, key in bad.head(_MOST_PROBLEMS).iter_rows():
            said = marked("Id {id} of the {side} table is there twice.") if key else marked("A {side} row has no id.")
            mend = marked("Give every row an id of its own.")
            problems.append(Problem(said, {"id": key, "side": side}, mend, row=row, column="id"))
    if not 0 <= thresholds[1] <= thresholds[0] <= 1:
        given = {"link": thresholds[0], "ask": thresholds[1]}
        mend = marked("Give two numbers from 0 to 1, the larger first.")
        problems.append(Problem(marked("Thresholds {link} and {ask} are not in order."), given, mend))
    if problems:
        raise BadInput(problems[:_MOST_PROBLEMS])


def _table(frame: pl.DataFrame) -> _Table:
    wanted = [pl.col("id").cast(pl.String), pl.col("name").cast(pl.String).fill_null("")]
    wanted += [
        (pl.col(name).cast(pl.String).fill_null("") if name in frame.columns else pl.lit("")).alias(name)
        for name in ("code", "address")
    ]
    rows = frame.select(wanted).sort("id")
    parts = [split_name(name) for name in rows["name"]]
    places = [place_in(address) if address else ("", "") for address in rows["address"]]
    return _Table(
        rows["id"].to_list(),
        parts,
        clean_codes(rows["code"]).to_list(),
        valid_codes(rows["code"]).to_list(),
        places,
    )


def _key(parts: NameParts) -> _Key:
    """What makes a name: legal forms are compared apart, because firms convert and offices leave them out."""
    return parts.region, parts.brand, parts.industry, parts.group, parts.branch


def _choose(one: _Table, two: _Table, near: Ints, similar: Floats) -> list[_Choice | None]:
    """Pick one right row per left row: same code, else same name, else the most similar that is not vetoed.

    A candidate that suits another left row better loses the difference: 东风股份 is not 东风汽车股份有限公司 when the
    left table has 东风汽车 as well.
    """
    best = np.zeros(len(two.ids))
    np.maximum.at(best, near[near >= 0], similar[near >= 0])
    for code in one.by_code.keys() & two.by_code.keys():
        best[two.by_code[code]] = 1.0
    adjusted = similar - np.maximum(best[near] - similar, 0.0) if len(two.ids) else similar
    choices: list[_Choice | None] = []
    claims: dict[int, float] = defaultdict(float)
    for row in range(len(one.ids)):
        values = zip(similar[row].tolist(), adjusted[row].tolist(), strict=True)
        known = dict(zip(near[row].tolist(), values, strict=True))
        open_rows = [at for at in known if at >= 0 and not _vetoed(one, two, row, at)]
        sure = _sure(one, two, row)
        pick = min(sure or open_rows, key=lambda at: (-known.get(at, (0.0, 0.0))[1], at), default=-1)
        if pick < 0:
            choices.append(None)
            continue
        similarity, value = known.get(pick, (1.0, 1.0))
        rivals = sum(known[at][1] > value - _RIVAL for at in open_rows if at != pick)
        choices.append(_Choice(pick, similarity, bool(sure), rivals))
        claims[pick] = max(claims[pick], _SURE if sure else similarity)
    return [
        choice and replace(choice, taken=claims[choice.row] > (_SURE if choice.sure else choice.similarity + _RIVAL))
        for choice in choices
    ]


def _sure(one: _Table, two: _Table, row: int) -> list[int]:
    """Right rows of the same code; else those of the same name, written exactly so if there are such."""
    if one.valid[row] and (same := two.by_code.get(one.codes[row])):
        return same
    parts = one.parts[row]
    same = [at for at in two.by_key.get(_key(parts), []) if not _vetoed(one, two, row, at)]
    for exact in (
        [at for at in same if two.parts[at].kind == parts.kind and two.parts[at].text == parts.text],
        [at for at in same if two.parts[at].kind == parts.kind],
    ):
        if exact:
            return exact
    return same


def _vetoed(one: _Table, two: _Table, row: int, at: int) -> bool:
    return one.valid[row] and two.valid[at] and one.codes[row] != two.codes[at]


def _judge(one: _Table, two: _Table, row: int, choice: _Choice | None) -> tuple[float, str]:
    """Score the chosen pair and say why, as the module's docstring defines it."""
    parts = one.parts[row]
    if choice is None:
        return 0.0, "no name" if not parts.text else "no candidate: nothing shared, or codes differ"
    at = choice.row
    if one.valid[row] and one.codes[row] == two.codes[at]:
        same = parts.text == two.parts[at].text
        return _SAME_CODE, "code equal" + ("" if same else "; name differs")
    clues = compare(parts, two.parts[at], one.places[row], two.places[at])
    slips = sum(clue.bearing is Bearing.HARMLESS for clue in clues)
    near_code = _near_code(one, two, row, at)
    if near_code:
        clues.append(Clue("code equal but for a slip", Bearing.SAME))
    if not any(clue.bearing is Bearing.DOUBT for clue in clues):
        clues += _doubts_around(one, two, row, choice, slips, near_code)
    why = "; ".join(clue.said for clue in sorted(clues, key=lambda clue: -clue.bearing))
    if any(clue.bearing is Bearing.DOUBT for clue in clues):
        return min(choice.similarity, _DOUBTED), why
    return (_HARMLESS if slips else _SAME_NAME), why


def _near_code(one: _Table, two: _Table, row: int, at: int) -> bool:
    """Two codes, not both valid, that agree but for two characters: a slip of the keyboard."""
    mine, other = one.codes[row], two.codes[at]
    if len(mine) != LENGTH or len(other) != LENGTH:
        return False
    return sum(a != b for a, b in zip(mine, other, strict=True)) <= _CODE_SLIP


def _doubts_around(one: _Table, two: _Table, row: int, choice: _Choice, slips: int, near_code: bool) -> Sequence[Clue]:
    """Look for what else the left row could be: twins, siblings, rivals. The parts themselves raise no doubt."""
    parts, match = one.parts[row], two.parts[choice.row]
    doubts = []
    twins = [at for at in _sure(one, two, row) if at != choice.row] if not slips else []
    if twins and not near_code:
        doubts.append(f"{len(twins) + 1} rows bear this name")
    if len({one.codes[at] for at in one.by_key[_key(parts)] if one.valid[at]}) > 1:
        doubts.append("rows of this name bear different codes")
    if slips and not near_code:
        # Siblings matter where the region is left out; a brand that is there as written is no slip of another.
        siblings = [
            at
            for at in two.by_brand.get(parts.brand, [])
            if at != choice.row and (two.parts[at].industry == match.industry or parts.brand != match.brand)
        ]
        if siblings:
            doubts.append(f"{len(siblings)} more of brand {parts.brand}")
        if slips > 1:
            doubts.append(f"{slips} differences")
        if choice.rivals:
            doubts.append(f"{choice.rivals} rivals")
        if choice.taken:
            doubts.append("another row fits better")
        if len(match.brand) < 2 or is_trade_word(match.brand):
            doubts.append("brand is a general word")
    return [Clue(said, Bearing.DOUBT) for said in doubts]
