"""Long work of the app: the packages of a whole chain. Safe to run twice."""

from django.db import models
from django.utils.translation import gettext as _

from lianzhu.apps.core.jobs import progress
from lianzhu.apps.core.models import Job
from lianzhu.apps.enterprises.actions.accounts import system_user
from lianzhu.apps.enterprises.models import Enterprise
from lianzhu.apps.policies.actions.packages import build_package, build_packages
from lianzhu.apps.policies.actions.reminders import remind_firms
from lianzhu.apps.policies.models import Package

BUILD = "policies.build"
BLOCK = 20


def rebuild_moved() -> int:
    """Work out anew the packages of firms whose file moved since: a value accepted, imported, taken back. A few a time.

    An answer of the firm itself rebuilds its package at once; this is for what others did to its file.
    """
    moved = Package.objects.filter(
        latest=True, enterprise__state=Enterprise.State.ACTIVE, built_at__lt=models.F("enterprise__updated_at")
    )
    firms = list(moved.order_by("pk").values_list("enterprise", flat=True)[:BLOCK])
    for firm in firms:
        build_package(actor=system_user(), firm_id=firm)
    return len(firms)


def build_chain(job: Job) -> None:
    """Build today's packages of every active firm of the chain whose id is the job's argument, and remind the firms."""
    firms = Enterprise.objects.filter(state=Enterprise.State.ACTIVE, chains=job.argument).order_by("pk")
    ids = list(firms.values_list("pk", flat=True))
    for start in range(0, len(ids), BLOCK):
        progress(job, _("Checking firms against the policies"), start, len(ids))
        block = ids[start : start + BLOCK]
        build_packages(actor=job.asked_by, chain_id=job.argument, firm_ids=block)
        remind_firms(actor=job.asked_by, chain_id=job.argument, firm_ids=block)
    progress(job, _("Checking firms against the policies"), len(ids), len(ids))
