"""Fragility against the published algorithm's results, a plain re-computation of the definition, and by hand."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhu.engine.chain import effect, fragility, network, with_second_source, without_firm
from lianzhu.engine.chain.fragility import run_shocks
from lianzhu.engine.chain.network import Network
from lianzhu.library.problem import BadInput

DATA = Path(__file__).resolve().parents[3] / ".." / "shared" / "data" / "fragility"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared reference data is not beside this checkout")


def define(net: Network, *, eps: float, substitution: bool, shocks: list[int]) -> np.ndarray:
    """The definition, with dense matrices and no shortcut."""
    n, k, p = len(net.firms), len(net.sectors), net.sector
    w = np.zeros((n, n))
    w[net.supplier, net.buyer] = net.w
    kind = net.essential[p][:, p]
    out, bought = w.sum(1), w.sum(0)
    of_sector = np.zeros((k, n))
    np.add.at(of_sector, p, w)
    with np.errstate(invalid="ignore", divide="ignore"):
        down = np.nan_to_num(np.where(kind == 2, w / of_sector[p], np.where(kind == 1, w / bought, 0.0)))
        up = np.nan_to_num(w / out[:, None])
    rows = []
    for shocked in shocks:
        psi = np.ones(n)
        psi[shocked] = 0
        hd, hu = psi.copy(), psi.copy()
        steps = 0
        while True:
            steps += 1
            s = np.ones(n)
            if substitution:
                left = np.zeros(k)
                np.add.at(left, p, out * hd)
                left[left == 0] = 1
                s = np.minimum(1, out / left[p])
            missed = (s * (1 - hd))[:, None] * down
            worst = np.zeros((k, n))
            np.add.at(worst, p, np.where(kind == 2, missed, 0))
            minor = np.where(kind == 1, missed, 0).sum(0)
            new_d = np.maximum(0, np.minimum(psi, np.minimum(1 - worst.max(0), 1 - minor)))
            new_u = np.maximum(0, np.minimum(psi, 1 - up @ (1 - hu)))
            drop = max((hd - new_d).max(), (hu - new_u).max())
            hd, hu = new_d, new_u
            if drop <= eps or steps == 1000:
                break
        share = out / max(out.sum(), 1e-300)
        rows.append([share @ (1 - np.minimum(hd, hu)), share @ (1 - hd), share @ (1 - hu), steps])
    return np.array(rows)


def made_up(rng: np.random.Generator, n: int, links: int, k: int, zeros: float) -> Network:
    """A random network with `zeros` of the matrix negligible; some firms stay without links."""
    pair = rng.integers(0, n, (links, 2))
    pair = pair[pair[:, 0] != pair[:, 1]]
    frame = pl.DataFrame(
        {"supplier": pair[:, 0], "buyer": pair[:, 1], "w": rng.lognormal(0, 2, len(pair)).round(2) + 0.01}
    )
    firms = pl.DataFrame({"firm": np.arange(n), "sector": rng.integers(0, k, n)})
    matrix = rng.choice([0, 1, 2], (k, k), p=[zeros, (1 - zeros) / 2, (1 - zeros) / 2])
    return network(frame, firms, matrix)


@needs_data
@pytest.mark.parametrize(("name", "substitution"), [("sub", True), ("nosub", False)])
def test_equals_the_published_algorithm(name: str, substitution: bool) -> None:
    def read(file: str, header: bool = True) -> pl.DataFrame:
        return pl.read_csv(gzip.decompress((DATA / file).read_bytes()), has_header=header)

    matrix = read("n100_ess.csv.gz", header=False).to_numpy()
    net = network(read("n100_edges.csv.gz"), read("n100_firms.csv.gz"), matrix)
    wanted = read(f"n100_expected_eps0.01_{name}.csv.gz")
    found = fragility(net, substitution=substitution)
    assert found["iters"].to_list() == wanted["iters"].to_list()
    for column in ("esri", "esri_down", "esri_up"):
        assert np.abs(found[column].to_numpy() - wanted[column].to_numpy()).max() <= 1e-12


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(2, 60),
    density=st.floats(0, 4),
    k=st.integers(1, 8),
    zeros=st.sampled_from([0.0, 0.3, 0.9]),
    substitution=st.booleans(),
    eps=st.sampled_from([1e-2, 1e-6]),
)
def test_equals_the_definition(
    seed: int, n: int, density: float, k: int, zeros: float, substitution: bool, eps: float
) -> None:
    net = made_up(np.random.default_rng(seed), n, int(n * density), k, zeros)
    found = run_shocks(net, np.arange(n), eps, substitution, workers=1)
    wanted = define(net, eps=eps, substitution=substitution, shocks=list(range(n)))
    assert np.abs(found[:, :3] - wanted[:, :3]).max() <= 1e-12
    assert (found[:, 3] == wanted[:, 3]).all()


@pytest.mark.parametrize("seed", range(8))
def test_firms_without_links_change_nothing_where_sums_are_taken_apart(seed: int) -> None:
    # With 4,500 firms the sum of a sector is taken from its losses; the 4,440 added firms sell and buy nothing.
    net = made_up(np.random.default_rng(seed), 60, 200, 4, 0.1)
    more = replace(net, firms=tuple(map(str, range(4500))), sector=np.append(net.sector, np.zeros(4440, np.int64)))
    found = run_shocks(more, np.arange(60), 1e-2, True, workers=1)
    wanted = define(net, eps=1e-2, substitution=True, shocks=list(range(60)))
    assert np.abs(found[:, :3] - wanted[:, :3]).max() <= 1e-12
    assert (found[:, 3] == wanted[:, 3]).all()


def small(links: list[tuple[str, str, float]], firms: str = "abc", sectors: str = "xyz") -> Network:
    frame = pl.DataFrame(links, schema={"supplier": pl.String, "buyer": pl.String, "w": pl.Float64}, orient="row")
    return network(frame, pl.DataFrame({"firm": list(firms), "sector": list(sectors)}))


def test_by_hand() -> None:
    # a and b (sector x) sell 3 and 1 to c; c sells 4 to d. Without a, c lacks 3/4 of x: c makes 1/4, d gets 1/4.
    net = small([("a", "c", 3.0), ("b", "c", 1.0), ("c", "d", 4.0)], "abcd", "xxyz")
    first = fragility(net, substitution=False).row(0, named=True)
    assert first["esri_down"] == pytest.approx((3 + 0.75 * 4) / 8)
    assert first["esri_up"] == pytest.approx(3 / 8)
    assert first["iters"] == 3


def test_an_emptied_sector_counts_as_one() -> None:
    # a alone makes x and sells 0.5: with its sector empty, s = min(1, 0.5 / 1), so c keeps half of that input.
    net = small([("a", "b", 0.5), ("b", "c", 1.0)])
    assert fragility(net).row(0, named=True)["esri_down"] == pytest.approx((0.5 + 0.5) / 1.5)


def test_one_firm_isolated_firms_and_an_empty_market_have_a_defined_result() -> None:
    assert fragility(small([], "a", "x")).row(0) == ("a", 0.0, 0.0, 0.0, 1)
    assert fragility(small([])).select("esri", "iters").unique().rows() == [(0.0, 1)]
    alone = fragility(small([("a", "b", 1.0)], "abc", "xyz"))
    assert alone.row(2) == ("c", 0.0, 0.0, 0.0, 1)


def test_the_split_of_the_shocks_changes_no_bit() -> None:
    net = made_up(np.random.default_rng(3), 400, 1600, 9, 0.1)
    whole = run_shocks(net, np.arange(400), 1e-2, True, workers=2)
    parts = [run_shocks(net, np.array([firm]), 1e-2, True, workers=1) for firm in range(0, 400, 17)]
    assert (np.concatenate(parts) == whole[::17]).all()


def test_refining_runs_the_highest_one_percent_again() -> None:
    net = made_up(np.random.default_rng(5), 300, 1500, 6, 0.0)
    screened, sharp = fragility(net), fragility(net, eps=1e-6)
    refined = fragility(net, refine=1e-6)
    top = screened["esri"].arg_sort(descending=True)[:3]
    assert refined[top].equals(sharp[top])
    others = [row for row in range(300) if row not in top]
    assert refined[others].equals(screened[others])


def test_progress_reaches_the_end() -> None:
    seen: list[tuple[int, int]] = []
    fragility(made_up(np.random.default_rng(1), 600, 1200, 3, 0.0), progress=lambda done, of: seen.append((done, of)))
    assert seen == [(256, 600), (512, 600), (600, 600)]


def test_a_second_source_lowers_the_index_and_losing_a_firm_empties_its_row() -> None:
    net = small([("a", "c", 4.0), ("c", "d", 4.0)], "abcd", "xxyz")
    helped = effect(net, with_second_source(net, "a", "b", 0.5), substitution=False)
    assert helped.before["esri"].to_list() == pytest.approx([1.0, 0.0, 1.0, 1.0])
    assert helped.after["esri"].to_list() == pytest.approx([0.5, 0.5, 1.0, 1.0])
    assert helped.mean_change == pytest.approx(0.0)
    # With substitution, b makes up for a part of a: nothing else lowers the mean.
    assert effect(net, with_second_source(net, "a", "b", 0.5)).highest_change == pytest.approx(0.0)
    gone = effect(net, without_firm(net, "a"))
    assert gone.after["esri"].to_list() == pytest.approx([0.0, 0.0, 1.0, 1.0])


@pytest.mark.parametrize(
    "change",
    [
        lambda net: with_second_source(net, "a", "c"),
        lambda net: with_second_source(net, "a", "a"),
        lambda net: with_second_source(net, "a", "b", 1.0),
        lambda net: with_second_source(net, "b", "a"),
        lambda net: without_firm(net, "nobody"),
        lambda net: fragility(net, eps=float("nan")),
        lambda net: fragility(net, eps=-0.1),
    ],
)
def test_impossible_changes_are_refused(change: Callable[[Network], object]) -> None:
    with pytest.raises(BadInput):
        change(small([("a", "c", 4.0), ("c", "d", 4.0)], "abcd", "xxyz"))


def test_every_wrong_row_is_named() -> None:
    firms = pl.DataFrame({"firm": ["01", "1"], "sector": ["0", "0"]})
    links = pl.DataFrame(
        {
            "supplier": ["01", "1", "1", "9", "1", "1", "01"],
            "buyer": ["1", "1", "01", "1", "01", "01", None],
            "w": ["2", "3", "-2", "1", "NaN", "many", "0"],
        }
    )
    with pytest.raises(BadInput) as refused:
        network(links, firms, np.array([[2]]))
    places = {(problem.row, problem.column) for problem in refused.value.problems}
    assert places == {(3, "buyer"), (4, "w"), (5, "supplier"), (6, "w"), (7, "w"), (8, "buyer"), (8, "w")}


def test_ids_keep_leading_zeros_and_repeated_links_are_summed() -> None:
    firms = pl.DataFrame({"firm": ["01", "1"], "sector": ["10", "9"]})
    net = network(pl.DataFrame({"supplier": ["01", "01"], "buyer": ["1", "1"], "w": ["1", "2.5"]}), firms)
    assert net.w.tolist() == [3.5]
    assert net.firms == ("01", "1")


@pytest.mark.parametrize(
    ("firms", "matrix"),
    [
        ({"firm": ["a", "a"], "sector": ["0", "0"]}, [[1]]),
        ({"firm": ["a"], "sector": ["1"]}, [[1]]),
        ({"firm": ["a"], "sector": ["-1"]}, [[1]]),
        ({"firm": ["a"], "sector": ["1.5"]}, [[1]]),
        ({"firm": ["a"], "sector": [None]}, [[1]]),
        ({"firm": ["a"]}, [[1]]),
        ({"firm": [""], "sector": ["0"]}, [[1]]),
        ({"firm": ["a"], "sector": ["0"]}, [[3]]),
        ({"firm": ["a"], "sector": ["0"]}, [[1, 2]]),
        ({"firm": ["a"], "sector": ["0"]}, [[float("nan")]]),
    ],
)
def test_bad_firms_and_matrices_are_refused(firms: dict[str, list[str]], matrix: list[list[float]]) -> None:
    links = pl.DataFrame({"supplier": [], "buyer": [], "w": []})
    with pytest.raises(BadInput):
        network(links, pl.DataFrame(firms), np.array(matrix))


def test_sectors_of_a_matrix_are_numbers_not_texts() -> None:
    # Sorted as text, 10 would stand before 9, and the essential entry would be read elsewhere.
    matrix = np.zeros((11, 11))
    matrix[10, 9] = 2
    firms = pl.DataFrame({"firm": ["a", "b", "c"], "sector": ["10", "9", "0"]})
    links = pl.DataFrame({"supplier": ["a", "b"], "buyer": ["b", "c"], "w": ["1", "1"]})
    found = fragility(network(links, firms, matrix), substitution=False)
    assert found["esri_down"].to_list() == pytest.approx([1.0, 0.5, 0.0])
