"""Forums, lectures, training and joint meetings: agenda check, sign-up with waitlist, papers, minutes, decisions.

Imports `cases` (a decision becomes a case; the clock), `organisation`, `enterprises`, `core` and `lianzhu.library`.
Start reading in `models.py`, then `agenda.py` (what may not be talked about); every write is in `actions/`.
"""
