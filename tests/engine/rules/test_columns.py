"""The compiled form: every row as the row explainer says, whatever the shape of the frame and wherever a block ends."""

import datetime
import random
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from tests.engine.rules.test_forms_agree import firms, frame_of
from tests.engine.rules.test_joint import UNITS, tree

from lianzhu.engine.rules import columns
from lianzhu.engine.rules.answer import Row, decide
from lianzhu.engine.rules.columns import Compiled, compile_policies, integer_frame
from lianzhu.engine.rules.criteria import Bound
from lianzhu.engine.rules.formula import Linear, Unit, compare, compare_ratio, facts_in, is_wide, negation
from lianzhu.engine.rules.kleene import Question
from lianzhu.engine.rules.shelf import library_shelf
from lianzhu.engine.rules.words import bits_at, columns_of, packed, set_bits, unpacked

KINDS = {"boolean": pl.Boolean, "choice": pl.Int8, "number": pl.Int64}
DAY = datetime.date(2026, 6, 1)


def asked(node, units, name="answer"):
    return Compiled((Question(name, Bound(node, negation(node), facts_in(node)), is_wide(node, units)),), units, {})


def world(luck, units, count, gap=0.45):
    return {
        fact: pl.Series(
            [None if luck.random() < gap else luck.randint(unit.low, unit.high) for _ in range(count)], dtype=pl.Int64
        ).cast(KINDS[unit.kind])
        for fact, unit in units.items()
    }


def explained(compiled, frame):
    """The same verdicts from the row explainer, one row at a time."""
    rows = [{f: int(v) for f, v in row.items() if v is not None} for row in frame.iter_rows(named=True)]
    return {q.name: [decide(q.bound, Row(compiled.units, row)) for row in rows] for q in compiled.questions}


@pytest.mark.parametrize("seed", range(120))
def test_every_row_is_as_the_explainer_says(seed, monkeypatch):
    """Random formulas over small worlds; a block ends inside the frame, and a whole column may be missing."""
    monkeypatch.setattr(columns, "BLOCK", 64)
    luck = random.Random(seed)
    compiled = asked(tree(luck, 3 if seed % 2 else 2), UNITS)
    frame = pl.DataFrame(world(luck, UNITS, 150))
    if seed % 3 == 0:
        frame = frame.drop(luck.choice(frame.columns))
    assert compiled.verdicts(frame).to_dict(as_series=False) == explained(compiled, frame)


def test_levels_are_as_the_explainer_says():
    """A size whose industry is unknown, but which every industry gives: the compiled form left it open once."""
    frame = frame_of(firms(3, DAY, 120))
    compiled = compile_policies(library_shelf(), DAY)
    said = compiled.verdicts(frame)
    for name, verdicts in explained(compiled, frame).items():
        assert said[name].to_list() == verdicts, name
    staffed = pl.DataFrame({"rev_last_year": [4999999999], "staff": [2001], "total_assets": [2000000000]})
    assert compile_policies(library_shelf(), DAY, ["cn.size"]).verdicts(staffed)["cn.size:small"].to_list() == [True]


@pytest.mark.parametrize("count", [1, 63, 64, 65, 127, 128, 129, 1000])
def test_slices_and_chunks_are_the_whole(count, monkeypatch):
    """Words end inside a frame, bitmaps begin inside a byte: no row takes its neighbour's truth."""
    monkeypatch.setattr(columns, "BLOCK", 128)
    compiled = compile_policies(library_shelf(), DAY)
    frame = frame_of(firms(11, DAY, 1009))
    whole = compiled.verdicts(frame)
    assert compiled.verdicts(frame.slice(3, count)).equals(whole.slice(3, count))
    halves = pl.concat([frame.slice(5, count // 2), frame.slice(5 + count // 2, count - count // 2)], rechunk=False)
    assert compiled.verdicts(halves).equals(whole.slice(5, count))


def test_an_empty_frame_has_every_column():
    compiled = compile_policies(library_shelf(), DAY)
    frame = frame_of(firms(1, DAY, 4))
    assert compiled.verdicts(frame.clear()).schema == compiled.verdicts(frame).schema


def test_what_lies_in_a_gap_is_never_read():
    """The largest integer lies under the gap: were it read, its product would wrap round."""
    money = {name: Unit("number", Fraction(1), 0, 10**12) for name in ("rd", "sales")}
    compiled = asked(compare_ratio(money, "rd", 1, Fraction(7), "sales", False), money)
    huge = pl.DataFrame({"rd": [2**63 - 1, 7, 6], "sales": [100, 100, 100]})
    gapped = huge.with_columns(pl.when(pl.col("rd") < 2**62).then(pl.col("rd")).alias("rd"))
    assert compiled.verdicts(gapped)["answer"].to_list() == [None, True, False]


@pytest.mark.parametrize("more", [0, 1])
def test_sums_beyond_64_bits_are_exact(more):
    """7 % of 9·10^18 in steps of a hundredth: both products leave 64 bits."""
    huge = {name: Unit("number", Fraction(1), 0, 9 * 10**18) for name in ("rd", "sales")}
    line = compare_ratio(huge, "rd", 1, Fraction(7), "sales", False)
    assert is_wide(line, huge)
    frame = pl.DataFrame({"rd": [63 * 10**16 - more, None, 0], "sales": [9 * 10**18, 0, None]})
    assert asked(line, huge).verdicts(frame)["answer"].to_list() == [not more, True, None]


@pytest.mark.parametrize("value", [-1, 10**16, 2**63 - 1])
def test_a_value_outside_its_range_is_refused_before_it_can_wrap(value):
    """The width of every product is proved from the range; 2^63 - 1 in steps would wrap round into it."""
    with pytest.raises(ValueError, match="rd_3y: a value is outside"):
        integer_frame(pl.DataFrame({"rd_3y": [0, value]}), library_shelf())
    highest = int(library_shelf().units["rd_3y"].high * library_shelf().units["rd_3y"].step)
    integers, _ = integer_frame(pl.DataFrame({"rd_3y": [0, highest, None]}), library_shelf())
    assert integers["rd_3y"].to_list() == [0, library_shelf().units["rd_3y"].high, None]


def test_the_range_decides_a_single_comparison_on_its_edge():
    """Staff is 0 or more: at least 0 always, above 9 never, at least 1 is open while staff is unknown."""
    frame = pl.DataFrame({"a": pl.Series([None, 0], dtype=pl.Int32)})
    for bound, strict, said in ((0, False, [True, True]), (9, True, [False, False]), (1, False, [None, False])):
        line = compare(UNITS, "a", 1, Fraction(bound), strict)
        assert asked(line, UNITS).verdicts(frame)["answer"].to_list() == said
        assert asked(negation(line), UNITS).verdicts(frame)["answer"].to_list() == [
            None if answer is None else not answer for answer in said
        ]


def test_a_ratio_of_32_bit_columns_does_not_wrap():
    """2·10^9 people times 100 leave 32 bits."""
    people = {name: Unit("number", Fraction(1), 0, 2 * 10**9) for name in ("part", "staff")}
    line = Linear("part", 100, 0, False, "staff", -10)
    frame = pl.DataFrame(
        {"part": [2 * 10**8, 2 * 10**8 - 1], "staff": [2 * 10**9] * 2}, schema_overrides={"part": pl.Int32}
    )
    for staff in (pl.Int32, pl.Int64):
        typed = frame.with_columns(pl.col("staff").cast(staff), pl.col("part").cast(pl.Int32))
        assert asked(line, people).verdicts(typed)["answer"].to_list() == [True, False]


@pytest.mark.parametrize("start", [0, 1, 7, 8, 63, 64, 70])
def test_bits_are_read_where_they_lie(start):
    luck = np.random.default_rng(start)
    flags, holes = luck.random(300) < 0.5, luck.random(300) < 0.3
    numbers = luck.integers(-(2**31), 2**31, 300)
    frame = pl.DataFrame({"flag": flags, "small": numbers.astype(np.int32), "large": numbers * 5}).with_columns(
        pl.when(~pl.Series(holes)).then(pl.all())
    )[start:]
    with columns_of(frame) as read:
        count = frame.height
        for column in read.values():
            assert (unpacked(column.known, count) == ~holes[start:]).all()
        there = ~holes[start:]
        assert (unpacked(read["flag"].values, count)[there] == flags[start:][there]).all()
        assert (read["small"].values[there] == numbers[start:][there]).all()
        assert (read["large"].values[there] == 5 * numbers[start:][there]).all()


def test_bits_of_rows():
    flags = np.random.default_rng(1).random(200) < 0.5
    rows = np.array([0, 63, 64, 65, 127, 128, 199])
    words = packed(flags)
    assert (bits_at(words, rows) == flags[rows]).all()
    set_bits(words, rows)
    flags[rows] = True
    assert (unpacked(words, 200) == flags).all()
