"""A town of six firms, small enough to judge by hand. Made once per test.

甲 makes P07 (high-voltage silicon stacks) alone · 乙 and 丙, under one holding, make U05 · 丁 and 戊 make U10 ·
己 makes P12, which nothing here needs. U05 and U10 need P07. Nobody makes P08, which U05 needs; links say it is bought.
"""

from datetime import date
from typing import Any

from django.utils import timezone
from tests import factories

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import ControlledBy, Controller, Enterprise, Product, Role, SupplyLink
from lianzhu.apps.organisation.models import Appointment, Body, Person

ON = date(2026, 11, 23)
SEEN = date(2026, 5, 18)


def said(confidentiality: str = "public", **more: Any) -> dict[str, Any]:
    by = User.objects.first() or factories.person(None)
    told = {"confidentiality": confidentiality, "source": "产品目录", "as_of": SEEN, "entered_by": by}
    return {**told, "entered_at": timezone.now(), **more}


def make(firm: Enterprise, node: str, **more: Any) -> Product:
    facets = {name: more.pop(name) for name in ("voltage_class", "standard") if name in more}
    return Product.objects.create(enterprise=firm, product=f"{node}产品", node=node, **facets, **said(**more))


def link(supplier: Enterprise | str, buyer: Enterprise, node: str, weight: float | None = None) -> SupplyLink:
    end = {"supplier_outside": supplier} if isinstance(supplier, str) else {"supplier": supplier}
    return SupplyLink.objects.create(
        chain=factories.chain(), buyer=buyer, node=node, weight=weight, **end, **said("office")
    )


def hold(name: str, *firms: Enterprise) -> Controller:
    holder = Controller.objects.create(name=name)
    for firm in firms:
        ControlledBy.objects.create(enterprise=firm, controller=holder, **said("office"))
    return holder


def service_team() -> Body:
    """A body with one person, that takes cases in hand."""
    told = {"since": date(2026, 1, 1), "source": "通知"}
    body = Body.objects.create(chain=factories.chain(), kind=Body.Kind.TEAM, name="先锋服务队", **told)
    user = factories.person(Role.TEAM)
    person = Person.objects.create(chain=body.chain, user=user, name=user.name)
    Appointment.objects.create(person=person, body=body, role=Appointment.Role.LEAD, **told)
    return body


def town(*, links: bool = True, holdings: bool = True) -> dict[str, Enterprise]:
    firms = {name: factories.firm(f"{name}高压设备有限公司") for name in "甲乙丙丁戊己"}
    for name, node in (("甲", "P07"), ("乙", "U05"), ("丙", "U05"), ("丁", "U10"), ("戊", "U10"), ("己", "P12")):
        make(firms[name], node)
    if holdings:
        hold("乙丙控股", firms["乙"], firms["丙"])
    if links:
        for name in ("乙", "丙", "丁", "戊"):
            link(firms["甲"], firms[name], "P07")
        link("外地厂", firms["乙"], "P08")
    return firms
