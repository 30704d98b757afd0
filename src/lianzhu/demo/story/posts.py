"""Pioneer posts and task forces at the places of firms: some run, some wait for the firm's word, some are judged."""

from dataclasses import dataclass
from typing import Any

from lianzhu.apps.enterprises.models import Enterprise, Place, RecordState
from lianzhu.apps.organisation.actions import missions
from lianzhu.apps.organisation.actions.seats import Who
from lianzhu.apps.organisation.models import Mission
from lianzhu.demo.story.calendar import Hand
from lianzhu.demo.story.cast import Cast, lines


@dataclass(frozen=True)
class Post:
    """`since` and `due` in days from the build; `result` and `verdict` stay empty while it runs."""

    firm: str
    name: str
    goal: str
    since: int
    due: int
    members: int = 0
    result: str = ""
    verdict: str = ""


def open_posts(cast: Cast, hand: Hand) -> None:
    """Open each at a place its firm has, in the order of the list, and let firms judge what is done."""
    large = sorted(cast.town.firms, key=lambda firm: firm.amount("staff"), reverse=True)
    firms = {
        "firm": cast.firm_of("firm"),
        "firm2": cast.firm_of("firm2"),
        "works": cast.firms[large[0].name],
        "second": cast.firms[large[1].name],
    }
    used: dict[int, int] = {}
    for post in (Post(**line) for line in lines("posts")):
        firm = firms[post.firm]
        places = Place.objects.filter(enterprise=firm, state=RecordState.CURRENT).order_by("kind", "place")
        if not places:
            continue
        place = places[used.get(firm.pk, 0) % len(places)]
        used[firm.pk] = used.get(firm.pk, 0) + 1
        mission = _open(cast, hand, post, firm, place)
        if post.result:
            missions.report_result(actor=cast.users["organisation"], mission_id=mission.pk, result=post.result)
        if post.verdict:
            missions.confirm_result(actor=cast.users[post.firm], mission_id=mission.pk, verdict=post.verdict)


def _open(cast: Cast, hand: Hand, post: Post, firm: Enterprise, place: Place) -> Mission:
    told: dict[str, Any] = {
        "actor": cast.users["organisation"],
        "chain_id": cast.chain.pk,
        "place_id": place.pk,
        "name": f"{firm.name[3:5]}{post.name}",
        "goal": post.goal,
        "since": hand.ago(-post.since),
        "due_on": hand.ago(-post.due),
        "source": "支部会议记录（虚构）",
    }
    crew = [Who(f"{surname}某{firm.name[3]}", enterprise_id=firm.pk) for surname in "柏水窦章"[: post.members + 1]]
    if post.members:
        return missions.open_task_force(lead=crew[0], members=crew[1:], **told)
    return missions.open_post(holder=crew[0], **told)
