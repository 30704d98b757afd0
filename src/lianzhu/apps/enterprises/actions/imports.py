"""One file, one batch: handed in, read, decided on, applied whole or not at all, undone whole."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import StoredFile, User
from lianzhu.apps.enterprises import permissions
from lianzhu.apps.enterprises.actions import writing
from lianzhu.apps.enterprises.models import Chain, ImportBatch
from lianzhu.apps.enterprises.queries import previews
from lianzhu.apps.enterprises.queries.frames import EVERY_KIND
from lianzhu.apps.enterprises.queries.reports import report_of

State = ImportBatch.State
UNDO_WITHIN = timedelta(days=30)
OPEN = (State.UPLOADED, State.PREVIEW)


@transaction.atomic
def hand_in(*, actor: User, chain_id: int, file_id: int, source: str, as_of: date) -> ImportBatch:
    """Begin a batch with a stored file. What it holds is found out when it is read."""
    chain = Chain.objects.get(pk=chain_id)
    if not permissions.can_import(actor, chain):
        raise PermissionDenied
    if not source.strip():
        raise RuleBroken(_("Say who sent the file; every value keeps its source."))
    if as_of > timezone.localdate():
        raise RuleBroken(_("The date of the data lies in the future."))
    batch = ImportBatch.objects.create(
        chain=chain,
        file=StoredFile.objects.get(pk=file_id),
        kind=ImportBatch.Kind.ENTERPRISES,
        state=State.READING,
        source=source.strip(),
        as_of=as_of,
        uploaded_by=actor,
        uploaded_at=timezone.now(),
    )
    audit.record(actor, "import.handed_in", batch)
    return batch


@transaction.atomic
def choose_columns(
    *, actor: User, batch_id: int, columns: dict[str, dict[str, str | None]], period: str
) -> ImportBatch:
    """A person's word on what columns mean; the file is read again with it."""
    batch = _batch(actor, batch_id)
    batch.choices = {**batch.choices, "columns": columns, "period": period}
    batch.state = State.READING
    batch.save(update_fields=["choices", "state"])
    audit.record(actor, "import.columns_chosen", batch)
    return batch


@transaction.atomic
def decide_rows(*, actor: User, batch_id: int, answers: Mapping[str, str]) -> ImportBatch:
    """A person's word on which firm each row means: an id, or `new`. The file is read again with it.

    Keys are `table:row`, and `table:row:party` where a row names two firms.
    """
    batch = _batch(actor, batch_id)
    named = {int(answer) for answer in answers.values() if answer.isdigit()}
    known = set(batch.chain.firms.filter(pk__in=named).values_list("pk", flat=True))
    if named - known or any(answer != "new" and not answer.isdigit() for answer in answers.values()):
        raise RuleBroken(_("Choose a firm of this chain, or say that it is a new one."))
    batch.choices = {**batch.choices, "rows": {**batch.choices.get("rows", {}), **answers}}
    batch.state = State.READING
    batch.save(update_fields=["choices", "state"])
    audit.record(actor, "import.rows_decided", batch)
    return batch


@transaction.atomic
def read_again(*, actor: User, batch_id: int) -> ImportBatch:
    """Make the preview anew, with the decisions taken so far."""
    batch = _batch(actor, batch_id)
    batch.state = State.READING
    batch.save(update_fields=["state"])
    audit.record(actor, "import.read_again", batch)
    return batch


@transaction.atomic
def store_preview(*, actor: User, batch_id: int, prepared: previews.Prepared, revision: int) -> ImportBatch:
    """Keep what reading found: counts that add up, a seal over the whole, and the report for the page."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if not permissions.can_import(actor, batch.chain):
        raise PermissionDenied
    if batch.state not in (State.READING, State.PREVIEW, State.APPLYING):
        raise RuleBroken(_("This import is finished; hand the file in again to repeat it."))
    counted = dict(prepared.rows["outcome"].value_counts().iter_rows())
    batch.kind = prepared.tables[0].table.template.name
    batch.confidential = prepared.confidential
    batch.seal, batch.revision = prepared.seal, revision
    batch.report = report_of(prepared)
    batch.rows_in = prepared.rows.height
    batch.rows_new = counted.get("new", 0)
    batch.rows_changed = counted.get("changed", 0)
    batch.rows_unchanged = counted.get("unchanged", 0)
    batch.rows_refused = counted.get("refused", 0)
    batch.rows_review = counted.get("review", 0)
    batch.state = State.PREVIEW
    batch.save()
    previews.keep(batch, prepared)
    return batch


@transaction.atomic
def note_unreadable(*, actor: User, batch_id: int, said: list[str]) -> ImportBatch:
    """The file could not be used: keep the sentences, so that the page shows them."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if not permissions.can_import(actor, batch.chain):
        raise PermissionDenied
    batch.state = State.UPLOADED
    batch.report = {"unreadable": said}
    batch.save(update_fields=["state", "report"])
    audit.record(actor, "import.unreadable", batch)
    return batch


@transaction.atomic
def ask_to_apply(*, actor: User, batch_id: int) -> ImportBatch:
    """The person says yes to the preview; the work itself is a job."""
    batch = _batch(actor, batch_id)
    if batch.state != State.PREVIEW:
        raise RuleBroken(_("There is no preview to apply yet."))
    if batch.rows_new + batch.rows_changed == 0:
        raise RuleBroken(_("Nothing in this file would change anything."))
    batch.state = State.APPLYING
    batch.applied_by = actor
    batch.save(update_fields=["state", "applied_by"])
    audit.record(actor, "import.asked_to_apply", batch)
    return batch


@transaction.atomic
def apply_batch(*, actor: User, batch_id: int, prepared: previews.Prepared, revision: int) -> ImportBatch:
    """Write what the preview showed, exactly and whole. Safe to run twice: the second time does nothing."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    chain = writing.hold(batch.chain_id)
    if not permissions.can_work_on_batch(actor, batch):
        raise PermissionDenied
    if batch.state == State.APPLIED:
        return batch
    if batch.state != State.APPLYING:
        raise RuleBroken(_("This import is not waiting to be applied."))
    if chain.revision != revision or prepared.seal != batch.seal:
        raise RuleBroken(_("The data changed after the preview was made. Look at the new preview, then apply it."))
    writing.write_all(batch, prepared, actor)
    batch.state = State.APPLIED
    batch.applied_by, batch.applied_at = actor, timezone.now()
    batch.save(update_fields=["state", "applied_by", "applied_at"])
    audit.record(actor, "import.applied", batch)
    return batch


@transaction.atomic
def undo_batch(*, actor: User, batch_id: int) -> ImportBatch:
    """Take a whole batch back. What somebody changed since stays as it is; everything else is as before."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    writing.hold(batch.chain_id)
    if not permissions.can_work_on_batch(actor, batch):
        raise PermissionDenied
    if batch.state != State.APPLIED or batch.applied_at is None:
        raise RuleBroken(_("Only an applied import can be undone."))
    if timezone.now() - batch.applied_at > UNDO_WITHIN:
        raise RuleBroken(_("An import can be undone for 30 days. Hand in a corrected file instead."))
    kept = sum(writing.undo_records(model, batch) for model in EVERY_KIND)
    writing.withdraw_firms(batch)
    batch.state = State.UNDONE
    batch.undone_by, batch.undone_at = actor, timezone.now()
    batch.report = {**batch.report, "kept": kept}
    batch.save(update_fields=["state", "undone_by", "undone_at", "report"])
    audit.record(actor, "import.undone", batch)
    return batch


@transaction.atomic
def drop_batch(*, actor: User, batch_id: int) -> ImportBatch:
    """Put an import aside that was never applied."""
    batch = _batch(actor, batch_id)
    batch.state = State.DROPPED
    batch.save(update_fields=["state"])
    previews.drop(batch)
    audit.record(actor, "import.dropped", batch)
    return batch


def _batch(actor: User, batch_id: int) -> ImportBatch:
    """Lock an open batch the person may work on."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if not permissions.can_work_on_batch(actor, batch):
        raise PermissionDenied
    if batch.state not in OPEN:
        raise RuleBroken(
            _("This import is %(state)s; it cannot be changed now.") % {"state": batch.get_state_display()}
        )
    return batch
