"""Journeys in a real Chromium: what a person does, at 1440 and 360 px, with the keyboard, checked with axe."""
