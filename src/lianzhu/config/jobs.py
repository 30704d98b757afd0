"""The worker's table: kind of job -> the function that does it."""

from collections.abc import Mapping

from lianzhu.apps.core.jobs import Work

WORKS: Mapping[str, Work] = {}


def ticks() -> None:
    """What has to be looked at about once a minute. Every step is safe to repeat."""
