"""The tree and one body as of a day. Names stand only where the reader may read them; the rest is counted."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.organisation.models import Appointment, Body, BranchFirm, Mission, Pairing, held_on

KINDS_IN_ORDER = {kind: number for number, kind in enumerate(Body.Kind.values)}


@dataclass
class Branch:
    """A body in the tree: who leads it (as far as readable), seats held, firms looked after, what hangs below."""

    body: Body
    leads: list[str]
    seats: int
    firms: int
    below: list["Branch"] = field(default_factory=list)


def tree(user: User, chain: Chain, on: date, *, kind: str = "") -> list[Branch]:
    """The bodies of a chain that exist on a day, nested; with `kind` a flat list of that kind. Four queries."""
    bodies = Body.objects.visible_to(user).as_of(on).filter(chain=chain)
    if kind:
        bodies = bodies.filter(kind=kind)
    found = {body.pk: body for body in bodies.select_related("enterprise")}
    seats = _counted(Appointment.objects.filter(held_on(on), body__in=found))
    firms = _counted(BranchFirm.objects.filter(held_on(on), body__in=found))
    leads: dict[int, list[str]] = {}
    led = Appointment.objects.visible_to(user).as_of(on).filter(body__chain=chain, role__in=Appointment.ALONE)
    for body, name in led.order_by("id").values_list("body", "person__name"):
        leads.setdefault(body, []).append(name)
    made = {pk: Branch(body, leads.get(pk, []), seats.get(pk, 0), firms.get(pk, 0)) for pk, body in found.items()}
    roots: list[Branch] = []
    for one in sorted(made.values(), key=lambda one: (KINDS_IN_ORDER[one.body.kind], one.body.pk)):
        above = made.get(one.body.parent_id or 0)
        (above.below if above and not kind else roots).append(one)
    return roots


def _counted(rows: QuerySet[Any]) -> dict[int, int]:
    return {row["body"]: row["n"] for row in rows.order_by().values("body").annotate(n=Count("id"))}


@dataclass(frozen=True)
class BodyPage:
    """One body as of a day: seats by name, how many more are held, firms, pairings, missions below, what has ended."""

    seats: list[Appointment]
    unnamed: int
    firms: list[BranchFirm]
    pairings: list[tuple[Pairing, Body]]
    below: list[Body]
    ended: list[Appointment]
    mission: Mission | None


def body_page(user: User, body: Body, on: date) -> BodyPage:
    """What stands on a body's page; the body itself was found through `visible_to`."""
    held = Appointment.objects.filter(body=body)
    named = Appointment.objects.visible_to(user).filter(body=body).select_related("person__enterprise", "person__user")
    seats = sorted(named.as_of(on), key=lambda seat: (Appointment.Role.values.index(seat.role), seat.since))
    pairs = Pairing.objects.visible_to(user).as_of(on).filter(Q(branch_a=body) | Q(branch_b=body))
    return BodyPage(
        seats=seats,
        unnamed=held.filter(held_on(on)).count() - len(seats),
        firms=list(
            BranchFirm.objects.visible_to(user).as_of(on).filter(body=body).select_related("enterprise").order_by("id")
        ),
        pairings=[
            (pair, pair.branch_b if pair.branch_a_id == body.pk else pair.branch_a)
            for pair in pairs.select_related("branch_a", "branch_b").order_by("id")
        ],
        below=list(Body.objects.visible_to(user).as_of(on).filter(parent=body).order_by("kind", "id")),
        ended=list(named.filter(until__lt=on).order_by("-until", "-id")[:50]),
        mission=Mission.objects.visible_to(user).filter(body=body).select_related("place").first(),
    )
