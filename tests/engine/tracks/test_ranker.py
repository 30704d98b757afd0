"""The ranker and its judges: measures by hand, ties, evidence identities, withholding, and the command line."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from lianzhu.cli.main import main
from lianzhu.engine.tracks import learn, links_from, null_scores, quality, ranking, withheld
from lianzhu.engine.tracks.evidence import NAMES, _ease_items, _smoothed, evidence, sapling_similarity
from lianzhu.engine.tracks.scoring import precision_at
from lianzhu.library.problem import BadInput


def blocks(units=24, items=60, seed=0):
    """Units of three kinds, each holding mostly the items of its kind: easy to rank, and not by degree."""
    rng = np.random.default_rng(seed)
    same = (np.arange(units) % 3)[:, None] == (np.arange(items) % 3)[None, :]
    return rng.random((units, items)) < np.where(same, 0.75, 0.05)


def noise(units=24, items=60, seed=0):
    """Links that only degree explains."""
    rng = np.random.default_rng(seed)
    return rng.random((units, items)) < np.outer(np.linspace(0.2, 1, units), np.linspace(0.1, 0.9, items))


def links(held):
    return {f"u{row}": {f"{item:03}" for item in np.flatnonzero(held[row])} for row in range(len(held))}


def write(path, table):
    path.write_text("\n".join(" ".join([unit, *sorted(items)]) for unit, items in table.items()))
    return str(path)


def test_measures_by_hand():
    scores = np.array([[0.9, 0.8, 0.7, 0.1]])
    known = np.zeros((1, 4), dtype=bool)
    found = quality(scores, known, np.array([[True, False, True, False]]))
    # Thresholds after each: precision 1, 1/2, 2/3, 1/2; recall steps at the first and third.
    assert found.pr_auc == pytest.approx((1 + 2 / 3) / 2)
    assert found.roc_auc == pytest.approx(3 / 4)
    assert found.best_f1 == pytest.approx(2 * 2 / (3 + 2))
    assert (found.base, found.p_at_10) == (0.5, 0.2)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=40))
def test_pooled_measures_equal_the_textbook_library(pairs):
    scores, right = np.array([[float(p[0]) for p in pairs]]), np.array([[p[1] for p in pairs]])
    found = quality(scores, np.zeros_like(right), right)
    if right.all() or not right.any():
        assert np.isnan(found.roc_auc)
        return
    assert found.roc_auc == pytest.approx(roc_auc_score(right[0], scores[0]))
    assert found.pr_auc == pytest.approx(average_precision_score(right[0], scores[0]))


def test_known_links_are_no_candidates_and_units_without_test_links_do_not_dilute():
    known = np.array([[True, False, False], [False, False, True]])
    right = np.array([[True, True, False], [False, False, False]])
    found = quality(np.array([[9.0, 2.0, 1.0], [3.0, 2.0, 9.0]]), known, right)
    assert found.base == pytest.approx(1 / 4)
    assert found.p_at_20 == pytest.approx(1 / 20)


def test_tied_scores_count_as_their_expectation():
    assert precision_at(2, np.zeros(4), np.array([True, False, False, False])) == pytest.approx(0.25)
    assert precision_at(2, np.array([5.0, 0, 0]), np.array([True, True, False])) == pytest.approx(0.75)


def test_nulls():
    found = null_scores(np.array([[True, True, False], [True, False, False]]))
    assert found["degree product"].tolist() == [[4, 2, 0], [2, 1, 0]]
    assert found["auto-correlation"].tolist() == [[1, 1, 0], [1, 0, 0]]
    assert found["density"][1, 1] == pytest.approx(1 / 3)


def test_sapling_by_hand():
    # a and b share both links of four columns; c has the other two.
    found = sapling_similarity(np.array([[1.0, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1]]))
    assert found[0, 1] == pytest.approx(1) and found[0, 2] == pytest.approx(-1) and found[0, 0] == 0


@pytest.mark.parametrize("shape", [(6, 15), (15, 6)])
def test_the_linear_autoencoder_equals_its_definition(shape):
    held = (np.random.default_rng(0).random(shape) < 0.4).astype(float)
    inverse = np.linalg.inv(held.T @ held + 3 * np.eye(shape[1]))
    weights = -inverse / np.diag(inverse)[None, :]
    np.fill_diagonal(weights, 0)
    assert _ease_items(held, 3.0) == pytest.approx(held @ weights)


def test_smoothing_leaves_the_item_itself_out():
    assert _smoothed(np.array([[0.0, 1.0, 0.0]]), 2)[0, 1] == 0
    assert _smoothed(np.array([[0.0, 1.0, 0.0]]), 2)[0, 0] > 0
    assert _smoothed(np.ones((1, 1)), 2).tolist() == [[0.0]]


def test_evidence_has_one_finite_row_per_open_pair():
    held = noise()
    held[:, 3], held[5] = False, False
    rows = evidence(held)
    assert rows.shape == ((~held).sum(), len(NAMES)) and np.isfinite(rows).all()


def test_a_learnable_table_is_learned_and_the_same_twice():
    held = blocks()
    hidden = held & (np.random.default_rng(9).random(held.shape) < 0.15)
    learned = learn(held & ~hidden)
    assert withheld(learned.backtest) is None
    model = quality(learned.scores, held & ~hidden, hidden)
    null = quality(null_scores(held & ~hidden)["degree product"], held & ~hidden, hidden)
    assert model.pr_auc > 1.5 * null.pr_auc
    assert (learn(held & ~hidden).scores == learned.scores).all()


def test_the_hidden_links_do_not_leak_into_the_judgement():
    # Links without any pattern: whoever looks at the answers would score well.
    held = np.random.default_rng(3).random((40, 80)) < 0.3
    backtest = learn(held).backtest
    base = backtest.splits["model"][0].base
    assert backtest.mean_and_interval("model", "PR-AUC")[0] < 2 * base
    assert 0.4 < backtest.mean_and_interval("model", "ROC-AUC")[0] < 0.6


def test_ranking_gives_new_items_only_best_first():
    table = links_from(links(blocks()))
    rows = ranking(table, learn(table.held).scores, 5)
    assert rows.columns == ["unit", "item", "score", "rank"]
    for unit, part in rows.group_by("unit"):
        assert part["rank"].to_list() == [1, 2, 3, 4, 5]
        assert part["score"].is_sorted(descending=True) and part["score"].is_between(0, 1).all()
        row = table.units.index(unit[0])
        assert not any(table.held[row, table.items.index(item)] for item in part["item"])


def test_a_unit_with_few_open_items_gets_only_those():
    table = links_from(links(blocks()))
    table.held[0, :-2] = True
    table.held[0, -2:] = False
    scores = np.where(table.held, -np.inf, 0.0)
    assert ranking(table, scores, 20).filter(pl.col("unit") == table.units[0])["item"].to_list() == table.items[-2:]


@pytest.mark.parametrize("held", [np.ones((20, 20), bool), np.eye(20, dtype=bool), np.ones((3, 200), bool)])
def test_tables_that_teach_nothing_are_refused(held):
    with pytest.raises(BadInput, match=r"too few to learn|has every item"):
        learn(held)


def test_rank_writes_the_contract(tmp_path, capsys):
    path = write(tmp_path / "links.txt", links(blocks()))
    assert main(["tracks", "rank", path, "--top", "3", "--out", str(tmp_path / "r.csv")]) == 0
    rows = pl.read_csv(tmp_path / "r.csv", infer_schema=False)
    assert rows.columns == ["unit", "item", "score", "rank"] and rows.height == 24 * 3
    assert set(rows["item"].str.len_chars()) == {3}
    assert "splits of hidden links" in capsys.readouterr().err
    assert main(["tracks", "rank", path, "--top", "0"]) == 2


def test_a_ranking_no_better_than_degree_is_withheld_and_says_why(tmp_path, capsys):
    out = tmp_path / "r.csv"
    path = write(tmp_path / "links.txt", links(noise(seed=5)))
    assert main(["tracks", "rank", path, "--out", str(out)]) == 2
    assert "withheld" in capsys.readouterr().err and not out.exists()


def test_backtest_prints_the_model_and_every_null(tmp_path, capsys):
    held = blocks()
    hidden = held & (np.random.default_rng(9).random(held.shape) < 0.15)
    train, test = write(tmp_path / "train.txt", links(held)), write(tmp_path / "test.txt", links(hidden))
    assert main(["tracks", "backtest", train, test]) == 0
    said = capsys.readouterr()
    assert f"{hidden.sum()} test links are also training links" in said.err
    for word in (
        "model",
        "degree product",
        "auto-correlation",
        "density",
        "PR-AUC",
        "ROC-AUC",
        "best F1",
        "P@10",
        "P@20",
    ):
        assert word in said.out


def test_complexity_writes_three_files(tmp_path, capsys):
    source = tmp_path / "in.csv"
    source.write_text("location,product,value\na,01,5\na,02,1\nb,01,1\nb,02,5\nb,03,3\nc,01,2\nc,03,4\nd,04,0\n")
    assert main(["tracks", "complexity", str(source), "--out", str(tmp_path / "out")]) == 0
    read = {path.name: pl.read_csv(path, infer_schema=False) for path in (tmp_path / "out").iterdir()}
    assert read["locations.csv"].columns == ["location", "diversity", "eci"]
    assert read["products.csv"].columns == ["product", "ubiquity", "pci"]
    assert read["pairs.csv"].columns == ["location", "product", "rca", "m", "density"]
    assert read["pairs.csv"].height == 16
    assert read["locations.csv"].row(3) == ("d", "0", None)
    assert "get empty values: d" in capsys.readouterr().err
    source.write_text("location,product,value\na,01,-5\n")
    assert main(["tracks", "complexity", str(source), "--out", str(tmp_path / "out")]) == 2
    assert "row 2, column value: -5 is negative." in capsys.readouterr().err
