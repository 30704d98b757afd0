"""Complexity: the definitions by hand, the published references, sign and order laws, and tables without an answer."""

import csv
import gzip
import io
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lianzhu.engine.tracks import complexity, eci_interval, fitness, grid_from
from lianzhu.engine.tracks.complexity import proximity, relatedness_density, revealed_advantage
from lianzhu.engine.tracks.kernels import add_rows, packed_columns, packed_proximity
from lianzhu.engine.tracks.tables import Grid

DATA = Path(__file__).resolve().parents[3] / ".." / "shared" / "data" / "trade_sitc"


def grid(values):
    values = np.asarray(values, dtype=float)
    return Grid([f"l{i}" for i in range(len(values))], [f"p{i}" for i in range(values.shape[1])], values)


def said(found):
    return " ".join(str(problem) for problem in found.warnings)


def test_by_hand():
    # Place totals 4, 4, 2; product totals 4, 4, 2; grand total 10. Expected values 1.6, .8 and .4.
    found = complexity(grid([[3, 1, 0], [1, 3, 0], [0, 0, 2]]))
    assert found.rca[0].tolist() == pytest.approx([3 / 1.6, 1 / 1.6, 0])
    assert found.rca[2, 2] == pytest.approx(5)
    assert found.m.tolist() == [[True, False, False], [False, True, False], [False, False, True]]


def test_an_advantage_of_exactly_one_counts_and_just_below_does_not():
    # Every cell of a table of rank one sits on 1; awkward primes would fall off it by a quotient of quotients.
    even = np.outer([3.0, 7.0, 11.0], [13.0, 17.0, 1.0])
    assert (revealed_advantage(even) == 1.0).all()
    even[0, 0] -= 1
    rca = revealed_advantage(even)
    assert rca[0, 0] < 1 < rca[0, 1]


def test_proximity_and_density_by_hand():
    m = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 1]], dtype=bool)
    phi = proximity(m)
    assert phi == pytest.approx(np.array([[1, 2 / 3, 1 / 3], [2 / 3, 1, 1 / 2], [1 / 3, 1 / 2, 1]]))
    assert relatedness_density(m, phi)[1] == pytest.approx([1 / 2, (2 / 3) / (13 / 6), (1 / 3) / (11 / 6)])
    assert relatedness_density(m, phi)[2] == pytest.approx([1, 1, 1])


def reference(name):
    path = DATA / name
    if not path.is_file():
        pytest.skip("the shared data folder is not beside the checkout")
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
    return list(csv.DictReader(io.StringIO(text)))


def test_equals_the_published_references():
    rows = reference("sitc2000_input.csv.gz")
    frame = pl.DataFrame(rows).rename({"loc": "location", "prod": "product", "val": "value"})
    found = complexity(grid_from(frame))
    eci = {row["loc"]: float(row["eci_z"]) for row in reference("sitc2000_econcomplex_1.0.1_eci.csv")}
    pci = {row["prod"]: float(row["pci_z"]) for row in reference("sitc2000_econcomplex_1.0.1_pci.csv")}
    assert found.grid.locations == sorted(eci) and found.grid.products == sorted(pci)
    assert np.abs(found.spectrum.eci - [eci[name] for name in found.grid.locations]).max() < 1e-9
    assert np.abs(found.spectrum.pci - [pci[name] for name in found.grid.products]).max() < 1e-9
    other = pl.DataFrame(reference("sitc2000_pyecomplexity_0.5.3.csv.gz"))
    ours = found.pairs().join(other, left_on=["location", "product"], right_on=["loc", "prod"], suffix="_theirs")
    assert ours.height == 223 * 785
    assert (ours["m"] == ours["mcp"].cast(pl.Float64)).all()
    for name in ("rca", "density"):
        theirs = ours[f"{name}_theirs"].cast(pl.Float64)
        assert ((ours[name] - theirs).abs() <= 1e-9 * theirs.abs().clip(1)).all()


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, (6, 8), elements=st.integers(0, 9).map(float)), st.permutations(range(8)))
def test_order_of_products_and_scale_change_nothing(values, order):
    if not values.any():
        values[0, 0] = 1.0
    one, other = complexity(grid(values)), complexity(grid(values[:, order] * 7))
    assert (one.m[:, order] == other.m).all()
    if one.spectrum.gap > 1e-3 and one.components == 1:
        diversity = one.m.sum(axis=1)
        known = np.isfinite(one.spectrum.eci)
        if abs(np.corrcoef(diversity[known], one.spectrum.eci[known])[0, 1]) > 1e-3:
            assert np.nan_to_num(one.spectrum.eci) == pytest.approx(np.nan_to_num(other.spectrum.eci), abs=1e-7)


@settings(max_examples=60, deadline=None)
@given(arrays(np.bool_, (7, 9)))
def test_eci_rises_with_diversity_pci_is_the_mean_eci_of_makers_and_both_are_z_scores(m):
    found = complexity(grid(m + np.eye(7, 9) * 0.0))
    eci, pci, held = found.spectrum.eci, found.spectrum.pci, found.m
    known = np.isfinite(eci)
    if not known.any():
        return
    assert eci[known].mean() == pytest.approx(0, abs=1e-9) and eci[known].std() == pytest.approx(1)
    assert np.cov(eci[known], held[known].sum(axis=1), ddof=0)[0, 1] >= -1e-6
    makers = np.array([eci[held[:, p] & known].mean() for p in np.flatnonzero(np.isfinite(pci))])
    if len(makers):
        assert np.corrcoef(makers, pci[np.isfinite(pci)])[0, 1] > 1 - 1e-6


def test_the_large_path_gives_the_same_numbers():
    rng = np.random.default_rng(0)
    m = rng.random((70, 90)) < 0.2
    m[:, 7] = False
    assert (packed_proximity(packed_columns(m), m.sum(axis=0).astype(float)) == proximity(m)).all()
    rows = rng.random((90, 300))
    starts = np.concatenate([[0], np.cumsum(m.sum(axis=1))]).astype(np.int32)
    chosen = np.nonzero(m)[1].astype(np.int32)
    assert add_rows(starts, chosen, rows) == pytest.approx(m.astype(float) @ rows, rel=1e-12)


def test_lanczos_and_the_full_spectrum_agree():
    rng = np.random.default_rng(1)
    values = rng.lognormal(0, 2, (450, 460)) * (rng.random((450, 460)) < np.linspace(0.1, 0.6, 450)[:, None])
    found = complexity(grid(values))
    d, u = found.m.sum(axis=1), found.m.sum(axis=0)
    left, singular, _ = np.linalg.svd(found.m / np.sqrt(np.outer(d, u)))
    eci = left[:, 1] / np.sqrt(d)
    eci = (eci - eci.mean()) / eci.std()
    assert np.abs(np.abs(eci) - np.abs(found.spectrum.eci)).max() < 1e-9
    assert (found.spectrum.second, found.spectrum.third) == pytest.approx(tuple(singular[1:3]))


def test_empty_places_and_products_get_empty_values_and_a_warning():
    found = complexity(grid([[5, 1, 0, 0], [1, 5, 3, 0], [2, 0, 4, 0], [0, 0, 0, 0]]))
    assert "1 places have no RCA" in said(found) and "1 products have no RCA" in said(found)
    assert found.locations().row(3) == ("l3", 0, None)
    assert found.products().row(3) == ("p3", 0, None)
    pairs = found.pairs()
    assert pairs.height == 16
    assert pairs.filter(pl.col("location") == "l3")["density"].null_count() == 4
    assert pairs.filter((pl.col("location") != "l3") & (pl.col("product") != "p3"))["density"].null_count() == 0


def test_a_disconnected_table_is_reported_and_only_the_larger_part_gets_values():
    left = np.array([[9, 1, 1], [5, 5, 0], [1, 1, 9]])
    values = np.zeros((5, 5))
    values[:3, :3], values[3:, 3:] = left, np.eye(2)
    found = complexity(grid(values))
    assert "falls into" in said(found) and found.components >= 2
    assert np.isnan(found.spectrum.eci[3:]).all()


@pytest.mark.parametrize("values", [[[3.0]], [[1.0, 2.0]], [[1.0], [2.0]], [[1.0, 1.0], [1.0, 1.0]]])
def test_tables_without_a_second_direction_are_undefined_not_wrong(values):
    found = complexity(grid(values))
    assert np.isnan(found.spectrum.eci).all() and np.isnan(found.spectrum.pci).all()
    assert "not defined" in said(found)


def test_fitness_orders_a_nested_table():
    m = np.tril(np.ones((5, 5), dtype=bool))
    place, product = fitness(m, steps=30)
    assert (np.diff(place) > 0).all() and (np.diff(product) > 0).all()


def test_the_interval_holds_the_estimate_of_a_clear_table():
    rng = np.random.default_rng(2)
    m = rng.random((20, 200)) < np.linspace(0.1, 0.7, 20)[:, None] * np.linspace(1, 0.3, 200)[None, :]
    found = eci_interval(m, draws=40)
    assert (found[:, 0] <= found[:, 1]).all()
    assert (found == eci_interval(m, draws=40)).all()
