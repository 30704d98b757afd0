"""What lead and helpers do: sign for it, return it, pause, ask for time and help, answer, hand on, add."""

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from lianzhu.apps.cases import clock, machine, permissions
from lianzhu.apps.cases.actions import log
from lianzhu.apps.cases.actions.entering import attach
from lianzhu.apps.cases.actions.telling import tell
from lianzhu.apps.cases.models import Case, HelperPart, Message
from lianzhu.apps.cases.queries import people
from lianzhu.apps.cases.queries.days import limits_in_force, standing_from
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.organisation.models import Body

Step = machine.Kind


def _led(actor: User, case_id: int) -> Case:
    case = log.lock(case_id)
    if not permissions.leads(actor, case):
        raise PermissionDenied
    return case


@transaction.atomic
def sign_for(*, actor: User, case_id: int) -> Case:
    """Take a dispatched case in hand; its lead is named from now on."""
    case = log.lock(case_id)
    if not permissions.can_take(actor, case):
        raise PermissionDenied
    log.write(case, Step.SIGNED, by=actor, body_id=case.body_id, lead=actor.pk)
    return case


@transaction.atomic
def return_to_dispatcher(*, actor: User, case_id: int, suggested_body_id: int, reason: str) -> Case:
    """Give it back with a reason and who should have it. The clock goes on; the third return is for the office."""
    case = log.lock(case_id)
    if not permissions.can_take(actor, case):
        raise PermissionDenied
    body, suggested = case.body_id, Body.objects.as_of(clock.today()).filter(pk=suggested_body_id).first()
    if suggested is None or suggested.pk == body or suggested.chain_id != case.chain_id:
        raise RuleBroken(_("Say which other body should have it."))
    log.write(case, Step.RETURNED, by=actor, body_id=body, text=reason, inside=True, suggested=suggested.pk)
    tell(people.office_of(case.chain, clock.today()), case, Message.Why.NEW, besides=actor)
    return case


@transaction.atomic
def pause(*, actor: User, case_id: int, waits_for: str, reason: str) -> Case:
    """Stop the clock while the firm or a third party has to do something."""
    case = _led(actor, case_id)
    log.write(case, Step.PAUSED, by=actor, text=reason, waits_for=waits_for)
    return case


@transaction.atomic
def resume(*, actor: User, case_id: int) -> Case:
    """Let the clock go on; the lead, or the office when the lead forgets."""
    case = log.lock(case_id)
    if not (permissions.leads(actor, case) or permissions.can_steer(actor, case)):
        raise PermissionDenied
    log.write(case, Step.RESUMED, by=actor)
    return case


@transaction.atomic
def ask_extension(*, actor: User, case_id: int, days: int, reason: str) -> Case:
    """Ask for more working days, at least one working day before it is due."""
    case = _led(actor, case_id)
    most = limits_in_force(case.chain, case.kind, case.category, clock.today()).extensions
    log.write(case, Step.EXTENSION_ASKED, by=actor, text=reason, inside=True, days=days, most=most)
    tell(people.office_of(case.chain, clock.today()), case, Message.Why.NEW, besides=actor)
    return case


@transaction.atomic
def ask_help(*, actor: User, case_id: int, body_id: int, question: str) -> Case:
    """Ask another body for a part of the work, with its own limit."""
    case = _led(actor, case_id)
    body = Body.objects.as_of(clock.today()).filter(pk=body_id, kind__in=people.TAKES_CASES).first()
    if body is None or not permissions.can_dispatch_to(case, body):
        raise RuleBroken(_("This body cannot help with this case."))
    if not question.strip():
        raise RuleBroken(_("Say what you need from the helper."))
    key = f"h{case.events.filter(kind=Step.HELP_ASKED.value).count() + 1}"
    log.write(case, Step.HELP_ASKED, by=actor, body_id=body.pk, text=question, inside=True, part=key)
    tell(people.workers_of(body, clock.today()), case, Message.Why.NEW, besides=actor)
    return case


def _helped(actor: User, part_id: int) -> tuple[Case, HelperPart]:
    part = HelperPart.objects.select_related("body").get(pk=part_id)
    case = log.lock(part.case_id)
    if not permissions.helps(actor, part):
        raise PermissionDenied
    return case, part


@transaction.atomic
def take_help(*, actor: User, part_id: int) -> Case:
    """Agree to do a helper's part."""
    case, part = _helped(actor, part_id)
    log.write(case, Step.HELP_TAKEN, by=actor, body_id=part.body_id, part=part.key)
    return case


@transaction.atomic
def give_help(*, actor: User, part_id: int, opinion: str) -> Case:
    """End a helper's part with its opinion, for the lead."""
    case, part = _helped(actor, part_id)
    if not opinion.strip():
        raise RuleBroken(_("Write the opinion the lead waits for."))
    log.write(case, Step.HELP_GIVEN, by=actor, body_id=part.body_id, text=opinion, inside=True, part=part.key)
    tell([case.lead] if case.lead else [], case, Message.Why.NEW, besides=actor)
    return case


@transaction.atomic
def end_help(*, actor: User, part_id: int, reason: str) -> Case:
    """The lead no longer needs a part."""
    part = HelperPart.objects.get(pk=part_id)
    case = _led(actor, part.case_id)
    log.write(case, Step.HELP_ENDED, by=actor, body_id=part.body_id, text=reason, inside=True, part=part.key)
    return case


@transaction.atomic
def submit_answer(*, actor: User, case_id: int, stage: str, answer: str) -> Case:
    """Submit the first or the final answer for review; the firm gets it when it is approved."""
    case = _led(actor, case_id)
    if not answer.strip():
        raise RuleBroken(_("Write the answer the firm will read."))
    log.write(case, Step.SUBMITTED_ANSWER, by=actor, body_id=case.body_id, text=answer, inside=True, stage=stage)
    tell(people.office_of(case.chain, clock.today()), case, Message.Why.NEW, besides=actor)
    return case


@transaction.atomic
def hand_on(*, actor: User, case_id: int, lead_id: int) -> Case:
    """Give the lead to a colleague of the same body: absence, or a leaver."""
    case = log.lock(case_id)
    if not permissions.can_hand_on(actor, case):
        raise PermissionDenied
    heir = User.objects.get(pk=lead_id)
    if case.body is None or heir not in people.workers_of(case.body, clock.today()):
        raise RuleBroken(_("The new lead works for the body that has the case."))
    log.write(case, Step.HANDED_ON, by=actor, body_id=case.body_id, lead=heir.pk)
    tell([heir], case, Message.Why.NEW, besides=actor)
    return case


@transaction.atomic
def add_note(*, actor: User, case_id: int, text: str, inside: bool = False, upload: UploadedFile | None = None) -> Case:
    """Add words, and a paper where a decision needs it. Inside: for those who work on it, not for the firm."""
    case = log.lock(case_id)
    if not permissions.can_note(actor, case):
        raise PermissionDenied
    if not text.strip() and upload is None:
        raise RuleBroken(_("Write something, or choose a file."))
    own = permissions.is_own(actor, case)
    if text.strip():
        log.write(case, Step.NOTED, by=actor, text=text, inside=inside and not own)
    if upload is not None:
        attach(case, actor, upload)
    log.remember(case)
    tell([case.lead] if case.lead else [], case, Message.Why.NEW, besides=actor)
    return case


def hand_on_leaver(actor: User, leaver: User, heir: User) -> int:
    """Everything a leaver leads goes to the heir, or waits for the body when the heir does not work there."""
    moved = 0
    for case_id in Case.objects.filter(lead=leaver, is_open__in=[True]).values_list("pk", flat=True):
        case = log.lock(case_id)
        if Step.HANDED_ON in machine.allowed(standing_from(case)):
            log.write(case, Step.HANDED_ON, by=actor, body_id=case.body_id, lead=heir.pk)
            tell([heir], case, Message.Why.NEW)
            moved += 1
    return moved
