"""Long work of the app: the run over what the office may know, and the statistician's over real weights."""

from django.utils import timezone
from django.utils.translation import gettext as _

from lianzhu.apps.chain import runs
from lianzhu.apps.core.jobs import progress
from lianzhu.apps.core.models import Job
from lianzhu.apps.enterprises.models import Chain

LOOK_AT_CHAIN = "chain.look_at_chain"
LOOK_AT_WEIGHTS = "chain.look_at_weights"


def look_at_chain(job: Job) -> None:
    """Look at the chain whose id is the job's argument, as the person who asked. Safe to run twice."""
    progress(job, _("Looking at the chain"), 0, 1)
    runs.look_at_chain(actor=job.asked_by, chain=Chain.objects.get(pk=job.argument), on=timezone.localdate())
    progress(job, _("Looking at the chain"), 1, 1)


def look_at_weights(job: Job) -> None:
    """The same over real weights, as the statistician who asked."""
    progress(job, _("Working out every firm's place"), 0, 1)
    runs.look_at_weights(actor=job.asked_by, chain=Chain.objects.get(pk=job.argument), on=timezone.localdate())
    progress(job, _("Working out every firm's place"), 1, 1)
