"""The row explainer, the Polars expressions and the SQL on DuckDB give the same verdict on random firms."""

import datetime
import random
from decimal import Decimal
from fractions import Fraction

import duckdb
import polars as pl
import pytest

from lianzhu.engine.rules.answer import counted, decide_version
from lianzhu.engine.rules.columns import compile_policies, decimal_column, integer_frame
from lianzhu.engine.rules.formula import lines
from lianzhu.engine.rules.shelf import library_shelf
from lianzhu.engine.rules.sql import query

SHELF = library_shelf()
DAYS = (datetime.date(2025, 12, 1), datetime.date(2026, 6, 1))


def firms(seed, day, count):
    """Random values at, beside and far from every number, the ends of every range, and many gaps."""
    luck = random.Random(seed)
    bounds = [b for name in SHELF.chosen((), day) if (b := SHELF.version_on(name, day))]
    facts = sorted(
        {fact for bound in bounds for fact in bound.whole.facts}
        | {f for b in bounds for _, level in b.levels for f in level.facts}
    )
    pools = {fact: {SHELF.units[fact].low, SHELF.units[fact].high, 0, 1} for fact in facts}
    small = {fact: [] for fact in facts}
    for bound in bounds:
        for clause in bound.clauses:
            for line, _ in lines(clause.holds):
                if not line.b:
                    number = line.c // line.p
                    pools[line.a] |= {number - 1, number, number + 1, number * 2}
    for fact in facts:
        unit = SHELF.units[fact]
        inside = sorted(value for value in pools[fact] if unit.low <= value <= unit.high)
        thousand = int(Fraction(1000) / unit.step)
        small[fact] = inside + [luck.randint(unit.low, min(unit.high, thousand)) for _ in range(8)]
    gap = luck.choice((0.05, 0.3, 0.7))
    return {fact: [None if luck.random() < gap else luck.choice(small[fact]) for _ in range(count)] for fact in facts}


def frame_of(rows):
    kinds = {"boolean": pl.Boolean, "choice": pl.Int8, "number": pl.Int64}
    return pl.DataFrame(
        {fact: pl.Series(values, dtype=pl.Int64).cast(kinds[SHELF.units[fact].kind]) for fact, values in rows.items()}
    )


def on_duckdb(frame, folder, day, policies=()):
    """Run the SQL text on DuckDB, a fresh table read from Parquet."""
    frame.write_parquet(folder / "firms.parquet")
    with duckdb.connect() as base:
        base.execute(f"CREATE VIEW firms AS SELECT * FROM read_parquet('{folder / 'firms.parquet'}')")
        answer = base.execute(query(SHELF, day, frame.columns, policies=policies))
        names = [column[0] for column in answer.description]
        return dict(zip(names, zip(*answer.fetchall(), strict=True), strict=True))


@pytest.mark.parametrize("seed", range(6))
def test_three_forms_agree(seed, tmp_path):
    day = DAYS[seed % 2]
    rows = firms(seed, day, 150)
    if seed > 3:  # whole columns missing from the table
        luck = random.Random(seed)
        rows = {fact: values for fact, values in rows.items() if luck.random() > 0.2}
    frame = frame_of(rows)
    columns = compile_policies(SHELF, day).verdicts(frame)
    table = on_duckdb(frame, tmp_path, day)
    assert {name: tuple(columns[name]) for name in columns.columns} == table  # levels too
    for number in range(frame.height):
        values = {fact: value for fact, column in rows.items() if (value := column[number]) is not None}
        for policy in SHELF.chosen((), day):
            bound = SHELF.version_on(policy, day)
            if bound is None:
                assert policy not in columns.columns
                continue
            said = decide_version(bound, SHELF.units, values, {})
            assert columns[policy][number] == said.met, (policy, number, values)
            assert table[policy][number] == said.met, (policy, number, values)


def test_joint_decision_reaches_the_compiled_forms(tmp_path):
    """R&D 6 % with revenue unknown passes every tier; no R&D total fits 359 of domestic R&D over 60 % and 5 % of 12000."""
    day = datetime.date(2026, 6, 1)
    base = {
        "months_since_registration": 12, "owns_core_ip": True, "in_key_hightech_field": True, "tech_staff": 10, "staff": 100,
        "sales_3y": 12000, "hightech_rev_last_year": 60, "total_income_last_year": 100, "innovation_score": 71,
        "major_violation_12m": False,
    }  # fmt: skip
    frame = pl.DataFrame(
        [
            {**base, "rev_last_year": None, "rd_3y": 720, "rd_3y_domestic": 432},
            {**base, "rev_last_year": 5000, "rd_3y": None, "rd_3y_domestic": 359},
        ]
    )
    integers, finer = integer_frame(frame, SHELF)
    assert not finer
    assert compile_policies(SHELF, day, ["cn.hnte"]).verdicts(integers)["cn.hnte"].to_list() == [True, False]
    assert on_duckdb(integers, tmp_path, day, ["cn.hnte"])["cn.hnte"] == (True, False)


def test_a_column_finer_than_the_step_stays_exact():
    """99.9999999 is below 100 though it is finer than one fen."""
    column = decimal_column([Decimal("99.9999999"), 100, None], "taxable_income_last_year", 7)
    integers, finer = integer_frame(pl.DataFrame([column]), SHELF)
    assert finer == {"taxable_income_last_year": Fraction(1, 10**7)}
    said = compile_policies(SHELF, datetime.date(2026, 6, 1), ["cn.patentfee"], finer).verdicts(integers)
    assert said["cn.patentfee"].to_list() == [True, False, None]


def test_counted_values_of_a_row_are_the_columns():
    frame = pl.DataFrame({"layoff_rate_pct": [5.5], "staff": [7], "size_industry": ["工业"], "hnte_valid": [True]})
    integers, _ = integer_frame(frame, SHELF)
    row = {"layoff_rate_pct": Decimal("5.5"), "staff": 7, "size_industry": "工业", "hnte_valid": True}
    assert {name: int(value) for name, value in integers.row(0, named=True).items()} == counted(row, SHELF.units)


def test_no_policy_of_the_library_needs_128_bits():
    assert not [bound.version.policy for bound in SHELF.bound.values() if bound.wide]
