"""Shapes of input: `entering` (how work enters), `acting` (acts on a case), `rules` (limits, calendar, channels)."""
