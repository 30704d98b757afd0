"""The stage rules: boundary pairs by hand, and a model walked at random."""

import doctest
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.utils.translation import override
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.cultivation import queries, stages
from lianzhu.apps.cultivation.stages import ORDER, Stage, Standing, Track, add_months, advance, begin, extend, next_step

TODAY = date(2040, 1, 1)


def test_doctests() -> None:
    with override("en"):
        assert doctest.testmod(stages).failed == doctest.testmod(queries).failed == 0


def standing(stage: Stage, since: date, **told: object) -> Standing:
    track = Track.TO_MEMBER if stage in ORDER[Track.TO_MEMBER] else Track.TO_KEY_STAFF
    return Standing(track, stage, since, **told)


def test_an_activist_is_trained_a_full_year() -> None:
    one = standing(Stage.ACTIVIST, date(2025, 3, 1))
    with pytest.raises(RuleBroken):
        advance(one, date(2026, 2, 28), contacts=2, today=TODAY)
    assert advance(one, date(2026, 3, 1), contacts=2, today=TODAY).stage == Stage.CANDIDATE


def test_probation_lasts_a_year_and_conversion_is_due_within_three_months() -> None:
    one = advance(standing(Stage.CANDIDATE, date(2025, 1, 1)), date(2025, 11, 30), contacts=2, today=TODAY)
    assert (one.stage, one.probation_end) == (Stage.PROBATION, date(2026, 11, 30))
    step = next_step(one)
    assert (step.earliest, step.due) == (date(2026, 11, 30), date(2027, 2, 28))
    with pytest.raises(RuleBroken):
        advance(one, date(2026, 11, 29), contacts=2, today=TODAY)
    # Late is bad but true: it is recorded as it was.
    assert advance(one, date(2027, 5, 1), contacts=2, today=TODAY).stage == Stage.MEMBER


@pytest.mark.parametrize(
    ("until", "good"),
    [
        (date(2027, 5, 29), False),
        (date(2027, 5, 30), True),
        (date(2027, 11, 30), True),
        (date(2027, 12, 1), False),
    ],
)
def test_an_extension_lasts_six_to_twelve_months_once(until: date, good: bool) -> None:
    end = date(2026, 11, 30)
    one = standing(Stage.PROBATION, date(2025, 11, 30), probation_end=end)
    with pytest.raises(RuleBroken):
        extend(one, until, end - timedelta(days=1), today=TODAY)
    if not good:
        with pytest.raises(RuleBroken):
            extend(one, until, end, today=TODAY)
        return
    longer = extend(one, until, end, today=TODAY)
    assert next_step(longer).earliest == until
    assert next_step(longer).due == add_months(until, 3)
    with pytest.raises(RuleBroken):
        extend(longer, add_months(until, 6), until, today=TODAY)


def test_two_contacts_from_activist_to_conversion() -> None:
    applicant = standing(Stage.APPLICANT, date(2025, 1, 1))
    for contacts in (0, 1):
        with pytest.raises(RuleBroken):
            advance(applicant, date(2025, 6, 1), contacts=contacts, today=TODAY)
        with pytest.raises(RuleBroken):
            begin(Track.TO_MEMBER, Stage.PROBATION, date(2025, 1, 1), contacts=contacts, today=TODAY)
    assert advance(applicant, date(2025, 6, 1), contacts=2, today=TODAY).stage == Stage.ACTIVIST
    assert begin(Track.TO_KEY_STAFF, Stage.AT_WORK, date(2025, 1, 1), contacts=0, today=TODAY)


def test_days_do_not_run_backwards_or_ahead() -> None:
    one = standing(Stage.APPLICANT, date(2025, 1, 1))
    for on in (date(2024, 12, 31), TODAY + timedelta(days=1)):
        with pytest.raises(RuleBroken):
            advance(one, on, contacts=2, today=TODAY)
    with pytest.raises(RuleBroken):
        begin(Track.TO_MEMBER, Stage.KEY_STAFF, date(2025, 1, 1), contacts=2, today=TODAY)
    with pytest.raises(RuleBroken):
        advance(standing(Stage.MEMBER, date(2025, 1, 1)), date(2026, 1, 1), contacts=2, today=TODAY)


class Way(RuleBasedStateMachine):
    """Whatever is tried in whatever order, the rules of the way hold for what was accepted."""

    @initialize(track=st.sampled_from(list(Track)), since=st.dates(date(2010, 1, 1), date(2020, 1, 1)))
    def start(self, track: Track, since: date) -> None:
        self.path = [begin(track, ORDER[track][0], since, contacts=0, today=TODAY)]

    @property
    def now(self) -> Standing:
        return self.path[-1]

    @rule(days=st.integers(-40, 900), contacts=st.integers(0, 2))
    def go_on(self, days: int, contacts: int) -> None:
        before = self.now
        step = next_step(before)
        on = before.since + timedelta(days=days)
        allowed = (
            step is not None
            and max(step.earliest, before.since) <= on <= TODAY
            and (step.stage not in stages.WITH_CONTACTS or contacts == 2)
        )
        try:
            self.path.append(advance(before, on, contacts=contacts, today=TODAY))
        except RuleBroken:
            assert not allowed
        else:
            assert allowed

    @precondition(lambda self: self.now.stage == Stage.PROBATION)
    @rule(months=st.integers(0, 24), late=st.integers(-30, 120))
    def prolong(self, months: int, late: int) -> None:
        before = self.now
        on = before.probation_end + timedelta(days=late)
        allowed = not before.extended and late >= 0 and 6 <= months <= 12
        try:
            self.path.append(extend(before, add_months(before.probation_end, months), on, today=TODAY))
        except RuleBroken:
            assert not allowed
        else:
            assert allowed

    @invariant()
    def the_way_is_in_order(self) -> None:
        order = ORDER[self.now.track]
        at = [order.index(one.stage) for one in self.path]
        assert at == sorted(at)
        assert all(after - before <= 1 for before, after in pairwise(at))
        days = [one.since for one in self.path]
        assert days == sorted(days)

    @invariant()
    def probation_ends_within_two_years(self) -> None:
        for one in self.path:
            if one.stage == Stage.PROBATION:
                assert add_months(one.since, 12) <= one.probation_end <= add_months(one.since, 24) + timedelta(days=3)
            else:
                assert one.probation_end is None
        assert sum(one.extended for one in self.path) <= 1

    @invariant()
    def a_member_was_activist_a_year_and_on_probation_a_year(self) -> None:
        began = {one.stage: one.since for one in reversed(self.path)}
        if Stage.CANDIDATE in began:
            assert began[Stage.CANDIDATE] >= add_months(began[Stage.ACTIVIST], 12)
        if Stage.MEMBER in began:
            last = next(one for one in reversed(self.path) if one.stage == Stage.PROBATION)
            assert began[Stage.MEMBER] >= last.probation_end


TestWay = Way.TestCase
TestWay.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
