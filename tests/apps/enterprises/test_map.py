"""The chain map and the genealogy: counts by hand, the drawing."""

from datetime import date

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests import factories

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises import charts
from lianzhu.apps.enterprises.models import ControlledBy, Controller, Enterprise, Origin, Product, Role
from lianzhu.apps.enterprises.queries import map as maps
from lianzhu.apps.enterprises.queries.genealogy import genealogy
from lianzhu.library.chain import bill_of_materials, nodes

pytestmark = pytest.mark.django_db


def record(**told: object) -> dict[str, object]:
    given = {"confidentiality": "public", "source": "产品目录", "as_of": date(2026, 5, 18)}
    return {**given, "entered_by": User.objects.first() or factories.person(None), "entered_at": timezone.now(), **told}


def make(firm: Enterprise, node: str, **told: object) -> Product:
    return Product.objects.create(**record(**told), enterprise=firm, product=f"{node}产品", node=node)


def spun_off(child: Enterprise, parent: Enterprise, year: int | None) -> Origin:
    return Origin.objects.create(**record(), child=child, parent=parent, year=year)


@pytest.fixture
def office() -> User:
    return factories.person(Role.OFFICE)


def drawn(user: User) -> maps.ChainMap:
    return maps.chain_map(user, factories.chain())


def test_counts_by_controller_and_newest_date(office):
    firms = [factories.firm() for _ in range(4)]
    for firm in firms:
        make(firm, "P07")
    Product.objects.create(**record(as_of=date(2026, 6, 1)), enterprise=firms[0], product="另一种", node="P07")
    holder = Controller.objects.create(name="甲控股")
    for firm in firms[:2]:
        ControlledBy.objects.create(**record(confidentiality="office"), enterprise=firm, controller=holder)
    one = drawn(office).made["P07"]
    assert (one.firms, one.makers, one.newest) == (4, 3, date(2026, 6, 1))
    assert drawn(factories.person(Role.DEPARTMENT)).made["P07"].makers == 4


def test_nobody_is_absent_among_customers_and_tracks():
    assert maps.Made(nodes()["P07"]).absent and not maps.Made(nodes()["P07"], firms=1, makers=1).absent
    assert not any(maps.Made(node).absent for node in nodes().values() if node.stage in ("customer", "track"))


def test_withdrawn_firms_and_old_products_do_not_count(office):
    make(factories.firm(state="withdrawn"), "P07")
    make(factories.firm(), "P07", state="superseded")
    make(factories.firm(in_chain=factories.chain("other")), "P07")
    assert drawn(office).made["P07"].firms == 0


def test_the_drawing_holds_every_node_once_and_none_overlap(office):
    for english in (False, True):
        drawing = charts.map_drawing(drawn(office), {"P07"}, None, english=english)
        assert sorted(bead.made.node.code for bead in drawing.beads) == sorted(nodes())
        assert [bead.made.node.code for bead in drawing.beads if bead.hit] == ["P07"]
        places = [(bead.x, bead.y) for bead in drawing.beads]
        assert len(set(places)) == len(places)
        assert all(0 < x < drawing.width and 0 < y < drawing.height for x, y in places)
        assert {head.level.stage for head in drawing.headings if head.stage} == {
            node.stage for node in nodes().values()
        }


def test_lines_only_for_the_chosen_node(office):
    chain_map = drawn(office)
    assert charts.map_drawing(chain_map, (), None, english=False).paths == []
    sheet = maps.node_sheet(office, factories.chain(), chain_map, "U05")
    needs, feeds = len(bill_of_materials()["U05"].inputs), len(maps.feeds()["U05"])
    assert len(charts.map_drawing(chain_map, (), sheet, english=False).paths) == needs + feeds > 2


@given(st.text(alphabet="高压试验变器、成套与", min_size=1, max_size=14))
def test_a_wrapped_name_loses_nothing(name):
    lines = charts._split(name)
    assert "".join(lines) == name and len(lines) <= 2 and all(lines)


@given(st.lists(st.text(alphabet="abcdef", min_size=1, max_size=9), min_size=1, max_size=8))
def test_an_english_name_has_three_lines_at_most(words):
    assert 1 <= len(charts._wrapped(" ".join(words))) <= 3


def test_old_addresses_of_the_map_lead_to_the_new_ones(office):
    page = factories.browser(office)
    assert page.get("/firms/map/?chain=gy").url == "/chain/map/?chain=gy"
    assert page.get("/firms/map/P07/").url == "/chain/map/P07/"


# ── genealogy ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_tree_by_hand(office):
    works, first, second, grandchild, alone = (factories.firm(name) for name in "甲乙丙丁戊")
    factories.fact(works, "registered_date", "1971-05-01")
    spun_off(second, works, 1990)
    spun_off(first, works, 1986)
    spun_off(grandchild, first, 1999)
    spun_off(grandchild, second, 2001)
    found = genealogy(office, factories.chain())
    (tree,) = found.trees
    assert (tree.firm, tree.year, tree.below) == (works, 1971, 3)
    assert [branch.firm for branch in tree.offspring] == [first, second]
    (leaf,) = tree.offspring[0].offspring
    assert (leaf.firm, leaf.year, leaf.also_from) == (grandchild, 1999, ["丙"])
    assert found.alone == [alone] and found.without_year == 1
    by_year = dict(found.by_year)
    assert (by_year[1971], by_year[1985], by_year[1986], by_year[1990], by_year[1999]) == (1, 1, 2, 3, 4)


def test_a_ring_is_cut_and_nobody_lost(office):
    a, b, c = (factories.firm() for _ in range(3))
    for child, parent in ((b, a), (c, b), (a, c)):
        spun_off(child, parent, 2000)
    (tree,) = genealogy(office, factories.chain()).trees
    assert tree.firm == a and tree.below == 2


def test_bars_start_from_zero_and_reach_the_top():
    bars = charts.year_bars([(1971, 1), (1972, 1), (1973, 4)])
    assert [(bar.height, bar.label) for bar in bars] == [(35.0, "1971"), (35.0, ""), (140.0, "1973")]
    assert charts.year_bars([]) == []


def test_the_genealogy_page(office):
    page = factories.browser(office)
    assert "这里将以树形列出" in page.get("/firms/genealogy/").content.decode()
    works, child = factories.firm("甲厂"), factories.firm("乙公司")
    spun_off(child, works, 1986)
    said = page.get("/firms/genealogy/").content.decode()
    assert f'id="firm-{child.pk}"' in said and "1986 年" in said and " style=" not in said
