"""Reads: the list by next step, counts in bands, the read log. Names are shown only after `actions.records.look_at`."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from lianzhu.apps.core.models import User
from lianzhu.apps.cultivation.models import Reading, Record
from lianzhu.apps.cultivation.stages import ORDER, NextStep, Stage, Track, next_step
from lianzhu.apps.enterprises.models import Chain

PAGE = 50
# Lower ends of the bands. Nobody can be told from a count: the smallest band begins at nought.
BANDS = (0, 5, 10, 20, 50, 100)


@dataclass(frozen=True)
class Line:
    """A record with what comes next; `late` when the day it was due has passed."""

    record: Record
    step: NextStep | None
    late: bool


def line_of(record: Record, today: date) -> Line:
    """A record as pages show it."""
    step = next_step(record.standing) if record.closed_on is None else None
    return Line(record, step, bool(step and step.due and step.due < today))


def lines(user: User, chain: Chain, today: date, *, track: str = "", closed: bool = False, after: str = "") -> Any:
    """A page of records, those whose next step is nearest first; closed ones newest first. (lines, next key)."""
    rows = Record.objects.visible_to(user).filter(chain=chain, closed_on__isnull=not closed)
    if track in Track.values:
        rows = rows.filter(track=track)
    rows = rows.select_related("chain", "details__enterprise")
    # Few hundred at most in a town: sorted here, because records without a next day come last on every database.
    ordered = sorted(rows, key=lambda row: (row.next_on is None, row.next_on or date.max, row.pk))
    at = next((number for number, row in enumerate(ordered, 1) if str(row.pk) == after), 0)
    page = ordered[at : at + PAGE]
    more = str(page[-1].pk) if at + PAGE < len(ordered) else ""
    return [line_of(row, today) for row in page], more


def band(count: int) -> str:
    """A count as its band.

    >>> band(0) == band(4), band(4) == band(5)
    (True, False)
    """
    low = max(edge for edge in BANDS if edge <= count)
    if low == 0:
        return _("fewer than 5")
    if low == BANDS[-1]:
        return _("100 or more")
    return f"{low}–{BANDS[BANDS.index(low) + 1] - 1}"


def counts(user: User, chain: Chain) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(direction, band of all, [(stage, band)]) of running records. Every number is a band, sums too."""
    rows = Record.objects.visible_to(user).running().filter(chain=chain)
    held = Counter(rows.values_list("track", "stage"))
    told = []
    for track in Track:
        by_stage = [(stage, held[(track.value, stage.value)]) for stage in ORDER[track]]
        total = sum(count for _stage, count in by_stage)
        told.append((str(track.label), band(total), [(str(Stage(one).label), band(n)) for one, n in by_stage]))
    return told


def readings(chain: Chain, after: str = "") -> tuple[list[Reading], str]:
    """A page of the read log, newest first: record number, reader, time."""
    rows = Reading.objects.filter(record__chain=chain).select_related("by")
    if after.isdigit():
        rows = rows.filter(pk__lt=int(after))
    page = list(rows[: PAGE + 1])
    return page[:PAGE], str(page[PAGE - 1].pk) if len(page) > PAGE else ""
