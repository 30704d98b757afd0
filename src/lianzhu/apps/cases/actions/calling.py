"""The firm's word: call-back, silence, reopening, withdrawal, and the note that reaches one officer."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lianzhu.apps.cases import clock, machine, permissions
from lianzhu.apps.cases.actions import log
from lianzhu.apps.cases.actions.telling import tell
from lianzhu.apps.cases.models import Case, Message, SealedNote
from lianzhu.apps.cases.queries import people
from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User

Step = machine.Kind


@transaction.atomic
def call_back(
    *, actor: User, case_id: int, solved: str, by_whom: str, again: bool, text: str = "", cause: str = ""
) -> Case:
    """Write down what the firm said: solved, by whom, would it raise it again. The firm may answer for itself."""
    case = log.lock(case_id)
    if not permissions.can_call_back(actor, case):
        raise PermissionDenied
    own = permissions.is_own(actor, case)
    case.cause = cause.strip() or case.cause
    log.write(case, Step.CALLED_BACK, by=actor, text=text, solved=solved, by_whom=by_whom, again=again, by_firm=own)
    if case.is_open:
        tell(people.office_of(case.chain, clock.today()), case, Message.Why.NEW, besides=actor)
    return case


@transaction.atomic
def record_silence(*, actor: User, case_id: int, text: str = "") -> Case:
    """A call nobody answered. The second one within ten working days closes the case as unconfirmed."""
    case = log.lock(case_id)
    if not permissions.can_call_back(actor, case) or permissions.is_own(actor, case):
        raise PermissionDenied
    log.write(case, Step.SILENT, by=actor, text=text)
    return case


@transaction.atomic
def reopen_case(*, actor: User, case_id: int, reason: str) -> Case:
    """Not solved after all: the next round, with its own clock from its dispatch."""
    case = log.lock(case_id)
    if not permissions.can_reopen(actor, case):
        raise PermissionDenied
    log.write(case, Step.REOPENED, by=actor, text=reason)
    tell(people.office_of(case.chain, clock.today()), case, Message.Why.NEW, besides=actor)
    return case


@transaction.atomic
def withdraw(*, actor: User, case_id: int, reason: str) -> Case:
    """The firm takes its matter back; the office only on the firm's word, written down."""
    case = log.lock(case_id)
    if not permissions.can_withdraw(actor, case):
        raise PermissionDenied
    if not permissions.is_own(actor, case) and not reason.strip():
        raise RuleBroken(_("Write down who of the firm asked for it, and when."))
    log.write(case, Step.WITHDRAWN, by=actor, text=reason)
    return case


@transaction.atomic
def seal_note(*, actor: User, case_id: int, officer_id: int, text: str) -> SealedNote:
    """Leave words for one officer. Nobody else reads them; the log says only that there is one."""
    case = log.lock(case_id)
    if not permissions.can_seal(actor, case):
        raise PermissionDenied
    officer = User.objects.get(pk=officer_id)
    if not permissions.can_receive_sealed(officer, case):
        raise RuleBroken(_("A sealed note goes to an officer of this chain without a tie to any firm."))
    if not text.strip():
        raise RuleBroken(_("Write the note."))
    log.write(case, Step.SEALED, by=actor, inside=True)
    note = SealedNote.objects.create(case=case, officer=officer, by=actor, at=clock.now(), text=text.strip())
    audit.record(actor, "case.note_sealed", note, about=officer.pk)
    tell([officer], case, Message.Why.NEW, besides=actor)
    return note


@transaction.atomic
def open_sealed(*, actor: User, note_id: int) -> SealedNote:
    """Read a sealed note; only its officer, and every reading is recorded."""
    note = SealedNote.objects.select_related("case", "by").get(pk=note_id)
    if note.officer_id != actor.pk or not permissions.can_receive_sealed(actor, note.case):
        raise PermissionDenied
    audit.record(actor, "case.note_read", note, about=note.case_id)
    return note
