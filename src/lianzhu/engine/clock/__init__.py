"""Chinese working time: working days with make-up days, half-open office hours, deadlines and their lights.

Imports `lianzhu.library` only. Start reading in `worktime.py` (the calendar, `add`, `between`), then `deadlines.py`
(due times with pauses, lights, what a newly entered notice moves); `daytable.py` reads the editable table.
"""

from lianzhu.engine.clock.daytable import day_table_rows, parse_hours, read_day_table
from lianzhu.engine.clock.deadlines import (
    Deadline,
    Light,
    Moved,
    changed_deadlines,
    due_at,
    light,
    moment_at_share,
    share_used,
)
from lianzhu.engine.clock.worktime import (
    Amount,
    Calendar,
    Due,
    add,
    after,
    between,
    is_working_day,
    is_working_instant,
    next_working_instant,
    parse_amount,
    published_calendar,
    working_time,
)

__all__ = [
    "Amount",
    "Calendar",
    "Deadline",
    "Due",
    "Light",
    "Moved",
    "add",
    "after",
    "between",
    "changed_deadlines",
    "day_table_rows",
    "due_at",
    "is_working_day",
    "is_working_instant",
    "light",
    "moment_at_share",
    "next_working_instant",
    "parse_amount",
    "parse_hours",
    "published_calendar",
    "read_day_table",
    "share_used",
    "working_time",
]
