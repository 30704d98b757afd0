"""`manage work`: the worker. One is enough; more are safe."""

import os
from typing import Any

from django.core.management.base import BaseCommand

from lianzhu.apps.core import jobs
from lianzhu.config.jobs import WORKS, ticks


class Command(BaseCommand):
    """Do waiting jobs until stopped, or until the server that started this worker is gone."""

    help = "Do waiting jobs and the clock's work until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        parent = int(os.environ.get("LIANZHU_PARENT", "0"))
        jobs.work_forever(WORKS, ticks=ticks, go_on=lambda: not parent or os.getppid() == parent)
