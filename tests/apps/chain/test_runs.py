"""The runs over a town judged by hand; what is public follows from public products alone; places from weights."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import factories
from tests.apps.chain.town import ON, hold, link, make, town

from lianzhu.apps.chain import jobs, runs
from lianzhu.apps.chain.queries import frames
from lianzhu.apps.chain.runs import firms as of_firms
from lianzhu.apps.chain.runs import nodes as of_nodes
from lianzhu.apps.core.models import Job
from lianzhu.apps.enterprises.actions.accounts import system_user
from lianzhu.apps.enterprises.models import ControlledBy, Role, SupplyLink
from lianzhu.apps.findings.models import Finding, Snapshot
from lianzhu.engine.market.crowding import QUARTERS
from lianzhu.library.chain import nodes

pytestmark = pytest.mark.django_db


def look(on=ON):
    return runs.look_at_chain(actor=system_user(), chain=factories.chain(), on=on)


def keys(kind: str, **more: object) -> set[str]:
    return set(Finding.objects.filter(kind=kind, **more).exclude(state="gone").values_list("key", flat=True))


def evidence(kind: str, key: str) -> dict[str, object]:
    return Snapshot.objects.filter(finding__kind=kind, finding__key=key).latest("on").evidence


def public() -> list[tuple[object, ...]]:
    """Everything of class `public`: who may read what, and what it says."""
    rows = Snapshot.objects.filter(finding__confidentiality="public").order_by("finding__kind", "finding__key")
    return list(rows.values_list("finding__kind", "finding__key", "finding__says", "evidence", "confidence"))


def test_the_town_by_hand():
    firms = town()
    look()
    assert keys("single_source") == {"P07", "P12", "U05:office"}
    assert evidence("single_source", "P07")["dependants"] == ["U05", "U10"]
    assert evidence("single_source", "P12")["n"] == 0
    # Two firms of one holding: two makers for everybody, one for the office.
    assert keys("thin_node", confidentiality="public") == {"U05", "U10"}
    needed = {"M07", "P01", "P02", "P17", "M10", "P10", "P08", "P09", "P03", "P15", "P13"}
    assert keys("missing_node", confidentiality="public") == needed
    assert keys("outside_node") == {"P08:office"} and keys("outside_node", confidentiality="public") == set()
    # Without 甲 the four others fall apart into pieces of one: three lose touch with the largest.
    assert keys("cut_point") == {str(firms["甲"].pk)}
    assert evidence("cut_point", str(firms["甲"].pk))["n"] == 3
    # Four buyers depend on 甲: one below the bound.
    assert keys("sole_supplier") == set()
    assert keys("chain_index") == {"chain"}
    assert not Finding.objects.filter(confidentiality__in=["firm", "statistics"]).exists()


def test_a_fifth_buyer_makes_a_sole_supplier_and_a_second_source_ends_it():
    firms = town()
    fifth = factories.firm("庚高压设备有限公司")
    make(fifth, "U10")
    link(firms["甲"], fifth, "P07")
    look()
    (key,) = keys("sole_supplier")
    assert evidence("sole_supplier", key)["n"] == 5 and Finding.objects.get(key=key).enterprise == firms["甲"]
    link("外地硅堆厂", fifth, "P07")
    look()
    assert keys("sole_supplier") == set()


def test_a_firm_that_makes_the_input_itself_depends_on_nobody():
    owners = pl.DataFrame({"firm": list("123456"), "controller": list("123456")})
    made = [("1", "P07"), *((n, "U10") for n in "23456")]
    makers = pl.DataFrame([(*one, "", "", "", "") for one in made], schema=frames.MAKERS, orient="row")
    rows = [("1", n, "P07", "2026-01-01") for n in "23456"]
    links = pl.DataFrame(rows, schema=frames.LINKS, orient="row")
    assert len(of_firms.sole_findings(makers, links, owners)) == 1
    own = makers.vstack(makers.filter(pl.col("firm") == "2").with_columns(node=pl.lit("P07")))
    assert of_firms.sole_findings(own, links, owners) == []


@pytest.mark.parametrize(("links", "holdings"), [(False, False), (True, False), (False, True)])
def test_what_is_public_does_not_change_with_links_or_holdings(links, holdings):
    town(links=links, holdings=holdings)
    look()
    without = public()
    firms = {firm.name[0]: firm for firm in frames.active_firms(factories.chain())}
    SupplyLink.objects.all().delete()
    ControlledBy.objects.all().delete()
    link(firms["丁"], firms["甲"], "P08", 70)
    link("外地", firms["甲"], "P07", 1)
    hold("三家控股", firms["丁"], firms["戊"], firms["甲"])
    look()
    assert public() == without and without


def test_repeating_a_run_changes_nothing_and_a_second_maker_ends_the_finding():
    firms = town()
    first = look()
    assert sum(row.new for row in first.values()) == Finding.objects.count()
    before = public()
    assert {(row.new, row.gone) for row in look().values()} == {(0, 0)} and public() == before
    make(firms["己"], "P07")
    look(ON + timedelta(days=1))
    assert Finding.objects.get(kind="single_source", key="P07").state == "gone"
    assert Finding.objects.get(kind="thin_node", key="P07").state == "open"


@pytest.mark.parametrize(("days", "confidence"), [(365, "high"), (366, "medium"), (730, "medium"), (731, "low")])
def test_confidence_falls_with_the_age_of_the_evidence(days, confidence):
    make(factories.firm(), "P07", as_of=ON - timedelta(days=days))
    look()
    assert Snapshot.objects.get(finding__kind="single_source").confidence == confidence


def test_evidence_older_than_two_years_makes_a_node_thin():
    for days in (731, 731, 731):
        make(factories.firm(), "P07", as_of=ON - timedelta(days=days))
    look()
    assert evidence("thin_node", "P07")["why"] == "evidence older than two years"


@pytest.mark.parametrize(("twins", "found"), [(4, set()), (5, {"T14"})])
def test_a_node_is_crowded_when_ten_make_it_and_five_have_twins(twins, found):
    for n in range(10):
        same = n < twins
        make(factories.firm(), "T14", voltage_class="10kV" if same else f"{n + 20}kV", standard="DL/T 1")
    look()
    assert keys("crowded_node") == found
    if found:
        assert (evidence("crowded_node", "T14")["band"], evidence("crowded_node", "T14")["alike"]) == ("10-19", "5-9")


def test_fragile_nodes_show_a_band(monkeypatch):
    town()
    look()
    shares = {row.finding.node: row.evidence for row in Snapshot.objects.filter(finding__kind="fragile_node")}
    assert shares and all(float(row["index"]) >= 10 for row in shares.values())
    assert {row["index_band"] for row in shares.values()} <= {"10-20%", "20-40%", "40%+"}


def test_an_empty_chain_and_a_chain_without_products_have_no_findings():
    look()
    factories.firm()
    look()
    assert not Finding.objects.exists()


def test_the_runs_are_for_those_whose_work_it_is():
    chain = factories.chain()
    for role in (Role.COMMITTEE, Role.STATISTICIAN, Role.DEPARTMENT):
        with pytest.raises(PermissionDenied):
            runs.look_at_chain(actor=factories.person(role), chain=chain, on=ON)
    for role in (Role.COMMITTEE, Role.OFFICE, Role.DEPARTMENT):
        with pytest.raises(PermissionDenied):
            runs.look_at_weights(actor=factories.person(role), chain=chain, on=ON)
    with pytest.raises(PermissionDenied):
        runs.look_at_weights(actor=system_user(), chain=chain, on=ON)
    assert not Finding.objects.exists()


def test_the_jobs_run_twice():
    town()
    job = Job.objects.create(
        kind=jobs.LOOK_AT_CHAIN,
        argument=factories.chain().pk,
        asked_by=system_user(),
        asked_at=factories.timezone.now(),
    )
    jobs.look_at_chain(job)
    jobs.look_at_chain(job)
    assert (job.done, job.total) == (1, 1) and keys("single_source")


# ── places from real weights ──────────────────────────────────────────────────────────────────────────────────────


def weighted_town(count: int) -> list:
    firms = [factories.firm() for _ in range(count)]
    codes = [code for code, node in nodes().items() if node.stage != "customer"]
    for n, firm in enumerate(firms):
        make(firm, codes[n % len(codes)])
    # Pairs of seller and buyer: what fails with a firm is its pair's volume, so that places differ.
    for n in range(0, count - 1, 2):
        link(firms[n], firms[n + 1], codes[n % len(codes)], 3.0 * n + 1)
    return firms


def test_places_are_quarters_for_each_firm_alone():
    firms = weighted_town(40)
    statistician = factories.person(Role.STATISTICIAN)
    runs.look_at_weights(actor=statistician, chain=factories.chain(), on=ON)
    rows = Finding.objects.filter(kind="own_place")
    assert rows and set(rows.values_list("confidentiality", flat=True)) == {"statistics"}
    assert all(row.key == str(row.enterprise_id) for row in rows)
    told = list(Snapshot.objects.filter(finding__in=rows).values_list("evidence", flat=True))
    assert {one["band"] for one in told} <= set(QUARTERS)
    assert all(set(one) == {"band", "on", "told", "sure"} for one in told)
    own = rows.first()
    owner = factories.person(Role.FIRM, of=own.enterprise)
    neighbour = factories.person(Role.FIRM, of=next(firm for firm in firms if firm.pk != own.enterprise_id))
    assert list(Finding.objects.visible_to(owner).filter(kind="own_place")) == [own]
    assert own not in Finding.objects.visible_to(neighbour)
    for role in (Role.OFFICE, Role.COMMITTEE, Role.DEPARTMENT, Role.AUDITOR, Role.ADMINISTRATOR):
        assert not Finding.objects.visible_to(factories.person(role)).filter(kind="own_place").exists(), role


def test_few_firms_have_no_places():
    weighted_town(15)
    runs.look_at_weights(actor=factories.person(Role.STATISTICIAN), chain=factories.chain(), on=ON)
    assert not Finding.objects.filter(kind="own_place").exists()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.integers(0, 59))
@settings(deadline=None)
def test_a_quarter_is_told_only_with_five_others_on_each_side(values, at):
    at %= len(values)
    owners = [str(n) for n in range(len(values))]
    quarter = of_firms.own_quarter(np.array(values), owners, at)
    if quarter:
        others = np.delete(np.array(values), at)
        bounds = np.quantile(others, (0.25, 0.5, 0.75))
        assert min(np.bincount(np.searchsorted(bounds, others, side="right"), minlength=4)) >= 5
    # One's own value decides only where one stands, never where the bounds are; a holding is no reference for itself.
    same = of_firms.own_quarter(np.array(values), ["one"] * len(values), at)
    assert same == ""


def test_bands_at_their_bounds():
    assert [of_nodes.index_band(share) for share in (0.0999, 0.1, 0.1999, 0.2, 0.3999, 0.4)] == [
        *("", "10-20%", "10-20%", "20-40%", "20-40%", "40%+"),
    ]
