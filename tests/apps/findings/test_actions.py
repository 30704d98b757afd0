"""A run recorded, found again, gone and back; set aside with a reason; each person refused."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests import factories

from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import AuditEntry, User
from lianzhu.apps.enterprises.actions.accounts import system_user
from lianzhu.apps.enterprises.models import Role
from lianzhu.apps.findings.actions import Found, Recorded, record_findings, reopen_finding, set_aside
from lianzhu.apps.findings.models import Finding, Snapshot

pytestmark = pytest.mark.django_db
State = Finding.State


def one(key: str = "a", **told: object) -> Found:
    given = {"says": "{firm}", "wrong_if": "never", "confidentiality": "public", "evidence": {"facts": ["staff"]}}
    return Found(key=key, **{**given, **told})


def run(*found: Found, on: date = date(2026, 11, 23), actor: User | None = None) -> Recorded:
    return record_findings(actor=actor or system_user(), chain=factories.chain(), kind="k", found=found, on=on)


def state_of(key: str) -> str:
    return Finding.objects.get(key=key).state


def test_new_again_gone_and_back():
    days = [date(2026, 11, day) for day in range(20, 25)]
    assert run(one("a"), one("b"), on=days[0]) == Recorded(new=2, again=0, back=0, gone=0)
    assert run(one("a"), on=days[1]) == Recorded(new=0, again=1, back=0, gone=1)
    assert (state_of("a"), state_of("b")) == (State.OPEN, State.GONE)
    assert run(one("a"), one("b"), on=days[2]) == Recorded(new=0, again=1, back=1, gone=0)
    back = Finding.objects.get(key="b")
    assert (back.state, back.first_found_on, back.last_found_on) == (State.OPEN, days[0], days[2])
    assert [shot.on for shot in back.snapshots.all()] == [days[2], days[0]]


def test_the_same_day_replaces_that_days_snapshot_only():
    run(one(evidence={"facts": ["rd"]}), on=date(2026, 11, 22))
    run(one(evidence={"facts": ["staff"]}))
    run(one(evidence={"facts": ["revenue"]}, confidence="low"))
    shots = [(shot.on.day, shot.evidence["facts"], shot.confidence) for shot in Snapshot.objects.all()]
    assert shots == [(23, ["revenue"], "low"), (22, ["rd"], "high")]


def test_an_older_run_and_a_doubled_key_are_refused():
    run(one())
    with pytest.raises(RuleBroken):
        run(one(), on=date(2026, 11, 22))
    with pytest.raises(ValueError, match="twice"):
        run(one(), one())


def test_a_case_ends_by_its_own_rules():
    run(one())
    Finding.objects.update(state=State.CASE)
    assert run(on=date(2026, 11, 24)).gone == 0
    assert state_of("a") == State.CASE


def test_kinds_and_chains_do_not_touch_each_other():
    run(one())
    other = factories.chain("other")
    record_findings(actor=system_user(), chain=other, kind="k", found=[one()], on=date(2026, 11, 23))
    record_findings(actor=system_user(), chain=factories.chain(), kind="l", found=[], on=date(2026, 11, 23))
    assert set(Finding.objects.values_list("state", flat=True)) == {State.OPEN}


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.DEPARTMENT, Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_may_not_record(role):
    with pytest.raises(PermissionDenied):
        run(one(), actor=factories.person(role))
    assert not Finding.objects.exists()


@pytest.mark.parametrize("role", [Role.OFFICE, Role.STATISTICIAN])
def test_who_may_record(role):
    assert run(one(), actor=factories.person(role)).new == 1


def test_set_aside_with_a_reason_and_open_again():
    office = factories.person(Role.OFFICE)
    run(one())
    finding = Finding.objects.get()
    with pytest.raises(RuleBroken):
        set_aside(actor=office, finding_id=finding.pk, because="  ")
    aside = set_aside(actor=office, finding_id=finding.pk, because="不适用")
    assert (aside.state, aside.because, aside.decided_by) == (State.ASIDE, "不适用", office)
    with pytest.raises(RuleBroken):
        set_aside(actor=office, finding_id=finding.pk, because="再次")
    run(one(), on=date(2026, 11, 24))
    assert state_of("a") == State.ASIDE, "found again is no reason to ask again"
    assert reopen_finding(actor=office, finding_id=finding.pk).state == State.OPEN
    with pytest.raises(RuleBroken):
        reopen_finding(actor=office, finding_id=finding.pk)
    acts = AuditEntry.objects.order_by("number").values_list("act", flat=True)
    assert list(acts) == ["findings.recorded", "finding.set_aside", "findings.recorded", "finding.reopened"]


@pytest.mark.parametrize(
    ("level", "allowed"),
    [("public", Role.OFFICE), ("office", Role.OFFICE), ("firm", Role.STATISTICIAN), ("statistics", Role.STATISTICIAN)],
)
def test_who_decides_follows_the_class(level, allowed):
    firm = factories.firm()
    run(one(confidentiality=level, enterprise_id=firm.pk))
    finding = Finding.objects.get()
    for role in (Role.OFFICE, Role.STATISTICIAN, Role.AUDITOR, Role.COMMITTEE, Role.FIRM):
        actor = factories.person(role, of=firm if role == Role.FIRM else None)
        if role == allowed:
            assert set_aside(actor=actor, finding_id=finding.pk, because="不适用").state == State.ASIDE
            reopen_finding(actor=actor, finding_id=finding.pk)
        else:
            with pytest.raises(PermissionDenied):
                set_aside(actor=actor, finding_id=finding.pk, because="不适用")


class Runs(TestCase):
    """Whatever is found day by day, a finding is open exactly when the newest run found it."""

    @given(st.lists(st.sets(st.sampled_from("abcd")), min_size=1, max_size=6))
    def test_open_is_what_the_newest_run_found(self, days: list[set[str]]) -> None:
        for number, keys in enumerate(days):
            run(*(one(key) for key in sorted(keys)), on=date(2026, 11, 1 + number))
        assert set(Finding.objects.filter(state=State.OPEN).values_list("key", flat=True)) == days[-1]
        seen = set().union(*days)
        assert set(Finding.objects.values_list("key", flat=True)) == seen
        assert Snapshot.objects.count() == sum(len(keys) for keys in days)
