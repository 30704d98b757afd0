"""What-if, thin nodes, own place, the list of tracks: the same for every reader, and blind to what is not public."""

import io
import re
from pathlib import Path

import pytest
from django.test import Client
from openpyxl import load_workbook
from tests import factories
from tests.apps.chain.conftest import makes, noted, statement, supplies, taken_up

from lianzhu.apps.chain.queries import relatedness, what_if
from lianzhu.apps.chain.queries.frames import open_makers
from lianzhu.apps.chain.queries.place import own_place
from lianzhu.apps.chain.queries.thin import thin_nodes
from lianzhu.apps.enterprises.models import Confidentiality, ControlledBy, Controller, SupplyLink
from lianzhu.apps.findings.actions import Found, record_findings
from lianzhu.library.chain import Bill, nodes, tracks
from lianzhu.library.chain.taxonomy import Input

pytestmark = pytest.mark.django_db
READERS = ("owner", "rival", "member", "office", "statistician", "auditor", "worker")


def body_of(client: Client, address: str) -> str:
    """The page between the frame's parts, which name the reader and the time; its heading's buttons left out."""
    text = client.get(address).content.decode()
    main = text[text.index("<main") : text.index('<footer class="foot">')]
    return re.sub(r'<div class="btn-row">.*?</div>', "", main, flags=re.S)


@pytest.fixture
def busy(town):
    """P07 feeds T13 and others; two firms make it, one of them more."""
    makes(town.firm, "P07", "高压硅堆")
    makes(town.firm, "T01", "试验变压器")
    makes(town.other, "T01", "试验变压器")
    makes(town.other, "T03", "直流高压发生器")
    supplies(town.firm, town.other, "P07", "120")
    return town


# ── one list for every reader ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("address", ["/chain/thin/", "/chain/tracks/", "/chain/tracks/?show=running"])
def test_every_reader_gets_the_same_bytes(busy, address):
    noted(busy, taken_up(busy))
    assert len({body_of(factories.browser(getattr(busy, who)), address) for who in READERS}) == 1


def test_thin_nodes_are_those_with_fewer_than_five_makers(busy):
    for number in range(5):
        makes(factories.firm(f"丙{number}电器有限公司"), "T01", "试验变压器")
    makes(busy.firm, "E01", "样机", Confidentiality.OFFICE)
    rows = {row.node.code: row for row in thin_nodes(busy.chain)}
    assert "T01" not in rows  # seven makers
    assert rows["P07"].band == rows["T03"].band == "1-4"
    assert rows["E01"].band == ""  # a product that is not public makes nobody a maker here
    assert not {"N01", "C01"} & set(rows)
    assert [code for code in nodes() if code in rows and nodes()[code].level == "part"] == [
        code for code in rows if nodes()[code].level == "part"
    ]


def test_four_makers_are_thin_and_five_are_not(busy):
    for number in range(2):
        makes(factories.firm(f"丁{number}电器有限公司"), "T01", "试验变压器")
    assert "T01" in {row.node.code for row in thin_nodes(busy.chain)}
    makes(factories.firm("丁九电器有限公司"), "T01", "试验变压器")
    assert "T01" not in {row.node.code for row in thin_nodes(busy.chain)}


def test_the_workbook_of_thin_nodes_is_the_list(busy):
    answer = factories.browser(busy.owner).get("/chain/thin/export/")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    codes = [row[1] for row in sheet.iter_rows(min_row=4, values_only=True) if row[1] in nodes()]
    assert codes == [row.node.code for row in thin_nodes(busy.chain)]


# ── what-if ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_source_lowers_the_index_and_a_loss_raises_what_stands_still(busy):
    makers = open_makers(busy.chain)
    added = what_if.answer(makers, "P07", what_if.Change.ADD_ONE)
    assert added and added.before and added.after and added.after.value < added.before.value
    assert added.still == () and added.lost is None
    one = what_if.answer(makers, "P07", what_if.Change.LOSE_ONE)
    every = what_if.answer(makers, "P07", what_if.Change.LOSE_ALL)
    assert one and every and one.still == every.still  # there is only one maker
    assert one.lost and every.lost and one.lost.value == pytest.approx(every.lost.value)
    two = what_if.answer(makers, "T01", what_if.Change.LOSE_ONE)
    both = what_if.answer(makers, "T01", what_if.Change.LOSE_ALL)
    assert two and both and two.lost and both.lost and two.lost.value < both.lost.value


def test_nobody_can_be_lost_where_nobody_makes(busy):
    makers = open_makers(busy.chain)
    assert what_if.answer(makers, "E01", what_if.Change.LOSE_ALL) is None
    assert what_if.answer(makers.clear(), "P07", what_if.Change.ADD_ONE) is None


def test_standing_still_goes_through_essential_inputs_without_an_alternative():
    bills = {
        "B": Bill("B", (Input("A", True, "high"),), "OK"),
        "C": Bill("C", (Input("B", True, "low"),), "OK"),
        "D": Bill("D", (Input("A", False, "high"),), "OK"),
        "E": Bill("E", (Input("A", True, "low", "", "g"), Input("X", True, "low", "", "g")), "OK"),
        "F": Bill("F", (Input("A", True, "low", "", "h"), Input("Y", True, "low", "", "h")), "OK"),
    }
    # X is made here and replaces A for E; Y is not made here, so F stops too.
    made = {"A", "B", "C", "D", "E", "F", "X"}
    assert set(what_if.standing_still(made, "A", bills)) == {"B", "C", "F"}
    assert what_if.standing_still(made, "D", bills) == ()


@pytest.mark.parametrize(("value", "band"), [(0.1, "high"), (0.0999, "medium"), (0.02, "medium"), (0.0199, "low")])
def test_bands_of_the_index(value, band):
    assert what_if.Index(value).band == band


def test_which_maker_leaves_makes_no_difference(busy):
    makers = open_makers(busy.chain)
    told = {
        what_if.answer(makers.reverse() if turn else makers, "T01", what_if.Change.LOSE_ONE).after.value
        for turn in (0, 1)
    }
    assert max(told) - min(told) < 1e-12


def questions() -> list[str]:
    return [
        f"/chain/what-if/?node={node}&change={change}" for node in ("P07", "T01", "E01") for change in what_if.Change
    ]


@pytest.mark.parametrize("who", ["office", "member", "statistician"])
def test_no_answer_and_no_difference_of_answers_tells_a_weight_or_anything_not_public(busy, who):
    reader = factories.browser(getattr(busy, who))
    before = [body_of(reader, address) for address in questions()]
    SupplyLink.objects.update(weight="98765.4321")
    supplies(busy.other, busy.firm, "T03", "7")
    makes(busy.other, "P07", "未公开样机", Confidentiality.OFFICE)
    makes(busy.other, "E01", "统计口径", Confidentiality.STATISTICS)
    ControlledBy.objects.create(
        enterprise=busy.other, controller=Controller.objects.create(name="某控股"), **statement(Confidentiality.OFFICE)
    )
    assert [body_of(reader, address) for address in questions()] == before
    assert not any(busy.firm.name in page or busy.other.name in page for page in before)


@pytest.mark.parametrize(
    ("who", "status"), [("owner", 403), ("auditor", 403), ("worker", 403), ("member", 200), ("office", 200)]
)
def test_who_may_ask(busy, who, status):
    assert factories.browser(getattr(busy, who)).get(questions()[0]).status_code == status


# ── a firm's own place ────────────────────────────────────────────────────────────────────────────────────────────


def place_found(town, firm, band: str) -> None:
    one = Found(
        str(firm.pk),
        "x",
        "y",
        Confidentiality.STATISTICS,
        enterprise_id=firm.pk,
        evidence={"band": band, "on": "2026-11-02"},
    )
    told = {"chain": town.chain, "kind": "own_place", "on": town.hand.now.date()}
    record_findings(actor=town.statistician, found=[one], **told)


def test_a_firm_reads_its_own_links_and_band_alone(busy):
    place_found(busy, busy.firm, "highest quarter")
    third = factories.firm("丙寅电器有限公司")
    supplies(third, busy.other, "P13", "55")
    mine = own_place(busy.owner, busy.chain, busy.firm)
    assert mine.band is not None
    assert [link.buyer for link in mine.customers] == [busy.other] and mine.suppliers == []
    page = body_of(factories.browser(busy.owner), "/chain/place/")
    assert "最高四分之一" in page and third.name not in page and "120" not in page
    theirs = own_place(busy.rival, busy.chain, busy.other)
    assert theirs.band is None
    assert theirs.single == ("P07", "P13")
    assert "最高四分之一" not in body_of(factories.browser(busy.rival), "/chain/place/")


def test_a_neighbours_links_weights_and_band_leave_ones_page_as_it_is(busy):
    reader = factories.browser(busy.owner)
    before = body_of(reader, "/chain/place/")
    place_found(busy, busy.other, "lowest quarter")
    third = factories.firm("丙寅电器有限公司")
    supplies(third, busy.other, "P13", "55")
    SupplyLink.objects.update(weight="98765.4321")
    makes(busy.other, "P07", "未公开样机", Confidentiality.OFFICE)
    assert body_of(reader, "/chain/place/") == before
    assert body_of(reader, f"/chain/place/?firm={busy.firm.pk}") == before


@pytest.mark.parametrize("who", ["member", "office", "statistician", "auditor", "worker"])
def test_the_place_is_the_firms_alone(busy, who):
    reader = factories.browser(getattr(busy, who))
    assert reader.get("/chain/place/").status_code == 403
    assert reader.get(f"/chain/place/?firm={busy.firm.pk}").status_code == 403


def test_another_firms_place_is_refused(busy):
    assert factories.browser(busy.rival).get(f"/chain/place/?firm={busy.firm.pk}").status_code == 403


@pytest.mark.parametrize(("others", "told"), [(19, False), (20, True)])
def test_a_quarter_needs_twenty_other_holdings(busy, others, told):
    for number in range(others - 1):  # the rival is the first of the others
        makes(factories.firm(f"戊{number}电器有限公司"), "T01", "试验变压器")
    assert bool(own_place(busy.owner, busy.chain, busy.firm).quarter) is told


# ── relatedness ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_figure_is_withheld_where_it_shows_nothing():
    shown = relatedness.figure_of(0.25, 0.23, 0.27, 0.22)
    assert not shown.withheld and shown.density == 0.25
    for low, high in ((0.22, 0.27), (0.1, 0.22), (0.2, 0.3)):
        hidden = relatedness.figure_of(0.25, low, high, 0.22)
        assert hidden.withheld and hidden.density is None
    assert relatedness.figure_of(None, None, None, None).withheld
    loser = relatedness.Backtest(
        "x",
        (relatedness.Measure(0.1, 0.02), relatedness.Measure(0.09, 0.01)),
        (relatedness.Measure(1.0), relatedness.Measure(0.1)),
    )
    assert relatedness.figure_of(0.25, 0.23, 0.27, 0.22, tests=[loser]).withheld


def test_the_backtest_on_the_page_is_the_one_that_was_measured():
    told = (Path(__file__).resolve().parents[3] / "docs/bench/tracks_backtest.md").read_text()
    assert f"Measured {relatedness.MEASURED_ON.isoformat()}" in told
    rows = [[cell.strip(" *") for cell in line.split("|")[1:-1]] for line in told.splitlines() if line.startswith("|")]
    figures = [row for row in rows if row[1] in ("PR-AUC", "P@20", "P@10")]
    assert len(figures) == 2 * len(relatedness.BACKTESTS)
    for test, pr_auc, precision in zip(relatedness.BACKTESTS, figures[::2], figures[1::2], strict=True):
        for (method, null), row in ((test.pr_auc, pr_auc), (test.precision, precision)):
            for measure, cell in ((method, row[6]), (null, row[4])):
                mean, _sign, half = cell.partition(" ± ")
                assert (measure.mean, measure.half) == (float(mean), float(half or 0)), row


def test_every_candidate_has_evidence_with_a_known_mark(busy):
    page = body_of(factories.browser(busy.owner), "/chain/tracks/")
    assert all(code in page for code in tracks())
    assert "应进入" not in page and "建议进入" not in page
