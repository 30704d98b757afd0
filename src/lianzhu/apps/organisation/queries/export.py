"""Rows of the workbook, for whoever keeps it."""

from collections.abc import Iterator

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.organisation.models import Appointment, Body


def body_rows(user: User, chain: Chain) -> Iterator[dict[str, str]]:
    """Every body there ever was, as the template's columns; posts and task forces have their own pages."""
    rows = Body.objects.visible_to(user).filter(chain=chain).exclude(kind__in=Body.AT_A_PLACE)
    for body in rows.select_related("parent", "enterprise").order_by("id"):
        yield {
            "name": body.name,
            "kind": body.get_kind_display(),
            "parent": body.parent.name if body.parent else "",
            "firm": body.enterprise.name if body.enterprise else "",
            "since": body.since.isoformat(),
            "until": body.until.isoformat() if body.until else "",
            "source": body.source,
        }


def seat_rows(user: User, chain: Chain) -> Iterator[dict[str, str]]:
    """Every seat there ever was whose holder this person may read by name."""
    rows = Appointment.objects.visible_to(user).filter(body__chain=chain).exclude(body__kind__in=Body.AT_A_PLACE)
    for seat in rows.select_related("body", "person__enterprise").order_by("body", "since", "id"):
        person = seat.person
        yield {
            "body": seat.body.name,
            "name": person.name,
            "firm": person.enterprise.name if person.enterprise else "",
            "unit": person.unit,
            "role": seat.get_role_display(),
            "since": seat.since.isoformat(),
            "until": seat.until.isoformat() if seat.until else "",
            "source": seat.source,
            "consent": person.consent_on.isoformat() if person.consent_on else "",
        }
