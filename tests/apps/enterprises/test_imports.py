"""An import is one batch: what is applied is what was shown, nothing is lost, everything comes back."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from tests import factories, workbooks

from lianzhu.apps.core import search
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import Job
from lianzhu.apps.enterprises import jobs as import_jobs
from lianzhu.apps.enterprises.actions import facts as fact_actions
from lianzhu.apps.enterprises.actions import imports
from lianzhu.apps.enterprises.models import (
    Contact,
    Enterprise,
    FactValue,
    ImportBatch,
    Origin,
    Product,
    RecordState,
    Role,
    SupplyLink,
)
from lianzhu.apps.enterprises.queries import previews, reports

pytestmark = [pytest.mark.django_db, pytest.mark.both]

HEAD = ["企业名称", "统一社会信用代码", "成立日期", "注册地址", "2024年末职工人数", "2025年末职工人数"]


def rows(*firms: tuple[str, str, str, str, object, object]) -> list[list[object]]:
    return [HEAD, *[list(firm) for firm in firms]]


ONE = ("甲子高压设备有限公司", workbooks.code(1), "2011-06-08", "示例镇兴业路18号", 90, 96)
TWO = ("乙丑试验设备有限公司", workbooks.code(2), "2012年5月", "示例镇兴业路20号", 40, 44)


@pytest.fixture
def chain():
    return factories.chain()


@pytest.fixture
def office(chain):
    return factories.person(Role.OFFICE, in_chain=chain)


@pytest.fixture
def statistician(chain):
    return factories.person(Role.STATISTICIAN, in_chain=chain)


def state_of_the_town() -> list[tuple]:
    """Everything that holds now, whoever said it."""
    return sorted(
        FactValue.objects.current().values_list("enterprise__name", "fact", "period", "value", "source", "as_of")
    )


def test_a_first_import_makes_firms_with_traceable_values(tmp_path, chain, office):
    batch = workbooks.bring_in(workbooks.write(tmp_path / "a.xlsx", rows(ONE, TWO)), by=office, chain=chain)
    assert (batch.rows_in, batch.rows_new, batch.state) == (2, 2, ImportBatch.State.APPLIED)
    firm = Enterprise.objects.get(name=ONE[0])
    staff = FactValue.objects.current().get(enterprise=firm, fact="staff", period="2025")
    assert (staff.value, staff.sheet, staff.row, staff.column, staff.source) == ("96", "企业", 2, "F", "镇统计办")
    assert firm.code == workbooks.code(1)
    assert search.find(search.Kind.ENTERPRISE, "高压") == [firm.pk]


def test_preview_writes_nothing(tmp_path, chain, office):
    batch = workbooks.hand_in(workbooks.write(tmp_path / "a.xlsx", rows(ONE, TWO)), by=office, chain=chain)
    assert batch.rows_new == 2
    assert not Enterprise.objects.exists()
    assert not FactValue.objects.exists()


def test_the_same_file_again_changes_nothing(tmp_path, chain, office):
    path = workbooks.write(tmp_path / "a.xlsx", rows(ONE, TWO))
    workbooks.bring_in(path, by=office, chain=chain)
    again = workbooks.hand_in(path, by=office, chain=chain)
    assert (again.rows_unchanged, again.rows_in) == (2, 2)
    with pytest.raises(RuleBroken, match="Nothing"):
        imports.ask_to_apply(actor=office, batch_id=again.pk)


def test_undo_restores_the_state_before(tmp_path, chain, office):
    workbooks.bring_in(workbooks.write(tmp_path / "a.xlsx", rows(ONE)), by=office, chain=chain)
    before = state_of_the_town()
    changed = (ONE[0], ONE[1], "2011-06-08", "示例镇新路1号", 90, 120)
    batch = workbooks.bring_in(workbooks.write(tmp_path / "b.xlsx", rows(changed, TWO)), by=office, chain=chain)
    assert (batch.rows_changed, batch.rows_new) == (1, 1)
    assert state_of_the_town() != before
    imports.undo_batch(actor=office, batch_id=batch.pk)
    assert state_of_the_town() == before
    assert Enterprise.objects.get(name=TWO[0]).state == Enterprise.State.WITHDRAWN
    assert search.find(search.Kind.ENTERPRISE, "试验设备") == []


def test_undo_keeps_what_was_edited_since(tmp_path, chain, office):
    batch = workbooks.bring_in(workbooks.write(tmp_path / "a.xlsx", rows(ONE)), by=office, chain=chain)
    firm = Enterprise.objects.get(name=ONE[0])
    owner = factories.person(Role.FIRM, of=firm, in_chain=chain)
    stated = fact_actions.state_fact(
        actor=owner,
        firm_id=firm.pk,
        name="address",
        period="",
        text="示例镇新路2号",
        source="营业执照",
        as_of=timezone.localdate(),
    )
    fact_actions.accept_fact(actor=office, fact_id=stated.pk)
    undone = imports.undo_batch(actor=office, batch_id=batch.pk)
    assert undone.report["kept"] == 1
    assert [f.value for f in FactValue.objects.current().filter(enterprise=firm)] == ["示例镇新路2号"]
    firm.refresh_from_db()
    assert firm.state == Enterprise.State.ACTIVE


def test_two_imports_undone_in_the_order_of_their_making(tmp_path, chain, office):
    first = workbooks.bring_in(workbooks.write(tmp_path / "a.xlsx", rows(ONE)), by=office, chain=chain)
    second_row = (ONE[0], ONE[1], "2011-06-08", ONE[3], 90, 101)
    second = workbooks.bring_in(workbooks.write(tmp_path / "b.xlsx", rows(second_row)), by=office, chain=chain)
    imports.undo_batch(actor=office, batch_id=first.pk)
    assert FactValue.objects.current().get(fact="staff", period="2025").value == "101"
    imports.undo_batch(actor=office, batch_id=second.pk)
    assert state_of_the_town() == []


def test_an_old_import_is_not_undone(tmp_path, chain, office):
    batch = workbooks.bring_in(workbooks.write(tmp_path / "a.xlsx", rows(ONE)), by=office, chain=chain)
    ImportBatch.objects.filter(pk=batch.pk).update(applied_at=timezone.now() - timedelta(days=31))
    with pytest.raises(RuleBroken, match="30 days"):
        imports.undo_batch(actor=office, batch_id=batch.pk)


def test_a_sheet_that_writes_a_name_otherwise_does_not_rename_the_firm(tmp_path, chain, office):
    workbooks.bring_in(workbooks.write(tmp_path / "a.xlsx", rows(ONE)), by=office, chain=chain)
    typo = ("甲子高压设各有限公司", ONE[1], "2011-06-08", ONE[3], 90, 99)
    workbooks.bring_in(workbooks.write(tmp_path / "b.xlsx", rows(typo)), by=office, chain=chain)
    assert [firm.name for firm in Enterprise.objects.all()] == [ONE[0]]


def test_what_changed_after_the_preview_is_shown_again_not_overwritten(tmp_path, chain, office):
    workbooks.bring_in(workbooks.write(tmp_path / "a.xlsx", rows(ONE)), by=office, chain=chain)
    late = (ONE[0], ONE[1], "2011-06-08", ONE[3], 90, 150)
    waiting = workbooks.hand_in(workbooks.write(tmp_path / "b.xlsx", rows(late)), by=office, chain=chain)
    between = (ONE[0], ONE[1], "2011-06-08", ONE[3], 90, 130)
    workbooks.bring_in(workbooks.write(tmp_path / "c.xlsx", rows(between)), by=office, chain=chain)
    imports.ask_to_apply(actor=office, batch_id=waiting.pk)
    job = workbooks.work(office, import_jobs.APPLY, waiting)
    assert job.state == Job.State.FAILED
    assert waiting.state == ImportBatch.State.PREVIEW
    assert FactValue.objects.current().get(fact="staff", period="2025").value == "130"
    imports.ask_to_apply(actor=office, batch_id=waiting.pk)
    assert workbooks.work(office, import_jobs.APPLY, waiting).state == Job.State.DONE
    assert FactValue.objects.current().get(fact="staff", period="2025").value == "150"


def test_applying_twice_writes_once(tmp_path, chain, office):
    batch = workbooks.bring_in(workbooks.write(tmp_path / "a.xlsx", rows(ONE, TWO)), by=office, chain=chain)
    count = FactValue.objects.count()
    assert workbooks.work(office, import_jobs.APPLY, batch).state == Job.State.DONE
    assert FactValue.objects.count() == count


def test_a_file_with_secrets_belongs_to_the_statistician(tmp_path, chain, office, statistician):
    table = [["企业名称", "统一社会信用代码", "2025年营业收入（万元）"], [ONE[0], ONE[1], 1234567]]
    batch = workbooks.hand_in(workbooks.write(tmp_path / "a.xlsx", table), by=office, chain=chain)
    assert batch.confidential
    with pytest.raises(PermissionDenied):
        imports.ask_to_apply(actor=office, batch_id=batch.pk)
    imports.ask_to_apply(actor=statistician, batch_id=batch.pk)
    assert workbooks.work(statistician, import_jobs.APPLY, batch).state == Job.State.DONE


@pytest.mark.parametrize("where", ["preview", "receipt", "refused", "undone", "history", "list"])
def test_nobody_but_the_statistician_sees_a_secret_on_its_way(tmp_path, chain, office, statistician, where):
    secret, broken = "7654321", "约7654321万"
    table = [
        ["企业名称", "统一社会信用代码", "2025年营业收入（万元）"],
        [ONE[0], ONE[1], int(secret)],
        [TWO[0], TWO[1], broken],
    ]
    batch = workbooks.hand_in(workbooks.write(tmp_path / "a.xlsx", table), by=statistician, chain=chain)
    if where in ("receipt", "undone", "history"):
        imports.ask_to_apply(actor=statistician, batch_id=batch.pk)
        workbooks.work(statistician, import_jobs.APPLY, batch)
    firm = Enterprise.objects.first()
    if where == "undone":
        imports.undo_batch(actor=statistician, batch_id=batch.pk)
    address = {
        "refused": f"/firms/imports/{batch.pk}/refused/",
        "history": f"/firms/{firm.pk}/history/" if firm else "",
        "list": "/firms/imports/",
    }.get(where, f"/firms/imports/{batch.pk}/")
    for role in (Role.OFFICE, Role.COMMITTEE, Role.DEPARTMENT, Role.AUDITOR, Role.TEAM):
        reader = office if role == Role.OFFICE else factories.person(role, in_chain=chain)
        answer = factories.browser(reader).get(address)
        content = answer.content
        if where == "refused" and answer.status_code == 200:
            (tmp_path / "out.xlsx").write_bytes(content)
            content = _all_text(tmp_path / "out.xlsx").encode()
        for form in (secret, "7,654,321", broken):
            assert form.encode() not in content, (role, where)
    if where == "preview":
        seen = factories.browser(statistician).get(address).content.decode()
        assert "7,654,321" in seen
    assert answer.status_code in (200, 403, 404)


def _all_text(path: Path) -> str:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    return str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])


def test_the_job_and_the_audit_log_hold_no_values(tmp_path, chain, statistician):
    from lianzhu.apps.core.models import AuditEntry

    table = [["企业名称", "统一社会信用代码", "2025年营业收入（万元）"], [ONE[0], ONE[1], 7654321]]
    batch = workbooks.bring_in(workbooks.write(tmp_path / "a.xlsx", table), by=statistician, chain=chain)
    told = str(list(Job.objects.values())) + str(list(AuditEntry.objects.values())) + str(batch.report)
    assert "7654321" not in told
    assert ONE[0] not in str(list(AuditEntry.objects.values()))


def test_a_banned_column_is_refused_and_the_rest_goes_on(tmp_path, chain, office):
    table = [["企业名称", "统一社会信用代码", "2027年计划产量", "注册地址"], [ONE[0], ONE[1], 5000, ONE[3]]]
    batch = workbooks.bring_in(workbooks.write(tmp_path / "a.xlsx", table), by=office, chain=chain)
    assert batch.report["tables"][0]["banned"][0]["title"] == "2027年计划产量"
    assert not FactValue.objects.filter(value="5000").exists()
    assert "5000" not in str(batch.report)
    assert FactValue.objects.current().filter(fact="address").exists()


def test_an_unusable_file_says_why_and_changes_nothing(tmp_path, chain, office):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"%PDF-1.7 not a spreadsheet")
    batch = workbooks.hand_in(path, by=office, chain=chain)
    assert batch.state == ImportBatch.State.UPLOADED
    assert batch.report["unreadable"]
    page = factories.browser(office).get(f"/firms/imports/{batch.pk}/")
    assert batch.report["unreadable"][0][:10] in page.content.decode()


def test_siblings_are_asked_about_and_the_answer_is_taken(tmp_path, chain, office):
    workbooks.bring_in(workbooks.write(tmp_path / "a.xlsx", rows(ONE)), by=office, chain=chain)
    sibling = ("甲子高压有限公司", "", "2011-06-08", "", 90, 97)
    batch = workbooks.hand_in(workbooks.write(tmp_path / "b.xlsx", rows(sibling)), by=office, chain=chain)
    assert batch.rows_review == 1
    firm = Enterprise.objects.get()
    imports.decide_rows(actor=office, batch_id=batch.pk, answers={"0:2": str(firm.pk)})
    workbooks.work(office, import_jobs.READ, batch)
    assert (batch.rows_review, batch.rows_changed) == (0, 1)
    with pytest.raises(RuleBroken, match="Choose a firm"):
        imports.decide_rows(actor=office, batch_id=batch.pk, answers={"0:2": "99999"})


def test_records_link_to_firms_and_to_outside(tmp_path, chain, office, statistician):
    workbooks.bring_in(workbooks.write(tmp_path / "a.xlsx", rows(ONE, TWO)), by=office, chain=chain)
    made = [["企业名称", "产品名称", "链上节点", "电压等级"], [ONE[0], "串联谐振装置", "T06", "220kV"]]
    workbooks.bring_in(workbooks.write(tmp_path / "p.xlsx", made, "产品目录"), by=office, chain=chain)
    links = [
        ["供方", "需方", "供应内容", "链上节点", "依据日期"],
        [ONE[0], TWO[0], "铁心", "P01", "2026-03-01"],
        ["远方硅钢厂", ONE[0], "硅钢片", "M01", "2026-03-01"],
    ]
    batch = workbooks.bring_in(workbooks.write(tmp_path / "l.xlsx", links, "供需关系"), by=office, chain=chain)
    assert batch.rows_new == 2
    origins = [["分出企业", "来源企业", "分出年份"], [TWO[0], ONE[0], 2012]]
    workbooks.bring_in(workbooks.write(tmp_path / "o.xlsx", origins, "企业谱系"), by=office, chain=chain)
    people = [["企业名称", "联系人", "联系电话"], [ONE[0], "赵某", "00012345678"]]
    workbooks.bring_in(workbooks.write(tmp_path / "c.xlsx", people, "联系人"), by=office, chain=chain)
    assert Product.objects.current().get().node == "T06"
    outside = SupplyLink.objects.current().get(supplier__isnull=True)
    assert (outside.supplier_outside, outside.buyer.name) == ("远方硅钢厂", ONE[0])
    assert Origin.objects.current().get().year == 2012
    assert Contact.objects.current().get().phone == "00012345678"
    again = workbooks.hand_in(workbooks.write(tmp_path / "l2.xlsx", links, "供需关系"), by=office, chain=chain)
    assert again.rows_unchanged == 2
    imports.undo_batch(actor=office, batch_id=batch.pk)
    assert not SupplyLink.objects.current().exists()


def test_refused_people(tmp_path, chain, office):
    batch = workbooks.hand_in(workbooks.write(tmp_path / "a.xlsx", rows(ONE)), by=office, chain=chain)
    for role in (Role.COMMITTEE, Role.DEPARTMENT, Role.AUDITOR, Role.TEAM, Role.EXPERT, Role.ADMINISTRATOR):
        person = factories.person(role, in_chain=chain)
        for act in (imports.ask_to_apply, imports.drop_batch, imports.undo_batch, imports.read_again):
            with pytest.raises(PermissionDenied):
                act(actor=person, batch_id=batch.pk)
    elsewhere = factories.person(Role.OFFICE, in_chain=factories.chain("other"))
    with pytest.raises(PermissionDenied):
        imports.ask_to_apply(actor=elsewhere, batch_id=batch.pk)
    assert factories.browser(elsewhere).get(f"/firms/imports/{batch.pk}/").status_code == 404


def test_the_preview_page_adds_up_and_masks(tmp_path, chain, office):
    workbooks.bring_in(workbooks.write(tmp_path / "a.xlsx", rows(ONE)), by=office, chain=chain)
    bad = ("丙寅电力仪器有限公司", workbooks.code(3), "2011.6.31", "", 1, 2)
    changed = (ONE[0], ONE[1], "2011-06-08", "示例镇新路1号", 90, 97)
    batch = workbooks.hand_in(workbooks.write(tmp_path / "b.xlsx", rows(changed, TWO, bad)), by=office, chain=chain)
    assert (batch.rows_changed, batch.rows_new, batch.rows_refused, batch.rows_in) == (1, 1, 1, 3)
    groups = {group.outcome: group for group in reports.shown(office, batch, 0)}
    assert {(cell.old, cell.new) for cell in groups["changed"].rows[0].cells} == {
        ("示例镇兴业路18号", "示例镇新路1号"),
        ("96 人", "97 人"),
    }
    page = factories.browser(office).get(f"/firms/imports/{batch.pk}/")
    assert page.status_code == 200
    assert previews.folder_of(batch).exists()


def test_values_of_a_file_leave_the_disk_once_applied(tmp_path, chain, office):
    batch = workbooks.bring_in(workbooks.write(tmp_path / "a.xlsx", rows(ONE)), by=office, chain=chain)
    assert not previews.folder_of(batch).exists()


def test_history_keeps_every_statement(tmp_path, chain, office):
    workbooks.bring_in(workbooks.write(tmp_path / "a.xlsx", rows(ONE)), by=office, chain=chain)
    changed = (ONE[0], ONE[1], "2011-06-08", ONE[3], 90, 97)
    workbooks.bring_in(workbooks.write(tmp_path / "b.xlsx", rows(changed)), by=office, chain=chain)
    states = FactValue.objects.filter(fact="staff", period="2025").order_by("pk").values_list("value", "state")
    assert list(states) == [("96", RecordState.SUPERSEDED), ("97", RecordState.CURRENT)]
