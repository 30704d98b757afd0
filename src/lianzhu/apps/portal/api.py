"""JSON under /api/ with an OpenAPI description at /api/openapi.json. Session sign-in, the same `visible_to` as pages.

What a reader may not see is absent, never null or masked: absence says nothing about whether a value exists.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import NinjaAPI, Schema
from ninja.security import django_auth

from lianzhu import __version__
from lianzhu.apps.core.models import User
from lianzhu.apps.core.views import person
from lianzhu.apps.enterprises.actions.grants import note_look
from lianzhu.apps.enterprises.models import Enterprise, FactValue, Product, SupplyLink, access_of
from lianzhu.apps.enterprises.queries import file, lists
from lianzhu.apps.enterprises.views.firms import visible_firm
from lianzhu.library.facts import facts as dictionary


class _Nested(NinjaAPI):
    """The framework looks for its root by a name without the portal's namespace before it."""

    def get_root_path(self, path_params: dict[str, Any]) -> str:
        return reverse("portal:api:api-root", kwargs=path_params)


api = _Nested(
    title="Lianzhu",
    version=__version__,
    description="Firms of the chain with sourced facts, products and supply links, as far as you may read them.",
    auth=django_auth,
    docs_url=None,
    urls_namespace="api",
)


class FirmOut(Schema):
    """A firm: public identity."""

    id: int
    name: str
    code: str
    state: str
    nodes: list[str]
    confirmed_at: datetime | None
    updated_at: datetime


class FirmsOut(Schema):
    """A page of firms; ask again with `after` for the next one, '' at the end."""

    firms: list[FirmOut]
    after: str


class FactOut(Schema):
    """A current value with its source. `value` is canonical text in `unit`."""

    fact: str
    label: str
    period: str
    value: str
    unit: str
    confidentiality: str
    source: str
    as_of: date
    confirmed: bool


class ProductOut(Schema):
    """A product; `weight` (its share of the firm's sales) only for the firm itself and the statistician."""

    product: str
    node: str
    voltage_class: str
    standard: str
    weight: Decimal | None
    source: str
    as_of: date


class EndOut(Schema):
    """One end of a link: a firm here by id, or somebody outside by name."""

    id: int | None
    name: str


class LinkOut(Schema):
    """A supply link; `weight` only for the firm itself and the statistician."""

    supplier: EndOut
    buyer: EndOut
    item: str
    node: str
    weight: Decimal | None
    source: str
    as_of: date
    evidence_date: date | None


def _firm_out(firm: Enterprise, made: dict[int, list[str]]) -> FirmOut:
    return FirmOut(
        id=firm.pk,
        name=firm.name,
        code=firm.shown_code,
        state=firm.state,
        nodes=made.get(firm.pk, []),
        confirmed_at=firm.confirmed_at,
        updated_at=firm.updated_at,
    )


def _opened(request: HttpRequest, pk: int) -> tuple[User, Enterprise]:
    """The reader and the firm, or 404; a look under a grant is noted, as on the page."""
    user = person(request)
    firm = visible_firm(user, pk)
    if firm.pk in access_of(user).granted_firms:
        note_look(actor=user, firm=firm, purpose="API")
    return user, firm


@api.get("/firms", response=FirmsOut, url_name="firms", summary="Firms of your chains, by name")
def firms(request: HttpRequest, q: str = "", node: str = "", after: str = "") -> FirmsOut:
    """One page: `q` is part of a name or code, `node` a code of the taxonomy."""
    page = lists.firm_page(person(request), text=q.strip(), node=node, after=after)
    made = lists.nodes_of(page.firms)
    return FirmsOut(firms=[_firm_out(firm, made) for firm in page.firms], after=page.after)


@api.get("/firms/{int:pk}", response=FirmOut, url_name="firm", summary="One firm")
def firm(request: HttpRequest, pk: int) -> FirmOut:
    """Identity and nodes of one firm."""
    found = visible_firm(person(request), pk)
    return _firm_out(found, lists.nodes_of([found]))


@api.get("/firms/{int:pk}/facts", response=list[FactOut], url_name="facts", summary="Current facts of a firm")
def facts(request: HttpRequest, pk: int) -> list[FactOut]:
    """Current values you may read, in the dictionary's order."""
    user, found = _opened(request, pk)
    known = dictionary()
    order = {name: place for place, name in enumerate(known)}
    rows = FactValue.objects.visible_to(user).current().filter(enterprise=found)
    return [
        FactOut(
            fact=row.fact,
            label=file.label_of(known[row.fact]),
            period=row.period,
            value=row.value,
            unit=known[row.fact].unit,
            confidentiality=row.confidentiality,
            source=row.source,
            as_of=row.as_of,
            confirmed=row.confirmed,
        )
        for row in sorted(rows, key=lambda row: (order.get(row.fact, 0), row.period))
        if row.fact in known
    ]


@api.get(
    "/firms/{int:pk}/products",
    response=list[ProductOut],
    exclude_none=True,
    url_name="products",
    summary="Products of a firm",
)
def products(request: HttpRequest, pk: int) -> list[Product]:
    """Current products you may read."""
    user, found = _opened(request, pk)
    return file.products(user, found)


@api.get(
    "/firms/{int:pk}/links",
    response=list[LinkOut],
    exclude_none=True,
    url_name="links",
    summary="Suppliers and customers of a firm",
)
def links(request: HttpRequest, pk: int) -> list[LinkOut]:
    """Current supply links you may read; their existence is for the office, the firm and whom it grants."""
    user, found = _opened(request, pk)
    seen = file.links(user, found)
    return [_link_out(link) for link in (*seen.suppliers, *seen.customers)]


def _link_out(link: SupplyLink) -> LinkOut:
    return LinkOut(
        supplier=EndOut(id=link.supplier_id, name=str(link.supplier or link.supplier_outside)),
        buyer=EndOut(id=link.buyer_id, name=str(link.buyer or link.buyer_outside)),
        item=link.item,
        node=link.node,
        weight=link.weight,
        source=link.source,
        as_of=link.as_of,
        evidence_date=link.evidence_date,
    )
