"""The shipped relatedness and its use on the cluster."""

import numpy as np
import pytest

from lianzhu.engine.tracks import code_scores, track_scores
from lianzhu.library.chain import nodes, tracks, trade_codes
from lianzhu.library.problem import BadInput
from lianzhu.library.relatedness import Relatedness, relatedness

PHI = np.array([[1.0, 0.5, 0.1], [0.5, 1.0, 0.3], [0.1, 0.3, 1.0]])


@pytest.fixture
def small():
    return Relatedness(("01", "02", "03"), PHI, np.stack([PHI, PHI * 0.9 + 0.1 * np.eye(3)]))


def test_the_shipped_table_covers_the_taxonomy_and_is_a_proximity():
    table = relatedness()
    assert set(trade_codes(nodes())) <= set(table.codes)
    for phi in (table.phi, *table.draws):
        assert (phi == phi.T).all() and (np.diag(phi) == 1).all() and phi.min() >= 0 and phi.max() <= 1


def test_density_by_hand(small):
    found = code_scores(["01"], small)
    assert found["density"].to_list() == pytest.approx([0.0, 0.5 / 0.8, 0.1 / 0.4])
    assert found["held"].to_list() == [True, False, False]
    assert found["usual"].to_list() == pytest.approx([0.0, 0.5, 0.5])
    assert found["nearest"].to_list() == ["", "01", "01"]


def test_a_track_is_the_mean_of_its_codes_and_an_unknown_one_is_empty_not_zero(small):
    found = track_scores(["01", "99"], small, {"A": ["02", "03"], "B": ["77"]})
    assert found.row(0)[:3] == ("A", "02 03", 0)
    assert found["density"][0] == pytest.approx((0.5 / 0.8 + 0.1 / 0.4) / 2)
    assert found.row(1) == ("B", "", 0, None, None, None, None)


def test_every_track_of_the_library_in_its_order_with_an_interval_around_it():
    found = track_scores(trade_codes(["T01", "T05", "P07"]))
    assert found["track"].to_list() == list(tracks())
    known = found.drop_nulls("density")
    assert ((known["low"] <= known["density"]) & (known["density"] <= known["high"])).all()
    assert (known["low"] < known["high"]).all()


def test_no_known_code_is_refused():
    with pytest.raises(BadInput, match="None of the 1 codes"):
        track_scores(["abc"])
