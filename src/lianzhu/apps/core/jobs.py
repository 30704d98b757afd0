"""Long work: a job row, a worker, a progress bar. The worker's table of functions is in `config.jobs`."""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import Job, User

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 3

Work = Callable[[Job], None]


@transaction.atomic
def ask(*, actor: User, kind: str, argument: int) -> Job:
    """Put work in the queue; the same work already waiting is returned instead of doubled."""
    waiting = Job.objects.filter(kind=kind, argument=argument, state=Job.State.WAITING).first()
    if waiting:
        return waiting
    return Job.objects.create(kind=kind, argument=argument, asked_by=actor, asked_at=timezone.now())


def progress(job: Job, step: str, done: int, total: int) -> None:
    """Say how far the job is, and keep its lease. Runs outside the job's own transaction, so that pages see it."""
    job.step, job.done, job.total = step, done, total
    job.lease_until = timezone.now() + LEASE
    job.save(update_fields=["step", "done", "total", "lease_until"])


@transaction.atomic
def take() -> Job | None:
    """Lease the oldest job that waits or whose worker died; None when there is nothing to do."""
    now = timezone.now()
    free = Job.objects.filter(state=Job.State.WAITING) | Job.objects.filter(
        state=Job.State.RUNNING, lease_until__lt=now
    )
    job = free.select_for_update(skip_locked=True).order_by("id").first()
    if job is None:
        return None
    job.state, job.attempts, job.lease_until = Job.State.RUNNING, job.attempts + 1, now + LEASE
    job.save(update_fields=["state", "attempts", "lease_until"])
    return job


def run(job: Job, works: Mapping[str, Work]) -> None:
    """Do one leased job and record how it ended. A broken rule is told to the person; a fault is also logged."""
    try:
        if job.attempts > MOST_ATTEMPTS:
            raise RuleBroken(_("This work was started three times and never finished. Please tell the administrator."))
        works[job.kind](job)
    except RuleBroken as said:
        job.state, job.error = Job.State.FAILED, str(said)
    except Exception:
        log.exception("job %s (%s) failed", job.pk, job.kind)
        job.state, job.error = Job.State.FAILED, _("The work stopped on a fault; nothing was half-written.")
    else:
        job.state, job.error = Job.State.DONE, ""
    job.finished_at, job.lease_until = timezone.now(), None
    job.save(update_fields=["state", "error", "finished_at", "lease_until"])


def run_waiting(works: Mapping[str, Work]) -> int:
    """Do every job that waits, then return how many were done. For commands and tests."""
    count = 0
    while job := take():
        run(job, works)
        count += 1
    return count


def work_forever(
    works: Mapping[str, Work], *, ticks: Callable[[], None], go_on: Callable[[], bool], pause: float = 0.5
) -> None:
    """The worker's loop, while `go_on` says so: jobs as they come, and `ticks` (clocks) about once a minute."""
    next_tick = 0.0
    while go_on():
        if time.monotonic() >= next_tick:
            ticks()
            next_tick = time.monotonic() + 60
        if run_waiting(works) == 0:
            time.sleep(pause)
