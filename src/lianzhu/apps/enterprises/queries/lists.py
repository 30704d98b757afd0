"""Lists of firms: filtered, in pages by key, never counted past ten thousand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils import timezone

from lianzhu.apps.core import search
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import (
    Confidentiality,
    Enterprise,
    Membership,
    Product,
    RecordState,
    Role,
    RoleAssignment,
    access_of,
)
from lianzhu.library.chain import nodes

PAGE = 25
SORTS: Mapping[str, tuple[str, ...]] = {"name": ("name_key", "id"), "updated": ("-updated_at", "-id"), "id": ("id",)}


@dataclass(frozen=True)
class FirmPage:
    """One page of firms; `after` is the key of the next page, '' at the end."""

    firms: list[Enterprise]
    after: str
    sort: str


def firms_of(user: User) -> models.QuerySet[Enterprise]:
    """Active firms of the person's chains: names, codes and public facts are open to everybody with a role there."""
    # Asked row by row, so that a page of a hundred thousand firms never gathers all of them first.
    here = Membership.objects.filter(enterprise=models.OuterRef("pk"), chain__in=access_of(user).chains)
    return Enterprise.objects.filter(models.Exists(here), state=Enterprise.State.ACTIVE)


def find_firms(user: User, text: str, *, limit: int = 200) -> models.QuerySet[Enterprise]:
    """Firms whose name or code holds the text, oldest first."""
    return firms_of(user).filter(pk__in=search.find(search.Kind.ENTERPRISE, text, limit=limit)).order_by("id")


def firm_page(user: User, *, text: str = "", node: str = "", sort: str = "name", after: str = "") -> FirmPage:
    """One page of firms, filtered by text and taxonomy node. A search is in the order of entry, for speed."""
    firms = firms_of(user)
    if node:
        firms = firms.filter(pk__in=open_products().filter(node=node).values("enterprise"))
    if text:
        start = int(after) if after.isdigit() else 0
        # A node filter thins the hits, so the index is asked for enough to fill a page all the same.
        hits = search.find(search.Kind.ENTERPRISE, text, after=start, limit=(PAGE + 1) * (20 if node else 1))
        rows = list(firms.filter(pk__in=hits).order_by("id")[: PAGE + 1])
        return FirmPage(rows[:PAGE], str(rows[PAGE - 1].pk) if len(rows) > PAGE else "", "id")
    sort = sort if sort in SORTS else "name"
    rows = list(_after(firms, sort, after).order_by(*SORTS[sort])[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return FirmPage(rows[:PAGE], _key(last, sort) if last else "", sort)


def _key(firm: Enterprise, sort: str) -> str:
    value = {"name": firm.name_key, "updated": firm.updated_at.isoformat(), "id": ""}[sort]
    return f"{firm.pk}|{value}"


def _after(firms: models.QuerySet[Enterprise], sort: str, after: str) -> models.QuerySet[Enterprise]:
    """Rows behind a page key; a key that cannot be read starts from the beginning."""
    number, _bar, value = after.partition("|")
    if not number.isdigit():
        return firms
    pk = int(number)
    if sort == "name":
        # The first condition lets the index find the place; the second is exact among equal names.
        return firms.filter(name_key__gte=value).exclude(name_key=value, id__lte=pk)
    if sort == "updated":
        return firms.filter(updated_at__lte=value).exclude(updated_at=value, id__gte=pk)
    return firms.filter(id__gt=pk)


def count_up_to(rows: models.QuerySet, most: int = 10_000) -> tuple[int, bool]:
    """Count rows, but stop at `most`: (count, whether there are more)."""
    count = rows.order_by()[: most + 1].count()
    return min(count, most), count > most


def count_firms(user: User, most: int = 10_000) -> tuple[int, bool]:
    """How many firms take part in the person's chains, but stop at `most`: (count, whether there are more)."""
    taking_part = Membership.objects.filter(chain__in=access_of(user).chains, enterprise__state=Enterprise.State.ACTIVE)
    return count_up_to(taking_part, most)


def open_products() -> models.QuerySet[Product]:
    """Current products of class `public`: what lists, exports and the map may tell everybody of the chain alike."""
    return Product.objects.filter(state=RecordState.CURRENT, confidentiality=Confidentiality.PUBLIC)


def nodes_of(firms: list[Enterprise]) -> dict[int, list[str]]:
    """Firm id -> the taxonomy nodes of its current public products; one query for the whole page."""
    made: dict[int, list[str]] = {}
    rows = open_products().filter(enterprise__in=firms).exclude(node="")
    for firm, node in rows.order_by("node").values_list("enterprise_id", "node").distinct():
        made.setdefault(firm, []).append(node)
    return made


def export_rows(user: User, *, text: str, node: str, most: int = 10_000) -> list[tuple[str, str, str, date | None]]:
    """Name, code, what it makes, day last confirmed: public values only."""
    firms = find_firms(user, text, limit=most) if text else firms_of(user)
    if node:
        firms = firms.filter(pk__in=open_products().filter(node=node).values("enterprise"))
    chosen = list(firms.order_by("name_key", "id")[:most])
    made: dict[int, list[str]] = {}
    # In blocks: a database takes only so many parameters at once.
    for start in range(0, len(chosen), 500):
        made |= nodes_of(chosen[start : start + 500])
    return [
        (
            firm.name,
            firm.shown_code,
            "、".join(nodes()[code].zh if code in nodes() else code for code in made.get(firm.pk, [])),
            timezone.localtime(firm.confirmed_at).date() if firm.confirmed_at else None,
        )
        for firm in chosen
    ]


def possible_readers(user: User) -> list[tuple[int, str, str]]:
    """People of the person's chains a firm may grant access to: (id, name, role); nobody tied to a firm."""
    today = timezone.localdate()
    held = RoleAssignment.objects.filter(
        models.Q(until__isnull=True) | models.Q(until__gte=today), since__lte=today, user__is_active=True
    )
    tied = held.filter(enterprise__isnull=False).values("user")
    rows = (
        held.filter(chain__in=access_of(user).chains)
        .exclude(user__in=tied)
        .exclude(role__in=[Role.COMMITTEE, Role.FIRM])
        .select_related("user")
        .order_by("user__name", "role")
    )
    return [(row.user_id, str(row.user), row.get_role_display()) for row in rows]


def firm_by_code(user: User, code: str) -> Enterprise | None:
    """The firm of the person's chains with this unified or temporary code."""
    plain = "".join(code.split()).upper()
    return firms_of(user).filter(models.Q(code=plain) | models.Q(temporary_code=plain)).first()
