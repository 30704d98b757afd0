"""What time it is for cases. One place, so that a demo can tell a year's story and a test can hold the clock still."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time

from django.utils import timezone

SOURCE: ContextVar[Callable[[], datetime]] = ContextVar("cases_clock", default=timezone.now)


def now() -> datetime:
    """The present moment, aware."""
    return SOURCE.get()()


def today() -> date:
    """The present day in the server's time zone."""
    return today_of(now())


def today_of(at: datetime) -> date:
    """The day of a moment in the server's time zone."""
    return timezone.localtime(at).date()


def starts(on: date) -> datetime:
    """The first moment of a day in the server's time zone: comparing moments uses an index, comparing days none."""
    return timezone.make_aware(datetime.combine(on, time.min))


@contextmanager
def telling(source: Callable[[], datetime]) -> Iterator[None]:
    """Let `source` tell the time inside the block; for the demo's story and for tests."""
    token = SOURCE.set(source)
    try:
        yield
    finally:
        SOURCE.reset(token)
