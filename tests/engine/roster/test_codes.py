"""Credit codes: the published check, its awkward case, and agreement with python-stdnum."""

import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from lianzhu.engine.roster.codes import ALPHABET, check_character, clean_codes, valid_codes

BODIES = st.tuples(st.text("0123456789", min_size=8, max_size=8), st.text(ALPHABET, min_size=9, max_size=9)).map(
    "".join
)


def valid(*codes: str | None) -> list[bool]:
    return valid_codes(pl.Series(codes, dtype=pl.String)).to_list()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("91110000600037341L", True),
        ("91110000600037341M", False),
        ("9111000060003734L", False),
        ("９１１１００００６０００３７３４１ｌ", True),
        ("9111 0000-6000 37341l", True),
        ("9111000060003734IL", False),
        ("A1110000600037341L", False),
        ("", False),
    ],
)
def test_known_codes(code: str, expected: bool) -> None:
    assert valid(code) == [expected]


def test_no_code_is_no_valid_code() -> None:
    assert valid(None) == [False]
    assert valid() == []


def test_sum_that_is_a_multiple_of_31_ends_in_zero() -> None:
    """The widely copied check says 31 here, which is no character, and misjudges every such code."""
    random.seed(31)
    bodies = [
        "91" + "".join(random.choices("0123456789", k=6)) + "".join(random.choices(ALPHABET, k=9)) for _ in range(500)
    ]
    zeros = [body + "0" for body in bodies if check_character(body) == "0"]
    assert len(zeros) > 3
    assert all(valid(*zeros))


@given(BODIES)
def test_every_code_built_with_its_check_character_is_valid(body: str) -> None:
    assert valid(body + check_character(body)) == [True]


@given(BODIES, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(body: str, place: int, wrong: str) -> None:
    code = body + check_character(body)
    changed = code[:place] + wrong + code[place + 1 :]
    assert valid(changed) == [changed == code]


@given(st.lists(st.text(ALPHABET + "IOSVZ -", min_size=15, max_size=20), min_size=1))
def test_agrees_with_the_oracle_on_anything(codes: list[str]) -> None:
    assert valid(*codes) == [uscc.is_valid(code) for code in codes]


def test_cleaning_mends_width_case_and_hyphens_only() -> None:
    assert clean_codes(pl.Series([" ９１ａ-b\u3000", None])).to_list() == ["91AB", None]


def test_more_than_one_block() -> None:
    assert valid_codes(pl.Series(["91110000600037341L"] * 70_000 + ["x"])).sum() == 70_000
