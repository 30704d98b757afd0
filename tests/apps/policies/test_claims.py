"""A claim from the application to the money; each step by whom it belongs to."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from tests import factories

from lianzhu.apps.cases.models import CaseEvent, Kind, Saying
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.policies.actions import claims
from lianzhu.apps.policies.models import Claim

State = Claim.State


@pytest.fixture
def claim(town: SimpleNamespace) -> Claim:
    return claims.apply_for(actor=town.boss, firm_id=town.firm.pk, policy="cn.techsme", on=timezone.localdate())


def test_a_claim_is_followed_to_the_money(town: SimpleNamespace, claim: Claim) -> None:
    today = timezone.localdate()
    assert (claim.case.kind, claim.contact) == (Kind.CLAIM, town.boss)
    claims.accept_claim(actor=town.officer, claim_id=claim.pk)
    claims.approve_claim(actor=town.officer, claim_id=claim.pk, promised=Decimal(30), due_on=today)
    done = claims.confirm_receipt(actor=town.boss, claim_id=claim.pk, received=Decimal(30), on=today)
    assert (done.state, done.received, done.days_late(today)) == (State.RECEIVED, Decimal(30), 0)


@pytest.mark.parametrize(("left", "late"), [(1, 0), (0, 0), (-1, 1), (-40, 40)])
def test_days_late_count_from_the_day_after_the_promised_one(left: int, late: int) -> None:
    today = timezone.localdate()
    promised = Claim(state=State.APPROVED, due_on=today + timedelta(days=left))
    assert promised.days_late(today) == late


def test_only_its_own_department_answers(town: SimpleNamespace, claim: Claim) -> None:
    for user in (town.other_officer, town.office, town.boss, town.committee, town.rival_boss):
        with pytest.raises(PermissionDenied):
            claims.accept_claim(actor=user, claim_id=claim.pk)
    assert list(Claim.objects.visible_to(town.officer)) == [claim]
    for user in (town.other_officer, town.committee, town.rival_boss):
        assert not Claim.objects.visible_to(user).exists()


def test_steps_out_of_order_are_refused(town: SimpleNamespace, claim: Claim) -> None:
    today = timezone.localdate()
    with pytest.raises(RuleBroken, match="Accept the claim first"):
        claims.approve_claim(actor=town.officer, claim_id=claim.pk, promised=None, due_on=None)
    with pytest.raises(RuleBroken, match="Only an approved claim"):
        claims.confirm_receipt(actor=town.boss, claim_id=claim.pk, received=None, on=today)
    claims.accept_claim(actor=town.officer, claim_id=claim.pk)
    with pytest.raises(RuleBroken, match="has a day"):
        claims.approve_claim(actor=town.officer, claim_id=claim.pk, promised=Decimal(3), due_on=None)
    with pytest.raises(RuleBroken, match="Say why"):
        claims.refuse_claim(actor=town.officer, claim_id=claim.pk, because=" ")
    claims.refuse_claim(actor=town.officer, claim_id=claim.pk, because="材料不全，请到窗口补交")
    with pytest.raises(RuleBroken, match="accepted or decided"):
        claims.accept_claim(actor=town.officer, claim_id=claim.pk)


def test_one_open_claim_per_policy_and_only_for_itself(town: SimpleNamespace, claim: Claim) -> None:
    today = timezone.localdate()
    with pytest.raises(RuleBroken, match="running already"):
        claims.apply_for(actor=town.boss, firm_id=town.firm.pk, policy="cn.techsme", on=today)
    with pytest.raises(RuleBroken, match="in force"):
        claims.apply_for(actor=town.boss, firm_id=town.firm.pk, policy="cn.nothing", on=today)
    with pytest.raises(RuleBroken, match="future"):
        claims.apply_for(actor=town.boss, firm_id=town.firm.pk, policy="cn.zjtx", on=today + timedelta(days=1))
    with pytest.raises(PermissionDenied):
        claims.apply_for(actor=town.rival_boss, firm_id=town.firm.pk, policy="cn.zjtx", on=today)


def test_the_pages_take_a_claim_through(town: SimpleNamespace, claim: Claim) -> None:
    address = reverse("policies:claim", args=[claim.pk])
    officer, boss = factories.browser(town.officer), factories.browser(town.boss)
    today = timezone.localdate().isoformat()
    for browser, told in (
        (officer, {"step": "accept"}),
        (officer, {"step": "approve", "promised": "30", "due_on": today}),
        (boss, {"step": "receive", "received": "30", "on": today}),
    ):
        assert browser.post(address, told).status_code == 302
    claim.refresh_from_db()
    assert claim.state == State.RECEIVED


def test_the_office_sets_desks(town: SimpleNamespace) -> None:
    told = {"chain_id": town.chain.pk, "policy": "cn.zjtx", "body_id": town.industry.pk}
    with pytest.raises(PermissionDenied):
        claims.set_desk(actor=town.officer, **told)
    assert claims.set_desk(actor=town.office, **told).body == town.industry
    with pytest.raises(RuleBroken):
        claims.set_desk(actor=town.office, **{**told, "policy": "cn.nothing"})


def test_the_case_follows_the_claim_to_its_end(town: SimpleNamespace, claim: Claim) -> None:
    def case() -> tuple[str, bool]:
        claim.case.refresh_from_db()
        return claim.case.state, bool(claim.case.is_open)

    assert case() == ("dispatched", True)
    assert claim.case.body == town.industry
    claims.accept_claim(actor=town.officer, claim_id=claim.pk)
    assert case() == ("signed", True)
    assert claim.case.lead == town.officer
    claims.approve_claim(actor=town.officer, claim_id=claim.pk, promised=Decimal("77.77"), due_on=timezone.localdate())
    # The clock stands still until the money comes; no reminder presses the department meanwhile.
    assert case() == ("paused", True)
    claims.confirm_receipt(
        actor=town.boss, claim_id=claim.pk, received=Decimal("77.77"), on=timezone.localdate(), again=True
    )
    assert case() == ("closed", False)
    assert claim.case.outcome == "solved"
    said = [*CaseEvent.objects.values_list("data", flat=True), *Saying.objects.values_list("text", flat=True)]
    assert said
    assert "77.77" not in str(said)


def test_a_refusal_reaches_the_firm_as_the_answer(town: SimpleNamespace, claim: Claim) -> None:
    claims.refuse_claim(actor=town.officer, claim_id=claim.pk, because="材料不全，请到窗口补交")
    claim.case.refresh_from_db()
    assert claim.case.state == "answered"
    page = factories.browser(town.boss).get(reverse("cases:case", args=[claim.case_id])).content.decode()
    assert "材料不全，请到窗口补交" in page


def test_without_a_desk_the_case_waits_for_the_office(town: SimpleNamespace) -> None:
    claim = claims.apply_for(actor=town.boss, firm_id=town.firm.pk, policy="cn.zjtx", on=timezone.localdate())
    assert claim.case.state == "to_accept"


def test_the_receipt_without_the_last_question_leaves_the_call_to_the_office(
    town: SimpleNamespace, claim: Claim
) -> None:
    claims.accept_claim(actor=town.officer, claim_id=claim.pk)
    claims.approve_claim(actor=town.officer, claim_id=claim.pk, promised=None, due_on=None)
    claims.confirm_receipt(actor=town.boss, claim_id=claim.pk, received=None, on=timezone.localdate())
    claim.case.refresh_from_db()
    assert claim.case.state == "answered"
