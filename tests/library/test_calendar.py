"""The published days against an independent table, day by day."""

import doctest
from datetime import date, timedelta

import chinese_calendar
import pytest

from lianzhu.library.calendar import Notice, notices, published, published_days
from lianzhu.library.problem import BadInput


def test_the_example_in_the_docstring_holds():
    assert doctest.testmod(published).failed == 0


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_day_agrees_with_an_independent_calendar(year):
    special = published_days().special
    day = date(year, 1, 1)
    while day.year == year:
        assert special.get(day, day.weekday() < 5) == chinese_calendar.is_workday(day), day
        day += timedelta(1)


def test_the_notices_carry_their_numbers():
    assert [(notice.year, notice.number, notice.issued.year) for notice in notices()] == [
        (2024, "国办发明电〔2023〕7号", 2023),
        (2025, "国办发明电〔2024〕12号", 2024),
        (2026, "国办发明电〔2025〕7号", 2025),
    ]
    assert published_days().years == {2024, 2025, 2026}


def test_a_make_up_day_on_a_weekday_is_doubted(monkeypatch):
    wrong = Notice(2027, "x", date(2026, 11, 1), (), (date(2027, 3, 1),), "", "OK", "OK")
    monkeypatch.setattr(published, "_notice", lambda said: wrong)
    with pytest.raises(BadInput, match="2027-03-01"):
        notices.__wrapped__()
