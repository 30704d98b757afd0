"""Addresses of rooms that may not stand yet."""

from django.urls import NoReverseMatch, reverse


def address_of(name: str, *args: object, query: str = "") -> str:
    """Where a page opens, or '' while its room does not stand: then the frame leaves the link out."""
    try:
        return reverse(name, args=args) + query
    except NoReverseMatch:
        return ""
