"""The preview and its laws, against a small pure model of what applying and undoing would do."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianzhu.engine.roster.checking import Checked, check_rows
from lianzhu.engine.roster.diff import CURRENT, OUTCOMES, Preview, diff
from lianzhu.engine.roster.mapping import find_tables, map_columns
from lianzhu.engine.roster.reading import read_workbook
from lianzhu.engine.roster.templates import templates
from lianzhu.library.facts import banned_column, facts
from lianzhu.library.problem import BadInput

KNOWN = {"enterprises": templates(facts())["enterprises"]}
TITLES = "企业名称,年度,职工人数,营业收入（万元）,法定代表人"
State = dict[tuple[str, str, str], str]


def check(path: Path, lines: list[str]) -> Checked:
    file = path / "t.csv"
    file.write_text("\n".join([TITLES, *lines]), encoding="utf-8")
    table = find_tables(read_workbook(file), KNOWN)[0]
    return check_rows(table, map_columns(table, banned=banned_column))


def frame(state: State) -> pl.DataFrame:
    lines = [(*key, value, "旧表", "2025-01-01") for key, value in state.items()]
    return pl.DataFrame(lines, schema=dict.fromkeys(CURRENT, pl.String), orient="row")


def known(state: State, checked: Checked) -> pl.DataFrame:
    """Decide by name: a firm in the state is existing, under its name as id."""
    firms = {enterprise for enterprise, _, _ in state}
    rows = [(row, name, "existing") for row, name in checked.rows.select("row", "enterprise").rows() if name in firms]
    return pl.DataFrame(rows, schema={"row": pl.UInt32, "enterprise": pl.String, "decision": pl.String}, orient="row")


def apply(state: State, preview: Preview) -> State:
    """The pure model: write every new or changed cell; new firms get their name as id."""
    after = dict(state)
    for line in preview.cells.filter(pl.col("change") != "unchanged").iter_rows(named=True):
        after[(line["enterprise"].removeprefix("new:"), line["fact"], line["period"])] = line["value"]
    return after


def undo(after: State, preview: Preview) -> State:
    """The pure model: give every written cell its old value back; cells that were new go."""
    before = dict(after)
    for line in preview.cells.filter(pl.col("change") != "unchanged").iter_rows(named=True):
        key = (line["enterprise"].removeprefix("new:"), line["fact"], line["period"])
        if line["old"] is None:
            before.pop(key, None)
        else:
            before[key] = line["old"]
    return before


def test_by_hand(tmp_path: Path) -> None:
    state = {
        ("甲", "name", ""): "甲",
        ("甲", "staff", "2024"): "40",
        ("甲", "revenue", "2024"): "10",
        ("乙", "name", ""): "乙",
        ("乙", "staff", "2024"): "5",
    }
    checked = check(tmp_path, ["甲,2024,42,,赵某", "乙,2024,５,,", "丙,2024,7,,", "丁,2024,约7,,"])
    preview = diff(checked, frame(state), known(state, checked), source="新表", date="2026-11-23")
    assert preview.counts == {"new": 1, "changed": 1, "unchanged": 1, "refused": 1, "review": 0}
    assert preview.rows.select("row", "outcome", "enterprise", "changes").rows() == [
        (2, "changed", "甲", 2),
        (3, "unchanged", "乙", 0),
        (4, "new", "new:丙", 2),
        (5, "refused", "new:丁", 0),
    ]
    changed = preview.cells.filter(row=2).select("column", "fact", "change", "old", "old_source", "old_date", "value")
    assert changed.rows() == [
        ("A", "name", "unchanged", "甲", "旧表", "2025-01-01", "甲"),
        ("C", "staff", "changed", "40", "旧表", "2025-01-01", "42"),
        ("E", "legal_representative", "new", None, None, None, "赵某"),
    ]
    assert (preview.source, preview.date) == ("新表", "2026-11-23")


def test_rows_to_review_wait_for_a_person(tmp_path: Path) -> None:
    checked = check(tmp_path, ["甲子,2024,42,,", "乙丑,2024,5,,"])
    identity = pl.DataFrame(
        {"row": [2], "enterprise": [None], "decision": ["review"], "candidates": ["7"], "why": ["brand 甲子 equal"]}
    )
    state = {("7", "staff", "2024"): "42"}
    waiting = diff(checked, frame(state), identity)
    assert waiting.rows["outcome"].to_list() == ["review", "new"]
    assert waiting.rows["candidates"].to_list() == ["7", None]
    assert waiting.cells["row"].unique().to_list() == [3]
    same = diff(checked, frame(state), identity, decisions={2: "7"})
    assert same.rows.row(0)[:3] == (2, "changed", "7")
    fresh = diff(checked, frame(state), identity, decisions={2: "new"})
    assert fresh.rows.row(0)[:3] == (2, "new", "new:甲子")


def test_existing_without_saying_which_is_reviewed(tmp_path: Path) -> None:
    identity = pl.DataFrame({"row": [2], "enterprise": [None], "decision": ["existing"]})
    assert diff(check(tmp_path, ["甲,2024,1,,"]), frame({}), identity).counts["review"] == 1


def test_two_rows_that_disagree_about_one_cell(tmp_path: Path) -> None:
    """Two names that turn out to be one firm: the second row is not silently the winner."""
    checked = check(tmp_path, ["甲,2024,1,,", "甲公司,2024,2,,"])
    identity = pl.DataFrame({"row": [2, 3], "enterprise": ["7", "7"], "decision": ["existing", "existing"]})
    preview = diff(checked, frame({}), identity)
    assert preview.rows.select("outcome", "why").rows() == [("changed", None), ("review", "same cell as row 2")]


def test_a_new_firm_with_three_years_is_one_firm(tmp_path: Path) -> None:
    preview = diff(check(tmp_path, ["甲,2023,1,,", "甲,2024,2,,", "甲,2025,3,,"]), frame({}))
    assert preview.rows["enterprise"].unique().to_list() == ["new:甲"]
    assert preview.counts["new"] == 3


def test_bad_frames_are_refused(tmp_path: Path) -> None:
    checked = check(tmp_path, ["甲,2024,1,,"])
    with pytest.raises(BadInput, match="lacks the columns"):
        diff(checked, frame({}).drop("value"))
    state = {("甲", "staff", "2024"): "1"}
    with pytest.raises(BadInput, match="甲 has two current values for staff 2024"):
        diff(checked, pl.concat([frame(state)] * 2), known(state, checked))


CELL = st.sampled_from(["", "", "1", "２", "3.50", "约3", "-"])
LINE = st.tuples(
    st.sampled_from("甲乙丙丁"), st.sampled_from(["2023", "2024", ""]), CELL, CELL, st.sampled_from(["", "赵", "钱"])
)
STATE = st.dictionaries(
    st.tuples(st.sampled_from("甲乙丙"), st.sampled_from(["staff", "revenue"]), st.sampled_from(["2023", "2024"])),
    st.sampled_from(["1", "2", "3.5"]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINE, min_size=1, max_size=8), STATE)
def test_laws(tmp_path: Path, lines: list[tuple[str, ...]], state: State) -> None:
    """Outcomes add up; blanks never overwrite; applied twice changes nothing; undo restores."""
    checked = check(tmp_path, [",".join(line) for line in lines])
    preview = diff(checked, frame(state), known(state, checked))
    assert sum(preview.counts.values()) == checked.rows.height == preview.rows.height == len(lines)
    assert set(preview.counts) == set(OUTCOMES)
    assert preview.cells["value"].null_count() == 0
    after = apply(state, preview)
    assert set(state) <= set(after)
    again = diff(checked, frame(after), known(after, checked))
    settled = preview.rows.filter(pl.col("outcome").is_in(["new", "changed", "unchanged"]))["row"].to_list()
    assert again.rows.filter(pl.col("row").is_in(settled))["outcome"].unique().to_list() in ([], ["unchanged"])
    assert set(again.cells["change"].to_list()) <= {"unchanged"}
    assert undo(after, preview) == state
