"""The chain's organisation: bodies in one tree, who sits where since when, posts and task forces, cross appointment.

Imports `findings`, `enterprises` and `core`. Start reading in `models.py`; every write is in `actions/`.
"""
