"""A certificate won becomes a fact and unlocks; holding it is another thing than qualifying for it."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from tests import factories

from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.enterprises.actions import facts
from lianzhu.apps.enterprises.models import FactValue, RecordState
from lianzhu.apps.policies.actions import claims, packages
from lianzhu.apps.policies.models import Claim, Standing, Verdict
from lianzhu.apps.policies.queries import reading

UNTIL = timezone.localdate() + timedelta(days=365)


@pytest.fixture
def won(town: SimpleNamespace) -> Claim:
    """An approved claim for 科技型中小企业 of a firm that qualifies."""
    factories.fact(town.firm, "provincial_rd_institution", "true")
    packages.build_package(actor=town.boss, firm_id=town.firm.pk)
    claim = claims.apply_for(actor=town.boss, firm_id=town.firm.pk, policy="cn.techsme", on=timezone.localdate())
    claims.accept_claim(actor=town.officer, claim_id=claim.pk)
    return claims.approve_claim(actor=town.officer, claim_id=claim.pk, promised=None, due_on=None)


def certify(claim: Claim, actor: object, **told: object) -> Claim:
    given = {"number": "2026-00001", "valid_from": timezone.localdate(), "valid_until": UNTIL, **told}
    return claims.record_certificate(actor=actor, claim_id=claim.pk, **given)


def standing(town: SimpleNamespace, policy: str) -> str:
    return Verdict.objects.get(package__enterprise=town.firm, package__latest=True, policy=policy).standing


def test_qualifying_is_not_holding(town: SimpleNamespace, won: Claim) -> None:
    assert standing(town, "cn.techsme") == Standing.QUALIFIES
    # 亏损结转10年 asks for the certificate in hand.
    assert standing(town, "cn.eit.loss10") != Standing.QUALIFIES
    page = factories.browser(town.boss).get(reverse("policies:policy", args=[town.firm.pk, "cn.techsme"]))
    assert page.context["certificate_held"] is False
    assert "cn.eit.loss10" in [policy for policy, *_rest in page.context["opens"]]


def test_the_department_writes_it_and_the_package_unlocks(town: SimpleNamespace, won: Claim) -> None:
    certify(won, town.officer)
    row = FactValue.objects.current().get(enterprise=town.firm, fact="techsme_valid_until")
    assert (row.value, row.confirmed, row.entered_by) == (UNTIL.isoformat(), False, town.officer)
    assert "2026-00001" in row.source
    assert won.case.number in row.source
    assert standing(town, "cn.eit.loss10") == Standing.QUALIFIES
    page = factories.browser(town.boss).get(reverse("policies:claim", args=[won.pk])).content.decode()
    assert reverse("policies:policy", args=[town.firm.pk, "cn.eit.loss10"]) in page
    # The firm has it in hand: it confirms the days.
    claims.confirm_receipt(actor=town.boss, claim_id=won.pk, received=None, on=timezone.localdate(), again=True)
    row.refresh_from_db()
    assert row.confirmed


def test_the_firm_may_put_another_day_forward(town: SimpleNamespace, won: Claim) -> None:
    certify(won, town.officer)
    other = (UNTIL + timedelta(days=1)).isoformat()
    offer = facts.state_fact(
        actor=town.boss,
        firm_id=town.firm.pk,
        name="techsme_valid_until",
        period="",
        text=other,
        source="证书原件",
        as_of=timezone.localdate(),
    )
    assert offer.state == RecordState.PROPOSED
    assert FactValue.objects.current().get(fact="techsme_valid_until").value == UNTIL.isoformat()


def test_from_the_firm_itself_it_waits_for_the_office(town: SimpleNamespace, won: Claim) -> None:
    certify(won, town.boss)
    offers = FactValue.objects.filter(enterprise=town.firm, fact="techsme_valid_until")
    assert [row.state for row in offers] == [RecordState.PROPOSED]
    assert standing(town, "cn.eit.loss10") != Standing.QUALIFIES
    facts.accept_fact(actor=town.office, fact_id=offers[0].pk)
    packages.build_package(actor=town.office, firm_id=town.firm.pk)
    assert standing(town, "cn.eit.loss10") == Standing.QUALIFIES


@pytest.mark.parametrize("days", [-1, 0])
def test_held_to_its_last_day_included(town: SimpleNamespace, days: int) -> None:
    today = timezone.localdate()
    factories.fact(town.firm, "techsme_valid_until", (today + timedelta(days=days)).isoformat())
    known = reading.visible_facts(town.boss, town.firm, today)
    assert known.values["techsme_valid"] is (days == 0)


def test_nobody_else_records_it(town: SimpleNamespace, won: Claim) -> None:
    for user in (town.other_officer, town.office, town.committee, town.rival_boss, town.statistician):
        with pytest.raises(PermissionDenied):
            certify(won, user)
    for user in (town.boss, town.office, town.rival_boss):
        with pytest.raises(PermissionDenied):
            facts.record_certificate(
                actor=user,
                firm_id=town.firm.pk,
                values={"hnte_valid_until": UNTIL.isoformat()},
                source="x",
                as_of=date(2026, 1, 1),
            )


@pytest.mark.parametrize("name", ["revenue", "staff", "credit_rating", "abnormal_or_dishonest_list"])
def test_a_department_writes_nothing_but_certificates(town: SimpleNamespace, name: str) -> None:
    with pytest.raises((PermissionDenied, RuleBroken)):
        facts.record_certificate(
            actor=town.officer, firm_id=town.firm.pk, values={name: "1"}, source="x", as_of=date(2026, 1, 1)
        )
    assert not FactValue.objects.filter(fact=name, entered_by=town.officer).exists()


def test_rules_of_a_certificate(town: SimpleNamespace, won: Claim) -> None:
    today = timezone.localdate()
    for told, said in (
        ({"number": " "}, "number"),
        ({"valid_until": None}, "last day"),
        ({"valid_from": today, "valid_until": today - timedelta(days=1)}, "ends before"),
    ):
        with pytest.raises(RuleBroken, match=said):
            certify(won, town.officer, **told)
    factories.fact(town.firm, "techsme_valid_until", (UNTIL + timedelta(days=9)).isoformat())
    with pytest.raises(RuleBroken, match="valid longer"):
        certify(won, town.officer)
    assert not Claim.objects.get(pk=won.pk).certificate_no
    FactValue.objects.filter(fact="techsme_valid_until").delete()
    certify(won, town.officer)
    with pytest.raises(RuleBroken, match="recorded already"):
        certify(won, town.officer)


def test_an_open_claim_has_no_certificate_yet(town: SimpleNamespace) -> None:
    claim = claims.apply_for(actor=town.boss, firm_id=town.firm.pk, policy="cn.techsme", on=timezone.localdate())
    with pytest.raises(RuleBroken, match="approved"):
        certify(claim, town.officer)


def test_the_page_takes_it(town: SimpleNamespace, won: Claim) -> None:
    address = reverse("policies:claim", args=[won.pk])
    told = {"step": "certificate", "number": "2026-7", "valid_from": "", "valid_until": UNTIL.isoformat()}
    assert factories.browser(town.officer).post(address, told).status_code == 302
    assert Claim.objects.get(pk=won.pk).certificate_no == "2026-7"
    assert "certificate" not in factories.browser(town.officer).get(address).context["steps"]
