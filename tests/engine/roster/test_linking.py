"""Identity resolution: siblings stay apart, the same firm is found, codes rule."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhu.engine.roster.candidates import nearest
from lianzhu.engine.roster.codes import check_character
from lianzhu.engine.roster.evidence import sounds_same
from lianzhu.engine.roster.linking import link
from lianzhu.engine.roster.names import split_name
from lianzhu.library.problem import BadInput

LISTED = Path(__file__).resolve().parents[3] / ".." / "shared" / "data" / "names" / "listed_companies_dev.csv"


def code(number: int) -> str:
    body = f"91321012MA{number:07d}"
    return body + check_character(body)


def frame(*rows: tuple[str, ...], prefix: str = "") -> pl.DataFrame:
    """Rows of (name, code, address), the last two optional; ids are counted."""
    full = [(f"{prefix}{i}", *row, *[""] * (3 - len(row))) for i, row in enumerate(rows)]
    return pl.DataFrame(full, schema=dict.fromkeys(["id", "name", "code", "address"], pl.String), orient="row")


def one(left: tuple[str, ...], *right: tuple[str, ...]) -> dict[str, object]:
    return link(frame(left), frame(*right)).row(0, named=True)


SAME = [
    ("江苏迈特电气有限公司", "江苏迈特电气有限公司"),
    ("江苏 迈特电气　有限公司", "江苏迈特电气有限公司"),
    ("江苏省迈特电气股份有限公司", "江苏迈特电气有限公司"),
    ("迈特（江苏）电气有限公司", "江苏迈特电气有限公司"),
    ("ＡＢＣ电气有限公司", "abc电气有限公司"),
    ("江苏迈特电气", "江苏迈特电气有限公司"),
    ("江苏省扬州市迈特电气有限公司", "扬州迈特电气有限公司"),
    ("有限公司江苏迈特电气", "江苏迈特电气有限公司"),
    ("江苏迈特电气有限公同", "江苏迈特电气有限公司"),
]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_same_name_in_another_writing_links(left, right):
    found = one((left,), (right,), ("江苏迈特电气设备有限公司",), ("苏州迈特电气有限公司",))
    assert (found["right"], found["decision"], found["score"]) == ("0", "link", 0.99), found


SIBLINGS = [
    "江苏迈特电气有限公司",
    "江苏迈特电气设备有限公司",
    "扬州迈特电气有限公司",
    "江苏迈特电器有限公司",
    "江苏迈特电气集团有限公司",
    "江苏迈特控股有限公司",
    "江苏迈特尔电气有限公司",
    "江苏迈特电气厂",
    "江苏迈特电气有限公司扬州分公司",
    "江苏迈达电气有限公司",
    "江苏特迈电气有限公司",
]


@pytest.mark.parametrize("left", SIBLINGS)
@pytest.mark.parametrize("right", SIBLINGS)
def test_siblings_never_link_by_name_alone(left, right):
    # Each left name meets a table that holds only one other member of its family.
    assert (one((left,), (right,))["decision"] == "link") == (left == right)


def test_each_sibling_finds_itself_among_all():
    table = frame(*[(name,) for name in SIBLINGS])
    found = link(table, table)
    assert (found["left"] == found["right"]).all()
    assert (found["decision"] == "link").all()


HARMLESS = [
    ("迈特电气有限公司", "江苏迈特电气有限公司", "region 江苏 on one side only"),
    ("迈特电气", "江苏迈特电气有限公司", "region 江苏 on one side only"),
    ("江苏迈特电气没备有限公司", "江苏迈特电气设备有限公司", "one slip"),
    ("江苏迈特变末器有限公司", "江苏迈特变压器有限公司", "one slip"),
    ("江苏迈忒电气有限公司", "江苏迈特电气有限公司", "sounds like"),
    ("杨州迈特电气有限公司", "扬州迈特电气有限公司", "slip in the region"),
]


@pytest.mark.parametrize(("left", "right", "why"), HARMLESS)
def test_one_harmless_difference_links_at_a_lower_score(left, right, why):
    found = one((left,), (right,), ("上海联华机械有限公司",))
    assert (found["right"], found["decision"], found["score"]) == ("0", "link", 0.95), found
    assert why in str(found["why"])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("迈忒电气有限公司", "江苏迈特电气有限公司"),  # two harmless differences
        ("江苏迈特电没有限公司", "江苏迈特电气有限公司"),  # 电器, 电机, 电子 are as near
        ("江苏迈特没备有限公司", "江苏迈特设备有限公司"),  # 装备 is as near
        ("江苏迈特", "江苏迈特电气有限公司"),  # the trade is not named
        ("电力有限公司", "江苏电力有限公司"),  # no brand
    ],
)
def test_doubt_asks(left, right):
    found = one((left,), (right,))
    assert (found["right"], found["decision"]) == ("0", "ask"), found
    assert float(str(found["score"])) <= 0.9


def test_region_left_out_asks_when_a_sibling_could_be_meant():
    found = one(("迈特电气有限公司",), ("江苏迈特电气有限公司",), ("扬州迈特电气有限公司",))
    assert found["decision"] == "ask"
    assert "1 more of brand 迈特" in str(found["why"])


def test_address_stands_in_for_the_region():
    right = [("江苏迈特电气有限公司",), ("扬州迈特电气有限公司",)]
    assert one(("迈特电气有限公司", "", "江苏省扬州市文昌路1号"), right[1])["score"] == 0.99
    assert one(("迈特电气有限公司", "", "湖北省武汉市1号"), right[1])["decision"] == "ask"


def test_same_sound_asks_when_the_brand_as_written_is_there_too():
    found = one(("江苏迈忒电气有限公司",), ("江苏迈特电气有限公司",), ("江苏迈忒机械有限公司",))
    assert found["decision"] == "ask"
    assert sounds_same("迈特", "迈忒") and not sounds_same("迈", "麦")


def test_another_left_row_that_fits_better_makes_a_slip_doubtful():
    left = frame(("江苏迈特电气没备有限公司",), ("江苏迈特电气设备有限公司",))
    found = link(left, frame(("江苏迈特电气设备有限公司",)))
    assert found["decision"].to_list() == ["ask", "link"]


def test_same_code_links_a_renamed_firm():
    found = one(("江苏迈特电气有限公司", code(1)), ("江苏迈特电气有限公司",), ("南京瑞安机械厂", code(1)))
    assert (found["right"], found["score"], found["decision"]) == ("1", 1.0, "link")
    assert found["why"] == "code equal; name differs"


def test_code_in_other_writing_is_the_same_code():
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code(1)).lower()
    assert one(("甲", wide), ("乙", code(1)))["decision"] == "link"


def test_different_valid_codes_veto():
    found = one(("江苏迈特电气有限公司", code(1)), ("江苏迈特电气有限公司", code(2)))
    assert (found["right"], found["decision"], found["score"]) == (None, "none", 0.0)


def test_a_failing_code_does_not_veto_and_a_near_one_speaks_for_the_pair():
    slip = code(1)[:-1] + ("1" if code(1)[-1] != "1" else "2")
    found = one(("迈特电气有限公司", slip), ("江苏迈特电气有限公司", code(1)), ("扬州迈特电气有限公司", code(2)))
    assert (found["right"], found["decision"]) == ("0", "link")
    assert "code equal but for a slip" in str(found["why"])


def test_two_right_rows_of_one_name_ask():
    found = one(("江苏迈特电气有限公司",), ("江苏迈特电气有限公司", code(1)), ("江苏迈特电气有限公司", code(2)))
    assert found["decision"] == "ask"
    assert "2 rows bear this name" in str(found["why"])


def test_two_left_rows_of_one_name_with_different_codes_ask():
    left = frame(("江苏迈特电气有限公司", code(1)), ("江苏迈特电气有限公司", code(2)))
    assert link(left, frame(("江苏迈特电气有限公司",)))["decision"].to_list() == ["ask", "ask"]


def test_thresholds_are_closed_below():
    left, right = frame(("迈特电气有限公司",)), frame(("江苏迈特电气有限公司",))
    assert link(left, right, thresholds=(0.95, 0.5))["decision"].to_list() == ["link"]
    assert link(left, right, thresholds=(0.951, 0.95))["decision"].to_list() == ["ask"]
    none = link(left, right, thresholds=(0.99, 0.951))
    assert none["decision"].to_list() == ["none"] and none["right"].to_list() == [None]


def test_empty_tables_and_blank_names():
    empty = frame()
    assert link(empty, frame(("江苏迈特电气有限公司",))).shape == (0, 5)
    assert link(frame(("江苏迈特电气有限公司",)), empty)["decision"].to_list() == ["none"]
    found = link(frame(("",), ("", code(1))), frame(("",), ("迈特", code(1))))
    assert found["decision"].to_list() == ["none", "link"]


def test_bad_input_names_every_problem():
    left = pl.DataFrame({"id": ["1", "1", None], "title": ["a", "b", "c"]})
    with pytest.raises(BadInput) as caught:
        link(left, pl.DataFrame({"name": ["x"]}), thresholds=(0.4, 0.5))
    said = [str(problem) for problem in caught.value.problems]
    assert len(said) == 5
    assert any("row 3" in text and "twice" in text for text in said)
    assert any("row 4" in text and "no id" in text for text in said)


def test_short_names_find_the_full_one_by_order_and_letter():
    full = [
        "太原化工股份有限公司",
        "太极实业股份有限公司",
        "广东省高速公路发展股份有限公司",
        "江西赣南高速公路股份有限公司",
    ]
    near, similar = nearest([split_name("太化股份"), split_name("粤高速A")], [split_name(name) for name in full])
    assert [int(near[row][similar[row].argmax()]) for row in range(2)] == [0, 2]
    assert similar.min() >= 0 and similar.max() <= 1 + 1e-9


def test_listed_firms_short_to_full():
    if not LISTED.exists():
        pytest.skip("listed_companies_dev.csv is not beside the checkout")
    table = pl.read_csv(LISTED)
    found = link(table.select("id", name="short"), table.select("id", name="full"))
    assert (found["left"] == found["right"].fill_null("")).mean() >= 0.985
    links = found.filter(pl.col("decision") == "link")
    assert len(links) >= 600 and (links["left"] == links["right"]).mean() >= 0.998


firm_names = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "江苏", "扬州", "江苏省扬州市"]),
        st.sampled_from(["迈特", "迈忒", "华宝", "迈特尔"]),
        st.sampled_from(["", "电气", "电器", "电气设备", "电气没备"]),
        st.sampled_from(["", "集团"]),
        st.sampled_from(["", "有限公司", "厂"]),
    ),
)
firms = st.tuples(firm_names, st.sampled_from(["", "", code(1), code(2), code(3), "9132101200000000XX"]))
tables = st.lists(firms, max_size=7).map(lambda rows: frame(*rows))


@settings(max_examples=60, deadline=None)
@given(tables, tables, st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(left, right, random):
    first = link(left, right)
    assert first["left"].to_list() == left["id"].to_list()
    mixed = [table[random.sample(range(len(table)), len(table))] for table in (left, right)]
    assert link(*mixed).sort("left").equals(first.sort("left"))


@settings(max_examples=60, deadline=None)
@given(tables, tables)
def test_laws_of_codes(left, right):
    found = (
        link(left, right)
        .join(left, left_on="left", right_on="id")
        .join(right, left_on="right", right_on="id", how="left")
    )
    valid = {code(1), code(2), code(3)}
    for row in found.iter_rows(named=True):
        if row["decision"] == "link" and {row["code"], row["code_right"]} <= valid:
            assert row["code"] == row["code_right"]
        if row["code"] in valid and row["code"] in set(right["code"]):
            assert row["decision"] == "link"
        assert (row["right"] is None) == (row["decision"] == "none")
