"""Reminders: a named person of the firm, 30, 14 and 3 days ahead, each once, never on a day off."""

from contextlib import AbstractContextManager
from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from tests import factories

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.actions import ladder
from lianzhu.apps.cases.models import Address, Channel, Digest, Message, Post
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Role
from lianzhu.apps.policies.actions import claims, packages, reminders
from lianzhu.apps.policies.models import Reminder
from lianzhu.apps.policies.queries.windows import responsible_of, step_on
from lianzhu.engine.clock import published_calendar

# The library's one window with both days: 科技型中小企业 2026-06-01..2026-08-31. 2026-08-31 is a Monday.
LAST = date(2026, 8, 31)


def at(moment: str) -> AbstractContextManager[None]:
    """The clock of cases and policies, held still in the server's time zone."""
    now = timezone.make_aware(datetime.fromisoformat(moment))
    return clock.telling(lambda: now)


def remind(town: SimpleNamespace, day: str) -> int:
    with at(f"{day} 10:00"):
        packages.build_packages(actor=town.office, chain_id=town.chain.pk, firm_ids=[town.firm.pk])
        return reminders.remind_firms(actor=town.office, chain_id=town.chain.pk, firm_ids=[town.firm.pk])


@pytest.mark.parametrize(
    ("today", "step"),
    [
        # 30 days before is Saturday 1 August: told on Friday 31 July, not on Thursday.
        ("2026-07-30", None),
        ("2026-07-31", 30),
        ("2026-08-13", 30),
        # 14 days before is Monday 17 August.
        ("2026-08-14", 30),
        ("2026-08-17", 14),
        ("2026-08-27", 14),
        ("2026-08-28", 3),
        ("2026-08-31", 3),
        ("2026-09-01", None),
    ],
)
def test_a_step_falls_on_a_working_day(today: str, step: int | None) -> None:
    assert step_on(date.fromisoformat(today), LAST, published_calendar()) == step


def test_three_steps_each_once(town: SimpleNamespace) -> None:
    told = [remind(town, day) for day in ("2026-07-30", "2026-07-31", "2026-07-31", "2026-08-03", "2026-08-17")]
    assert told == [0, 1, 0, 0, 1]
    assert remind(town, "2026-08-28") == 1
    assert remind(town, "2026-08-31") == 0
    rows = Reminder.objects.order_by("pk").values_list("user", "about", "last", "step")
    assert list(rows) == [(town.boss.pk, "cn.techsme", LAST, step) for step in (30, 14, 3)]
    assert list(Message.objects.filter(user=town.boss).order_by("pk").values_list("why", flat=True)) == [
        "window30",
        "window14",
        "window3",
    ]


def test_who_applied_in_this_window_is_not_reminded(town: SimpleNamespace) -> None:
    with at("2026-06-10 10:00"):
        claims.apply_for(actor=town.boss, firm_id=town.firm.pk, policy="cn.techsme", on=clock.today())
    assert remind(town, "2026-08-17") == 0


def test_a_certificate_that_ends_is_told_too(town: SimpleNamespace) -> None:
    factories.fact(town.firm, "cnas_valid_until", "2026-03-20")
    # 30 days before is in the Spring Festival's holidays; the working day before is Saturday the 14th, a make-up day.
    assert [remind(town, day) for day in ("2026-02-13", "2026-02-14", "2026-02-18", "2026-03-17")] == [0, 1, 0, 1]
    assert list(Reminder.objects.order_by("pk").values_list("about", "step")) == [
        ("cnas_valid_until", 30),
        ("cnas_valid_until", 3),
    ]


def test_the_named_person_is_told_and_a_leaver_is_not(town: SimpleNamespace) -> None:
    lab = factories.person(Role.FIRM, of=town.firm)
    today = date(2026, 8, 17)
    assert responsible_of([town.firm.pk], today) == {town.firm.pk: town.boss}
    for user in (town.rival_boss, town.office, town.committee):
        with pytest.raises(PermissionDenied):
            reminders.name_responsible(actor=user, firm_id=town.firm.pk, user_id=lab.pk)
    with pytest.raises(RuleBroken):
        reminders.name_responsible(actor=town.boss, firm_id=town.firm.pk, user_id=town.rival_boss.pk)
    browser = factories.browser(town.boss)
    answer = browser.post(reverse("policies:responsible", args=[town.firm.pk]), {"user": lab.pk})
    assert answer.status_code == 302
    remind(town, "2026-08-17")
    assert Reminder.objects.get().user == lab
    User.objects.filter(pk=lab.pk).update(is_active=False)
    assert responsible_of([town.firm.pk], today) == {town.firm.pk: town.boss}


def test_only_office_and_product_remind(town: SimpleNamespace) -> None:
    for user in (town.boss, town.rival_boss, town.committee, town.officer):
        with pytest.raises(PermissionDenied):
            reminders.remind_firms(actor=user, chain_id=town.chain.pk, firm_ids=[town.firm.pk])


def test_the_line_leaves_in_the_digest_in_working_time_without_a_name(town: SimpleNamespace) -> None:
    Address.objects.create(user=town.boss, address="boss@example.test")
    Channel.objects.create(
        chain=town.chain, kind=Channel.Kind.MAIL, address="smtp://x@localhost:1/a@example.test", on=True
    )
    remind(town, "2026-08-17")
    for moment, made in (("2026-08-17 23:30", 0), ("2026-08-22 10:00", 0), ("2026-08-18 10:00", 1)):
        with at(moment):
            assert ladder.make_digests() == made, moment
    assert Digest.objects.get().lines.get().why == "window14"
    text = Post.objects.get().title + Post.objects.get().text
    assert town.firm.name not in text
    assert "科技型中小企业" not in text


def test_the_first_page_shows_the_window_to_the_firm_alone(town: SimpleNamespace) -> None:
    with at("2026-08-17 10:00"):
        packages.build_package(actor=town.office, firm_id=town.firm.pk)
        for user, shown in ((town.boss, True), (town.rival_boss, False), (town.office, False), (town.officer, False)):
            page = factories.browser(user).get(reverse("portal:home")).content.decode()
            assert (reverse("policies:policy", args=[town.firm.pk, "cn.techsme"]) in page) == shown
