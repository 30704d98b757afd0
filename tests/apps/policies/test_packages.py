"""A firm's package: how it stands, what decides, what changed and why."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from tests import factories

from lianzhu.apps.cases import clock
from lianzhu.apps.core import jobs as queue
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.enterprises.actions import facts
from lianzhu.apps.enterprises.models import FactValue
from lianzhu.apps.policies import jobs
from lianzhu.apps.policies.actions import packages
from lianzhu.apps.policies.models import Package, Standing, Verdict
from lianzhu.apps.policies.queries import reading

PUBLIC = "provincial_rd_institution"


def of(town: SimpleNamespace, policy: str = "cn.techsme") -> Verdict:
    return Verdict.objects.get(package__enterprise=town.firm, package__latest=True, policy=policy)


def test_an_answer_turns_unknown_into_qualifies_at_once(town: SimpleNamespace) -> None:
    today = timezone.localdate()
    before = reading.line_of(reading.visible_facts(town.boss, town.firm, today), "cn.techsme")
    assert (before.standing, [one.fact.name for one in before.asks]) == (Standing.UNKNOWN, [PUBLIC])
    browser = factories.browser(town.boss)
    address = reverse("policies:answer", args=[town.firm.pk, "cn.techsme"])
    answer = browser.post(address, {"name": PUBLIC, "period": "", "text": "是"}, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "第八条" in page
    after = reading.line_of(reading.visible_facts(town.boss, town.firm, today), "cn.techsme")
    assert after.standing == Standing.QUALIFIES
    stored = FactValue.objects.get(fact=PUBLIC)
    assert (stored.value, stored.entered_by) == ("true", town.boss)
    # The office has not confirmed it: its own package rests on what holds.
    assert of(town).standing == Standing.UNKNOWN


def test_a_wrong_answer_is_refused_and_nothing_is_kept(town: SimpleNamespace) -> None:
    with pytest.raises(RuleBroken):
        packages.answer_question(actor=town.boss, firm_id=town.firm.pk, name=PUBLIC, period="", text="perhaps")
    assert not Package.objects.exists()
    address = reverse("policies:answer", args=[town.firm.pk, "cn.techsme"])
    answer = factories.browser(town.boss).post(address, {"name": PUBLIC, "period": "", "text": "perhaps"})
    assert answer.status_code == 409


def test_nobody_answers_for_another_firm(town: SimpleNamespace) -> None:
    for user in (town.rival_boss, town.office, town.committee, town.officer, town.statistician):
        with pytest.raises(PermissionDenied):
            packages.answer_question(actor=user, firm_id=town.firm.pk, name=PUBLIC, period="", text="是")
    for user in (town.rival_boss, town.committee, town.officer):
        with pytest.raises(PermissionDenied):
            packages.build_package(actor=user, firm_id=town.firm.pk)


def test_one_step_away_names_the_one_clause(town: SimpleNamespace) -> None:
    factories.fact(town.firm, PUBLIC, "false")
    packages.build_package(actor=town.office, firm_id=town.firm.pk)
    row = of(town)
    assert (row.standing, row.unmet) == (Standing.ONE_STEP, [7])


def test_a_new_value_is_said_to_be_the_reason(town: SimpleNamespace) -> None:
    packages.build_package(actor=town.office, firm_id=town.firm.pk)
    earlier = timezone.now() - timedelta(days=30)
    Package.objects.update(on=earlier.date(), built_at=timezone.now())
    packages.build_package(actor=town.office, firm_id=town.firm.pk)
    assert of(town).before == ""
    factories.fact(town.firm, PUBLIC, "true")
    packages.build_package(actor=town.office, firm_id=town.firm.pk)
    row = of(town)
    assert (row.before, row.why, row.standing) == (Standing.UNKNOWN, Verdict.Why.FACT, Standing.QUALIFIES)
    assert Package.objects.filter(enterprise=town.firm, latest=True).count() == 1


def test_a_new_version_is_said_to_be_the_reason(town: SimpleNamespace) -> None:
    factories.fact(town.firm, PUBLIC, "true")
    packages.build_package(actor=town.office, firm_id=town.firm.pk)
    Package.objects.update(on=timezone.localdate() - timedelta(days=30))
    Verdict.objects.filter(policy="cn.techsme").update(version="older", standing=Standing.FAILS)
    packages.build_package(actor=town.office, firm_id=town.firm.pk)
    assert (of(town).before, of(town).why) == (Standing.FAILS, Verdict.Why.VERSION)


def test_the_job_builds_every_firm_and_may_run_twice(town: SimpleNamespace) -> None:
    for _time in range(2):
        queue.ask(actor=town.office, kind=jobs.BUILD, argument=town.chain.pk)
        assert queue.run_waiting({jobs.BUILD: jobs.build_chain}) == 1
    assert Package.objects.filter(latest=True).count() == 2
    assert Package.objects.count() == 2


def test_an_accepted_value_reaches_the_package_with_the_next_tick(town: SimpleNamespace) -> None:
    packages.answer_question(actor=town.boss, firm_id=town.firm.pk, name=PUBLIC, period="", text="是")
    assert of(town).standing == Standing.UNKNOWN
    facts.accept_fact(actor=town.office, fact_id=FactValue.objects.get(fact=PUBLIC).pk)
    assert jobs.rebuild_moved() == 1
    assert of(town).standing == Standing.QUALIFIES
    assert jobs.rebuild_moved() == 0


def test_changes_are_told_against_a_month_ago_not_yesterday(town: SimpleNamespace) -> None:
    """40 days ago unknown; a value came; yesterday's package already says qualifies: still told as a change."""
    today = timezone.localdate()
    packages.build_package(actor=town.office, firm_id=town.firm.pk)
    Package.objects.update(on=today - timedelta(days=40), latest=False)
    factories.fact(town.firm, PUBLIC, "true")
    packages.build_package(actor=town.office, firm_id=town.firm.pk)
    Package.objects.filter(on=today).update(on=today - timedelta(days=1))
    packages.build_package(actor=town.office, firm_id=town.firm.pk)
    row = of(town)
    assert (row.before, row.standing, row.why) == (Standing.UNKNOWN, Standing.QUALIFIES, Verdict.Why.FACT)
    page = factories.browser(town.boss).get(reverse("policies:firm", args=[town.firm.pk]))
    assert page.context["since"] == today - timedelta(days=40)


def test_the_passing_of_time_is_said_to_be_the_reason(town: SimpleNamespace) -> None:
    """A certificate that ended in between: the values are the same, only the day is another."""
    today = timezone.localdate()
    factories.fact(town.firm, "techsme_valid_until", (today - timedelta(days=20)).isoformat())
    earlier = timezone.now() - timedelta(days=40)
    with clock.telling(lambda: earlier):
        packages.build_package(actor=town.office, firm_id=town.firm.pk)
        assert of(town, "cn.eit.loss10").standing == Standing.QUALIFIES
    packages.build_package(actor=town.office, firm_id=town.firm.pk)
    row = of(town, "cn.eit.loss10")
    assert (row.before, row.why) == (Standing.QUALIFIES, Verdict.Why.DATE)


@pytest.mark.parametrize("pages", ["firm", "policy"])
def test_pages_of_a_firm_ask_a_fixed_number_of_queries(
    town: SimpleNamespace, django_assert_max_num_queries: Any, pages: str
) -> None:
    args = [town.firm.pk] if pages == "firm" else [town.firm.pk, "cn.techsme"]
    browser = factories.browser(town.boss)
    with django_assert_max_num_queries(20):
        assert browser.get(reverse(f"policies:{pages}", args=args)).status_code == 200
