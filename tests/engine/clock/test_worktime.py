"""Adding and measuring working time: hand-computed examples, edges, and the laws against a slow count."""

import doctest
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhu.engine.clock import daytable, worktime
from lianzhu.engine.clock.worktime import (
    Amount,
    Calendar,
    add,
    after,
    between,
    is_provisional,
    is_working_day,
    is_working_instant,
    next_working_instant,
    parse_amount,
    published_calendar,
    working_time,
)
from lianzhu.library.problem import BadInput

OFFICE = published_calendar()
# Around the Spring Festival and the National Day of 2026: make-up Saturdays and Sundays, long holidays, ordinary weeks.
INSTANTS = st.builds(
    lambda begin, minute: datetime.fromisoformat(begin) + timedelta(minutes=minute),
    st.sampled_from(["2026-02-05", "2026-09-15", "2025-09-20", "2024-04-20"]),
    st.integers(0, 30 * 1440),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def due(start: str, amount: str, calendar: Calendar = OFFICE) -> str:
    return add(at(start), parse_amount(amount), calendar).moment.isoformat(timespec="minutes")


@pytest.mark.parametrize("module", [worktime, daytable])
def test_the_examples_in_the_docstrings_hold(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        # National Day 2026: 1-7 October off, Saturday 10 October worked
        ("2026-09-30T16:00", "3wd", "2026-10-10T17:30"),
        ("2026-09-30T16:00", "4wd", "2026-10-12T17:30"),
        ("2026-09-30T00:00", "1wd", "2026-10-08T17:30"),
        ("2026-10-03T12:00", "1wd", "2026-10-08T17:30"),
        ("2026-09-18T16:00", "1wd", "2026-09-20T17:30"),
        ("2026-02-13T16:00", "1wd", "2026-02-14T17:30"),
        ("2026-09-30T16:00", "2wh", "2026-10-08T09:00"),
        ("2026-09-30T16:00", "1.5wh", "2026-09-30T17:30"),
        ("2026-09-30T11:00", "1wh", "2026-09-30T12:00"),
        ("2026-09-30T11:00", "2wh", "2026-09-30T15:00"),
        ("2026-09-30T12:30", "1wh", "2026-09-30T15:00"),
        ("2026-09-30T06:00", "7wh", "2026-09-30T17:30"),
        ("2026-10-10T17:30", "1wh", "2026-10-12T09:30"),
        ("2026-10-01T16:00", "0wh", "2026-10-08T08:30"),
        ("2026-09-30T12:00", "0wh", "2026-09-30T14:00"),
        ("2026-09-30T16:00", "1d", "2026-10-02T00:00"),
        ("2026-12-31T23:59", "10d", "2027-01-11T00:00"),
    ],
)
def test_due_times_counted_by_hand(start, amount, expected):
    assert due(start, amount) == expected


@pytest.mark.parametrize(
    ("start", "end", "unit", "expected"),
    [
        ("2026-09-30T16:00", "2026-10-12T10:00", "wh", 24),
        ("2026-09-30T16:00", "2026-10-12T10:00", "wd", 4),
        ("2026-09-30T16:00", "2026-10-12T10:00", "d", 12),
        ("2026-09-30T16:00", "2026-09-30T16:00", "wd", 0),
        ("2026-09-30T00:00", "2026-09-30T00:00", "d", 0),
        ("2026-09-30T12:00", "2026-09-30T14:00", "wh", 0),
        ("2026-10-12T10:00", "2026-09-30T16:00", "wh", -24),
    ],
)
def test_spans_counted_by_hand(start, end, unit, expected):
    assert between(at(start), at(end), OFFICE, unit) == expected


@pytest.mark.parametrize(
    ("start", "amount", "provisional"),
    [
        ("2026-12-28T09:00", "3wd", False),
        ("2026-12-28T09:00", "4wd", True),
        ("2027-03-01T09:00", "1wh", True),
        ("2026-12-28T09:00", "30d", False),
        ("2023-12-29T09:00", "1wd", True),
    ],
)
def test_a_day_outside_the_published_years_makes_it_provisional(start, amount, provisional):
    assert add(at(start), parse_amount(amount), OFFICE).provisional is provisional


def test_hours_are_half_open():
    assert [
        is_working_instant(at(f"2026-09-30T{clock}"), OFFICE)
        for clock in ("08:29:59", "08:30", "11:59:59", "12:00", "14:00", "17:30")
    ] == [
        False,
        True,
        True,
        False,
        True,
        False,
    ]
    assert not is_working_instant(at("2026-10-01T09:00"), OFFICE)
    assert is_working_instant(at("2026-10-10T09:00"), OFFICE)


def test_an_aware_instant_is_converted_and_answered_aware():
    answer = add(datetime(2026, 9, 30, 8, 0, tzinfo=UTC), parse_amount("3wd"), OFFICE).moment
    assert answer.isoformat() == "2026-10-10T17:30:00+08:00"
    assert between(datetime(2026, 9, 30, 8, 0, tzinfo=UTC), datetime(2026, 10, 12, 2, 0, tzinfo=UTC), OFFICE) == 24
    assert next_working_instant(datetime(2026, 10, 1, tzinfo=UTC), OFFICE).isoformat() == "2026-10-08T08:30:00+08:00"


@pytest.mark.parametrize(
    "text", ["", "3", "wd", "0wd", "-1wd", "1.5wd", "1.5d", "3 weeks", "1e3wh", "99999999wd", "٣wd "]
)
def test_amounts_that_are_none(text):
    with pytest.raises(BadInput) as refused:
        parse_amount(text)
    assert "3wd" in refused.value.problems[0].mend


def test_amounts_beyond_the_calendar():
    for amount in ("30000d", "30000wd", "300000wh"):
        with pytest.raises(BadInput, match="beyond the calendar"):
            add(at("9990-01-01T00:00"), parse_amount(amount), OFFICE)


@pytest.mark.parametrize("hours", [(), ((600, 500),), ((0, 1441),), ((480, 720), (700, 900)), ((480, 480),)])
def test_office_hours_that_are_none(hours):
    with pytest.raises(BadInput):
        Calendar({}, frozenset(), hours)


@settings(deadline=None)
@given(INSTANTS, st.integers(0, 3 * 1440))
def test_between_is_the_count_of_working_minutes(start, minutes):
    each = [start + timedelta(minutes=minute) for minute in range(minutes)]
    counted = sum(is_working_instant(minute, OFFICE) for minute in each)
    assert between(start, start + timedelta(minutes=minutes), OFFICE) * 60 == counted


@given(INSTANTS, st.integers(1, 200 * 3600))
def test_between_takes_back_what_add_gave(start, seconds):
    moment = add(start, Amount(Fraction(seconds, 3600), "wh"), OFFICE).moment
    assert between(start, moment, OFFICE) * 3600 == seconds
    assert moment > start


@given(INSTANTS, INSTANTS)
def test_add_takes_back_what_between_measured_from_working_instants(first, second):
    start, end = sorted((next_working_instant(first, OFFICE), next_working_instant(second, OFFICE)))
    again = add(start, Amount(between(start, end, OFFICE), "wh"), OFFICE).moment
    # The close of a segment and the opening of the next are the same point of working time.
    assert again == end or next_working_instant(again, OFFICE) == end


@given(INSTANTS, st.integers(1, 40))
def test_working_days_and_calendar_days_are_inverse_too(start, count):
    for unit in ("wd", "d"):
        moment = add(start, Amount(Fraction(count), unit), OFFICE).moment
        assert between(start, moment, OFFICE, unit) == count


@given(INSTANTS, st.integers(1, 40))
def test_the_nth_working_day_is_worked_and_n_of_them_have_passed(start, count):
    day = add(start, Amount(Fraction(count), "wd"), OFFICE).moment.date()
    assert is_working_day(day, OFFICE)
    passed = [start.date() + timedelta(n) for n in range(1, (day - start.date()).days + 1)]
    assert sum(is_working_day(one, OFFICE) for one in passed) == count


@given(INSTANTS, INSTANTS, INSTANTS)
def test_spans_add_up(a, b, c):
    assert working_time(a, b, OFFICE) + working_time(b, c, OFFICE) == working_time(a, c, OFFICE)


@given(INSTANTS)
def test_the_next_working_instant_is_worked_and_nothing_is_worked_before_it(start):
    moment = next_working_instant(start, OFFICE)
    assert is_working_instant(moment, OFFICE)
    assert working_time(start, moment, OFFICE) == timedelta(0)
    assert after(start, timedelta(0), OFFICE) == moment


def test_a_day_and_night_calendar_that_never_rests():
    always = Calendar({date(2026, 10, 3): True, date(2026, 10, 4): True}, frozenset({2026}), ((0, 1440),))
    assert due("2026-10-02T18:00", "24wh", always) == "2026-10-03T18:00"
    assert due("2026-10-02T18:00", "6wh", always) == "2026-10-03T00:00"
    assert due("2026-10-02T18:00", "1wd", always) == "2026-10-04T00:00"
    assert between(at("2026-10-02T18:00"), at("2026-10-04T00:00"), always, "wd") == 1


def test_a_span_is_provisional_in_either_direction():
    assert is_provisional(at("2027-01-01T00:00"), at("2026-12-31T00:00"), OFFICE)
    assert not is_provisional(at("2026-12-31T00:00"), at("2026-01-01T00:00"), OFFICE)
