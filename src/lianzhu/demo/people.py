"""Who works with the system: the town's offices, departments, teams and institutes, all fictional.

`demo_accounts` names one person per role, so that a newcomer can look through every pair of eyes.
"""

from collections.abc import Sequence

from lianzhu.demo.names import TOWN, person, telephone
from lianzhu.demo.records import Body, Firm, Person

_COMMITTEE = "高压电气产业链综合党委"
_DEPARTMENTS = ("税务分局", "市场监督管理分局", "科技办公室", "工业和信息化办公室", "人力资源和社会保障所")
_TEAMS = ("先锋服务队一队", "先锋服务队二队", "先锋服务队三队")
_INSTITUTES = (
    ("虚构电力大学高电压研究所", "高电压与绝缘"),
    ("虚构理工大学测控学院", "测量与控制"),
    ("虚构材料研究院", "绝缘材料"),
)
_SEATS = ("书记", "副书记", "委员", "委员", "委员", "委员", "委员")


def build_bodies() -> list[Body]:
    """Return committee, offices, departments, service teams, institutes and the visiting group."""
    bodies = [Body(TOWN + _COMMITTEE, "committee"), Body(TOWN + "链长制办公室", "office")]
    bodies += [Body(TOWN + name, "department") for name in _DEPARTMENTS]
    bodies += [Body(TOWN + name, "team") for name in _TEAMS]
    bodies += [Body(name, "institute", zh_field) for name, zh_field in _INSTITUTES]
    return [*bodies, Body("虚构科技镇长团（2026年批）", "institute", "产学研合作")]


def build_people(firms: Sequence[Firm]) -> list[Person]:
    """Return office staff, committee members, firm owners, officers, team members and experts.

    The committee's members are the heads of the largest firms and so tied to them; its secretary is one of them.
    Nobody of the office, no statistician and no auditor has a tie to a firm.
    """
    office = TOWN + "链长制办公室"
    people = [
        Person("office", person(200), office, "链办主任", "office"),
        Person("office2", person(201), office, "链办科员", "office"),
        Person("office3", person(202), office, "链办科员", "office"),
        Person("statistician", person(203), TOWN + "统计办公室", "统计员", "statistician"),
        Person("statistician2", person(204), TOWN + "统计办公室", "统计复核员", "statistician"),
        Person("auditor", person(205), TOWN + "纪检监察办公室", "审计员", "auditor"),
        Person("administrator", person(206), TOWN + "党政办公室", "系统管理员", "administrator"),
        Person("organisation", person(207), TOWN + "组织办公室", "组织员", "organisation"),
    ]
    people += _from_firms(firms)
    for number, name in enumerate(_DEPARTMENTS):
        login = "department" if number == 0 else f"department{number + 1}"
        people.append(Person(login, person(210 + number), TOWN + name, "政策联络员", "department"))
    for number in range(3 * len(_TEAMS)):
        login = "team" if number == 0 else f"team{number + 1}"
        post = "队长" if number % 3 == 0 else "队员"
        people.append(Person(login, person(220 + number), TOWN + _TEAMS[number // 3], post, "team"))
    for number, (name, _) in enumerate((*_INSTITUTES, ("虚构科技镇长团（2026年批）", ""))):
        login = "expert" if number == 0 else f"expert{number + 1}"
        people.append(Person(login, person(240 + number), name, "专家", "expert"))
    numbered = enumerate(people)
    return [Person(p.login, p.name, p.body, p.post, p.role, p.firm, telephone(number + 1)) for number, p in numbered]


def _from_firms(firms: Sequence[Firm]) -> list[Person]:
    """Return the committee's members out of the largest firms, and two firms' own accounts."""
    largest = sorted(firms, key=lambda firm: firm.amount("revenue"), reverse=True)
    heads = []
    for number, (firm, seat) in enumerate(zip(largest, _SEATS, strict=False)):
        login = "committee" if number == 0 else f"committee{number + 1}"
        boss = str(firm.facts[("legal_representative", "")])
        heads.append(Person(login, boss, TOWN + _COMMITTEE, seat, "committee", firm.name))
    middle = [firm for firm in largest[len(_SEATS) :] if firm.trade in ("sets", "instruments")]
    for login, firm in (("firm", middle[0]), ("firm2", middle[3])):
        boss = str(firm.facts[("legal_representative", "")])
        heads.append(Person(login, boss, firm.name, "董事长", "firm", firm.name))
    return heads


def demo_accounts(people: Sequence[Person]) -> list[Person]:
    """Return one account per role and a second firm: what the demonstration prints."""
    chosen: dict[str, Person] = {}
    for human in people:
        if human.role:
            chosen.setdefault(human.role, human)
    second = [human for human in people if human.login == "firm2"]
    return [*chosen.values(), *second]
