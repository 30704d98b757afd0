"""The claim's case follows the claim: the same log, clocks and lights as all other work of the pool.

The office said beforehand, with the desk, who answers: so the product itself dispatches, and passes the department's
decision on without a review. The case names the policy and the step, never an amount.
"""

from django.utils.translation import gettext as _

from lianzhu.apps.cases import clock, machine, permissions
from lianzhu.apps.cases.actions import log
from lianzhu.apps.cases.actions.calling import call_back
from lianzhu.apps.cases.actions.entering import dispatch_now
from lianzhu.apps.cases.models import Case
from lianzhu.apps.cases.queries.days import standing_from
from lianzhu.apps.cases.queries.people import workers_of
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.actions.accounts import system_user
from lianzhu.apps.organisation.models import Body

Step = machine.Kind


def to_desk(case: Case, body: Body) -> None:
    """Dispatch a new claim to the body of its desk; without anybody there it waits for the office."""
    if workers_of(body, clock.today()):
        clerk = system_user()
        log.write(case, Step.ACCEPTED, by=clerk, handling=machine.Handling.PROFESSIONAL.value)
        dispatch_now(case, clerk, body)


def taken(case_id: int, actor: User) -> None:
    """The department took the claim: it signs for the case."""
    case = log.lock(case_id)
    if _fits(case, Step.SIGNED) and permissions.works_on(actor, case):
        log.write(case, Step.SIGNED, by=actor, body_id=case.body_id, lead=actor.pk)


def approved(case_id: int, actor: User, text: str) -> None:
    """The department approved: that is its first answer, and the clock stops until what it promised has come."""
    if _answer(case_id, actor, text, "first"):
        log.write(log.lock(case_id), Step.PAUSED, by=actor, text=_("Approved; it has yet to come."), waits_for="third")


def refused(case_id: int, actor: User, text: str) -> None:
    """The department refused: its answer goes to the firm, which is asked about it as about every other one."""
    _answer(case_id, actor, text, "final")


def come(case_id: int, actor: User, text: str, *, again: bool | None) -> None:
    """The firm's word that it has come answers the case; with the last question answered too, it ends as solved."""
    case = log.lock(case_id)
    if _fits(case, Step.RESUMED):
        log.write(case, Step.RESUMED, by=system_user())
    if _fits(case, Step.SUBMITTED_ANSWER):
        log.write(case, Step.SUBMITTED_ANSWER, by=actor, text=text, stage="final")
        _pass_on(case, text)
        if again is not None:
            call_back(actor=actor, case_id=case_id, solved="yes", by_whom="service", again=again)


def _answer(case_id: int, actor: User, text: str, stage: str) -> bool:
    taken(case_id, actor)
    case = log.lock(case_id)
    if not (_fits(case, Step.SUBMITTED_ANSWER) and permissions.works_on(actor, case)):
        return False
    log.write(case, Step.SUBMITTED_ANSWER, by=actor, body_id=case.body_id, text=text, inside=True, stage=stage)
    _pass_on(case, _("Passed on as the department decided it."))
    log.remember(case)
    return True


def _pass_on(case: Case, text: str) -> None:
    log.write(case, Step.REVIEWED, by=system_user(), text=text, approved=True, stage=case.stage)


def _fits(case: Case, step: machine.Kind) -> bool:
    return step in machine.allowed(standing_from(case))
