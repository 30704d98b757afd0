"""The worker's table: kind of job -> the function that does it."""

from collections.abc import Mapping

from lianzhu.apps.core.jobs import Work
from lianzhu.apps.enterprises import jobs as import_jobs

WORKS: Mapping[str, Work] = {import_jobs.READ: import_jobs.read_batch, import_jobs.APPLY: import_jobs.apply_batch}


def ticks() -> None:
    """What has to be looked at about once a minute. Every step is safe to repeat."""
