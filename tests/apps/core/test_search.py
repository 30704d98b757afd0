"""Search finds one- and two-character Chinese words, whole phrases, and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhu.apps.core import search
from lianzhu.apps.core.search import Kind

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def three():
    search.remember(
        Kind.ENTERPRISE,
        [
            (1, "江苏甲子高压电气设备有限公司 91000000X GB/T 16927"),
            (2, "示例气体公司"),
            (3, "电力（高压）试验所"),
        ],
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("电气", [1]),
        ("气", [1, 2]),
        ("高压", [1, 3]),
        ("高压电气设备", [1]),
        ("压气", []),
        ("公司", [1, 2]),
        ("9100", [1]),
        ("gb 16927", [1]),
        ("ＧＢ", [1]),
        ("电力高压", []),
        ("高压 试验", [3]),
        ("司", [1, 2]),
        ("", []),
        ("，。", []),
        ('"高压" OR *', []),
        ("'; drop table", []),
    ],
)
def test_finds(three, query, found):
    assert search.find(Kind.ENTERPRISE, query) == found


def test_kinds_do_not_mix_and_pages_go_on(three):
    search.remember(Kind.NODE, [(1, "高压硅堆")])
    assert search.find(Kind.NODE, "高压") == [1]
    assert search.find(Kind.ENTERPRISE, "高压", limit=1) == [1]
    assert search.find(Kind.ENTERPRISE, "高压", after=1, limit=1) == [3]


def test_replaced_and_forgotten(three):
    search.remember(Kind.ENTERPRISE, [(1, "乙丑互感器")])
    assert search.find(Kind.ENTERPRISE, "电气") == []
    search.forget(Kind.ENTERPRISE, [1])
    assert search.find(Kind.ENTERPRISE, "互感") == []


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(alphabet="高压电气试验设备甲乙", min_size=1, max_size=12),
    query=st.text(alphabet="高压电气试验设备甲乙", min_size=1, max_size=4),
)
def test_a_hit_is_exactly_a_substring(text, query):
    search.remember(Kind.CASE, [(7, text)])
    assert (search.find(Kind.CASE, query) == [7]) == (query in text)
