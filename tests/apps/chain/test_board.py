"""Board, map and changes: what each reader sees, cases made of findings, a second source and the index that falls."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import factories
from tests.apps.chain.town import make, service_team, town

from lianzhu.apps.chain import runs
from lianzhu.apps.chain.actions.board import make_case
from lianzhu.apps.chain.actions.sources import end_second_source, record_second_source
from lianzhu.apps.chain.queries.board import board_of
from lianzhu.apps.chain.queries.changes import changes_of
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import AuditEntry, Job
from lianzhu.apps.enterprises.actions.accounts import system_user
from lianzhu.apps.enterprises.models import Product, Role
from lianzhu.apps.findings import actions as finding_actions
from lianzhu.apps.findings.models import Finding, Snapshot
from lianzhu.apps.organisation.models import Body
from lianzhu.apps.portal.home.waiting import findings_open

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def firms():
    made = town()
    # A day ago, so that what an action finds today is a new snapshot.
    runs.look_at_chain(actor=system_user(), chain=factories.chain(), on=TODAY() - timedelta(days=1))
    return made


@pytest.fixture
def office():
    return factories.person(Role.OFFICE)


@pytest.fixture
def team():
    return service_team()


def single() -> Finding:
    return Finding.objects.get(kind="single_source", key="P07")


def read(client, address: str) -> str:
    return client.get(address, follow=True).content.decode()


def second(office, firms, **told):
    given = {"node": "P07", "firm_id": firms["己"].pk, "product": "高压硅堆", "source": "产品目录", "as_of": TODAY()}
    return record_second_source(actor=office, chain=factories.chain(), **{**given, **told})


def test_the_office_sees_three_columns_and_what_is_internal_instead_of_what_is_public(office, firms):
    board = board_of(office, factories.chain())
    strengthen = {(card.finding.kind, card.finding.key) for card in board.strengthen.cards}
    assert ("single_source", "U05:office") in strengthen and ("thin_node", "U05") not in strengthen
    fill = {card.finding.key for card in [*board.fill.cards, *board.fill.folded]}
    assert "P08:office" in fill and "P08" not in fill
    assert board.waiting == board.count == len(board.strengthen.cards) + board.fill.count
    cards = board.strengthen.cards
    assert [card.on for card in cards] == sorted((card.on for card in cards), reverse=True)
    page = read(factories.browser(office), "/chain/")
    assert "转为案件" in page and " style=" not in page and "高压硅堆只有一家" in page


def test_the_committee_reads_public_findings_without_acts(firms):
    committee = factories.person(Role.COMMITTEE)
    page = read(factories.browser(committee), "/chain/")
    assert "直流充电装置只有两家" in page and "直流充电装置只有一家" not in page
    assert "转为案件" not in page and "重新查找" not in page and "唯一" not in page
    hidden = Finding.objects.get(key="U05:office")
    assert factories.browser(committee).get(f"/chain/findings/{hidden.pk}/").status_code == 404
    assert factories.browser(committee).post(f"/chain/findings/{single().pk}/", {}).status_code == 403


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.FIRM, Role.DEPARTMENT, Role.TEAM, Role.ADMINISTRATOR])
def test_nobody_else_learns_of_holdings_links_or_sole_suppliers(role, office, firms):
    """Of the firm in question too: what its customers buy elsewhere is theirs."""
    reader = factories.person(role, of=firms["甲"] if role == Role.FIRM else None)
    client = factories.browser(reader)
    inside = Finding.objects.filter(confidentiality="office")
    assert inside.count() >= 3
    assert not (Finding.objects.visible_to(reader) & inside).exists()
    ways = ["/chain/", "/chain/changes/", "/chain/map/", "/chain/map/U05/", "/chain/map/P08/", "/findings/?state="]
    ways += ["/search/?q=甲高压", "/", "/audit/", *(f"/findings/{one.pk}/" for one in inside)]
    for way in ways:
        said = read(client, way)
        for secret in ("直流充电装置只有一家", "全靠外地购入", "失去联系", "控股"):
            assert secret not in said, (way, secret)
    export = client.get("/chain/map/export/").content
    assert b"bought outside" not in export
    assert not AuditEntry.objects.filter(about__contains="控股").exists()


def test_a_finding_becomes_a_case_and_its_outcome_stands_on_the_board(office, firms, team):
    case = make_case(actor=office, finding_id=single().pk, owner_id=team.pk, days=20, text="先问三家用户")
    assert (case.finding, case.node, case.body, case.firm) == (single(), "P07", team, None)
    assert single().state == "case"
    board = board_of(office, factories.chain())
    (card,) = [one for one in board.strengthen.cards if one.finding.pk == single().pk]
    assert card.hand and card.hand.row and card.hand.row.number == case.number and board.in_hand == 1
    assert case.number in read(factories.browser(office), "/chain/")
    assert case.number in read(factories.browser(office), "/chain/map/P07/")
    # Somebody who may not see the case learns that it is in hand.
    committee = factories.browser(factories.person(Role.COMMITTEE))
    assert case.number not in read(committee, "/chain/") and "有人办" in read(committee, "/chain/")
    with pytest.raises(RuleBroken):
        make_case(actor=office, finding_id=single().pk, owner_id=team.pk, days=20, text="")
    # What is a case stays one when the run no longer finds it.
    second(office, firms)
    assert single().state == "case"


def test_refused_person_and_nothing_half_done(firms, team):
    for role in (Role.COMMITTEE, Role.STATISTICIAN, Role.DEPARTMENT):
        with pytest.raises(PermissionDenied):
            make_case(actor=factories.person(role), finding_id=single().pk, owner_id=team.pk, days=20, text="")
    with pytest.raises(Body.DoesNotExist):
        make_case(actor=factories.person(Role.OFFICE), finding_id=single().pk, owner_id=0, days=20, text="")
    assert single().state == "open"


def test_set_aside_stands_under_the_fold_with_its_reason(office, firms):
    finding_actions.set_aside(actor=office, finding_id=single().pk, because="用户都有备货")
    board = board_of(office, factories.chain())
    assert [card.finding for card in board.aside] == [single()]
    assert "用户都有备货" in read(factories.browser(office), "/chain/")


def test_a_second_source_lowers_the_index_ends_the_finding_and_can_be_ended(office, firms):
    told = second(office, firms)
    assert told.before and told.after and told.after < told.before and told.job is None
    assert (told.stated.confidentiality, told.stated.batch, told.stated.state) == ("public", None, "current")
    assert single().state == "gone"
    assert Finding.objects.get(kind="thin_node", key="P07").state == "open"
    shots = Snapshot.objects.filter(finding__kind="chain_index")
    assert [float(row.evidence["mean"]) for row in shots.order_by("on")] == sorted(
        (float(row.evidence["mean"]) for row in shots), reverse=True
    )
    end_second_source(actor=office, chain=factories.chain(), product_id=told.stated.pk)
    assert single().state == "open" and not Product.objects.filter(pk=told.stated.pk, state="current").exists()
    acts = set(AuditEntry.objects.values_list("act", flat=True))
    assert {"product.stated", "product.ended", "findings.recorded"} <= acts
    with pytest.raises(RuleBroken):
        end_second_source(actor=office, chain=factories.chain(), product_id=told.stated.pk)


def test_a_second_source_refuses_what_is_wrong_and_whom_it_is_not_for(office, firms):
    tomorrow = TODAY() + timedelta(days=1)
    for wrong in ({"node": "XX99"}, {"product": " "}, {"source": ""}, {"as_of": tomorrow}, {"firm_id": firms["甲"].pk}):
        with pytest.raises(RuleBroken):
            second(office, firms, **wrong)
    stranger = factories.firm(in_chain=factories.chain("other"))
    with pytest.raises(PermissionDenied):
        second(office, firms, firm_id=stranger.pk)
    for role in (Role.COMMITTEE, Role.STATISTICIAN, Role.FIRM):
        person = factories.person(role, of=firms["己"] if role == Role.FIRM else None)
        with pytest.raises(PermissionDenied):
            second(person, firms)
    told = make(firms["丁"], "T08", batch=None)
    assert single().state == "open" and told.state == "current"


def test_changes_name_the_statement_that_did_it(office, firms):
    second(office, firms)
    found = changes_of(office, factories.chain())
    assert [(one.finding.kind, one.finding.key) for one in found.gone] == [("single_source", "P07")]
    assert ("thin_node", "P07") in {(one.finding.kind, one.finding.key) for one in found.new}
    (why,) = [why for why in found.gone[0].why if "己" in why.says]
    assert why.entered and why.source == "产品目录" and why.as_of == TODAY()
    page = read(factories.browser(office), "/chain/changes/")
    assert "己高压设备有限公司：高压硅堆" in page
    # Links are internal: the committee reads the product, not who buys.
    said = read(factories.browser(factories.person(Role.COMMITTEE)), "/chain/changes/")
    assert "己高压设备有限公司：高压硅堆" in said and "供货给" not in said


def test_without_a_second_run_nothing_is_compared(office, firms):
    assert changes_of(office, factories.chain()).since is None
    assert "只查找过一次" in read(factories.browser(office), "/chain/changes/")


def test_the_map_has_the_colour_of_one_finding(office, firms):
    page = factories.browser(office)
    whole = read(page, "/chain/map/")
    assert whole.count('<circle class="hit"') == 3 and "<b>只有一家</b>" in whole
    node = read(page, "/chain/map/P07/?finding=missing_node")
    assert "高压硅堆只有一家" in node and 'class="link"' in node and "登记一个来源" in node and " style=" not in node
    assert page.get("/chain/map/XX99/").status_code == 404
    assert page.get("/chain/map/?finding=nonsense").status_code == 200
    assert page.get("/chain/map/export/").status_code == 200
    firm = read(factories.browser(factories.person(Role.FIRM, of=firms["己"])), "/chain/map/P07/")
    assert "高压硅堆只有一家" in firm and "登记一个来源" not in firm
    nobody = factories.browser(factories.person(None))
    assert nobody.get("/chain/map/").status_code == 200
    assert nobody.get("/chain/map/export/").status_code == 404


def test_a_map_and_a_board_of_many_firms_take_the_same_few_queries(office, firms):
    page = factories.browser(office)
    for address, most in (("/chain/map/P07/", 22), ("/chain/", 24)):
        page.get(address)
        counts = []
        for more in (1, 20):
            for _ in range(more):
                make(factories.firm(), "P12")
            runs.look_at_chain(actor=system_user(), chain=factories.chain(), on=TODAY())
            # The calendar that pages show is read at most once a minute; that reading is not counted.
            page.get(address)
            with CaptureQueriesContext(connection) as seen:
                page.get(address)
            counts.append(len(seen))
        assert counts[0] == counts[1] <= most, (address, counts)


def test_the_run_is_asked_for_by_button(office, firms):
    statistician = factories.person(Role.STATISTICIAN)
    assert factories.browser(office).post("/chain/run/").url == "/chain/"
    factories.browser(statistician).post("/chain/run/")
    assert sorted(Job.objects.values_list("kind", flat=True)) == ["chain.look_at_chain", "chain.look_at_weights"]
    assert "progress" in read(factories.browser(office), "/chain/")


def test_the_office_finds_what_has_no_owner_on_its_first_page(office, firms):
    waiting = board_of(office, factories.chain()).views[1][2]
    home = read(factories.browser(office), "/")
    assert f"{waiting}个发现待认领" in home and "/chain/?view=waiting" in home
    tasks = {task.address for task in findings_open(office)}
    assert tasks == {"/chain/?view=waiting"}
    assert "待认领" not in read(factories.browser(factories.person(Role.COMMITTEE)), "/")
