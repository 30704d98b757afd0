"""The courses a matter can take, step by step, through the acts of the cases room; the YAML file names one a matter."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lianzhu.apps.cases.actions import calling, entering, steering, working
from lianzhu.apps.cases.machine import Handling, State
from lianzhu.apps.cases.models import Case, Category, HelperPart
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Enterprise
from lianzhu.demo.story.calendar import Hand
from lianzhu.demo.story.cast import Cast
from lianzhu.demo.story.rules import DOES

BY_ACCOUNT = ("firm", "firm2")
SECOND = "先锋服务队三队"
FIRST = (
    "已到企业看过，情况属实，正在协调，办理进度会及时告诉您。",
    "已和您电话核实，需要会同有关单位，一有时间就告诉您。",
    "已受理并分到经办人，本周内上门。",
)


@dataclass(frozen=True)
class Line:
    """One matter: when it came in, whose it is, what about, how it goes and what was answered."""

    day: int
    firm: str
    category: str
    title: str
    text: str
    course: str = "solved"
    answer: str = ""
    cause: str = ""
    hide: bool = False
    body: str = ""


@dataclass
class Scene:
    """One line being played."""

    cast: Cast
    hand: Hand
    line: Line
    number: int

    @cached_property
    def body(self) -> str:
        """The body that does it."""
        return self.line.body or DOES[Category(self.line.category)]

    @property
    def lead(self) -> User:
        """Who of the body does it: they take turns."""
        workers = self.cast.workers(self.body)
        return workers[self.number % len(workers)]

    @property
    def firm(self) -> Enterprise:
        """The firm whose matter it is."""
        if self.line.firm in BY_ACCOUNT:
            return self.cast.firm_of(self.line.firm)
        return self.cast.firms[self.cast.town.firms[int(self.line.firm)].name]

    def on(self, days: int, at: str) -> None:
        """Go on so many working days after the first."""
        self.hand.set(min(self.line.day + days, 0), at)


def raised(scene: Scene) -> Case:
    """The firm raises it on its own account; for a firm without one the office writes the call down."""
    line, cast = scene.line, scene.cast
    told: dict[str, Any] = {"chain": cast.chain, "title": line.title, "text": line.text, "firm": scene.firm}
    told |= {"category": Category(line.category), "hide_firm_name": line.hide}
    if line.firm in BY_ACCOUNT:
        if line.course == "drafted":
            return entering.save_draft(actor=cast.users[line.firm], **told)
        return entering.raise_difficulty(actor=cast.users[line.firm], **told)
    return entering.log_call(actor=cast.users["office2"], contact="企业来电", accept=False, **told)


# ── steps ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def to_accept(_scene: Scene, _case: Case) -> None:
    """It has just come in."""


def accepted(scene: Scene, case: Case) -> None:
    """Taken in, not yet given to anybody."""
    scene.hand.wait(40)
    handling = Handling.PROFESSIONAL if scene.body.endswith(("局", "室", "所")) else Handling.DAILY
    steering.accept(actor=scene.cast.office, case_id=case.pk, handling=handling)


def dispatched(scene: Scene, case: Case) -> None:
    """With a body that has not signed for it."""
    accepted(scene, case)
    scene.hand.wait(20)
    steering.dispatch(actor=scene.cast.office, case_id=case.pk, body_id=scene.cast.bodies[scene.body].pk)


def signed(scene: Scene, case: Case) -> None:
    """Somebody has it in hand."""
    dispatched(scene, case)
    scene.on(1, "09:20")
    working.sign_for(actor=scene.lead, case_id=case.pk)


def noted(scene: Scene, case: Case) -> None:
    """Work has begun; the firm has a first answer."""
    signed(scene, case)
    scene.on(2, "15:10")
    _begin(scene, case)


def _begin(scene: Scene, case: Case) -> None:
    first = FIRST[scene.number % len(FIRST)]
    working.submit_answer(actor=scene.lead, case_id=case.pk, stage="first", answer=first)
    scene.hand.wait(35)
    steering.review(actor=scene.cast.office, case_id=case.pk, approved=True)


def waiting(scene: Scene, case: Case) -> None:
    """The clock stands while the firm hands something in."""
    noted(scene, case)
    scene.on(3, "10:30")
    working.pause(actor=scene.lead, case_id=case.pk, waits_for="firm", reason="等企业补齐材料。")


def extending(scene: Scene, case: Case) -> None:
    """The lead asks for more time; nobody has decided yet."""
    noted(scene, case)
    scene.on(3, "11:00")
    working.ask_extension(actor=scene.lead, case_id=case.pk, days=5, reason="要等县里的现场会定下来。")


def reviewing(scene: Scene, case: Case) -> None:
    """An answer waits for review."""
    noted(scene, case)
    _submit(scene, case, 4, scene.line.answer)


def answered(scene: Scene, case: Case, days: int = 4) -> None:
    """The answer has gone to the firm; the call-back is still to come."""
    if case.state != State.WORKING:
        noted(scene, case)
    _submit(scene, case, days, scene.line.answer)
    scene.on(days, "16:40")
    steering.review(actor=scene.cast.office, case_id=case.pk, approved=True)


def _submit(scene: Scene, case: Case, days: int, answer: str) -> None:
    scene.on(days, "14:50")
    working.submit_answer(actor=scene.lead, case_id=case.pk, stage="final", answer=answer)


def _call(scene: Scene, case: Case, days: int, solved: str, by_whom: str = "service", text: str = "") -> None:
    scene.on(days, "10:10")
    caller = scene.cast.users.get(scene.line.firm) or scene.cast.users["office3"]
    calling.call_back(
        actor=caller,
        case_id=case.pk,
        solved=solved,
        by_whom=by_whom if solved in ("yes", "basically") else "",
        again=True,
        text=text,
        cause=scene.line.cause,
    )


# ── courses to an end ─────────────────────────────────────────────────────────────────────────────────────────────


def solved(scene: Scene, case: Case) -> None:
    """Answered in time, and the firm says so."""
    answered(scene, case)
    _call(scene, case, 6, "yes")


def explained(scene: Scene, case: Case) -> None:
    """It cannot be done; the firm accepts why."""
    answered(scene, case)
    _call(scene, case, 6, "explained")


def elsewhere(scene: Scene, case: Case) -> None:
    """The firm found its own way meanwhile."""
    answered(scene, case)
    _call(scene, case, 6, "yes", "firm")


def late(scene: Scene, case: Case) -> None:
    """Solved, but after its time."""
    answered(scene, case, 13)
    _call(scene, case, 15, "yes")


def basically(scene: Scene, case: Case) -> None:
    """Basically satisfied: asked again, then confirmed."""
    answered(scene, case)
    _call(scene, case, 5, "basically", text="大体可以，还想再看看。")
    _call(scene, case, 8, "yes")


def reopened(scene: Scene, case: Case) -> None:
    """Not solved the first time; a second round solves it."""
    answered(scene, case)
    _call(scene, case, 6, "no", text="周末又出现了，没有真正解决。")
    scene.on(7, "09:30")
    steering.dispatch(actor=scene.cast.office, case_id=case.pk, body_id=scene.cast.bodies[scene.body].pk)
    scene.on(7, "14:10")
    working.sign_for(actor=scene.lead, case_id=case.pk)
    _submit(scene, case, 11, "第二轮：已会同有关单位现场解决，并留了联系人。")
    scene.on(11, "16:20")
    steering.review(actor=scene.cast.office, case_id=case.pk, approved=True)
    _call(scene, case, 13, "yes")


def reopened_now(scene: Scene, case: Case) -> None:
    """Not solved; the office has to dispatch it again."""
    answered(scene, case)
    _call(scene, case, 5, "no", text="只好了两天，又和以前一样。")


def unconfirmed(scene: Scene, case: Case) -> None:
    """Two calls nobody answered."""
    answered(scene, case)
    for days in (7, 11):
        scene.on(days, "15:30")
        calling.record_silence(actor=scene.cast.users["office3"], case_id=case.pk, text="电话无人接听。")


def silent_once(scene: Scene, case: Case) -> None:
    """One call nobody answered; the second is still to come."""
    answered(scene, case)
    scene.on(6, "15:30")
    calling.record_silence(actor=scene.cast.users["office3"], case_id=case.pk, text="电话无人接听。")


def returned(scene: Scene, case: Case) -> None:
    """Given to the wrong body first; the right one solves it."""
    dispatched(scene, case)
    scene.on(1, "10:00")
    _give_back(scene, case)
    scene.on(1, "15:00")
    scene.body = SECOND
    steering.dispatch(actor=scene.cast.office, case_id=case.pk, body_id=scene.cast.bodies[SECOND].pk)
    scene.on(2, "09:10")
    working.sign_for(actor=scene.lead, case_id=case.pk)
    scene.on(3, "11:20")
    _begin(scene, case)
    case.refresh_from_db()
    answered(scene, case, 5)
    _call(scene, case, 7, "yes")


def returned_now(scene: Scene, case: Case) -> None:
    """Back with the office, which has to choose another body."""
    dispatched(scene, case)
    scene.on(1, "10:00")
    _give_back(scene, case)


def _give_back(scene: Scene, case: Case) -> None:
    working.return_to_dispatcher(
        actor=scene.lead,
        case_id=case.pk,
        suggested_body_id=scene.cast.bodies[SECOND].pk,
        reason="不在本单位职责内，建议由服务队上门牵头。",
    )


def paused(scene: Scene, case: Case) -> None:
    """The clock stood for some days; then solved."""
    waiting(scene, case)
    scene.on(7, "09:00")
    working.resume(actor=scene.lead, case_id=case.pk)
    case.refresh_from_db()
    answered(scene, case, 9)
    _call(scene, case, 11, "yes")


def extended(scene: Scene, case: Case) -> None:
    """More time was asked, granted and used."""
    extending(scene, case)
    scene.on(3, "16:00")
    steering.decide_extension(actor=scene.cast.office, case_id=case.pk, granted=True, text="同意，请把进度告诉企业。")
    case.refresh_from_db()
    answered(scene, case, 9)
    _call(scene, case, 11, "yes")


def helped(scene: Scene, case: Case) -> None:
    """Another body gave its part first."""
    noted(scene, case)
    helper = "科技办公室" if scene.body != "科技办公室" else "市场监督管理分局"
    scene.on(2, "16:30")
    working.ask_help(
        actor=scene.lead, case_id=case.pk, body_id=cast_body(scene, helper), question="请从你们的职责看，还缺什么？"
    )
    part = HelperPart.objects.get(case=case, current=True)
    scene.on(3, "10:40")
    working.give_help(actor=scene.cast.workers(helper)[0], part_id=part.pk, opinion="材料齐全，可以按程序办。")
    case.refresh_from_db()
    answered(scene, case, 5)
    _call(scene, case, 7, "yes")


def helping(scene: Scene, case: Case) -> None:
    """A helper's part is open."""
    noted(scene, case)
    working.ask_help(
        actor=scene.lead,
        case_id=case.pk,
        body_id=cast_body(scene, "税务分局"),
        question="企业问能否分期缴纳，请给出口径。",
    )


def cast_body(scene: Scene, name: str) -> int:
    """Id of a body by its short name."""
    return scene.cast.bodies[name].pk


def refused(scene: Scene, case: Case) -> None:
    """Not for this pool; the refusal names who decided and where to go."""
    scene.hand.wait(90)
    why, _sep, where = scene.line.answer.partition("｜")
    steering.refuse(
        actor=scene.cast.users["office2"], case_id=case.pk, decided_by=scene.cast.office, why=why, where_next=where
    )


def withdrawn(scene: Scene, case: Case) -> None:
    """The firm takes it back."""
    signed(scene, case)
    scene.on(2, "10:00")
    own = scene.cast.users.get(scene.line.firm)
    calling.withdraw(actor=own or scene.cast.office, case_id=case.pk, reason="企业负责人来电说已经不需要了，当天记录。")


def merged(scene: Scene, case: Case) -> None:
    """The same matter of the same firm came twice; the second one ends in the first."""
    noted(scene, case)
    scene.hand.wait(30)
    twice = raised(scene)
    steering.accept(actor=scene.cast.office, case_id=twice.pk, handling=Handling.DAILY)
    steering.merge(actor=scene.cast.office, case_id=twice.pk, into_id=case.pk)
    case.refresh_from_db()
    answered(scene, case)
    _call(scene, case, 6, "yes")


def drafted(_scene: Scene, _case: Case) -> None:
    """Kept by the firm, not sent yet."""


COURSES: dict[str, Callable[[Scene, Case], None]] = {
    act.__name__: act
    for act in (
        *(to_accept, accepted, dispatched, signed, noted, waiting, extending, reviewing, answered, helping, drafted),
        *(solved, explained, elsewhere, late, basically, reopened, reopened_now, unconfirmed, silent_once),
        *(returned, returned_now, paused, extended, helped, refused, withdrawn, merged),
    )
}
