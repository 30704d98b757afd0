"""The worker's table: kind of job -> the function that does it."""

from collections.abc import Mapping

from django.utils import timezone

from lianzhu.apps.cases import jobs as case_jobs
from lianzhu.apps.chain import jobs as chain_jobs
from lianzhu.apps.core import jobs
from lianzhu.apps.core.jobs import Work
from lianzhu.apps.core.models import Job
from lianzhu.apps.cultivation import jobs as cultivation_jobs
from lianzhu.apps.enterprises import jobs as import_jobs
from lianzhu.apps.enterprises.actions import accounts
from lianzhu.apps.enterprises.models import Chain, ImportBatch
from lianzhu.apps.findings import jobs as finding_jobs
from lianzhu.apps.policies import jobs as policy_jobs

WORKS: Mapping[str, Work] = {
    import_jobs.READ: import_jobs.read_batch,
    import_jobs.APPLY: import_jobs.apply_batch,
    finding_jobs.LOOK_OVER: finding_jobs.look_over,
    chain_jobs.LOOK_AT_CHAIN: chain_jobs.look_at_chain,
    chain_jobs.LOOK_AT_WEIGHTS: chain_jobs.look_at_weights,
    policy_jobs.BUILD: policy_jobs.build_chain,
}


def ticks() -> None:
    """What has to be looked at about once a minute. Every step is safe to repeat."""
    case_jobs.tick()
    cultivation_jobs.erase_what_is_over()
    look_over_files()
    build_packages()
    policy_jobs.rebuild_moved()


def look_over_files() -> None:
    """Look over every chain's files, and the chain itself, once a day and after an import was applied or undone."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    for chain in Chain.objects.order_by("pk"):
        moved = ImportBatch.objects.filter(chain=chain)
        for kind in (finding_jobs.LOOK_OVER, chain_jobs.LOOK_AT_CHAIN):
            last = Job.objects.filter(kind=kind, argument=chain.pk).order_by("-pk").first()
            since = last.asked_at if last else None
            if (
                since
                and since >= today
                and not (moved.filter(applied_at__gt=since).exists() or moved.filter(undone_at__gt=since).exists())
            ):
                continue
            jobs.ask(actor=accounts.system_user(), kind=kind, argument=chain.pk)


def build_packages() -> None:
    """Work out every chain's packages of policies once a day: dates alone can change how a firm stands."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    for chain in Chain.objects.order_by("pk"):
        if not Job.objects.filter(kind=policy_jobs.BUILD, argument=chain.pk, asked_at__gte=today).exists():
            jobs.ask(actor=accounts.system_user(), kind=policy_jobs.BUILD, argument=chain.pk)
