"""The machine by itself: examples by hand, and a model that walks anywhere the rules let it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from lianzhu.apps.cases.actions.log import derived
from lianzhu.apps.cases.machine import (
    CLOSED,
    Event,
    Kind,
    NotNow,
    Standing,
    State,
    allowed,
    clocks,
    governing,
    new_event,
    replay,
    steps_due,
)
from lianzhu.engine.clock import published_calendar, working_time

DAYS = published_calendar()
LIMITS = {"accept": "1wd", "dispatch": "1wd"}
WORK = {"sign": "1wd", "first": "3wd", "solution": "7wd", "help": "3wd", "call": "10wd"}
moment = datetime.fromisoformat
OFFICE, LEAD, COLLEAGUE, FIRM = 1, 2, 3, 4
TEAM, TAX = 10, 11


class Log:
    """A log that grows; `now` is the time of its next event."""

    def __init__(self, start: str = "2026-11-02T09:00") -> None:
        self.now = moment(start)
        self.events: list[Event] = []
        self.standing = Standing()

    def add(self, kind: Kind, by: int = OFFICE, body: int | None = None, *, at: str = "", **data: object) -> Standing:
        if at:
            self.now = moment(at)
        event, self.standing = new_event(self.standing, Event(kind, self.now, by, body, data), DAYS)
        self.events.append(event)
        return self.standing

    def clock(self, name: str):
        return next(one for one in clocks(self.standing, DAYS) if one.name == name)


def dispatched() -> Log:
    log = Log()
    log.add(Kind.SUBMITTED, FIRM, limits=LIMITS, firm=True)
    log.add(Kind.ACCEPTED, at="2026-11-02T10:00", handling="daily")
    log.add(Kind.DISPATCHED, body=TEAM, at="2026-11-02T11:00", limits=WORK)
    return log


def signed() -> Log:
    log = dispatched()
    log.add(Kind.SIGNED, LEAD, TEAM, at="2026-11-02T15:00")
    return log


def answered() -> Log:
    log = signed()
    log.add(Kind.SUBMITTED_ANSWER, LEAD, at="2026-11-04T15:00", stage="final")
    log.add(Kind.REVIEWED, OFFICE, at="2026-11-04T16:00", approved=True)
    return log


def refuses(log: Log, kind: Kind, by: int = OFFICE, body: int | None = None, **data: object) -> str:
    before = log.standing
    with pytest.raises(NotNow) as told:
        log.add(kind, by, body, **data)
    assert log.standing == before
    return told.value.message


def test_due_times_by_hand():
    log = dispatched()
    assert log.clock("sign").due == moment("2026-11-03T17:30")
    assert log.clock("first").due == moment("2026-11-05T17:30")
    assert log.clock("solution").due == moment("2026-11-11T17:30")


def test_a_return_does_not_stop_the_clock():
    log = signed()
    log.add(Kind.RETURNED, LEAD, TEAM, at="2026-11-05T09:00", has_reason=True, suggested=TAX)
    assert log.clock("solution").due == moment("2026-11-11T17:30")
    log.add(Kind.DISPATCHED, body=TAX, at="2026-11-06T09:00", limits=WORK)
    assert log.clock("solution").opened == moment("2026-11-02T11:00")
    assert log.clock("sign").due == moment("2026-11-09T17:30")


def test_the_third_return_goes_to_the_office_and_is_the_last():
    log = dispatched()
    for _n in range(3):
        assert not log.standing.office_decides
        log.add(Kind.RETURNED, LEAD, TEAM, has_reason=True, suggested=TAX)
        decides = log.standing.office_decides
        log.add(Kind.DISPATCHED, body=TEAM, limits=WORK)
    assert decides and log.standing.final and log.standing.returns == 3
    assert "third return" in refuses(log, Kind.RETURNED, LEAD, TEAM, has_reason=True, suggested=TAX)


def test_a_pause_moves_the_due_time_by_its_working_time():
    log = signed()
    before = log.clock("solution").due
    log.add(Kind.PAUSED, LEAD, at="2026-11-03T14:00", waits_for="third", has_reason=True)
    assert log.clock("solution").paused and log.clock("solution").due == before
    assert not steps_due(log.standing, moment("2027-01-01T00:00"), DAYS)
    log.add(Kind.RESUMED, LEAD, at="2026-11-04T14:00")
    # One working day of seven hours later: the half past five of the next day.
    assert log.clock("solution").due == moment("2026-11-12T17:30")


def test_lights_turn_at_four_fifths_and_at_the_due_instant():
    log = dispatched()
    sign = log.clock("sign")
    # 11:00 to 12:00, then 3.5 h, then 7 h: 11.5 h in all; 80 % is 9.2 h, that is 4.7 h into 3 November.
    assert sign.soon == moment("2026-11-03T15:12")
    assert [sign.light(sign.soon - timedelta(seconds=1)), sign.light(sign.soon)] == ["ok", "soon"]
    assert [sign.light(sign.due - timedelta(seconds=1)), sign.light(sign.due)] == ["soon", "late"]


@pytest.mark.parametrize(("at", "kept"), [("2026-11-03T17:30", True), ("2026-11-03T17:31", False)])
def test_signed_in_time_up_to_the_due_instant(at, kept):
    log = dispatched()
    assert log.add(Kind.SIGNED, LEAD, TEAM, at=at).signed_in_time is kept


def test_helpers_end_before_the_review():
    log = signed()
    log.add(Kind.HELP_ASKED, LEAD, TAX, part="a")
    assert "helper" in refuses(log, Kind.SUBMITTED_ANSWER, LEAD, stage="final")
    log.add(Kind.SUBMITTED_ANSWER, LEAD, stage="first")
    log.add(Kind.REVIEWED, OFFICE, approved=True)
    assert log.standing.state is State.WORKING and log.standing.first_answered_at == log.now
    log.add(Kind.HELP_GIVEN, COLLEAGUE, TAX, part="a")
    assert log.add(Kind.SUBMITTED_ANSWER, LEAD, stage="final").state is State.TO_REVIEW


def test_the_lead_neither_reviews_nor_calls_back():
    log = signed()
    log.add(Kind.SUBMITTED_ANSWER, LEAD, stage="final")
    assert "other than the lead" in refuses(log, Kind.REVIEWED, LEAD, approved=True)
    log.add(Kind.REVIEWED, OFFICE, approved=True)
    told = {"solved": "yes", "by_whom": "service", "again": True}
    for kind, data in [(Kind.CALLED_BACK, told), (Kind.SILENT, {}), (Kind.CALLER_NAMED, {"caller": LEAD})]:
        assert "never the lead" in refuses(log, kind, LEAD, **data)


def test_basically_is_asked_again():
    log = answered()
    told = {"solved": "basically", "by_whom": "service", "again": True}
    assert log.add(Kind.CALLED_BACK, **told).state is State.TO_CALL
    assert "basically" in refuses(log, Kind.CALLED_BACK, **told)
    assert log.add(Kind.CALLED_BACK, **{**told, "solved": "yes"}).outcome == "solved"


@pytest.mark.parametrize(
    ("solved", "by_whom", "outcome"),
    [("yes", "service", "solved"), ("yes", "firm", "solved_elsewhere"), ("explained", "", "explained")],
)
def test_outcomes(solved, by_whom, outcome):
    assert answered().add(Kind.CALLED_BACK, solved=solved, by_whom=by_whom, again=False).outcome == outcome


def test_not_solved_begins_a_round_with_its_own_clock():
    log = answered()
    log.add(Kind.CALLED_BACK, at="2026-11-10T09:00", solved="no", again=True)
    assert (log.standing.round, log.standing.state) == (2, State.REOPENED)
    assert not [one for one in clocks(log.standing, DAYS) if one.name == "solution"]
    log.add(Kind.DISPATCHED, body=TEAM, at="2026-11-10T10:00", limits=WORK)
    assert log.clock("solution").due == moment("2026-11-19T17:30")


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        ("2026-11-05T10:00", "2026-11-06T10:00", State.CLOSED),
        ("2026-11-05T10:00", "2026-11-19T10:00", State.CLOSED),  # ten working days later
        ("2026-11-05T10:00", "2026-11-20T10:00", State.TO_CALL),  # eleven: counts as the first again
    ],
)
def test_two_silent_calls_in_ten_working_days(first, second, state):
    log = answered()
    log.add(Kind.SILENT, at=first)
    assert log.add(Kind.SILENT, at=second).state is state
    assert log.standing.unconfirmed is (state is State.CLOSED)


def test_two_calls_on_one_day_or_on_a_day_off_do_not_count():
    log = answered()
    log.add(Kind.SILENT, at="2026-11-05T10:00")
    log.now += timedelta(hours=1)
    assert "One call a day" in refuses(log, Kind.SILENT)
    log.now = moment("2026-11-07T10:00")
    assert "days off" in refuses(log, Kind.SILENT)


@pytest.mark.parametrize(
    ("at", "fine"), [("2026-11-10T17:29", True), ("2026-11-10T17:30", True), ("2026-11-11T08:30", False)]
)
def test_an_extension_is_asked_a_working_day_before(at, fine):
    log = signed()
    log.now = moment(at)
    told = {"days": 3, "has_reason": True, "most": 1}
    if not fine:
        assert "too late" in refuses(log, Kind.EXTENSION_ASKED, LEAD, **told)
        return
    log.add(Kind.EXTENSION_ASKED, LEAD, **told)
    log.add(Kind.EXTENSION_DECIDED, OFFICE, granted=True)
    assert log.clock("solution").due == moment("2026-11-16T17:30")
    assert "extended already" in refuses(log, Kind.EXTENSION_ASKED, LEAD, **told)


def test_a_refusal_names_who_decided_and_where_to_go():
    log = Log()
    log.add(Kind.SUBMITTED, FIRM, limits=LIMITS, firm=True)
    assert "where to go" in refuses(log, Kind.REFUSED, decided_by=OFFICE)
    assert log.add(Kind.REFUSED, decided_by=OFFICE, has_next=True).state is State.REFUSED


def test_a_clock_never_runs_backwards():
    log = dispatched()
    log.now -= timedelta(minutes=1)
    assert "dated before" in refuses(log, Kind.SIGNED, LEAD, TEAM)


def test_the_ladder_step_by_step():
    log = dispatched()
    told = []
    for at in ("2026-11-03T09:45", "2026-11-03T16:00", "2026-11-03T17:30", "2026-11-04T17:30", "2026-11-10T17:30"):
        now = moment(at)
        due = [(clock, step) for clock, step in steps_due(log.standing, now, DAYS) if clock.name == "sign"]
        told.append([step.key for _clock, step in due])
        for clock, step in due:
            log.add(Kind.LADDER, at=at, key=f"{clock.name}{clock.part}/1/{step.key}")
    assert told == [["50"], ["80"], ["100"], ["+1wd"], ["+5wd"]]


def test_bundled_cases_share_one_answer_and_are_called_back_one_by_one():
    log = Log()
    log.add(Kind.SUBMITTED, FIRM, limits=LIMITS, firm=True)
    log.add(Kind.ACCEPTED, handling="hard")
    log.add(Kind.BUNDLED, into=7, limits=WORK)
    assert log.clock("solution").opened == log.now
    log.add(Kind.ANSWERED_TOGETHER, into=7)
    assert log.add(Kind.CALLED_BACK, solved="yes", by_whom="service", again=False).outcome == "solved"


def test_only_a_case_without_a_firm_is_closed_by_the_office():
    log = answered()
    assert "firm's own word" in refuses(log, Kind.CLOSED)


DATA = st.fixed_dictionaries(
    {
        "limits": st.just({**LIMITS, **WORK}),
        "firm": st.booleans(),
        "handling": st.sampled_from(["daily", "hard"]),
        "decided_by": st.sampled_from([0, OFFICE]),
        "has_next": st.booleans(),
        "has_reason": st.booleans(),
        "suggested": st.sampled_from([0, TAX]),
        "waits_for": st.sampled_from(["firm", "third", ""]),
        "days": st.integers(0, 5),
        "most": st.just(2),
        "granted": st.booleans(),
        "part": st.sampled_from(["a", "b"]),
        "lead": st.sampled_from([LEAD, COLLEAGUE]),
        "stage": st.sampled_from(["first", "final"]),
        "approved": st.booleans(),
        "caller": st.sampled_from([OFFICE, LEAD, COLLEAGUE]),
        "solved": st.sampled_from(["yes", "basically", "explained", "no"]),
        "by_whom": st.sampled_from(["service", "firm", "others", ""]),
        "again": st.booleans(),
        "into": st.just(7),
        "key": st.text("ab", min_size=1, max_size=2),
    }
)
PEOPLE = st.sampled_from([OFFICE, LEAD, COLLEAGUE, FIRM])
BODIES = st.sampled_from([TEAM, TAX])
PASSES = st.timedeltas(timedelta(0), timedelta(days=4))


# Written from the description of the pool, not from the code: from where a case can come into each state.
WORKED_ON = {State.DISPATCHED, State.SIGNED, State.WORKING, State.PAUSED}
BEFORE_AN_ANSWER = {State.TO_ACCEPT, State.ACCEPTED, *WORKED_ON, State.TO_REVIEW, State.RETURNED, State.REOPENED}
COMES_FROM = {
    State.TO_ACCEPT: {State.DRAFT},
    State.ACCEPTED: {State.TO_ACCEPT},
    State.DISPATCHED: {State.ACCEPTED, State.RETURNED, State.REOPENED},
    State.SIGNED: {State.DISPATCHED, State.PAUSED},
    State.WORKING: {State.SIGNED, State.PAUSED, State.TO_REVIEW},
    State.PAUSED: {State.SIGNED, State.WORKING},
    State.TO_REVIEW: {State.SIGNED, State.WORKING},
    State.RETURNED: WORKED_ON,
    State.ANSWERED: {State.TO_REVIEW, State.BUNDLED},
    State.TO_CALL: {State.ANSWERED},
    State.CLOSED: {State.ANSWERED, State.TO_CALL},
    State.REOPENED: {State.ANSWERED, State.TO_CALL, State.CLOSED},
    State.ARCHIVED: {State.CLOSED, State.REFUSED, State.MERGED, State.WITHDRAWN},
    State.REFUSED: BEFORE_AN_ANSWER,
    State.BUNDLED: BEFORE_AN_ANSWER,
    State.MERGED: BEFORE_AN_ANSWER | {State.ANSWERED, State.TO_CALL, State.BUNDLED},
    State.WITHDRAWN: BEFORE_AN_ANSWER | {State.ANSWERED, State.TO_CALL, State.BUNDLED, State.DRAFT},
}


class Walk(RuleBasedStateMachine):
    """Walks over everything the rules allow, and tries what they do not."""

    @initialize(firm=st.booleans())
    def begin(self, firm):
        self.log = Log()
        self.log.add(Kind.SUBMITTED, FIRM, limits=LIMITS, firm=firm)
        self.dues, self.length = {}, 1

    def _try(self, kind, by, body, passes, data):
        self.log.now += passes
        before, solution = self.log.standing, self._solution()
        try:
            after = self.log.add(kind, by, body, **data)
        except NotNow:
            assert self.log.standing is before and len(self.log.events) == self.length
            return
        self.length += 1
        if after.state is not before.state:
            assert before.state in COMES_FROM[after.state], (before.state, kind, after.state)
        if kind in (Kind.RETURNED, Kind.PAUSED, Kind.NOTED, Kind.SEALED, Kind.HANDED_ON, Kind.LADDER):
            # Neither a return nor a pause that only begins moves what was promised.
            now = self._solution()
            assert now is None or solution is None or (now.opened, now.due) == (solution.opened, solution.due)
        if kind is Kind.RESUMED:
            idle = working_time(before.paused_at, self.log.now, DAYS)
            assert after.pauses[-1] == (before.paused_at, self.log.now)
            assert (self._solution().due > solution.due) or idle < timedelta(hours=7), "A lost day is given back"
        if after.round > before.round:
            assert self._solution() is None and not after.pauses and not after.open_parts and not after.lead

    def _solution(self):
        return next((one for one in clocks(self.log.standing, DAYS) if one.name == "solution"), None)

    @rule(choose=st.data(), by=PEOPLE, body=BODIES, passes=PASSES, data=DATA)
    def step(self, choose, by, body, passes, data):
        endings = {Kind.WITHDRAWN, Kind.MERGED, Kind.REFUSED, Kind.ARCHIVED}
        kinds = sorted(allowed(self.log.standing) - endings)
        if kinds:
            self._try(choose.draw(st.sampled_from(kinds)), by, body, passes, data)

    @rule(kind=st.sampled_from(sorted(Kind)), by=PEOPLE, body=BODIES, passes=PASSES, data=DATA)
    def anything(self, kind, by, body, passes, data):
        self._try(kind, by, body, passes, data)

    @invariant()
    def the_log_is_the_truth(self):
        log, now = self.log.events, self.log.standing
        assert replay(log) == now
        kinds = [event.kind for event in log]
        again = [e for e in log if e.kind is Kind.REOPENED or (e.kind is Kind.CALLED_BACK and e.data["solved"] == "no")]
        assert now.round == 1 + len(again)
        assert now.returns == kinds.count(Kind.RETURNED)
        assert now.office_decides is (now.state is State.RETURNED and now.returns_in_round >= 3)
        assert (now.paused_at is not None) is (now.state is State.PAUSED)
        assert (now.state in CLOSED) is (now.closed_at is not None) is bool(now.outcome)
        assert now.caller is None or now.caller != now.lead
        assert now.lead is None or now.signed_at is not None
        if now.state in (State.ANSWERED, State.TO_CALL) or (now.state is State.TO_REVIEW and now.stage == "final"):
            assert not now.open_parts

    @invariant()
    def every_column_follows_from_the_log_alone(self):
        log, now = self.log.events, self.log.standing
        assert derived(replay(log), DAYS) == derived(now, DAYS)
        columns = derived(now, DAYS)
        assert columns["is_open"] is (now.state not in CLOSED and now.state is not State.DRAFT)
        assert (columns["due_at"] is None) is (columns["due_clock"] == "") is not governing(now, DAYS)
        if not columns["is_open"]:
            assert columns["due_at"] is columns["step_at"] is None
        if now.state is State.PAUSED:
            assert columns["due_clock"] not in ("first", "solution") or columns["step_at"] is None
        times = [event.at for event in log]
        assert times == sorted(times)
        pauses = [moment for pause in now.pauses for moment in pause]
        assert pauses == sorted(pauses) and len(now.pauses) <= [e.kind for e in log].count(Kind.RESUMED)

    @invariant()
    def only_the_firms_word_counts(self):
        log, now = self.log.events, self.log.standing
        heard = [e for e in log if e.kind in (Kind.CALLED_BACK, Kind.SILENT)]
        if now.outcome == "solved":
            assert heard[-1].data["solved"] == "yes" and heard[-1].data["by_whom"] == "service" and now.has_firm
        if now.outcome == "unconfirmed":
            calls = [e.at.date() for e in heard if e.kind is Kind.SILENT]
            assert len(set(calls)) >= 2 and now.unconfirmed
        if now.outcome == "done":
            assert not now.has_firm

    @invariant()
    def clocks_never_run_backwards(self):
        now = self.log.standing
        for clock in clocks(now, DAYS):
            assert clock.opened <= clock.soon <= clock.due
            assert clock.stopped is None or clock.stopped >= clock.opened
        for clock in governing(now, DAYS):
            if clock.name == "solution":
                # A return, a note, a pause never bring the due time of a round nearer.
                key = (now.round, "solution")
                assert clock.due >= self.dues.get(key, clock.due)
                self.dues[key] = clock.due
                share = clock.share(self.log.now, DAYS)
                assert clock.share(self.log.now + timedelta(hours=9), DAYS) >= share >= 0


TestWalk = Walk.TestCase
TestWalk.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
