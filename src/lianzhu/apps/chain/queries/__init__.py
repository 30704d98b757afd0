"""Reads of the app. Start in `frames.py`."""
