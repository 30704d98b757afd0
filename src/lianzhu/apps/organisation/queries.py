"""Reads of the organisation: the tree, who is in a body on a day, for which bodies a person acts."""

from datetime import date

from django.db.models import QuerySet

from lianzhu.apps.core.models import User
from lianzhu.apps.organisation.models import Appointment, Body, held_on


def bodies_of(user: User, on: date) -> QuerySet[Body]:
    """Living bodies the person is appointed to on a day."""
    return Body.objects.filter(pk__in=bodies_a_user_works_for(user, on))


def bodies_a_user_works_for(user: User, on: date) -> frozenset[int]:
    """Ids of the bodies the person acts for: appointed on that day to a body that exists on that day."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    held = Appointment.objects.filter(held_on(on), held_on(on, "body__"), person__user=user)
    return frozenset(held.values_list("body", flat=True))


def members_of(body: Body, on: date) -> QuerySet[User]:
    """Accounts of the people who act for a body on a day; seats held by people without an account are not here."""
    seats = Appointment.objects.filter(held_on(on), held_on(on, "body__"), body=body)
    return User.objects.filter(is_active=True, pk__in=seats.values("person__user")).order_by("name", "pk")
