"""What the office does: accept, refuse, dispatch, decide, review, name the caller, merge, bundle, close, archive."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lianzhu.apps.cases import clock, machine, permissions
from lianzhu.apps.cases.actions import log
from lianzhu.apps.cases.actions.entering import dispatch_now, limits_of
from lianzhu.apps.cases.actions.telling import tell
from lianzhu.apps.cases.machine import Handling, State
from lianzhu.apps.cases.models import Case, Category, Kind, Message, Saying
from lianzhu.apps.cases.queries import people
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.organisation.models import Body

Step = machine.Kind


def _steered(actor: User, case_id: int) -> Case:
    case = log.lock(case_id)
    if not permissions.can_steer(actor, case):
        raise PermissionDenied
    return case


@transaction.atomic
def accept(*, actor: User, case_id: int, handling: Handling, category: Category | None = None) -> Case:
    """Take the case into the pool with its handling type; the category may be mended here."""
    case = _steered(actor, case_id)
    case.category = category or case.category
    log.write(case, Step.ACCEPTED, by=actor, handling=handling.value)
    return case


@transaction.atomic
def refuse(*, actor: User, case_id: int, decided_by: User, why: str, where_next: str) -> Case:
    """Refuse, saying why, who decided, and where to go next."""
    case = _steered(actor, case_id)
    if not permissions.is_office(decided_by, case.chain_id):
        raise RuleBroken(_("A refusal is decided by somebody of the chain office."))
    if not why.strip():
        raise RuleBroken(_("Say why it is refused."))
    text = _("%(why)s\nWhere to go next: %(next)s") % {"why": why.strip(), "next": where_next.strip()}
    log.write(case, Step.REFUSED, by=actor, text=text, decided_by=decided_by.pk, has_next=bool(where_next.strip()))
    tell([case.opened_by], case, Message.Why.DECIDED, besides=actor)
    return case


@transaction.atomic
def dispatch(*, actor: User, case_id: int, body_id: int, text: str = "", limit: str = "") -> Case:
    """Give the case to a body; the round's clock starts at its first dispatch. After a third return this is final."""
    case = _steered(actor, case_id)
    body = Body.objects.as_of(clock.today()).filter(pk=body_id, kind__in=people.TAKES_CASES).first()
    if body is None:
        raise RuleBroken(_("This body takes no cases today. Choose a team, a department, an institute or the office."))
    dispatch_now(case, actor, body, limit=limit, text=text)
    return case


def dispatch_many(*, actor: User, case_ids: Sequence[int], body_id: int) -> tuple[list[Case], list[str]]:
    """Dispatch several at once, each by itself; returns those done and, for the others, why not."""
    done: list[Case] = []
    refused: list[str] = []
    for case_id in case_ids:
        try:
            done.append(dispatch(actor=actor, case_id=case_id, body_id=body_id))
        except RuleBroken as said:
            number = Case.objects.values_list("number", flat=True).get(pk=case_id)
            refused.append(f"{number}: {said}")
    return done, refused


@transaction.atomic
def decide_extension(*, actor: User, case_id: int, granted: bool, text: str = "") -> Case:
    """Grant or refuse the working days the lead asked for."""
    case = _steered(actor, case_id)
    log.write(case, Step.EXTENSION_DECIDED, by=actor, text=text, inside=True, granted=granted)
    tell([case.lead] if case.lead else [], case, Message.Why.DECIDED, besides=actor)
    return case


@transaction.atomic
def review(*, actor: User, case_id: int, approved: bool, text: str = "") -> Case:
    """Approve an answer, which thereby goes to the firm, or send it back with a reason. Never one's own."""
    case = _steered(actor, case_id)
    if not approved and not text.strip():
        raise RuleBroken(_("Say what is missing in the answer."))
    stage, lead = case.stage, case.lead
    log.write(case, Step.REVIEWED, by=actor, text=text, inside=not approved, approved=approved, stage=stage)
    if case.state == State.ANSWERED:
        _answer_members(case, actor)
        tell(people.office_of(case.chain, clock.today()), case, Message.Why.NEW, besides=actor)
    if approved:
        log.remember(case)
    tell([lead] if lead else [], case, Message.Why.DECIDED, besides=actor)
    return case


def _answer_members(cause: Case, actor: User) -> None:
    """One answer to all: every case of a common cause is answered with it, then called back by itself."""
    if cause.kind != Kind.COMMON:
        return
    submitted = cause.events.filter(kind=Step.SUBMITTED_ANSWER.value).order_by("-number").first()
    answer = Saying.objects.filter(event=submitted).values_list("text", flat=True).first() or ""
    members = Case.objects.select_for_update().filter(into=cause, state=State.BUNDLED).order_by("pk")
    for member in members:
        log.write(member, Step.ANSWERED_TOGETHER, by=actor, text=answer, into=cause.pk)
        tell(people.office_of(member.chain, clock.today()), member, Message.Why.NEW, besides=actor)


@transaction.atomic
def name_caller(*, actor: User, case_id: int, caller_id: int) -> Case:
    """Say who calls the firm back: never the lead, never somebody tied to a firm."""
    case = _steered(actor, case_id)
    caller = User.objects.get(pk=caller_id)
    if not permissions.can_receive_sealed(caller, case):
        raise RuleBroken(_("Who calls back is an officer of this chain without a tie to any firm."))
    log.write(case, Step.CALLER_NAMED, by=actor, caller=caller.pk)
    tell([caller], case, Message.Why.NEW, besides=actor)
    return case


@transaction.atomic
def merge(*, actor: User, case_id: int, into_id: int) -> Case:
    """Same matter, same firm: this case ends, the other one goes on."""
    case, into = _steered(actor, case_id), log.lock(into_id)
    if case.pk == into.pk or case.chain_id != into.chain_id or not into.is_open:
        raise RuleBroken(_("Merge into another open case of this chain."))
    if case.firm_id is None or case.firm_id != into.firm_id:
        raise RuleBroken(_("Merging is for the same matter of the same firm. For several firms, use a common cause."))
    case.into = into
    log.write(case, Step.MERGED, by=actor, into=into.pk)
    log.write(into, Step.NOTED, by=actor, text=_("%(number)s was merged into this case.") % {"number": case.number})
    return case


@transaction.atomic
def bundle(*, actor: User, case_ids: Sequence[int], cause_id: int) -> list[Case]:
    """One cause, many firms: the cases wait for the one answer of the common cause."""
    cause = _steered(actor, cause_id)
    if cause.kind != Kind.COMMON or not cause.is_open or cause.state in (State.ANSWERED, State.TO_CALL):
        raise RuleBroken(_("Choose a common cause that is not answered yet."))
    bundled = []
    for case_id in sorted(set(case_ids)):
        case = _steered(actor, case_id)
        if case.chain_id != cause.chain_id or case.kind == Kind.COMMON:
            raise RuleBroken(_("%(number)s cannot be part of this common cause.") % {"number": case.number})
        case.into = cause
        log.write(case, Step.BUNDLED, by=actor, into=cause.pk, limits=limits_of(case))
        bundled.append(case)
    return bundled


@transaction.atomic
def publish_cause(*, actor: User, case_id: int) -> Case:
    """Let firms see the common cause's title and join it."""
    case = _steered(actor, case_id)
    if case.kind != Kind.COMMON or not case.is_open:
        raise RuleBroken(_("Only an open common cause is published."))
    log.write(case, Step.NOTED, by=actor, published=True)
    case.published = True
    case.save(update_fields=["published"])
    return case


@transaction.atomic
def close_case(*, actor: User, case_id: int, text: str) -> Case:
    """Close a case no firm stands behind; a firm's case is closed by the firm's own word."""
    case = _steered(actor, case_id)
    log.write(case, Step.CLOSED, by=actor, text=text)
    return case


@transaction.atomic
def archive(*, actor: User, case_id: int) -> Case:
    """Put a closed case away; it is still found."""
    case = _steered(actor, case_id)
    log.write(case, Step.ARCHIVED, by=actor)
    return case
