"""The fictional town is possible, skewed and impossible to mistake for a real one."""

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhu.demo.people import demo_accounts
from lianzhu.demo.records import Firm, Town
from lianzhu.demo.town import town
from lianzhu.engine.roster.codes import valid_codes
from lianzhu.library.chain import bill_of_materials, nodes
from lianzhu.library.facts import facts

ROLES = {
    "office",
    "committee",
    "firm",
    "team",
    "department",
    "expert",
    "statistician",
    "auditor",
    "administrator",
    "organisation",
}


@pytest.fixture(scope="module")
def place() -> Town:
    return town()


def makers(place: Town) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for firm in place.firms:
        for node in firm.nodes:
            found[node].add(firm.name)
    return found


def test_same_seed_same_town() -> None:
    assert town.__wrapped__(1971) == town.__wrapped__(1971)
    assert town.__wrapped__(1971) != town.__wrapped__(1972)


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10_000))
def test_every_seed_gives_a_whole_town(seed: int) -> None:
    place = town.__wrapped__(seed)
    names = {firm.name for firm in place.firms}
    codes = [firm.code for firm in place.firms if firm.code]
    assert len(names) == len(place.firms) == 128
    assert len(set(codes)) == len(codes) == 123
    assert all(valid_codes(pl.Series(codes)))
    assert {link.supplier for link in place.links if link.outside != "supplier"} <= names
    assert sum(firm.amount("revenue") for firm in place.firms) == Decimal(214860)


def test_published_facts(place: Town) -> None:
    said = {fact.en: fact.value for fact in place.facts}
    assert said["Share of the domestic market in HV test equipment"] > 75
    assert sum(firm.amount("revenue") for firm in place.firms) > 200_000  # 万元: two billion yuan
    assert said["Sales of the whole chain"] * 10_000 == sum(firm.amount("revenue") for firm in place.firms)
    assert all("fictional" in fact.source for fact in place.facts)


def test_nobody_real_can_carry_these_names_and_numbers(place: Town) -> None:
    assert all(firm.code[2:8] == "000000" for firm in place.firms if firm.code)
    assert all(firm.name.startswith(("示例市", "示例省")) for firm in place.firms)
    assert all("某" in contact.name and contact.phone.startswith("000-") for contact in place.contacts)
    assert all("某" in human.name and human.phone.startswith("000-") for human in place.people)
    for link in place.links:
        if link.outside:
            assert "虚" in (link.supplier if link.outside == "supplier" else link.buyer)


def test_sales_are_skewed_few_big_many_small(place: Town) -> None:
    sales = sorted((firm.amount("revenue") for firm in place.firms), reverse=True)
    assert sum(sales[:13]) > sum(sales) * Decimal("0.35")
    assert sales[64] < sum(sales) / len(sales)


def test_facts_obey_the_dictionary(place: Town) -> None:
    known = facts()
    kinds = {"integer": int, "decimal": Decimal, "boolean": bool, "date": date, "text": str, "code": str, "choice": str}
    for firm in place.firms:
        for (name, period), value in firm.facts.items():
            fact = known[name]
            assert type(value) is kinds[fact.type], (name, value)
            assert (fact.period == "year") == (period in ("2023", "2024", "2025"))
            if fact.minimum is not None and isinstance(value, int | Decimal):
                assert fact.minimum <= value <= (fact.maximum or value)
            if fact.type == "choice":
                assert value in {choice.code for choice in fact.choices}


def test_figures_fit_each_other(place: Town) -> None:
    for firm in place.firms:
        for year in ("2023", "2024", "2025"):
            assert 1 <= firm.amount("tech_staff", year) <= firm.amount("staff", year)
            assert 0 <= firm.amount("rd", year) < firm.amount("revenue", year)
            assert firm.amount("liabilities", year) < firm.amount("total_assets", year)
        start, end = firm.fact("hnte_valid_from"), firm.fact("hnte_valid_until")
        if isinstance(start, date) and isinstance(end, date):
            assert end == date(start.year + 3, start.month, start.day - 1)


def test_some_certificates_have_run_out(place: Town) -> None:
    ends = [firm.fact("hnte_valid_until") for firm in place.firms]
    today = date(2026, 11, 23)
    assert sum(1 for end in ends if isinstance(end, date) and end < today) >= 3
    assert sum(1 for end in ends if isinstance(end, date) and end >= today) >= 10


def test_one_works_grew_into_all_but_the_newcomers(place: Town) -> None:
    parent = {origin.child: origin.parent for origin in place.origins}
    founded = {firm.name: int(str(firm.fact("registered_date"))[:4]) for firm in place.firms}
    works = place.firms[0]
    assert founded[works.name] == 1971
    assert works.name not in parent
    assert len(place.origins) == len(parent) == 121
    for origin in place.origins:
        ancestor, steps = origin.child, 0
        while ancestor in parent and steps < 128:
            ancestor, steps = parent[ancestor], steps + 1
        assert ancestor == works.name or ancestor in set(founded) - set(parent)
        assert founded[origin.child] == origin.year > founded[origin.parent]


def test_links_follow_the_bills_of_material(place: Town) -> None:
    made, bills = makers(place), bill_of_materials()
    nodes_of = {firm.name: firm.nodes for firm in place.firms}
    for link in place.links:
        assert link.weight > 0
        if link.outside != "supplier":
            assert link.supplier in made[link.node]
        if link.outside != "buyer":
            wanted = {entry.node for node in nodes_of[link.buyer] if node in bills for entry in bills[node].inputs}
            assert link.node in wanted - set(nodes_of[link.buyer])
    assert 560 <= place.expected["links"] <= 660
    assert place.expected["outside_links"] >= 200
    keys = [(link.supplier, link.buyer, link.node) for link in place.links]
    assert len(set(keys)) == len(keys)


def test_nobody_sells_more_to_neighbours_than_at_all(place: Town) -> None:
    sold: dict[str, Decimal] = defaultdict(Decimal)
    for link in place.links:
        if not link.outside:
            sold[link.supplier] += link.weight
    sales = {firm.name: firm.amount("revenue") for firm in place.firms}
    assert all(amount <= sales[name] for name, amount in sold.items())


def test_crowded_single_source_and_missing_nodes(place: Town) -> None:
    made = makers(place)
    needed = {
        entry.node
        for bill in bill_of_materials().values()
        if bill.product in made
        for entry in bill.inputs
        if entry.essential
    }
    assert len(made["T03"]) >= 20
    assert {node for node in needed if len(made.get(node, ())) == 1} >= {"U03", "U02", "P07"}
    assert {node for node in needed if node not in made} >= {"P08", "P20"}


def test_controllers_hold_two_to_four_firms(place: Town) -> None:
    held = Counter(holding.controller for holding in place.holdings)
    assert len(held) == 10
    assert set(held.values()) <= {2, 3, 4}
    assert len({holding.firm for holding in place.holdings}) == len(place.holdings)


def test_products_are_named_once_and_known(place: Town) -> None:
    keys = [(product.firm, product.node, product.name) for product in place.products]
    assert len(set(keys)) == len(keys)
    assert {product.node for product in place.products} <= set(nodes())


def test_one_account_per_role_and_a_second_firm(place: Town) -> None:
    accounts = demo_accounts(place.people)
    roles = Counter(human.role for human in accounts)
    assert set(roles) == ROLES
    assert roles["firm"] == 2
    logins = [human.login for human in place.people]
    assert len(set(logins)) == len(logins)
    assert {human.body for human in place.people if human.role in ("team", "department", "expert")} <= {
        body.name for body in place.bodies
    }


def test_no_tie_between_a_firm_and_those_who_must_have_none(place: Town) -> None:
    tied = {human.role for human in place.people if human.firm}
    assert tied == {"committee", "firm"}
    own = {human.firm for human in place.people if human.role == "firm"}
    holder = {holding.firm: holding.controller for holding in place.holdings}
    assert len(own) == 2
    assert len({holder.get(name, name) for name in own}) == 2


def test_a_firm_tells_what_it_has_and_none_for_the_rest() -> None:
    firm = Firm("名", "名", "名", "", "sets", (), {("rd", "2025"): Decimal("1.5")})
    assert firm.amount("rd") == Decimal("1.5")
    assert firm.fact("rd", "2024") is None
    with pytest.raises(KeyError):
        firm.amount("rd", "2024")
