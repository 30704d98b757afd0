"""The year the demo tells: every state of the machine, the same for the same day, whatever day that is."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from tests import factories

from lianzhu.apps.activities.agenda import Topic, check_agenda
from lianzhu.apps.activities.models import Activity, SignUp
from lianzhu.apps.cases.actions import log
from lianzhu.apps.cases.machine import State
from lianzhu.apps.cases.models import Case, CaseEvent, Post
from lianzhu.apps.cases.queries.days import calendar_now
from lianzhu.apps.cases.queries.numbers import a_month, numbers_of
from lianzhu.apps.core import audit
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Confidentiality, Enterprise, Membership, Place, Role, RoleAssignment
from lianzhu.apps.findings.models import Finding
from lianzhu.apps.organisation.models import Appointment, Mission
from lianzhu.demo.story.cast import lines
from lianzhu.demo.story.courses import COURSES
from lianzhu.demo.story.year import tell_year
from lianzhu.demo.town import town

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def chain(db):
    """The invented town's firms, accounts and places, without the way through the spreadsheets."""
    made, now = factories.chain("demo"), timezone.now()
    firms = Enterprise.objects.bulk_create(
        Enterprise(name=f.name, name_key=f.name, temporary_code=f"T{n:09d}", created_at=now, updated_at=now)
        for n, f in enumerate(town().firms)
    )
    Membership.objects.bulk_create(Membership(chain=made, enterprise=firm) for firm in firms)
    by_name = {firm.name: firm for firm in firms}
    for one in (one for one in town().people if one.role):
        user = User.objects.create_user(one.login, factories.PASSWORD, name=one.name)
        RoleAssignment.objects.create(
            user=user, role=Role(one.role), chain=made, enterprise=by_name.get(one.firm), since=date(2026, 1, 1)
        )
    writer = factories.person(None)
    for one in town().places:
        Place.objects.create(
            enterprise=by_name[one.firm],
            place=one.name,
            confidentiality=Confidentiality.OFFICE,
            source="台账",
            as_of=date(2026, 3, 12),
            entered_by=writer,
            entered_at=now,
        )
    return made


def told(chain, now: datetime) -> list[tuple[object, ...]]:
    """Tell the year and say what the log holds."""
    tell_year(chain, town(), now)
    rows = CaseEvent.objects.order_by("case__number", "number")
    return list(rows.values_list("case__number", "kind", "at", "by__username"))


def is_whole(now: datetime, rows: list[tuple[object, ...]]) -> None:
    """Nothing lies ahead of the moment, every state is there, and every derived value follows from the log."""
    assert max(at for _number, _kind, at, _by in rows) <= now
    assert {*State} == {*Case.objects.values_list("state", flat=True)}
    calendar = calendar_now()
    assert not [case.number for case in Case.objects.all() if log.differences(case, calendar)]
    assert audit.verify().broken_at is None
    assert not Post.objects.exists()


@pytest.mark.slow
@pytest.mark.parametrize("day", ["2026-10-03T09:00", "2027-01-05T08:00"])
def test_the_year_is_whole_on_a_holiday_and_before_the_next_calendar(chain, day):
    now = datetime.fromisoformat(day).replace(tzinfo=ZONE)
    is_whole(now, told(chain, now))


@pytest.mark.slow
def test_the_same_moment_tells_the_same_year_and_every_page_finds_something(chain):
    now = datetime(2026, 11, 26, 10, 20, tzinfo=ZONE)
    with transaction.atomic():
        first = told(chain, now)
        transaction.set_rollback(True)
    again = told(chain, now)
    assert again == first
    is_whole(now, again)
    for login in ("office", "team", "department", "firm", "firm2", "expert"):
        user = User.objects.get(username=login)
        assert Case.objects.visible_to(user).filter(is_open__in=[True]).exists(), login
    for since, until in (a_month(now.date()), (date(2025, 12, 1), now.date())):
        shown = {figure.key: figure.share for figure in numbers_of(chain, since, until).figures}
        assert None not in (shown["solved"], shown["signed"], shown["reopened"]), since
    seats = Appointment.objects.filter(body__kind="committee")
    before, after = (
        set(seats.as_of(day).values_list("person", flat=True)) for day in (date(2025, 11, 26), date(2026, 11, 26))
    )
    assert before and after and before != after
    assert Finding.objects.filter(kind="cross_appointment").exists()
    assert {*Mission.objects.values_list("verdict", flat=True)} >= {"", "reached", "partly"}
    assert SignUp.objects.filter(state="waitlisted", activity__begins_at__gt=now).exists()
    assert Activity.objects.filter(decisions__isnull=False).exists()


def test_every_line_takes_a_course_and_talks_of_no_banned_topic():
    matters = lines("difficulties")["lines"]
    assert {line.get("course", "solved") for line in matters} == set(COURSES)
    assert len({line["title"] for line in matters}) == len(matters)
    texts = [line[key] for line in matters for key in ("title", "text", "answer") if line.get(key)]
    # What one firm says to the office is no agenda; but no price stands in it.
    assert not [stop for text in texts for stop in check_agenda(text) if stop.topic == Topic.PRICE]
    assert not [text for one in lines("gatherings") for text in map(str, one.values()) if check_agenda(text)]
