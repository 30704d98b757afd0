"""A firm opens its values to a person, for a purpose, until a date, and closes them again."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from tests import factories

from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.actions import grants as acts
from lianzhu.apps.enterprises.models import AccessGrant, Enterprise, Look, Role
from lianzhu.apps.enterprises.queries import lists

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Enterprise:
    return factories.firm()


@pytest.fixture
def owner(firm: Enterprise) -> User:
    return factories.person(Role.FIRM, of=firm)


@pytest.fixture
def reader() -> User:
    return factories.person(Role.DEPARTMENT)


def grant(actor: User, firm: Enterprise, reader: User, *, days: int = 30, purpose: str = "核对政策") -> AccessGrant:
    until = timezone.localdate() + timedelta(days=days)
    return acts.grant_access(actor=actor, firm_id=firm.pk, to_user_id=reader.pk, purpose=purpose, until=until)


@pytest.mark.parametrize("days", [0, 366])
def test_from_today_to_a_year(firm, owner, reader, days):
    assert grant(owner, firm, reader, days=days).purpose == "核对政策"


@pytest.mark.parametrize(("days", "purpose"), [(-1, "核对"), (367, "核对"), (30, "  ")])
def test_refused_grants(firm, owner, reader, days, purpose):
    with pytest.raises(RuleBroken):
        grant(owner, firm, reader, days=days, purpose=purpose)
    assert not AccessGrant.objects.exists()


@pytest.mark.parametrize("role", [Role.FIRM, Role.COMMITTEE])
def test_never_to_somebody_tied_to_a_firm(firm, owner, role):
    with pytest.raises(RuleBroken):
        grant(owner, firm, factories.person(role, of=factories.firm()))


def test_never_to_somebody_who_left(firm, owner):
    with pytest.raises(RuleBroken):
        grant(owner, firm, factories.person(Role.DEPARTMENT, is_active=False))


def test_only_the_firm_opens_and_closes(firm, owner, reader):
    given = grant(owner, firm, reader)
    for actor in (reader, factories.person(Role.OFFICE), factories.person(Role.FIRM, of=factories.firm())):
        with pytest.raises(PermissionDenied):
            grant(actor, firm, reader)
        with pytest.raises(PermissionDenied):
            acts.revoke_grant(actor=actor, grant_id=given.pk)


def test_closing_works_at_once_and_once(firm, owner, reader):
    factories.fact(firm, "main_product", "秘密甲", confidentiality="firm")
    given = grant(owner, firm, reader)
    page = factories.browser(reader)
    assert "秘密甲" in page.get(f"/firms/{firm.pk}/").content.decode()
    acts.revoke_grant(actor=owner, grant_id=given.pk)
    assert "秘密甲" not in page.get(f"/firms/{firm.pk}/").content.decode()
    with pytest.raises(RuleBroken):
        acts.revoke_grant(actor=owner, grant_id=given.pk)


def test_each_look_is_noted_once_an_hour_and_shown_to_the_firm(firm, owner, reader):
    grant(owner, firm, reader)
    page = factories.browser(reader)
    for tab in ("", "", "history/"):
        page.get(f"/firms/{firm.pk}/{tab}")
    assert Look.objects.filter(user=reader, enterprise=firm).count() == 1
    Look.objects.update(at=timezone.now() - timedelta(hours=2))
    page.get(f"/firms/{firm.pk}/")
    assert Look.objects.count() == 2
    factories.browser(owner).get(f"/firms/{firm.pk}/")
    assert Look.objects.count() == 2, "reading one's own file leaves no note"
    assert reader.name in factories.browser(owner).get(f"/firms/{firm.pk}/grants/").content.decode()


def test_the_page_opens_closes_and_says_why_not(firm, owner, reader):
    mine, address = factories.browser(owner), f"/firms/{firm.pk}/grants/"
    told = {"reader": reader.pk, "purpose": "核对政策", "until": timezone.localdate().isoformat()}
    assert mine.post(address, {**told, "until": "2020-01-01"}).status_code == 409
    assert mine.post(address, {**told, "purpose": ""}).status_code == 200
    assert mine.post(address, told).status_code == 302
    page = mine.get(address).content.decode()
    assert "核对政策" in page and "立即收回" in page
    assert mine.post(f"/firms/grants/{AccessGrant.objects.get().pk}/revoke/").status_code == 302
    assert "立即收回" not in mine.get(address).content.decode()


def test_an_ended_grant_says_so(firm, owner, reader):
    given = grant(owner, firm, reader)
    AccessGrant.objects.filter(pk=given.pk).update(until=date(2026, 1, 1))
    page = factories.browser(owner).get(f"/firms/{firm.pk}/grants/").content.decode()
    assert "已到期" in page and "立即收回" not in page


def test_whom_a_firm_may_choose(firm, owner, reader):
    factories.person(Role.COMMITTEE)
    factories.person(Role.FIRM, of=factories.firm())
    elsewhere = factories.person(Role.OFFICE, in_chain=factories.chain("other"))
    office = factories.person(Role.OFFICE)
    chosen = {pk for pk, _name, _role in lists.possible_readers(owner)}
    assert chosen == {reader.pk, office.pk}
    assert elsewhere.pk not in chosen
