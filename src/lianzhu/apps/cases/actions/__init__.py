"""Every write of the app, by topic. Start in `log.py`: all of them write through it.

`entering` (open_case and what people call it), `steering` (the office), `working` (lead and helpers), `calling`
(call-back, silence, reopening), `rules` (limits, calendar, answers), `ladder` (steps and digests), `posting` (out of
the house).
"""

from lianzhu.apps.cases.actions.entering import open_case

__all__ = ["open_case"]
