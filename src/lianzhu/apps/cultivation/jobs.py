"""What runs by itself: erasure on the day the retention table says."""

from django.utils import timezone

from lianzhu.apps.cultivation.actions.records import erase_due


def erase_what_is_over() -> int:
    """Erase the names of records whose time is over; how many."""
    return erase_due(on=timezone.localdate())
