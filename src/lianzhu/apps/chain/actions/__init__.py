"""Writes of the app, by topic."""
