"""Published holidays and make-up working days, notice by notice.

Owns the day table the clock is seeded from; imports `lianzhu.library` only. Start reading in `days.yaml`, then
`published.py`, whose loaders stand here as the front.
"""

from lianzhu.library.calendar.published import DayTable, Holiday, Notice, notices, published_days

__all__ = ["DayTable", "Holiday", "Notice", "notices", "published_days"]
