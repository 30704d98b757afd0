"""Collects the first page from the functions of all rooms."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from lianzhu.apps.core.models import User
from lianzhu.apps.portal.home.changes import CHANGES
from lianzhu.apps.portal.home.figures import FIGURES
from lianzhu.apps.portal.home.rows import Change, Figure, Task
from lianzhu.apps.portal.home.waiting import WAITING

SHOWN = 8
FIRST_VISIT = timedelta(days=7)
# What has a distant date can wait longer than a decision without one.
URGENCY = {"late": 0, "soon": 1, "": 2, "ok": 3}


@dataclass(frozen=True)
class Home:
    """Everything on a person's first page. `since` is the last visit, or a week ago for a newcomer."""

    tasks: list[Task]
    changes: list[Change]
    more_changes: int
    figures: list[Figure]
    since: datetime
    returning: bool


def home_of(user: User) -> Home:
    """The page of one person: what presses first, newest changes first."""
    since = user.previous_visit_at or timezone.now() - FIRST_VISIT
    tasks = [task for source in WAITING for task in source(user)]
    tasks.sort(key=lambda task: (URGENCY[task.light], task.due or date.max))
    changes = [change for room in CHANGES for change in room(user, since)]
    changes.sort(key=lambda change: change.at, reverse=True)
    figures = [figure for room in FIGURES for figure in room(user)][:3]
    return Home(
        tasks, changes[:SHOWN], max(len(changes) - SHOWN, 0), figures, since, user.previous_visit_at is not None
    )
