"""Rows of a person's first page: what waits for them, with the light of its clock."""

from lianzhu.apps.core.models import User


def waiting_for(user: User) -> list[object]:
    """placeholder"""
    return []
