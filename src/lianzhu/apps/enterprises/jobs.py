"""Long work of imports: query -> engine -> action. Safe to run twice."""

from django.utils.translation import gettext as _

from lianzhu.apps.core import jobs
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import Job
from lianzhu.apps.enterprises.actions import imports
from lianzhu.apps.enterprises.models import Chain, ImportBatch
from lianzhu.apps.enterprises.queries import previews
from lianzhu.library.problem import BadInput

READ = "enterprises.read_batch"
APPLY = "enterprises.apply_batch"


def read_batch(job: Job) -> None:
    """Read a file and keep its preview; sentences about a file that cannot be used are kept instead."""
    batch = ImportBatch.objects.select_related("file", "chain").get(pk=job.argument)
    jobs.progress(job, _("Reading the file and comparing it with what is known"), 0, 2)
    revision = Chain.objects.values_list("revision", flat=True).get(pk=batch.chain_id)
    try:
        prepared = previews.prepare(batch)
    except BadInput as error:
        said = [
            " ".join(_(part).format(**problem.params) for part in (problem.message, problem.mend) if part)
            for problem in error.problems
        ]
        imports.note_unreadable(actor=job.asked_by, batch_id=batch.pk, said=said)
        return
    jobs.progress(job, _("Keeping the preview"), 1, 2)
    imports.store_preview(actor=job.asked_by, batch_id=batch.pk, prepared=prepared, revision=revision)


def apply_batch(job: Job) -> None:
    """Apply what the person saw; if the data moved on meanwhile, show the new preview instead of guessing."""
    batch = ImportBatch.objects.select_related("file", "chain").get(pk=job.argument)
    if batch.state == ImportBatch.State.APPLIED:
        return
    jobs.progress(job, _("Comparing once more with what is known"), 0, 2)
    revision = Chain.objects.values_list("revision", flat=True).get(pk=batch.chain_id)
    prepared = previews.prepare(batch)
    if prepared.seal != batch.seal:
        imports.store_preview(actor=job.asked_by, batch_id=batch.pk, prepared=prepared, revision=revision)
        raise RuleBroken(_("The data changed after the preview was made. Look at the new preview, then apply it."))
    jobs.progress(job, _("Writing %(count)s rows") % {"count": batch.rows_new + batch.rows_changed}, 1, 2)
    imports.apply_batch(actor=job.asked_by, batch_id=batch.pk, prepared=prepared, revision=revision)
    previews.drop(batch)
