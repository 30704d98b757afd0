"""Reads: `days` (calendar, limits in force), `pool` (lists), `course` (one case), `people` (who gets what), `numbers`
(metrics), `waiting` (the first page's rows). Nothing here writes.
"""

from lianzhu.apps.cases.queries.waiting import waiting_for

__all__ = ["waiting_for"]
