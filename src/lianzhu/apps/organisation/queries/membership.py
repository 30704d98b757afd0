"""Who acts for which body on a day."""

from datetime import date

from django.db.models import Q, QuerySet

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import RoleAssignment
from lianzhu.apps.enterprises.permissions import tie
from lianzhu.apps.organisation.models import Appointment, Body, held_on


def bodies_of(user: User, on: date) -> QuerySet[Body]:
    """Bodies in which the person has a seat on a day."""
    held = Appointment.objects.filter(held_on(on), person__user=user)
    return Body.objects.as_of(on).filter(pk__in=held.values("body")).order_by("name", "pk")


def bodies_a_user_works_for(user: User, on: date) -> frozenset[int]:
    """Ids of the bodies the person acts for: appointed on that day to a body that exists on that day.

    Whoever is tied to a firm acts only for bodies of that firm: a seat in the committee opens no neighbour's case.
    """
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    held = Appointment.objects.filter(held_on(on), held_on(on, "body__"), person__user=user)
    ties = set(RoleAssignment.objects.filter(held_on(on), tie(), user=user).values_list("enterprise", flat=True))
    if ties:
        held = held.filter(body__enterprise__in=ties - {None})
    return frozenset(held.values_list("body", flat=True))


def members_of(body: Body, on: date) -> QuerySet[User]:
    """Accounts of the people who act for a body on a day; seats held by people without an account are not here."""
    seats = Appointment.objects.filter(held_on(on), held_on(on, "body__"), body=body)
    members = User.objects.filter(is_active=True, pk__in=seats.values("person__user"))
    tied = RoleAssignment.objects.filter(held_on(on), tie() & ~Q(enterprise=body.enterprise_id or 0))
    return members.exclude(pk__in=tied.values("user")).order_by("name", "pk")
