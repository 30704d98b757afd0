"""Cut points, sole suppliers, coverage of the taxonomy, and the reference structure."""

import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from lianzhu.engine.chain import (
    articulation_points,
    coverage,
    io_coefficients,
    network,
    node_fragility,
    reference_gaps,
    sole_suppliers,
)
from lianzhu.engine.chain.coverage import FRESH_DAYS, STATUSES
from lianzhu.engine.chain.network import Network
from lianzhu.engine.chain.reference import derive_coefficients
from lianzhu.library.chain import Bill, Input, nodes
from lianzhu.library.problem import BadInput

IO = Path(__file__).resolve().parents[3] / ".." / "shared" / "data" / "china_io"


def linked(pairs: list[tuple[int, int]], n: int, sectors: int = 3) -> Network:
    links = pl.DataFrame(
        {"supplier": [a for a, _ in pairs], "buyer": [b for _, b in pairs], "w": [1.0] * len(pairs)},
        schema={"supplier": pl.Int64, "buyer": pl.Int64, "w": pl.Float64},
    )
    return network(links, pl.DataFrame({"firm": range(n), "sector": [at % sectors for at in range(n)]}))


def cut_off_by_removal(net: Network, firm: int) -> int:
    """Firms of the same piece that lose touch with its largest part: remove the firm and count."""
    n = len(net.firms)
    whole = csr_array((np.ones(len(net.w)), (net.supplier, net.buyer)), shape=(n, n))
    _, before = connected_components(whole, directed=False)
    keep = (net.supplier != firm) & (net.buyer != firm)
    rest = csr_array((np.ones(keep.sum()), (net.supplier[keep], net.buyer[keep])), shape=(n, n))
    _, after = connected_components(rest, directed=False)
    same = [other for other in range(n) if before[other] == before[firm] and other != firm]
    sizes = np.bincount(after[same]) if same else np.zeros(1, int)
    return int(sizes.sum() - sizes.max())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda pair: pair[0] != pair[1]), max_size=24))
def test_cut_points_are_the_firms_whose_removal_cuts(pairs: list[tuple[int, int]]) -> None:
    net = linked(pairs, 12)
    found = {int(firm): cut for firm, cut in articulation_points(net).iter_rows()}
    wanted = {firm: cut for firm in range(12) if (cut := cut_off_by_removal(net, firm))}
    assert found == wanted


def test_sole_suppliers_are_of_essential_inputs_only() -> None:
    firms = pl.DataFrame({"firm": ["a", "b", "c", "d"], "sector": [0, 0, 1, 2]})
    links = pl.DataFrame({"supplier": ["a", "b", "a", "c"], "buyer": ["c", "c", "d", "d"], "w": [1, 1, 1, 1]})
    matrix = np.array([[0, 2, 2], [0, 0, 1], [0, 0, 0]])
    assert sole_suppliers(network(links, firms, matrix)).rows() == [("a", "d", "0")]


NODES = pl.DataFrame({"node": ["A", "B", "C", "D", "E", "F"]})
FIRMS = pl.DataFrame({"firm": ["1", "01", "3", "4"], "controller": ["", None, "H", "H"]})


def test_each_status_by_hand() -> None:
    products = pl.DataFrame({"firm": ["1", "01", "3", "3", "4", "1", "01", "3", "1", "01"], "node": list("AAABBCCCEE")})
    links = pl.DataFrame(
        {
            "supplier": ["1", None, "elsewhere", "", "1", None],
            "buyer": ["3", "3", "1", "1", "3", "3"],
            "node": ["A", "A", "D", "C", "C", "C"],
            "w": ["5", "5", "1", "3", "1", "1"],
            "date": ["2026-01-01", None, None, None, None, "2025-02-03"],
        }
    )
    table = coverage(FIRMS, products, links, nodes=NODES)
    assert dict(table.select("node", "status").iter_rows()) == {
        "A": "strong",
        "B": "single-source",  # 3 and 4 belong to one holding
        "C": "thin",  # three makers, but 1 of 5 bought here
        "D": "outside",
        "E": "thin",
        "F": "missing",
    }
    assert table["local_share"].to_list() == pytest.approx([0.5, None, 0.2, 0.0, None, None])
    assert table["firms"].to_list() == [3, 2, 3, 0, 2, 0]
    assert table["controllers"].to_list() == [3, 1, 3, 0, 2, 0]
    assert table["evidence"][0] == datetime.date(2026, 1, 1)


@pytest.mark.parametrize(("days", "status"), [(FRESH_DAYS, "strong"), (FRESH_DAYS + 1, "thin")])
def test_evidence_ages(days: int, status: str) -> None:
    on = datetime.date(2026, 11, 23)
    seen = (on - datetime.timedelta(days)).isoformat()
    products = pl.DataFrame({"firm": ["1", "01", "3"], "node": ["A"] * 3, "date": [seen] * 3})
    none = pl.DataFrame({"supplier": [], "buyer": [], "node": []})
    assert coverage(FIRMS, products, none, nodes=NODES, on=on)["status"][0] == status
    assert coverage(FIRMS, products, none, nodes=NODES)["status"][0] == "strong"


def test_a_sale_shows_a_maker_and_the_shipped_taxonomy_is_the_default() -> None:
    none = pl.DataFrame({"firm": [], "node": []})
    sale = pl.DataFrame({"supplier": ["1"], "buyer": ["elsewhere"], "node": ["P01"]})
    table = coverage(FIRMS, none, sale)
    assert table["node"].to_list() == list(nodes())
    assert set(table["status"]) <= set(STATUSES)
    row = table.filter(node="P01").row(0, named=True)
    assert (row["status"], row["firms"], row["local_share"]) == ("single-source", 1, None)


@pytest.mark.parametrize(
    ("products", "links", "place"),
    [
        ({"firm": ["9"], "node": ["A"]}, {}, ("products", 2, "firm")),
        ({"firm": ["1"], "node": ["Z"]}, {}, ("products", 2, "node")),
        ({"firm": ["1"], "node": ["A"], "date": ["soon"]}, {}, ("products", 2, "date")),
        ({"firm": ["1"]}, {}, ("products", 1, "")),
        ({}, {"w": ["-1"]}, ("links", 2, "w")),
        ({}, {"w": [None]}, ("links", 2, "w")),
        ({}, {"supplier": ["3"]}, ("links", 2, "buyer")),
        ({}, {"supplier": ["x"], "buyer": ["y"]}, ("links", 2, "buyer")),
        ({}, {"node": ["Z"]}, ("links", 2, "node")),
    ],
)
def test_bad_rows_are_named(
    products: dict[str, list[str]], links: dict[str, list[str]], place: tuple[str, int, str]
) -> None:
    made = pl.DataFrame(products or {"firm": ["1"], "node": ["A"]})
    sold = pl.DataFrame({"supplier": ["1"], "buyer": ["3"], "node": ["A"], "w": ["1"], **links})
    with pytest.raises(BadInput) as refused:
        coverage(FIRMS, made, sold, nodes=NODES)
    assert place in {(problem.sheet, problem.row, problem.column) for problem in refused.value.problems}


BILL = {
    "T": Bill(
        "T",
        (
            Input("A", True, "high"),
            Input("B", True, "medium", alternative_group="a"),
            Input("C", True, "medium", alternative_group="a"),
            Input("D", False, "low"),
        ),
        "judgement",
    )
}


def test_what_the_reference_misses() -> None:
    found = reference_gaps(["T", "A", "B"], ["D"], BILL)
    assert found["met"].to_list() == ["made", "made", "alternative", "bought"]
    assert reference_gaps(["T"], [], BILL)["met"].to_list() == ["missing"] * 4
    assert reference_gaps(["A"], [], BILL).is_empty()


def test_a_second_maker_lowers_a_nodes_index() -> None:
    one = node_fragility(pl.DataFrame({"firm": ["1", "2"], "node": ["T", "A"]}), BILL)
    two = node_fragility(pl.DataFrame({"firm": ["1", "2", "3"], "node": ["T", "A", "A"]}), BILL)
    index = {table: dict(table_rows.select("node", "index").iter_rows()) for table, table_rows in ((1, one), (2, two))}
    # Output: A .3, B .1, C .1, D .03, T 1. Without A, T stands still; with two makers of A each failure costs half.
    assert index[1]["A"] == pytest.approx(1.3 / 1.53)
    assert index[2]["A"] == pytest.approx(0.65 / 1.53)
    assert dict(two.select("node", "makers").iter_rows()) == {"T": 1, "A": 2, "B": 0, "C": 0, "D": 0}


def test_no_makers_at_all_is_refused() -> None:
    with pytest.raises(BadInput):
        node_fragility(pl.DataFrame({"firm": [], "node": []}), BILL)


def test_the_shipped_coefficients_are_shares() -> None:
    table = io_coefficients()
    assert table.columns == ["input", "buyer", "coefficient"]
    assert table["coefficient"].is_between(0.005, 1).all()
    assert (table.group_by("buyer").agg(pl.col("coefficient").sum())["coefficient"] < 1).all()


@pytest.mark.skipif(not IO.is_dir(), reason="the shared input-output table is not beside this checkout")
def test_the_shipped_coefficients_are_derived_from_the_table() -> None:
    flows = pl.read_csv(IO / "china_io_2007_135_Z_10kCNY.csv").drop(pl.selectors.string()).to_numpy()
    totals = pl.read_csv(IO / "china_io_2007_135_totals.csv")
    names = totals["name"].to_list()
    whole = derive_coefficients(flows, totals["gross_output"].to_numpy())
    for given_by, buyer, coefficient in io_coefficients().iter_rows():
        assert whole[names.index(given_by), names.index(buyer)] == pytest.approx(coefficient, abs=5e-5)
