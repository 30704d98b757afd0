"""Ground storey of the apps: accounts' sign-in, audit log, errors, jobs, files, search. No domain words.

Imports no other app. Start reading in `models.py`, then `audit.py` and `jobs.py`.
"""
