"""The time of the story: working days counted back from the day the demo is built."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.queries.days import calendar_now
from lianzhu.engine.clock import is_working_day

ZONE = ZoneInfo("Asia/Shanghai")


class Hand:
    """The hand of the story's clock. Day 0 is the last working day that has begun by `now`, day -1 the one before."""

    def __init__(self, now: datetime) -> None:
        self.now = self.end = now.astimezone(ZONE)
        self.calendar = calendar_now()
        self.days = [self._last(now.astimezone(ZONE).date())]

    def _last(self, day: date) -> date:
        while not is_working_day(day, self.calendar):
            day -= timedelta(days=1)
        return day

    def day(self, number: int) -> date:
        """The working day `number` (0 or below)."""
        while len(self.days) <= -number:
            self.days.append(self._last(self.days[-1] - timedelta(days=1)))
        return self.days[-number]

    def set(self, number: int, at: str) -> datetime:
        """Turn the hand to a time of a working day; never past the moment of the build, never back."""
        hour, minute = at.split(":")
        moment = datetime.combine(self.day(number), time(int(hour), int(minute)), ZONE)
        self.now = min(moment, self.end)
        return self.now

    def wait(self, minutes: int) -> None:
        """Let some minutes pass."""
        self.now = min(self.now + timedelta(minutes=minutes), self.end)

    def ago(self, days: int) -> date:
        """The calendar day so many days before the build."""
        return self.end.date() - timedelta(days=days)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Let this hand tell the time of cases and meetings."""
        with clock.telling(lambda: self.now):
            yield
