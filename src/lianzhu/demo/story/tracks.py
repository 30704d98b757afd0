"""Three new tracks of the fictional town at different gates, one past its stop date; told by the acts themselves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.utils import timezone

from lianzhu.apps.cases import clock
from lianzhu.apps.chain.actions import tracks as actions
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.organisation.models import Body

_VISIT = "链办走访记录（虚构）"


def take_up_tracks(chain: Chain) -> int:
    """Take the tracks up and let their story pass; returns how many."""
    office = User.objects.get(username="office")
    owner = Body.objects.get(chain=chain, kind=Body.Kind.OFFICE, until__isnull=True)
    stories: tuple[Callable[[User, Chain, Body], None], ...] = (_storage, _offshore, _gas)
    for story in stories:
        story(office, chain, owner)
    return len(stories)


@contextmanager
def _ago(days: int) -> Iterator[date]:
    """The story's day, so many days before today, at ten in the morning."""
    at = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0) - timedelta(days=days)
    at = min(at, timezone.localtime())
    with clock.telling(lambda: at):
        yield clock.today()


def _day(ahead: int) -> date:
    return timezone.localdate() + timedelta(days=ahead)


def _note(office: User, track_id: int, days: int, text: str) -> None:
    with _ago(days) as on:
        actions.note_evidence(actor=office, track_id=track_id, text=text, source=_VISIT, on=on - timedelta(days=3))


def _storage(office: User, chain: Chain, owner: Body) -> None:
    """Second gate, in time."""
    with _ago(160):
        track = actions.take_up_track(
            actor=office,
            chain_id=chain.pk,
            code="NT01",
            hypothesis="储能电站交接验收要做绝缘、耐压和并网试验，链上已有的试验设备可以合成一个交接试验包。",
            owner_id=owner.pk,
            stop_on=_day(-60),
        )
    _note(office, track.pk, 96, "走访 3 家储能集成单位，2 家说明交接时要外请试验，由总包付费（虚构）。")
    with _ago(92):
        actions.pass_gate(actor=office, track_id=track.pk, stop_on=_day(75), text="需求和付费方已问清。")
    _note(office, track.pk, 20, "一家集成单位愿意提供一座电站试做，时间待定（虚构）。")


def _offshore(office: User, chain: Chain, owner: Body) -> None:
    """Third gate, prolonged once."""
    with _ago(330):
        track = actions.take_up_track(
            actor=office,
            chain_id=chain.pk,
            code="NT03",
            hypothesis="66 kV 阵列缆安装后要做谐振耐压，链上的串联谐振装置可与电缆厂合作做第一条。",
            owner_id=owner.pk,
            stop_on=_day(-200),
        )
    _note(office, track.pk, 270, "两家电缆厂说明敷设后试验外包，由施工方付费（虚构）。")
    with _ago(265):
        actions.pass_gate(actor=office, track_id=track.pk, stop_on=_day(-110), text="付费方已问清。")
    with _ago(130):
        because = "试验船期改到下月，只差现场一次。"
        actions.prolong_track(actor=office, track_id=track.pk, until=_day(-60), because=because)
    _note(office, track.pk, 80, "与一家电缆厂在陆上完成一条 66 kV 电缆的谐振耐压（虚构）。")
    with _ago(75):
        actions.pass_gate(actor=office, track_id=track.pk, stop_on=_day(140), text="已试做一次。")


def _gas(office: User, chain: Chain, owner: Body) -> None:
    """First gate, past its stop date: a person has to decide."""
    with _ago(200):
        track = actions.take_up_track(
            actor=office,
            chain_id=chain.pk,
            code="NT15",
            hypothesis="环保气体设备增多后，检漏和气体分析会有新要求，链上的仪器可以改用。",
            owner_id=owner.pk,
            stop_on=_day(-21),
        )
    _note(office, track.pk, 120, "走访 4 家用户，暂无明确采购计划（虚构）。")
