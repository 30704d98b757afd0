"""Plays difficulties, complaints and one common cause: each line of `difficulties.yaml` takes its course to its end.

The lines are played in the order of their first day, whole, one by one.
"""

from lianzhu.apps.cases.actions import entering, ladder, steering, working
from lianzhu.apps.cases.machine import Handling
from lianzhu.apps.cases.models import Category, Kind
from lianzhu.demo.story.calendar import Hand
from lianzhu.demo.story.cast import Cast, lines
from lianzhu.demo.story.courses import COURSES, Line, Scene, accepted, raised


def play_cases(cast: Cast, hand: Hand) -> None:
    """Play every line, then the common cause and the complaints."""
    told = lines("difficulties")
    matters = (Line(**{**line, "firm": str(line["firm"])}) for line in told["lines"])
    for number, line in enumerate(sorted(matters, key=lambda line: line.day)):
        scene = Scene(cast, hand, line, number)
        scene.on(0, f"{9 + number % 6 + (3 if number % 6 > 2 else 0) % 2}:{10 + number * 7 % 45:02d}")
        COURSES[line.course](scene, raised(scene))
        # What a running town does of itself: digests, and closed cases put away.
        ladder.make_digests()
        ladder.archive_old()
    _common_cause(cast, hand, told["cause"])
    _complaints(cast, hand, told["complaints"])


def _common_cause(cast: Cast, hand: Hand, told: dict[str, str]) -> None:
    """Four firms with one cause wait for one answer; the cause is published, so that others join it."""
    members = []
    for number, place in enumerate((20, 27, 35)):
        line = Line(-9 + number, str(place), told["category"], told["titles"][number], told["texts"][number])
        scene = Scene(cast, hand, line, number)
        scene.on(0, "10:20")
        case = raised(scene)
        accepted(scene, case)
        members.append(case)
    hand.set(-6, "09:40")
    cause = entering.open_case(
        actor=cast.office,
        chain=cast.chain,
        kind=Kind.COMMON,
        title=told["title"],
        text=told["text"],
        category=Category(told["category"]),
        owner=cast.bodies[told["body"]],
    )
    steering.bundle(actor=cast.office, case_ids=[case.pk for case in members], cause_id=cause.pk)
    steering.publish_cause(actor=cast.office, case_id=cause.pk)
    hand.set(-5, "09:15")
    working.sign_for(actor=cast.workers(told["body"])[0], case_id=cause.pk)
    hand.set(-4, "14:00")
    firm = cast.firm_of("firm2")
    entering.join_common_cause(actor=cast.users["firm2"], cause_id=cause.pk, firm=firm, text=told["join"])


def _complaints(cast: Cast, hand: Hand, told: list[dict[str, str]]) -> None:
    """One answered, one in hand, one that has just come in."""
    for number, one in enumerate(told):
        hand.set(int(one["day"]), "11:10")
        about = cast.bodies[one["about"]] if one["about"] else None
        case, _code = entering.complain(actor=None, chain=cast.chain, title=one["title"], text=one["text"], about=about)
        if number == len(told) - 1:
            return
        steering.accept(actor=cast.office, case_id=case.pk, handling=Handling.DAILY)
        owner = "链长制办公室"
        steering.dispatch(actor=cast.office, case_id=case.pk, body_id=cast.bodies[owner].pk)
        hand.wait(60)
        lead = cast.users["office2"]
        working.sign_for(actor=lead, case_id=case.pk)
        if number == 0:
            hand.set(int(one["day"]) + 3, "15:00")
            working.submit_answer(actor=lead, case_id=case.pk, stage="final", answer=one["answer"])
            hand.wait(30)
            steering.review(actor=cast.office, case_id=case.pk, approved=True)
            steering.close_case(actor=cast.office, case_id=case.pk, text="已改，制度已补。")
