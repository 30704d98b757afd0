"""Who gets what at every address: one table, address x role -> status, and a test that no address is missing.

A row is `method, then the status for: nobody, firm, other firm, committee, office, statistician, auditor, administrator`.
Nobody is sent to sign in (302). A room adds its rows in its own section, and to ARGS what the address needs.
"""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from lianzhu.apps.activities.actions import attending, concluding, planning
from lianzhu.apps.cases.actions import calling, entering, steering
from lianzhu.apps.cases.actions import rules as case_rules
from lianzhu.apps.cases.machine import Handling
from lianzhu.apps.cases.models import Category
from lianzhu.apps.cases.models import Kind as CaseKind
from lianzhu.apps.chain.actions import tracks
from lianzhu.apps.core import files
from lianzhu.apps.enterprises.actions import accounts, grants, products
from lianzhu.apps.enterprises.models import Confidentiality, ImportBatch, Place, RecordState, Role
from lianzhu.apps.findings.actions import Found, record_findings
from lianzhu.apps.findings.models import Finding
from lianzhu.apps.organisation.actions import bodies, missions
from lianzhu.apps.organisation.actions.seats import Who
from lianzhu.apps.organisation.models import Body
from lianzhu.apps.policies.actions import claims
from lianzhu.library.chain import nodes
from tests import factories

COLUMNS = ("nobody", "firm", "other", "committee", "office", "statistician", "auditor", "administrator")
ACCESS: dict[str, str] = {
    # portal, open to all:
    "portal:healthz": "GET 200 200 200 200 200 200 200 200",
    "portal:help": "GET 200 200 200 200 200 200 200 200",
    "portal:login": "GET 200 302 302 302 302 302 302 302",
    "portal:logout": "POST 302 302 302 302 302 302 302 302",
    "portal:language": "POST 302 302 302 302 302 302 302 302",
    "portal:join": "GET 200 200 200 200 200 200 200 200",
    # portal, what is a person's own:
    "portal:home": "GET 302 200 200 200 200 200 200 200",
    "portal:search": "GET 302 200 200 200 200 200 200 200",
    "portal:password": "GET 302 200 200 200 200 200 200 200",
    "portal:second_factor": "GET 302 302 302 302 200 200 200 200",
    "portal:second_factor_setup": "GET 302 403 403 403 200 200 200 200",
    # portal, people and invitations:
    "portal:people": "GET 302 200 200 403 200 403 403 200",
    "portal:invite": "GET 302 200 200 403 200 403 403 200",
    "portal:person": "GET 302 200 404 403 200 403 403 200",
    # A firm chooses from its own roles only: anything else comes back with what is wrong.
    "portal:give_role": "POST 302 302 404 403 302 403 403 302",
    "portal:end_role": "POST 302 302 404 404 302 404 404 302",
    "portal:reset": "POST 302 403 404 403 403 403 403 200",
    "portal:lost_factor": "POST 302 403 404 403 409 403 403 409",
    "portal:leave": "POST 302 302 404 403 403 403 403 302",
    "portal:withdraw": "POST 302 302 403 403 302 403 403 302",
    # portal, the record:
    "portal:audit": "GET 302 403 403 403 403 403 200 403",
    "portal:verify_audit": "POST 302 403 403 403 403 403 302 403",
    # portal, the JSON interface:
    "portal:api:openapi-json": "GET 200 200 200 200 200 200 200 200",
    "portal:api:api-root": "GET 404 404 404 404 404 404 404 404",
    "portal:api:firms": "GET 401 200 200 200 200 200 200 200",
    "portal:api:firm": "GET 401 200 200 200 200 200 200 200",
    "portal:api:facts": "GET 401 200 200 200 200 200 200 200",
    "portal:api:products": "GET 401 200 200 200 200 200 200 200",
    "portal:api:links": "GET 401 200 200 200 200 200 200 200",
    # enterprises, imports:
    "enterprises:imports": "GET 302 403 403 403 200 200 403 403",
    "enterprises:import_template": "GET 302 403 403 403 200 200 403 403",
    "enterprises:import": "GET 302 404 404 404 200 200 404 404",
    "enterprises:import_progress": "GET 302 404 404 404 200 200 404 404",
    "enterprises:import_columns": "POST 302 404 404 404 302 302 404 404",
    "enterprises:import_decide": "POST 302 404 404 404 302 302 404 404",
    "enterprises:import_apply": "POST 302 404 404 404 302 302 404 404",
    "enterprises:import_undo": "POST 302 404 404 404 409 409 404 404",
    "enterprises:import_drop": "POST 302 404 404 404 302 302 404 404",
    "enterprises:import_refused": "GET 302 404 404 404 200 200 404 404",
    "enterprises:import_original": "GET 302 404 404 404 200 200 404 404",
    # enterprises, who is whom:
    "enterprises:merge": "GET 302 403 403 403 200 403 403 403",
    "enterprises:split": "POST 302 403 403 403 403 403 403 403",
    # enterprises, what everybody of the chain sees:
    "enterprises:firms": "GET 302 200 200 200 200 200 200 200",
    "enterprises:export_firms": "GET 302 200 200 200 200 200 200 200",
    "enterprises:map": "GET 302 302 302 302 302 302 302 302",
    "enterprises:map_node": "GET 302 302 302 302 302 302 302 302",
    "enterprises:genealogy": "GET 302 200 200 200 200 200 200 200",
    "enterprises:firm": "GET 302 200 200 200 200 200 200 200",
    "enterprises:firm_products": "GET 302 200 200 200 200 200 200 200",
    "enterprises:firm_links": "GET 302 200 200 200 200 200 200 200",
    "enterprises:firm_people": "GET 302 200 200 200 200 200 200 200",
    "enterprises:firm_history": "GET 302 200 200 200 200 200 200 200",
    # enterprises, a firm for itself:
    "enterprises:state_fact": "GET 302 200 403 403 403 403 403 403",
    "enterprises:confirm_file": "POST 302 302 403 403 403 403 403 403",
    "enterprises:withdraw_fact": "POST 302 302 403 403 403 403 403 403",
    "enterprises:grants": "GET 302 200 403 403 403 403 403 403",
    "enterprises:revoke_grant": "POST 302 302 403 403 403 403 403 403",
    # enterprises, what the office decides:
    "enterprises:accept_fact": "POST 302 403 403 403 302 403 403 403",
    "enterprises:refuse_fact": "GET 302 403 403 403 200 403 403 403",
    # findings:
    "findings:list": "GET 302 200 200 200 200 200 200 200",
    "findings:finding": "GET 302 200 404 404 200 200 404 404",
    "findings:reopen": "POST 302 403 404 404 409 403 404 404",
    # organisation, reading:
    "organisation:tree": "GET 302 200 200 200 200 200 200 200",
    "organisation:body": "GET 302 200 200 200 200 200 200 200",
    "organisation:mine": "GET 302 200 200 200 200 200 200 200",
    "organisation:coverage": "GET 302 200 200 200 200 200 200 200",
    "organisation:missions": "GET 302 200 200 200 200 200 200 200",
    "organisation:mission": "GET 302 200 404 404 200 404 404 404",
    "organisation:export": "GET 302 403 403 403 200 403 403 403",
    # organisation, writing: the organisation secretary, who has no column here; see tests/apps/organisation.
    "organisation:consent": "POST 302 404 404 404 403 404 404 404",
    "organisation:found": "GET 302 403 403 403 403 403 403 403",
    "organisation:appoint": "GET 302 403 403 403 403 403 403 403",
    "organisation:link": "GET 302 403 403 403 403 403 403 403",
    "organisation:pair": "GET 302 403 403 403 403 403 403 403",
    "organisation:end": "GET 302 403 403 403 403 403 403 403",
    "organisation:gaps": "POST 302 403 403 403 403 403 403 403",
    "organisation:management": "GET 302 403 403 403 403 403 403 403",
    "organisation:open": "GET 302 403 403 403 403 403 403 403",
    "organisation:report": "GET 302 403 404 404 403 404 404 404",
    # The firm's word on a result:
    "organisation:judge": "GET 302 200 404 404 403 404 404 404",
    "organisation:workbook": "GET 302 403 403 403 403 403 403 403",
    "organisation:bring_in": "POST 302 403 403 403 403 403 403 403",
    "organisation:template": "GET 302 403 403 403 403 403 403 403",
    # activities, reading:
    "activities:list": "GET 302 200 200 200 200 200 200 200",
    "activities:activity": "GET 302 200 200 200 200 200 200 200",
    "activities:minutes": "GET 302 200 200 200 200 200 200 200",
    "activities:paper": "GET 302 200 200 200 200 200 200 200",
    # activities, signing up and back:
    "activities:sign_up": "GET 302 200 200 200 200 200 200 200",
    "activities:cancel": "POST 302 302 404 404 302 404 404 404",
    # activities, running one: the chain office, the organisation secretary, people of the host body.
    "activities:announce": "GET 302 403 403 403 200 403 403 403",
    "activities:change": "GET 302 403 403 403 200 403 403 403",
    "activities:call_off": "GET 302 403 403 403 200 403 403 403",
    "activities:attendance": "GET 302 403 403 403 200 403 403 403",
    "activities:add_paper": "GET 302 403 403 403 200 403 403 403",
    "activities:write_minutes": "GET 302 403 403 403 200 403 403 403",
    "activities:decide": "GET 302 403 403 403 200 403 403 403",
    "activities:outcome": "GET 302 403 403 403 200 403 403 403",
    "activities:sheet": "GET 302 403 403 403 200 403 403 403",
    "activities:bring_in": "GET 302 403 403 403 200 403 403 403",
    # policies, a firm's own:
    "policies:mine": "GET 302 302 302 403 403 403 403 403",
    "policies:firm": "GET 302 200 404 404 404 200 404 404",
    "policies:policy": "GET 302 200 404 404 404 200 404 404",
    "policies:package": "GET 302 200 404 404 403 200 404 404",
    "policies:responsible": "POST 302 302 404 404 404 403 404 404",
    "policies:answer": "POST 302 302 404 404 404 403 404 404",
    "policies:apply": "POST 302 302 404 404 404 403 404 404",
    # policies, claims: the firm, the office, and the department of the policy's desk.
    "policies:claims": "GET 302 200 200 200 200 200 200 200",
    "policies:claim": "GET 302 200 404 404 200 404 404 404",
    "policies:claims_export": "GET 302 200 200 200 200 200 200 200",
    "policies:desks": "GET 302 403 403 403 200 403 403 403",
    # policies, verdicts without values:
    "policies:matrix": "GET 302 403 403 403 200 403 403 403",
    "policies:export": "GET 302 403 403 403 200 403 403 403",
    "policies:rebuild": "POST 302 403 403 403 302 403 403 403",
    "policies:counts": "GET 302 403 403 200 200 200 403 403",
    "policies:shelf": "GET 302 200 200 200 200 200 200 200",
    # cases, everybody of the chain; what one sees there is `visible_to`:
    "cases:pool": "GET 302 200 200 200 200 200 200 200",
    "cases:export": "GET 302 200 200 200 200 200 200 200",
    "cases:digest": "GET 302 200 200 200 200 200 200 200",
    "cases:like": "GET 302 200 200 200 200 200 200 200",
    "cases:case": "GET 302 200 404 404 200 404 404 404",
    "cases:paper": "GET 302 200 404 404 200 404 404 404",
    "cases:sealed": "POST 302 404 404 404 200 404 404 404",
    # cases, how work enters:
    "cases:raise": "GET 302 200 200 403 403 403 403 403",
    "cases:join": "POST 302 302 302 403 403 403 403 403",
    "cases:call": "GET 302 403 403 403 200 403 403 403",
    "cases:complain": "GET 200 200 200 200 200 200 200 200",
    "cases:follow": "GET 200 200 200 200 200 200 200 200",
    # cases, the office; counts also for who sits in the committee or watches:
    "cases:dispatch_many": "POST 302 403 403 403 302 403 403 403",
    "cases:numbers": "GET 302 403 403 200 200 200 200 200",
    "cases:brief": "GET 302 403 403 200 200 200 200 200",
    "cases:limits": "GET 302 403 403 403 200 403 403 403",
    "cases:assignment": "GET 302 403 403 403 200 403 403 403",
    "cases:end_assignment": "POST 302 403 403 403 302 403 403 403",
    "cases:calendar": "GET 302 403 403 403 200 403 403 403",
    "cases:answers": "GET 302 403 403 403 200 403 403 403",
    "cases:withdraw_answer": "POST 302 403 403 403 302 403 403 403",
    "cases:channels": "GET 302 403 403 403 200 403 403 403",
    # cultivation: off here, and never there for anybody but its keepers; see tests/apps/cultivation.
    "cultivation:records": "GET 302 404 404 404 404 404 404 404",
    "cultivation:new": "GET 302 404 404 404 404 404 404 404",
    # chain: map, board, what changed:
    "chain:map": "GET 302 200 200 200 200 200 200 200",
    "chain:map_node": "GET 302 200 200 200 200 200 200 200",
    "chain:export_map": "GET 302 200 200 200 200 200 200 200",
    "chain:board": "GET 302 403 403 200 200 200 403 403",
    "chain:run": "POST 302 403 403 403 302 302 403 403",
    "chain:run_progress": "GET 302 403 403 200 200 200 403 403",
    "chain:changes": "GET 302 403 403 200 200 200 403 403",
    "chain:finding": "GET 302 403 403 404 200 200 403 403",
    "chain:second_source": "GET 302 403 403 403 200 403 403 403",
    "chain:end_source": "POST 302 403 403 403 302 403 403 403",
    "cultivation:record": "GET 302 404 404 404 404 404 404 404",
    "cultivation:act": "GET 302 404 404 404 404 404 404 404",
    "cultivation:counts": "GET 302 404 404 404 404 404 404 404",
    "cultivation:retention": "GET 302 200 200 200 200 200 200 200",
    "cultivation:room": "GET 302 403 403 403 403 403 403 200",
    # The room is off: there is nothing to turn off, and nobody to let in.
    "cultivation:off": "POST 302 403 403 403 403 403 403 409",
    "cultivation:let_in": "POST 302 403 403 403 403 403 403 302",
    "cultivation:let_out": "POST 302 403 403 403 403 403 403 404",
    "cultivation:log": "GET 302 403 403 403 403 403 200 200",
    # chain, new tracks: one list for everybody of the chain, the acts for the office.
    "chain:tracks": "GET 302 200 200 200 200 200 200 200",
    "chain:track": "GET 302 200 200 200 200 200 200 200",
    "chain:take_up_own": "GET 302 403 403 403 200 403 403 403",
    "chain:take_up": "GET 302 403 403 403 200 403 403 403",
    "chain:note_evidence": "GET 302 403 403 403 200 403 403 403",
    "chain:pass_gate": "GET 302 403 403 403 200 403 403 403",
    "chain:prolong": "GET 302 403 403 403 200 403 403 403",
    "chain:stop": "POST 302 403 403 403 302 403 403 403",
    "chain:track_case": "GET 302 403 403 403 200 403 403 403",
    # chain, from public facts: thin nodes for everybody, what-if for who reads the board, the place for the firm alone.
    "chain:thin": "GET 302 200 200 200 200 200 200 200",
    "chain:export_thin": "GET 302 200 200 200 200 200 200 200",
    "chain:what_if": "GET 302 403 403 200 200 200 403 403",
    "chain:place": "GET 302 200 200 403 403 403 403 403",
}


def grant(w: SimpleNamespace) -> int:
    """The first firm opened its values to the office today."""
    told = {"firm_id": w.firm.pk, "to_user_id": w.people["office"].pk, "purpose": "核对"}
    return grants.grant_access(actor=w.people["firm"], until=timezone.localdate(), **told).pk


def claim(w: SimpleNamespace) -> int:
    """A claim of the first firm that no desk answers."""
    today = timezone.localdate()
    return claims.apply_for(actor=w.people["firm"], firm_id=w.firm.pk, policy="cn.techsme", on=today).pk


def finding(w: SimpleNamespace) -> int:
    """An open finding of class `office` about the first firm."""
    one = Found("a", "{firm}", "{firm}", Confidentiality.OFFICE, enterprise_id=w.firm.pk)
    told = {"chain": w.chain, "kind": "missing_facts", "found": [one], "on": timezone.localdate()}
    record_findings(actor=w.people["office"], **told)
    return Finding.objects.get().pk


def board_finding(w: SimpleNamespace) -> int:
    """An open finding of the board of class `office`."""
    one = Found("P07:office", "{node}", "{node}", Confidentiality.OFFICE, node="P07")
    told = {"chain": w.chain, "kind": "single_source", "found": [one], "on": timezone.localdate()}
    record_findings(actor=w.people["office"], **told)
    return Finding.objects.get(kind="single_source").pk


def stated(w: SimpleNamespace) -> int:
    """A product the office wrote into the first firm's file."""
    told = {"node": "P07", "product": "高压硅堆", "source": "产品目录", "as_of": timezone.localdate()}
    return products.state_product(actor=w.people["office"], chain=w.chain, firm_id=w.firm.pk, **told).pk


def batch(w: SimpleNamespace) -> list[Any]:
    """A file that stands at its preview, one cell refused."""
    by = w.people["office"]
    upload = SimpleUploadedFile("企业.csv", "企业名称,成立日期\n甲子高压设备有限公司,约2011\n".encode())
    stored = files.store(upload, actor=by, allowed=files.SPREADSHEETS)
    refused = {"message": "“{title}” says {value}.", "mend": "", "params": {"title": "成立日期", "value": "约2011"}}
    refused |= {"sheet": "企业", "row": 2, "column": "B"}
    table = {"sheet": "企业", "kind": "enterprises", "columns": [], "banned": [], "masked": [], "rows": 1}
    table |= {"refusals": [refused], "remarks": [], "notes": []}
    made = ImportBatch.objects.create(
        chain=w.chain,
        file=stored,
        kind="enterprises",
        state="preview",
        source="镇统计办",
        as_of=timezone.localdate(),
        uploaded_by=by,
        uploaded_at=timezone.now(),
        rows_in=1,
        rows_new=1,
        report={"tables": [table]},
    )
    return [made.pk]


def organised(w: SimpleNamespace) -> SimpleNamespace:
    """A branch of the first firm, and a task force at a project of it, both with somebody of the firm."""
    secretary, today = factories.person(Role.ORGANISATION), timezone.localdate()
    told = {"actor": secretary, "chain_id": w.chain.pk, "since": today, "source": "示例发〔2026〕1号"}
    branch = bodies.found_body(kind="branch", name="甲支部", enterprise_id=w.firm.pk, **told)
    place = Place.objects.create(
        enterprise=w.firm,
        kind=Place.Kind.PROJECT,
        place="改造项目",
        confidentiality=Confidentiality.PUBLIC,
        source="企业场所",
        as_of=today,
        entered_by=secretary,
        entered_at=timezone.now(),
    )
    mission = missions.open_task_force(
        name="突击队",
        place_id=place.pk,
        lead=Who("褚某", enterprise_id=w.firm.pk),
        members=[],
        goal="通过型式试验",
        due_on=today + timedelta(days=90),
        **told,
    )
    return SimpleNamespace(branch=branch, mission=mission, person=mission.body.appointments.get().person)


def track(w: SimpleNamespace) -> str:
    """A track under way, owned by a team."""
    owner = Body.objects.create(
        chain=w.chain, kind=Body.Kind.TEAM, name="赛道组", since=timezone.localdate(), source="测试"
    )
    told = {"hypothesis": "有人要", "owner_id": owner.pk, "stop_on": timezone.localdate() + timedelta(days=90)}
    return tracks.take_up_track(actor=w.people["office"], chain_id=w.chain.pk, code="NT03", **told).code


def meeting(w: SimpleNamespace) -> SimpleNamespace:
    """A lecture ahead, with somebody of the first firm on its list and a paper."""
    day = timezone.localdate()
    host = Body.objects.create(chain=w.chain, kind=Body.Kind.OFFICE, name="链办讲座组", since=day, source="测试")
    begins = timezone.now() + timedelta(days=7)
    plan = planning.Plan("lecture", "标准宣贯", begins, begins + timedelta(hours=2), "镇政府三楼", "新版标准解读")
    one = planning.announce_activity(actor=w.people["office"], chain_id=w.chain.pk, host_id=host.pk, plan=plan)
    signed = attending.sign_up(actor=w.people["firm"], activity_id=one.pk, name="孙某", firm_id=w.firm.pk)
    paper = concluding.add_paper(
        actor=w.people["office"], activity_id=one.pk, upload=SimpleUploadedFile("讲义.pdf", b"%PDF-1.4")
    )
    return SimpleNamespace(one=one, signed=signed, paper=paper)


def cased(w: SimpleNamespace) -> SimpleNamespace:
    """A case of the first firm with a paper and a sealed note for the office, a common cause, a rule, an answer."""
    if hasattr(w, "cased"):
        return w.cased
    office, firm, today = w.people["office"], w.people["firm"], timezone.localdate()
    team = Body.objects.create(chain=w.chain, kind=Body.Kind.TEAM, name="先锋服务队", since=today, source="通知")
    case = entering.raise_difficulty(
        actor=firm,
        chain=w.chain,
        firm=w.firm,
        title="夜间用电容量不够",
        text="",
        category=Category.POWER,
        upload=SimpleUploadedFile("来函.pdf", b"%PDF-1.4"),
    )
    cause = entering.open_case(actor=office, chain=w.chain, kind=CaseKind.COMMON, title="标准换版")
    steering.accept(actor=office, case_id=cause.pk, handling=Handling.HARD)
    steering.publish_cause(actor=office, case_id=cause.pk)
    told = {"actor": office, "chain": w.chain, "category": ""}
    w.cased = SimpleNamespace(
        case=case,
        cause=cause,
        team=team,
        paper=case.files.get(),
        note=calling.seal_note(actor=firm, case_id=case.pk, officer_id=office.pk, text="密"),
        rule=case_rules.set_assignment(**told, area="", body=team),
        answer=case_rules.approve_answer(**told, question="怎么办", answer="这样办", firm_names=[]),
    )
    return w.cased


Needs = Callable[[SimpleNamespace], tuple[list[Any], dict[str, Any]]]
ARGS: dict[str, Needs] = {
    "portal:language": lambda w: ([], {"language": "en"}),
    "portal:person": lambda w: ([w.colleague.pk], {}),
    "portal:give_role": lambda w: (
        [w.colleague.pk],
        {"chain": w.chain.pk, "role": Role.TEAM, "firm": ""},
    ),
    "portal:end_role": lambda w: ([w.colleague.roles.get().pk], {}),
    "portal:reset": lambda w: ([w.colleague.pk], {}),
    "portal:lost_factor": lambda w: ([w.colleague.pk], {}),
    "portal:leave": lambda w: ([w.colleague.pk], {"heir": w.people["firm"].pk}),
    "portal:withdraw": lambda w: ([w.invitation.pk], {}),
    **{
        f"enterprises:{name}": lambda w: ([w.firm.pk], {})
        for name in ("firm", "firm_products", "firm_links", "firm_people", "firm_history", "confirm_file", "grants")
    },
    **{f"enterprises:{name}_fact": lambda w: ([w.proposal.pk], {}) for name in ("withdraw", "accept", "refuse")},
    "chain:map_node": lambda w: (["P07"], {}),
    "chain:finding": lambda w: ([board_finding(w)], {}),
    "chain:second_source": lambda w: (["P07"], {}),
    "chain:end_source": lambda w: ([stated(w)], {}),
    "enterprises:map_node": lambda w: ([next(iter(nodes()))], {}),
    "enterprises:state_fact": lambda w: ([w.firm.pk, "address"], {}),
    "enterprises:revoke_grant": lambda w: ([grant(w)], {}),
    "findings:finding": lambda w: ([finding(w)], {}),
    "findings:reopen": lambda w: ([finding(w)], {}),
    "portal:api:firm": lambda w: ([w.firm.pk], {}),
    "portal:api:facts": lambda w: ([w.firm.pk], {}),
    "portal:api:products": lambda w: ([w.firm.pk], {}),
    "portal:api:links": lambda w: ([w.firm.pk], {}),
    "enterprises:merge": lambda w: ([w.firm.pk], {}),
    "enterprises:split": lambda w: ([w.firm.pk], {"why": "两家"}),
    "enterprises:import_template": lambda w: (["products"], {}),
    "enterprises:import": lambda w: (batch(w), {}),
    "enterprises:import_progress": lambda w: (batch(w), {}),
    "enterprises:import_columns": lambda w: (batch(w), {"sheet": "企业", "column-1": "registered_date"}),
    "enterprises:import_decide": lambda w: (batch(w), {"row-0:2": "new"}),
    "enterprises:import_apply": lambda w: (batch(w), {}),
    "enterprises:import_undo": lambda w: (batch(w), {}),
    "enterprises:import_drop": lambda w: (batch(w), {}),
    "enterprises:import_refused": lambda w: (batch(w), {}),
    "enterprises:import_original": lambda w: (batch(w), {}),
    "organisation:body": lambda w: ([organised(w).branch.pk], {}),
    "organisation:mission": lambda w: ([organised(w).mission.pk], {}),
    "organisation:consent": lambda w: ([organised(w).person.pk], {"source": "同意书"}),
    "organisation:appoint": lambda w: ([organised(w).branch.pk], {}),
    "organisation:link": lambda w: ([organised(w).branch.pk], {}),
    "organisation:pair": lambda w: ([organised(w).branch.pk], {}),
    "organisation:end": lambda w: (["body", organised(w).branch.pk], {}),
    "organisation:management": lambda w: ([w.firm.pk], {}),
    "organisation:report": lambda w: ([organised(w).mission.pk], {}),
    "organisation:judge": lambda w: ([organised(w).mission.pk], {}),
    **{
        f"activities:{name}": lambda w: ([meeting(w).one.pk], {})
        for name in (
            "activity",
            "minutes",
            "sign_up",
            "change",
            "call_off",
            "attendance",
            "add_paper",
            "write_minutes",
            "decide",
            "outcome",
            "sheet",
            "bring_in",
        )
    },
    **{
        f"chain:{name}": lambda w: ([track(w)], {})
        for name in ("track", "take_up", "note_evidence", "pass_gate", "prolong", "track_case")
    },
    "chain:stop": lambda w: ([track(w)], {"because": "没有付费方"}),
    "activities:cancel": lambda w: ([meeting(w).signed.pk], {}),
    "activities:paper": lambda w: ([meeting(w).paper.pk], {}),
    "policies:firm": lambda w: ([w.firm.pk], {}),
    "policies:policy": lambda w: ([w.firm.pk, "cn.techsme"], {}),
    "policies:package": lambda w: ([w.firm.pk, "docx"], {}),
    "policies:responsible": lambda w: ([w.firm.pk], {"user": w.people["firm"].pk}),
    "policies:answer": lambda w: ([w.firm.pk, "cn.techsme"], {"name": "rd", "period": "2025", "text": "342.1"}),
    "policies:apply": lambda w: ([w.firm.pk, "cn.zjtx"], {}),
    "policies:claim": lambda w: ([claim(w)], {}),
    "policies:export": lambda w: ([], {"purpose": "核对"}),
    "cases:case": lambda w: ([cased(w).case.pk], {}),
    "cases:paper": lambda w: ([cased(w).paper.pk], {}),
    "cases:sealed": lambda w: ([cased(w).note.pk], {}),
    "cases:join": lambda w: ([cased(w).cause.pk], {}),
    "cases:dispatch_many": lambda w: ([], {"case": [cased(w).case.pk], "body": str(cased(w).team.pk)}),
    "cases:brief": lambda _w: (["docx"], {}),
    "cases:end_assignment": lambda w: ([cased(w).rule.pk], {}),
    "cases:withdraw_answer": lambda w: ([cased(w).answer.pk], {}),
    "cultivation:record": lambda _w: ([1], {}),
    "cultivation:act": lambda _w: ([1, "advance"], {}),
    "cultivation:let_in": lambda _w: ([], {"account": "nobody"}),
    "cultivation:let_out": lambda _w: ([1], {}),
}


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    """One chain, two firms, one person per column, a colleague in the first firm, and a waiting proposal."""
    chain, firm, other = factories.chain(), factories.firm(), factories.firm()
    people = {
        "nobody": None,
        "firm": factories.person(Role.FIRM, of=firm),
        "other": factories.person(Role.FIRM, of=other),
        "committee": factories.person(Role.COMMITTEE),
        **{name: factories.person(Role(name)) for name in COLUMNS[4:]},
    }
    own = {"state": RecordState.PROPOSED, "confidentiality": Confidentiality.PUBLIC, "by": people["firm"]}
    return SimpleNamespace(
        chain=chain,
        firm=firm,
        other=other,
        people=people,
        colleague=factories.person(Role.FIRM, of=firm),
        proposal=factories.fact(firm, "address", "示例镇兴业路26号", **own),
        invitation=accounts.invite(actor=people["firm"], name="钱某", role=Role.FIRM, chain=chain, enterprise=firm)[0],
    )


@pytest.mark.parametrize("name", ACCESS)
def test_status_by_role(world: SimpleNamespace, name: str) -> None:
    method, *expected = ACCESS[name].split()
    args, data = ARGS.get(name, lambda _w: ([], {}))(world)
    address = reverse(name, args=args)
    got = []
    for column in COLUMNS:
        client = factories.browser(world.people[column])
        with transaction.atomic():
            answer = getattr(client, method.lower())(address, data)
            got.append(f"{answer.status_code}")
            transaction.set_rollback(True)
    assert dict(zip(COLUMNS, got, strict=True)) == dict(zip(COLUMNS, expected, strict=True))


def _names(resolver: URLResolver, space: str = "") -> list[str]:
    found = []
    for part in resolver.url_patterns:
        if isinstance(part, URLResolver):
            found += _names(part, f"{space}{part.namespace}:" if part.namespace else space)
        else:
            found.append(f"{space}{part.name}")
    return found


def test_every_address_is_in_the_table() -> None:
    missing = set(_names(get_resolver())) - set(ACCESS)
    assert not missing, f"say in ACCESS who may open: {', '.join(sorted(missing))}"
