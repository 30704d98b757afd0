"""Each person's first page: what waits, what changed, three figures.

`rows.py` says what a row is; `waiting.py`, `changes.py` and `figures.py` hold one function per source and, at the end,
the table of them: a room that comes later adds its function there. Start in `page.py`.
"""
