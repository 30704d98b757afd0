"""The taxonomy's files: complete, every reference known, marks kept, bad files refused."""

import doctest

import pytest

from lianzhu.library.chain import (
    bill_of_materials,
    code_names,
    levels,
    nearest_node,
    nodes,
    sources,
    standards,
    taxonomy,
    tracks,
    trade_codes,
)
from lianzhu.library.problem import BadInput


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(taxonomy).failed == 0


def test_everything_is_there():
    assert (len(nodes()), len(bill_of_materials()), len(standards()), len(tracks())) == (112, 92, 139, 15)
    assert sum(len(bill.inputs) for bill in bill_of_materials().values()) == 430


def test_every_node_has_both_names_a_definition_and_a_place_on_the_map():
    for node in nodes().values():
        assert node.zh
        assert node.en.isascii()
        assert node.definition
        assert (node.stage, node.column) == (levels()[node.level].stage, levels()[node.level].column)
    assert {node.stage for node in nodes().values()} == {"up", "mid", "down", "service", "customer", "track"}
    assert len({node.zh for node in nodes().values()}) == len({node.en for node in nodes().values()}) == 112


def test_alternatives_come_in_pairs_and_keep_their_conditions():
    divider = bill_of_materials()["U01"]
    either = [row for row in divider.inputs if row.alternative_group == "A"]
    assert [row.node for row in either] == ["P09", "P10"]
    assert all(row.condition and row.essential for row in either)


def test_bills_of_material_do_not_run_in_circles():
    bills = bill_of_materials()
    done: set[str] = set()

    def visit(code: str, above: tuple[str, ...]) -> None:
        assert code not in above, " needs ".join((*above, code))
        if code in done or code not in bills:
            return
        for row in bills[code].inputs:
            visit(row.node, (*above, code))
        done.add(code)

    for code in bills:
        visit(code, ())


def test_marks_are_kept_and_background_is_unverified():
    assert not standards()["gbt16927_1"].edition.unverified
    assert standards()["gbt16927_3"].edition.unverified
    assert nodes()["U05"].classes is not None
    assert nodes()["U05"].classes.unverified
    assert sum(track.demand_support == "unproven" for track in tracks().values()) == 5


def test_every_track_can_be_stopped_and_its_evidence_has_a_source():
    for track in tracks().values():
        assert track.stop_signal
        assert track.first_step
        assert track.demand
        assert all(piece.source or piece.mark in ("BG", "judgement") for piece in track.demand)
    keys = {key for bill in bill_of_materials().values() for key in bill.source.split() if bill.source}
    assert keys <= set(sources())


def test_codes_have_names_and_are_found_by_node():
    assert code_names()["gb4754"]["3821"] == "变压器、整流器和电感器制造"
    assert trade_codes(["U05"], "hs6") == ("850440",)
    assert trade_codes(tracks()["NT01"].capability_nodes) == tuple(
        sorted(set(trade_codes(tracks()["NT01"].capability_nodes)))
    )
    assert all(len(code) == 6 for code in code_names()["hs6"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("T05", "T05"),
        ("冲击电压发生器成套", "T05"),
        ("冲击电压发生器", "T05"),
        ("Surge arrester", "E08"),
        ("高压分压器（阻容式）", "U01"),
        ("", None),
        ("方便面", None),
    ],
)
def test_the_nearest_node(text, code):
    assert nearest_node(text) == code


def test_a_bad_reference_is_named(monkeypatch):
    whole = {
        "products": [
            {"product": "P01", "mark": "judgement", "inputs": [{"node": "X99", "essential": True, "share": "huge"}]}
        ]
    }
    monkeypatch.setattr(taxonomy, "_read", lambda name: whole)
    nodes_before = nodes()
    monkeypatch.setattr(taxonomy, "nodes", lambda: nodes_before)
    with pytest.raises(BadInput) as refused:
        bill_of_materials.__wrapped__()
    assert [problem.params["word"] for problem in refused.value.problems] == ["X99", "huge"]
