"""Records: begun with consent, moved on by the rules of `stages`, read only with a trace, erased for good."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.cultivation import permissions, stages
from lianzhu.apps.cultivation.models import Details, Entry, Reading, Record
from lianzhu.apps.enterprises.actions.accounts import system_user
from lianzhu.apps.enterprises.models import Chain, Enterprise

# How long names stay after a record is closed, by how it ended. Withdrawal erases at once.
KEPT: dict[str, timedelta] = {
    Record.End.FINISHED: timedelta(days=183),
    Record.End.STOPPED: timedelta(days=30),
    Record.End.WITHDRAWN: timedelta(0),
}


@transaction.atomic
def open_record(
    *,
    actor: User,
    chain_id: int,
    track: str,
    stage: str,
    since: date,
    name: str,
    enterprise_id: int | None,
    contacts: tuple[str, str],
    paper_file: str,
    consent_on: date,
    consent_paper: str,
) -> Record:
    """Begin a record, with the person's signed consent; a person already under way enters at the present stage."""
    chain = Chain.objects.select_for_update().get(pk=chain_id)
    if not permissions.can_keep(actor, chain):
        raise PermissionDenied
    today = timezone.localdate()
    if consent_on > today or not consent_paper.strip():
        raise RuleBroken(_("Without signed consent no record is begun: give its day and where the paper lies."))
    if not name.strip() or not paper_file.strip():
        raise RuleBroken(_("Give the name, and where the paper file lies."))
    named = _two(contacts)
    standing = stages.begin(track, stage, since, contacts=_count(named), today=today)
    if enterprise_id is not None and not Enterprise.objects.filter(pk=enterprise_id, chains=chain).exists():
        raise RuleBroken(_("Choose a firm of this chain."))
    record = Record(chain=chain, track=track, consent_on=consent_on)
    _stand(record, standing)
    Details.objects.create(
        record=record,
        name=name.strip(),
        enterprise_id=enterprise_id,
        contact_a=named[0],
        contact_b=named[1],
        paper_file=paper_file.strip(),
        consent_paper=consent_paper.strip(),
    )
    _enter(record, actor)
    audit.record(actor, "cultivation.opened", record)
    return record


@transaction.atomic
def advance_record(*, actor: User, record_id: int, on: date) -> Record:
    """Go on to the next stage; the last one closes the record."""
    record = _locked(actor, record_id)
    details = record.details
    contacts = _count((details.contact_a, details.contact_b))
    standing = stages.advance(record.standing, on, contacts=contacts, today=timezone.localdate())
    if stages.next_step(standing) is None:
        record.closed_on, record.end = on, Record.End.FINISHED
    _stand(record, standing)
    _enter(record, actor)
    audit.record(actor, "cultivation.advanced", record)
    return record


@transaction.atomic
def extend_probation(*, actor: User, record_id: int, until: date, on: date) -> Record:
    """Extend probation, once, by six to twelve months."""
    record = _locked(actor, record_id)
    _stand(record, stages.extend(record.standing, until, on, today=timezone.localdate()))
    _enter(record, actor)
    audit.record(actor, "cultivation.extended", record)
    return record


@transaction.atomic
def name_contacts(*, actor: User, record_id: int, contacts: tuple[str, str], paper_file: str) -> Record:
    """Name the two contacts and where the paper file lies now."""
    record = _locked(actor, record_id)
    named = _two(contacts)
    if record.stage in stages.WITH_CONTACTS and _count(named) < stages.CONTACTS:
        raise RuleBroken(_("From this stage on two contacts accompany the person. Name both first."))
    if not paper_file.strip():
        raise RuleBroken(_("Say where the paper file lies."))
    Details.objects.filter(record=record).update(contact_a=named[0], contact_b=named[1], paper_file=paper_file.strip())
    audit.record(actor, "cultivation.contacts_named", record)
    return record


@transaction.atomic
def stop_record(*, actor: User, record_id: int) -> Record:
    """Close a record before its last stage. No reason is kept: that belongs to the official system."""
    record = _locked(actor, record_id)
    _close(record, Record.End.STOPPED)
    audit.record(actor, "cultivation.stopped", record)
    return record


@transaction.atomic
def withdraw(*, actor: User, record_id: int) -> Record:
    """The person takes consent back: the record ends and everything that names them is erased now."""
    record = Record.objects.select_for_update().get(pk=record_id)
    if not permissions.can_keep(actor, record.chain):
        raise PermissionDenied
    if record.erased_at is not None:
        raise RuleBroken(_("This record was erased already."))
    if record.closed_on is None:
        _close(record, Record.End.WITHDRAWN)
    _erase(record)
    audit.record(actor, "cultivation.withdrawn", record)
    return record


@transaction.atomic
def erase_due(*, on: date) -> int:
    """Erase what the retention table says is over; runs daily, whether the room is on or off. Safe to repeat."""
    over = models.Q(pk__in=[])
    for end, kept in KEPT.items():
        over |= models.Q(end=end, closed_on__lte=on - kept)
    due = list(Record.objects.select_for_update().filter(over, erased_at__isnull=True))
    for record in due:
        _erase(record)
        audit.record(system_user(), "cultivation.erased", record)
    return len(due)


@transaction.atomic
def look_at(*, actor: User, records: Iterable[Record]) -> None:
    """Leave a trace of reading these records: call it before a name is shown."""
    shown = list(records)
    if any(not permissions.can_keep(actor, chain) for chain in {record.chain for record in shown}):
        raise PermissionDenied
    now = timezone.now()
    Reading.objects.bulk_create([Reading(record=record, by=actor, at=now) for record in shown])


def _locked(actor: User, record_id: int) -> Record:
    record = Record.objects.select_for_update().get(pk=record_id)
    if not permissions.can_keep(actor, record.chain):
        raise PermissionDenied
    if record.closed_on is not None:
        raise RuleBroken(_("This record is closed."))
    return record


def _two(contacts: tuple[str, str]) -> tuple[str, str]:
    first, second = (" ".join(name.split()) for name in contacts)
    if first and first == second:
        raise RuleBroken(_("The two contacts are two people."))
    return first, second


def _count(contacts: tuple[str, str]) -> int:
    return sum(bool(name) for name in contacts)


def _stand(record: Record, standing: stages.Standing) -> None:
    record.stage, record.since = standing.stage, standing.since
    record.probation_end, record.extended = standing.probation_end, standing.extended
    step = stages.next_step(standing)
    record.next_on = (step.due or step.earliest) if step else None
    record.save()


def _enter(record: Record, actor: User) -> None:
    Entry.objects.create(
        record=record,
        stage=record.stage,
        since=record.since,
        probation_end=record.probation_end,
        by=actor,
        at=timezone.now(),
    )


def _close(record: Record, end: Record.End) -> None:
    record.closed_on, record.end, record.next_on = timezone.localdate(), end, None
    record.save(update_fields=["closed_on", "end", "next_on"])


def _erase(record: Record) -> None:
    Details.objects.filter(record=record).update(
        name="", enterprise=None, contact_a="", contact_b="", paper_file="", consent_paper=""
    )
    record.erased_at = timezone.now()
    record.save(update_fields=["erased_at"])
