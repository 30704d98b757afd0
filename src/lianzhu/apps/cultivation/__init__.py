"""Dual cultivation: stages with due dates, and nothing else. Off until an administrator has read the notice.

Owns its records, keepers, consent, read log and erasure; no other app reads them. Imports `organisation`, `enterprises`
and `core`. Start reading in `stages.py` (the rules, without a database), then `models.py`.
"""
