"""Long work of the app: looking over every file of a chain."""

from django.utils import timezone
from django.utils.translation import gettext as _

from lianzhu.apps.core.jobs import progress
from lianzhu.apps.core.models import Job
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.findings import roster

LOOK_OVER = "findings.look_over"


def look_over(job: Job) -> None:
    """Look over the files of the chain whose id is the job's argument, as the person who asked. Safe to run twice."""
    progress(job, _("Looking over the firms' files"), 0, 1)
    chain = Chain.objects.get(pk=job.argument)
    roster.look_over(actor=job.asked_by, chain=chain, on=timezone.localdate())
    progress(job, _("Looking over the firms' files"), 1, 1)
