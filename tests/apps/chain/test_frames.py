"""What the engines are given: one class per frame, outside firms by name, firms under one controller together."""

from datetime import date

import pytest
from django.utils import timezone
from tests import factories

from lianzhu.apps.chain.queries import frames
from lianzhu.apps.enterprises.models import Confidentiality, ControlledBy, Controller, Product, SupplyLink

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain():
    return factories.chain()


def said(confidentiality: str) -> dict[str, object]:
    return {
        "confidentiality": confidentiality,
        "source": "产品目录",
        "as_of": date(2026, 3, 12),
        "entered_by": factories.person(None),
        "entered_at": timezone.now(),
    }


def test_makers_hold_public_current_products_of_known_nodes(chain):
    firm = factories.firm(in_chain=chain)
    shown = {"enterprise": firm, "product": "高压硅堆", "node": "P07"}
    Product.objects.create(**shown, **said(Confidentiality.PUBLIC))
    Product.objects.create(**{**shown, "product": "内部样机"}, **said(Confidentiality.OFFICE))
    Product.objects.create(**{**shown, "product": "旧品", "state": "superseded"}, **said(Confidentiality.PUBLIC))
    Product.objects.create(**{**shown, "node": ""}, **said(Confidentiality.PUBLIC))
    assert frames.open_makers(chain).rows() == [(str(firm.pk), "P07", "高压硅堆", "", "", "2026-03-12")]


def test_existence_and_weight_of_links_are_two_frames(chain):
    firm = factories.firm(in_chain=chain)
    ends = {"chain": chain, "supplier": firm, "buyer_outside": "某电网公司", "node": "P07"}
    SupplyLink.objects.create(**ends, weight="120.5", **said(Confidentiality.OFFICE))
    SupplyLink.objects.create(**{**ends, "item": "二"}, **said(Confidentiality.OFFICE))
    both = [(str(firm.pk), "out:某电网公司", "P07", "2026-03-12")] * 2
    assert frames.office_links(chain).rows() == both
    assert frames.weighted_links(chain).rows() == [(*both[0], 120.5)]


def test_firms_under_one_controller_are_together(chain):
    one, two, three = (factories.firm(in_chain=chain) for _ in range(3))
    holder = Controller.objects.create(name="某控股")
    for firm in (one, two):
        ControlledBy.objects.create(enterprise=firm, controller=holder, **said(Confidentiality.OFFICE))
    told = dict(frames.controllers(chain).rows())
    assert told[str(one.pk)] == told[str(two.pk)] != told[str(three.pk)] == str(three.pk)
    assert frames.firm_ids(chain)["firm"].to_list() == [str(one.pk), str(two.pk), str(three.pk)]
