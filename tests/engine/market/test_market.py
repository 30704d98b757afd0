"""Crowding: concentration by hand, overlap against dense matrices, bands at their boundaries, bad rows."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhu.engine.market import Portfolios, cr4, firm_table, hhi, node_table, overlap, pair_table, portfolios
from lianzhu.library.problem import BadInput


def held_by(rows: list[tuple[str, str, float]], controllers: dict[str, str] | None = None) -> Portfolios:
    table = pl.DataFrame(rows, schema={"firm": pl.String, "product": pl.String, "weight": pl.Float64}, orient="row")
    holding = pl.col("firm").replace_strict(controllers or {}, default=None, return_dtype=pl.String)
    return portfolios(table.with_columns(controller=holding))


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("ABCDE"), st.integers(1, 9).map(float)), min_size=1
    ),
    held_together=st.booleans(),
    weighted=st.booleans(),
)
def test_overlap_equals_dense_matrices(rows: list[tuple[str, str, float]], held_together: bool, weighted: bool) -> None:
    held = held_by(rows, {"a": "H", "b": "H"} if held_together else None)
    n = len(held.firms)
    matrix = np.zeros((n, len(held.product_of)))
    matrix[held.firm, held.item] = held.weight if weighted else 1.0
    unit = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
    cosine, has = unit @ unit.T, (matrix > 0).astype(int)
    shared = has @ has.T
    union = has.sum(1)[:, None] + has.sum(1)[None, :] - shared
    apart = held.controller[:, None] != held.controller[None, :]
    found = overlap(held, top=n, weighted=weighted)
    for i in range(n):
        wanted = {j for j in range(n) if apart[i, j] and shared[i, j]}
        assert set(found.other[i][found.other[i] >= 0]) == wanted
        assert (np.diff(found.cosine[i]) <= 0).all()
        for at, j in enumerate(found.other[i]):
            if j >= 0:
                assert found.cosine[i, at] == pytest.approx(cosine[i, j])
                assert found.jaccard[i, at] == pytest.approx(shared[i, j] / union[i, j])
                assert found.shared[i, at] == shared[i, j]
        rest = cosine[i][apart[i]]
        assert found.mean[i] == pytest.approx(rest.mean() if len(rest) else 0.0, abs=1e-12)


def test_only_the_nearest_are_kept() -> None:
    held = held_by([("a", "A", 1), ("a", "B", 1), ("b", "A", 1), ("b", "B", 1), ("c", "A", 1)])
    found = overlap(held, top=1)
    assert [held.firms[j] for j in found.other[:, 0]] == ["b", "a", "a"]
    assert found.cosine[2, 0] == pytest.approx(1 / np.sqrt(2))
    assert found.jaccard[2, 0] == pytest.approx(0.5)


def test_concentration_by_hand() -> None:
    assert hhi(np.array([1.0] * 4)) == pytest.approx(0.25)
    assert hhi(np.array([7.0])) == 1.0
    assert hhi(np.array([])) == 0.0
    assert cr4(np.array([1.0] * 8)) == pytest.approx(0.5)
    assert cr4(np.array([3.0, 1.0])) == 1.0


def test_a_number_needs_five_independent_controllers() -> None:
    rows = [(firm, "A", amount) for firm, amount in zip("abcdef", (40, 20, 10, 10, 10, 10), strict=True)]
    five = node_table(held_by(rows, {"e": "H", "f": "H"})).row(0, named=True)
    assert (five["makers"], five["band"], five["thin"]) == ("5", "5-9", False)
    assert five["hhi"] == pytest.approx(0.4**2 + 2 * 0.2**2 + 2 * 0.1**2)
    assert five["cr4"] == pytest.approx(0.9)
    four = node_table(held_by(rows, {"d": "H", "e": "H", "f": "H"})).row(0, named=True)
    assert four == {"product": "A", "makers": "1-4", "band": "1-4", "thin": True, "hhi": None, "cr4": None}


@pytest.mark.parametrize(("makers", "band"), [(9, "5-9"), (10, "10-19"), (19, "10-19"), (20, "20+")])
def test_bands(makers: int, band: str) -> None:
    assert node_table(held_by([(str(at), "A", 1.0) for at in range(makers)]))["band"].to_list() == [band]


def test_a_quarter_needs_twenty_other_controllers_and_leaves_the_own_out() -> None:
    rows = [(str(at), product, 1.0) for at in range(21) for product in ("A", f"own {at}")[: 1 + (at < 10)]]
    held = held_by(rows)
    told = firm_table(held, overlap(held))["quarter"]
    assert told.null_count() == 0
    assert told[0] == "highest quarter"
    fewer = held_by([row for row in rows if row[0] != "20"])
    assert firm_table(fewer, overlap(fewer))["quarter"].null_count() == 20


def test_one_firm_is_distinct_and_has_no_pair() -> None:
    held = held_by([("a", "A", 1.0)])
    found = overlap(held)
    assert firm_table(held, found).row(0) == ("a", 1, 1.0, None)
    assert pair_table(held, found).is_empty()


def test_voltage_class_and_standard_tell_items_apart_but_nodes_are_products() -> None:
    table = pl.DataFrame({"firm": ["a", "b"], "product": ["A", "A"], "voltage_class": ["110", "220"]})
    held = portfolios(table)
    assert node_table(held)["product"].to_list() == ["A"]
    assert pair_table(held, overlap(held)).is_empty()


def test_pairs_are_in_order_of_names_not_of_likeness() -> None:
    held = held_by([("b", "A", 1), ("b", "B", 1), ("a", "A", 1), ("c", "A", 1), ("c", "B", 1)])
    assert pair_table(held, overlap(held)).select("firm", "other").rows()[:2] == [("b", "a"), ("b", "c")]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"weight": ["1", "-2"]}, (3, "weight")),
        ({"weight": ["0", "1"]}, (2, "weight")),
        ({"weight": ["1", "NaN"]}, (3, "weight")),
        ({"weight": ["1", "much"]}, (3, "weight")),
        ({"weight": ["1", None]}, (3, "weight")),
        ({"firm": ["", "b"]}, (2, "firm")),
        ({"product": [None, "B"]}, (2, "product")),
        ({"firm": ["a", "a"], "controller": ["G", "H"]}, (2, "controller")),
        ({"报价": ["1", "2"]}, (1, "报价")),
        ({"计划产量": ["1", "2"]}, (1, "计划产量")),
    ],
)
def test_bad_rows_are_named(change: dict[str, list[str]], place: tuple[int, str]) -> None:
    with pytest.raises(BadInput) as refused:
        portfolios(pl.DataFrame({"firm": ["a", "b"], "product": ["A", "A"], **change}))
    assert place in {(problem.row, problem.column) for problem in refused.value.problems}


@pytest.mark.parametrize("table", [{"firm": ["a"]}, {"firm": [], "product": []}, {}])
def test_a_missing_column_and_an_empty_market_are_said(table: dict[str, list[str]]) -> None:
    with pytest.raises(BadInput):
        portfolios(pl.DataFrame(table))
