"""Company names taken apart."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhu.engine.roster import candidates, evidence, linking, names
from lianzhu.engine.roster.names import PLACE_OF, PROVINCE_LETTERS, one_edit, place_in, split_name


@pytest.mark.parametrize("module", [names, evidence, candidates, linking])
def test_doctests(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("name", "region", "brand", "words", "kind"),
    [
        ("江苏迈特电气有限公司", "江苏", "迈特", ("电气",), "company"),
        ("江苏省扬州市江都区迈特电气设备股份有限公司", "江都", "迈特", ("电气", "设备"), "company"),
        ("迈特（扬州）电气有限公司", "扬州", "迈特", ("电气",), "company"),
        ("迈特电气(江苏省扬州市)有限公司", "扬州", "迈特", ("电气",), "company"),
        ("有限公司江苏迈特电气", "江苏", "迈特", ("电气",), "company"),
        ("江苏迈特电气（有限公司）", "江苏", "迈特", ("电气",), "company"),
        ("扬州迈特电器厂", "扬州", "迈特", ("电器",), "works"),
        ("　ＡＢＢ（中国）有限公司", "", "ABB中国", (), "company"),
        ("安福县海能实业股份有限公司", "安福", "海能", ("实业",), "company"),
        ("南京市政工程有限公司", "南京", "市政", ("工程",), "company"),
        ("江苏迈特电气有限公同", "江苏", "迈特", ("电气",), "company"),
        ("迈特", "", "迈特", (), ""),
    ],
)
def test_parts(name, region, brand, words, kind):
    parts = split_name(name)
    assert (parts.region, parts.brand, parts.words, parts.kind) == (region, brand, words, kind)


def test_place_is_brand_when_nothing_else_stands_before_the_trade():
    # 常州银行: the place names the region, the trade stands in for a brand; 扬州泰兴电器: the second town is the brand.
    assert split_name("常州银行股份有限公司").brand == "银行"
    assert split_name("扬州泰兴电器有限公司").brand == "泰兴"


def test_group_and_branch_are_parts_of_their_own():
    assert split_name("江苏迈特（集团）有限公司").group
    assert not split_name("江苏迈特有限公司").group
    branch = split_name("江苏迈特电气有限公司扬州分公司")
    assert (branch.branch, branch.brand, branch.region) == ("扬州分公司", "迈特", "江苏")


def test_exchange_marks_are_no_part_of_a_name():
    assert split_name("*ST迈特A").text == split_name("ＳＴ迈特").text == "迈特"


def test_all_provinces_and_their_letters():
    assert len(PROVINCE_LETTERS) == 34
    assert PROVINCE_LETTERS["苏"] == "江苏" and PLACE_OF["扬州"] == ("江苏", "扬州")
    assert all(province in PLACE_OF for province in PROVINCE_LETTERS.values())


def test_place_in_an_address():
    assert place_in("中国江苏省高邮市开发区1号") == ("江苏", "高邮")
    assert place_in("") == ("", "")


@given(st.text(max_size=40))
def test_never_fails_and_zones_fit(name):
    parts = split_name(name)
    assert len(parts.zones) == len(parts.text)
    assert parts.zones == "".join(sorted(parts.zones, key="RBI".index))


@given(st.text("电气设备", max_size=6), st.text("电气设备", max_size=6))
def test_one_edit_is_symmetric_and_not_equality(one, two):
    assert one_edit(one, two) == one_edit(two, one)
    assert not one_edit(one, one)
