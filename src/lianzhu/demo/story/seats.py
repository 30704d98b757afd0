"""Who sits where: the committee and its change of last year, offices, branches, cross appointments with their gaps."""

from collections.abc import Sequence
from datetime import date

from lianzhu.apps.organisation.actions import bodies, gaps, relations, seats
from lianzhu.apps.organisation.actions.seats import Who
from lianzhu.apps.organisation.models import Appointment, Body
from lianzhu.demo.names import TOWN
from lianzhu.demo.records import Body as Named
from lianzhu.demo.records import Firm
from lianzhu.demo.story.calendar import Hand
from lianzhu.demo.story.cast import Cast
from lianzhu.demo.story.posts import open_posts

Role = Appointment.Role
COMMITTEE = "高压电气产业链综合党委"
ROLES = {"书记": Role.SECRETARY, "副书记": Role.DEPUTY, "链办主任": Role.LEAD, "队长": Role.LEAD}
# Firms large enough for a branch of their own; the next ones share united branches; the smallest have none yet.
OWN_BRANCH, UNITED, IN_EACH = 16, 5, 17
UNITED_NAMES = (
    "试验设备片区联合支部",
    "仪器仪表片区联合支部",
    "零部件片区联合支部",
    "材料配套片区联合支部",
    "技术服务片区联合支部",
)
PAIRED = ("共建试验大厅开放日", "结对培养青年技工", "轮流开设标准宣贯课")


def fill_seats(cast: Cast, hand: Hand) -> None:
    """Found every body, fill its seats, open posts and task forces, record the gaps of cross appointment."""
    _found(cast, hand)
    _committee(cast, hand)
    _branches(cast, hand)
    open_posts(cast, hand)
    gaps.record_gaps(actor=cast.users["organisation"], chain_id=cast.chain.pk, on=hand.end.date())


def _appoint(cast: Cast, body: Body, who: Who, role: str, since: date, source: str, until: date | None = None) -> None:
    seats.appoint(
        actor=cast.users["organisation"], body_id=body.pk, who=who, role=role, since=since, source=source, until=until
    )


def _found(cast: Cast, hand: Hand) -> None:
    since, source = hand.ago(960), "示例镇党委会议纪要（虚构）第3号"
    committee: Body | None = None
    for named in cast.town.bodies:
        body = bodies.found_body(
            actor=cast.users["organisation"],
            chain_id=cast.chain.pk,
            kind=named.kind,
            name=named.name,
            since=since,
            source=source,
            parent_id=committee.pk if committee and named.kind == "team" else None,
        )
        committee = committee or body
        cast.bodies[named.name.removeprefix(TOWN)] = body
        if named.kind != "committee":
            _staff(cast, named, body, since, source)


def _staff(cast: Cast, named: Named, body: Body, since: date, source: str) -> None:
    for one in cast.town.people:
        if one.body == named.name and one.role:
            user = cast.users[one.login]
            who = Who(one.name, unit=named.name, user_id=user.pk, consent_on=since, consent_source="任职同意书（虚构）")
            _appoint(cast, body, who, ROLES.get(one.post, Role.OFFICER), since, source)


def _committee(cast: Cast, hand: Hand) -> None:
    """Eighteen months with the first secretary; then the present one, and two members changed since."""
    body, early, change = cast.bodies[COMMITTEE], hand.ago(960), hand.ago(300)
    heads = [one for one in cast.town.people if one.role == "committee"]
    small = cast.town.firms[30:33]
    first, second = "示例镇党委会议纪要（虚构）第3号", "示例镇党委会议纪要（虚构）第41号"
    for firm, role, until in ((small[0], Role.SECRETARY, change), (small[1], Role.MEMBER, change)):
        _appoint(cast, body, _boss(cast, firm), role, early, first, until)
    _appoint(cast, body, _boss(cast, small[2]), Role.MEMBER, early, first, hand.ago(120))
    for number, one in enumerate(heads):
        who = Who(
            one.name,
            enterprise_id=cast.firms[one.firm].pk,
            user_id=cast.users[one.login].pk,
            # One member has not agreed to be shown by name: others see the seat only.
            consent_on=None if number == len(heads) - 1 else change,
            consent_source="" if number == len(heads) - 1 else "公示同意书（虚构）",
        )
        since = hand.ago(299) if number < 4 else early
        _appoint(cast, body, who, ROLES.get(one.post, Role.MEMBER), since, second if number < 4 else first)


def _boss(cast: Cast, firm: Firm) -> Who:
    return Who(str(firm.facts[("legal_representative", "")]), enterprise_id=cast.firms[firm.name].pk)


def _branches(cast: Cast, hand: Hand) -> None:
    secretary = cast.users["organisation"]
    since, source = hand.ago(700), "综合党委批复（虚构）第7号"
    by_size = sorted(cast.town.firms, key=lambda firm: firm.amount("staff"), reverse=True)
    made = [_own_branch(cast, firm, number, hand) for number, firm in enumerate(by_size[:OWN_BRANCH])]
    for number in range(UNITED):
        members = by_size[OWN_BRANCH + number * IN_EACH : OWN_BRANCH + (number + 1) * IN_EACH]
        body = bodies.found_body(
            actor=secretary,
            chain_id=cast.chain.pk,
            kind=Body.Kind.UNITED_BRANCH,
            name=UNITED_NAMES[number],
            since=since,
            source=source,
            parent_id=cast.bodies[COMMITTEE].pk,
        )
        for firm in members:
            relations.link_firm(
                actor=secretary, body_id=body.pk, enterprise_id=cast.firms[firm.name].pk, since=since, source=source
            )
        _united_seats(cast, body, members, hand)
    for number, purpose in enumerate(PAIRED):
        relations.pair_branches(
            actor=secretary,
            body_ids=(made[2 * number].pk, made[2 * number + 1].pk),
            purpose=purpose,
            since=hand.ago(400 - 60 * number),
            source="结对协议（虚构）",
        )


def _own_branch(cast: Cast, firm: Firm, number: int, hand: Hand) -> Body:
    """A firm's branch. Two in three have the head of the firm in it; one in four leads from outside management."""
    secretary, since, source = cast.users["organisation"], hand.ago(880), "综合党委批复（虚构）第5号"
    enterprise = cast.firms[firm.name]
    body = bodies.found_body(
        actor=secretary,
        chain_id=cast.chain.pk,
        kind=Body.Kind.BRANCH,
        name=f"{firm.short}党支部",
        since=since,
        source=source,
        parent_id=cast.bodies[COMMITTEE].pk,
        enterprise_id=enterprise.pk,
    )
    boss, deputy = _boss(cast, firm), Who(_worker(firm, cast), enterprise_id=enterprise.pk)
    _manage(cast, firm, boss, "董事长", since)
    if number % 4 != 3:
        _manage(cast, firm, deputy, "副总经理", since)
    _appoint(cast, body, deputy, Role.SECRETARY, since, source)
    if number % 3 != 2:
        _appoint(cast, body, boss, Role.MEMBER, hand.ago(500), source)
    return body


def _united_seats(cast: Cast, body: Body, members: Sequence[Firm], hand: Hand) -> None:
    since, source = hand.ago(680), "联合支部党员大会（虚构）"
    for number, firm in enumerate(members[:6]):
        _manage(cast, firm, _boss(cast, firm), "董事长", since)
        if number < 3:
            role = (Role.SECRETARY, Role.DEPUTY, Role.MEMBER)[number]
            _appoint(cast, body, _boss(cast, firm), role, since, source)


def _manage(cast: Cast, firm: Firm, who: Who, post: str, since: date) -> None:
    seats.enter_management(
        actor=cast.users["organisation"],
        chain_id=cast.chain.pk,
        enterprise_id=cast.firms[firm.name].pk,
        who=who,
        post=post,
        since=since,
        source="企业任职文件（虚构）",
    )


def _worker(firm: Firm, cast: Cast) -> str:
    """Somebody of the firm who is not its head."""
    known = [one.name for one in cast.town.contacts if one.firm == firm.name][1:]
    return known[0] if known else f"{firm.brand[0]}某{firm.brand[1]}"
