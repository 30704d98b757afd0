"""Pauses, lights, and what a newly entered notice moves."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhu.engine.clock import (
    Calendar,
    Deadline,
    Moved,
    add,
    changed_deadlines,
    day_table_rows,
    due_at,
    is_working_instant,
    light,
    moment_at_share,
    parse_amount,
    parse_hours,
    published_calendar,
    read_day_table,
    share_used,
)
from lianzhu.library.calendar import DayTable, published_days
from lianzhu.library.problem import BadInput

OFFICE = published_calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


MONDAY = at("2026-11-23T08:30")
HALF_HOUR = timedelta(minutes=30)


def test_a_pause_moves_the_due_time_by_its_working_time():
    week = parse_amount("7wd")
    assert due_at(MONDAY, week, OFFICE).moment == at("2026-12-02T17:30")
    # Tuesday 10:00 to Wednesday 10:00 holds seven working hours: one office day
    pause = (at("2026-11-24T10:00"), at("2026-11-25T10:00"))
    assert due_at(MONDAY, week, OFFICE, [pause]).moment == at("2026-12-03T17:30")
    # a pause over a weekend moves nothing, one after the due time neither
    assert due_at(MONDAY, week, OFFICE, [(at("2026-11-27T17:30"), at("2026-11-30T08:30"))]).moment == at(
        "2026-12-02T17:30"
    )
    assert due_at(MONDAY, week, OFFICE, [(at("2026-12-07T09:00"), at("2026-12-08T09:00"))]).moment == at(
        "2026-12-02T17:30"
    )


def test_overlapping_pauses_count_once_and_pauses_before_the_start_not_at_all():
    pauses = [
        (at("2026-11-24T09:00"), at("2026-11-24T11:00")),
        (at("2026-11-24T10:00"), at("2026-11-24T12:00")),
        (at("2026-11-20T09:00"), at("2026-11-23T09:30")),
    ]
    # 9:00-12:00 on Tuesday is three hours, Monday 8:30-9:30 one
    assert (
        due_at(MONDAY, parse_amount("14wh"), OFFICE, pauses).moment == add(MONDAY, parse_amount("18wh"), OFFICE).moment
    )


def test_calendar_days_are_moved_by_the_whole_pause():
    assert due_at(MONDAY, parse_amount("3d"), OFFICE, [(at("2026-11-24T09:00"), at("2026-11-25T09:00"))]).moment == at(
        "2026-11-28T00:00"
    )


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        ("2026-11-23T07:00", "in_time"),
        # ten working hours from Monday 8:30: due Tuesday 11:30, yellow from eight hours, Tuesday 9:30
        ("2026-11-24T09:29:59", "in_time"),
        ("2026-11-24T09:30", "soon"),
        ("2026-11-24T11:29:59", "soon"),
        ("2026-11-24T11:30", "overdue"),
        ("2026-12-24T11:30", "overdue"),
    ],
)
def test_lights_change_at_eighty_percent_and_at_the_due_instant(now, shown):
    assert light(MONDAY, at("2026-11-24T11:30"), at(now), OFFICE) == shown


def test_the_light_stands_still_while_paused():
    pause = (at("2026-11-23T16:00"), at("2026-11-25T16:00"))
    due = due_at(MONDAY, parse_amount("10wh"), OFFICE, [pause]).moment
    assert due == at("2026-11-26T11:30")
    # 5.5 of 10 hours were used before the pause
    for now in ("2026-11-23T16:00", "2026-11-24T09:00", "2026-11-25T16:00"):
        assert share_used(MONDAY, due, at(now), OFFICE, [pause]) == Fraction(11, 20)
    assert light(MONDAY, due, at("2026-11-26T09:30"), OFFICE, [pause]) == "soon"


def test_a_limit_without_working_time_is_over_when_it_is_due():
    assert light(at("2026-11-28T09:00"), at("2026-11-28T10:00"), at("2026-11-28T09:30"), OFFICE) == "in_time"
    assert share_used(at("2026-11-28T09:00"), at("2026-11-28T10:00"), at("2026-11-28T10:00"), OFFICE) == 1


def test_the_steps_of_the_ladder():
    due = at("2026-11-24T11:30")
    assert moment_at_share(MONDAY, due, Fraction(1, 2), OFFICE) == at("2026-11-23T15:30")
    assert moment_at_share(MONDAY, due, Fraction(4, 5), OFFICE) == at("2026-11-24T09:30")
    assert moment_at_share(MONDAY, due, Fraction(1), OFFICE) == due


def test_a_new_notice_moves_open_deadlines_and_says_which():
    three = parse_amount("3wd")
    open_ones = [
        Deadline(key, opened, three, add(opened, three, OFFICE).moment, add(opened, three, OFFICE).provisional)
        for key, opened in [(1, at("2026-11-23T10:00")), (2, at("2026-12-30T10:00")), (3, at("2027-03-01T10:00"))]
    ]
    table = read_day_table("date,is_work\n2027-01-01,0\n2027-01-04,0\n2027-01-09,1\n", published_days())
    moved = changed_deadlines(open_ones, Calendar(table.special, table.years))
    # opened Wednesday 30 December: 31 December, then 5 and 6 January; the one of March only stops being provisional
    assert moved == [
        Moved(2, at("2027-01-04T17:30"), at("2027-01-06T17:30"), provisional=False),
        Moved(3, at("2027-03-04T17:30"), at("2027-03-04T17:30"), provisional=False),
    ]


def test_the_day_table_comes_back_as_it_was_written():
    rows = "date,is_work\n" + "".join(f"{day},{work}\n" for day, work in day_table_rows(OFFICE))
    assert read_day_table(rows, DayTable(MappingProxyType({}), frozenset())) == published_days()


def test_a_row_overrides_the_seed_and_chinese_answers_are_read():
    table = read_day_table("﻿date,is_work\n2026-10-10,否\n2026-10-11,是\n\n", published_days())
    assert (table.special[date(2026, 10, 10)], table.special[date(2026, 10, 11)]) == (False, True)


def test_every_bad_row_is_told():
    with pytest.raises(BadInput) as refused:
        read_day_table("date,is_work\n2027-02-30,0\n2027-01-01,maybe\n2027-01-02,1\n2027-01-02,0\n", published_days())
    assert [(problem.row, problem.column) for problem in refused.value.problems] == [
        (2, "date"),
        (3, "is_work"),
        (5, "date"),
    ]


def test_a_table_without_its_columns_is_refused():
    with pytest.raises(BadInput, match="date and is_work"):
        read_day_table("day;work\n", published_days())


@pytest.mark.parametrize("text", ["", "9-17", "8:30-12:00;14:00-17:30", "8:61-12:00"])
def test_office_hours_that_cannot_be_read(text):
    with pytest.raises(BadInput):
        parse_hours(text)


@settings(deadline=None)
@given(
    st.integers(0, 40 * 48),
    st.integers(1, 60),
    st.lists(st.tuples(st.integers(0, 40 * 48), st.integers(1, 3 * 48)), max_size=4),
)
def test_the_time_not_paused_until_the_due_time_is_the_limit(start, hours, spans):
    begin = at("2026-09-10T00:00")
    opened = begin + start * HALF_HOUR
    pauses = [(begin + first * HALF_HOUR, begin + (first + length) * HALF_HOUR) for first, length in spans]
    due = due_at(opened, parse_amount(f"{hours}wh"), OFFICE, pauses).moment
    assert share_used(opened, due, due, OFFICE, pauses) == 1
    steps = [opened + n * HALF_HOUR for n in range((due - opened) // HALF_HOUR)]
    running = [step for step in steps if not any(first <= step < last for first, last in pauses)]
    assert sum(is_working_instant(step, OFFICE) for step in running) == hours * 2
