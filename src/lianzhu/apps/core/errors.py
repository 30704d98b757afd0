"""The two ways an action says no: `RuleBroken` (not allowed now, and how to mend it) and Django's PermissionDenied."""


class RuleBroken(Exception):
    """A rule that needs state, time or another row was broken; the message says what and how to mend it. HTTP 409."""
