"""Quarterly joint meetings with their decisions, lectures and a training; one ahead with a waiting list."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lianzhu.apps.activities.actions import attending, concluding, planning
from lianzhu.apps.activities.models import Activity, Decision, SignUp
from lianzhu.apps.cases.actions import steering, working
from lianzhu.demo.names import TOWN
from lianzhu.demo.story.calendar import Hand
from lianzhu.demo.story.cast import Cast, lines


@dataclass(frozen=True)
class Gathering:
    """`day` in working days from the build (above 0: calendar days ahead); decisions as (text, body)."""

    day: int
    kind: str
    title: str
    place: str
    agenda: str
    host: str = "链长制办公室"
    capacity: int | None = None
    guests: int = 0
    minutes: str = ""
    decisions: tuple[tuple[str, str], ...] = ()
    outcome: str = ""


def hold_meetings(cast: Cast, hand: Hand) -> None:
    """Announce each, let people sign up, and conclude those that are over."""
    for number, line in enumerate(lines("gatherings")):
        one = Gathering(**line)
        activity = _announce(cast, hand, one)
        rows = _sign_up(cast, activity, one, number)
        if one.day < 0:
            _conclude(cast, hand, one, activity, rows)


def _announce(cast: Cast, hand: Hand, one: Gathering) -> Activity:
    if one.day < 0:
        begins = hand.set(one.day, "14:30")
        hand.set(one.day - 10, "10:00")
    else:
        day = hand.ago(-one.day)
        hand.set(-2, "10:00")
        begins = datetime(day.year, day.month, day.day, 14, 30, tzinfo=hand.end.tzinfo)
    plan = planning.Plan(one.kind, one.title, begins, begins + timedelta(hours=2), one.place, one.agenda, one.capacity)
    return planning.announce_activity(
        actor=cast.office, chain_id=cast.chain.pk, host_id=cast.bodies[one.host].pk, plan=plan
    )


def _sign_up(cast: Cast, activity: Activity, one: Gathering, number: int) -> list[SignUp]:
    rows = []
    for login in ("firm", "firm2"):
        hand_name = cast.users[login].name
        rows.append(
            attending.sign_up(
                actor=cast.users[login],
                activity_id=activity.pk,
                name=hand_name,
                firm_id=cast.firm_of(login).pk,
                for_self=True,
            )
        )
    for place in range(one.guests - 2):
        firm = cast.town.firms[(number * 17 + place * 7) % len(cast.town.firms)]
        if firm.name in (cast.firm_of("firm").name, cast.firm_of("firm2").name):
            continue
        boss = str(firm.facts[("legal_representative", "")])
        rows.append(
            attending.sign_up(actor=cast.office, activity_id=activity.pk, name=boss, firm_id=cast.firms[firm.name].pk)
        )
    return rows


def _conclude(cast: Cast, hand: Hand, one: Gathering, activity: Activity, rows: list[SignUp]) -> None:
    hand.set(one.day, "17:00")
    came = [row.pk for place, row in enumerate(rows) if place % 6 != 4]
    attending.note_attendance(actor=cast.office, activity_id=activity.pk, present=came)
    concluding.write_minutes(actor=cast.office, activity_id=activity.pk, minutes=one.minutes)
    for number, (text, body) in enumerate(one.decisions):
        hand.set(one.day, "17:20")
        decision = concluding.record_decision(
            actor=cast.office, activity_id=activity.pk, text=text, owner_id=cast.bodies[body].pk, limit="20wd"
        )
        _carry_out(cast, hand, one, decision, done=number == 0)
    if one.outcome:
        hand.set(min(one.day + 64, 0), "10:00")
        concluding.note_outcome(actor=cast.office, activity_id=activity.pk, outcome=one.outcome)


def _carry_out(cast: Cast, hand: Hand, one: Gathering, decision: Decision, *, done: bool) -> None:
    """The first decision of a meeting is carried out in its time; a second one is still in hand."""
    case_id = decision.case_id
    lead = cast.workers(decision.owner.name.removeprefix(TOWN))[0]
    hand.set(one.day + 1, "09:30")
    working.sign_for(actor=lead, case_id=case_id)
    hand.set(one.day + 2, "15:00")
    working.submit_answer(actor=lead, case_id=case_id, stage="first", answer="已排计划，责任到人。")
    hand.wait(30)
    steering.review(actor=cast.office, case_id=case_id, approved=True)
    if not done:
        return
    hand.set(one.day + 14, "14:00")
    working.submit_answer(actor=lead, case_id=case_id, stage="final", answer="已按会议决定办完，结果已告知各企业。")
    hand.wait(30)
    steering.review(actor=cast.office, case_id=case_id, approved=True)
    hand.wait(30)
    steering.close_case(actor=cast.office, case_id=case_id, text="已核对，按时完成。")
