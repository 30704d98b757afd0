"""Accounts by invitation: happy path, refused rule, refused person."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from tests import factories

from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import AuditEntry, User
from lianzhu.apps.enterprises.actions import accounts
from lianzhu.apps.enterprises.actions import second_factor as factors
from lianzhu.apps.enterprises.models import AccessGrant, Invitation, Role, RoleAssignment, access_of

pytestmark = pytest.mark.django_db
NEW = "quite another secret 7"


@pytest.fixture
def town() -> SimpleNamespace:
    chain, firm = factories.chain(), factories.firm()
    return SimpleNamespace(
        chain=chain,
        firm=firm,
        admin=factories.person(Role.ADMINISTRATOR),
        office=factories.person(Role.OFFICE),
        boss=factories.person(Role.FIRM, of=firm),
        rival=factories.person(Role.FIRM, of=factories.firm()),
    )


def token(device: TOTPDevice) -> str:
    return f"{totp(device.bin_key, drift=device.drift):06d}"


# ── The first start ──


def test_founding_twice_is_founding_once() -> None:
    told = {"town": "本镇", "chain": "本镇产业链", "code": "chain", "fictional": False}
    assert accounts.found_town(**told) == accounts.found_town(**told)
    assert AuditEntry.objects.filter(act="chain.founded").count() == 1


def test_first_administrator_once_and_only_once(town: SimpleNamespace) -> None:
    chain = accounts.found_town(town="乙镇", chain="乙链", code="b", fictional=False)
    first = accounts.make_first_administrator(chain=chain, username="Admin", name="管理员", password=NEW)
    assert (first.username, access_of(first).roles) == ("admin", {Role.ADMINISTRATOR})
    with pytest.raises(RuleBroken):
        accounts.make_first_administrator(chain=chain, username="second", name="乙", password=NEW)


def test_nobody_signs_in_as_the_system() -> None:
    system = accounts.system_user()
    assert accounts.system_user() == system
    assert not system.has_usable_password()


# ── Invitations ──


def test_a_code_makes_one_account_with_its_role(town: SimpleNamespace) -> None:
    invitation, code = accounts.invite(
        actor=town.boss, name="钱某", role=Role.FIRM, chain=town.chain, enterprise=town.firm
    )
    assert code not in str(invitation.__dict__)
    user = accounts.accept_invitation(code=code.lower(), username="钱某", password=NEW, language="zh-hans")
    assert access_of(user).own_firms == {town.firm.pk}
    with pytest.raises(RuleBroken):
        accounts.accept_invitation(code=code, username="other", password=NEW, language="en")


def test_a_code_expires_to_the_second(town: SimpleNamespace) -> None:
    invitation, code = accounts.invite(actor=town.admin, name="钱某", role=Role.OFFICE, chain=town.chain)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() + timedelta(seconds=30))
    assert accounts.open_invitation(code)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now())
    assert accounts.open_invitation(code) is None
    with pytest.raises(RuleBroken):
        accounts.accept_invitation(code=code, username="qian", password=NEW, language="en")


@pytest.mark.parametrize(
    ("who", "role", "ok"),
    [
        ("admin", Role.AUDITOR, True),
        ("admin", Role.ADMINISTRATOR, True),
        ("office", Role.TEAM, True),
        ("office", Role.OFFICE, False),
        ("office", Role.STATISTICIAN, False),
        ("office", Role.ADMINISTRATOR, False),
        ("boss", Role.TEAM, False),
    ],
)
def test_who_invites_whom(town: SimpleNamespace, who: str, role: Role, ok: bool) -> None:
    actor = getattr(town, who)
    if ok:
        assert accounts.invite(actor=actor, name="钱某", role=role, chain=town.chain)[1]
    else:
        with pytest.raises(PermissionDenied):
            accounts.invite(actor=actor, name="钱某", role=role, chain=town.chain)


def test_a_firm_invites_for_itself_only(town: SimpleNamespace) -> None:
    with pytest.raises(PermissionDenied):
        accounts.invite(actor=town.rival, name="钱某", role=Role.FIRM, chain=town.chain, enterprise=town.firm)


def test_an_administrator_of_another_chain_is_nobody_here(town: SimpleNamespace) -> None:
    stranger = factories.person(Role.ADMINISTRATOR, in_chain=factories.chain("zz"))
    with pytest.raises(PermissionDenied):
        accounts.invite(actor=stranger, name="钱某", role=Role.TEAM, chain=town.chain)
    with pytest.raises(PermissionDenied):
        accounts.reset_password(actor=stranger, user_id=town.boss.pk)


# ── Ties ──


@pytest.mark.parametrize("role", [Role.OFFICE, Role.STATISTICIAN, Role.AUDITOR])
def test_a_tie_and_a_reading_role_exclude_each_other(town: SimpleNamespace, role: Role) -> None:
    with pytest.raises(RuleBroken):
        accounts.assign_role(actor=town.admin, user_id=town.boss.pk, role=role, chain=town.chain)
    with pytest.raises(RuleBroken):
        accounts.invite(actor=town.admin, name="钱某", role=role, chain=town.chain, enterprise=town.firm)
    free = factories.person(role)
    for tied in (Role.FIRM, Role.COMMITTEE, Role.TEAM):
        with pytest.raises(RuleBroken):
            accounts.assign_role(actor=town.admin, user_id=free.pk, role=tied, chain=town.chain, enterprise=town.firm)
    with pytest.raises(RuleBroken):
        accounts.assign_role(actor=town.admin, user_id=free.pk, role=Role.COMMITTEE, chain=town.chain)


def test_an_ended_tie_no_longer_excludes(town: SimpleNamespace) -> None:
    accounts.end_role(actor=town.admin, assignment_id=town.boss.roles.get().pk)
    user = User.objects.get(pk=town.boss.pk)
    assert access_of(user).own_firms == frozenset()
    accounts.assign_role(actor=town.admin, user_id=user.pk, role=Role.OFFICE, chain=town.chain)
    assert access_of(User.objects.get(pk=user.pk)).office_chains == {town.chain.pk}


def test_the_last_administrator_stays(town: SimpleNamespace) -> None:
    second = factories.person(Role.ADMINISTRATOR)
    accounts.end_role(actor=town.admin, assignment_id=second.roles.get().pk)
    with pytest.raises(RuleBroken):
        accounts.end_role(actor=town.admin, assignment_id=town.admin.roles.get().pk)


# ── Passwords ──


def test_reset_in_person(town: SimpleNamespace) -> None:
    _invitation, code = accounts.reset_password(actor=town.admin, user_id=town.boss.pk)
    assert not User.objects.get(pk=town.boss.pk).check_password(factories.PASSWORD)
    with pytest.raises(RuleBroken):
        accounts.accept_invitation(code=code, username="qian", password=NEW, language="en")
    accounts.use_reset(code=code, password=NEW)
    assert User.objects.get(pk=town.boss.pk).check_password(NEW)
    with pytest.raises(RuleBroken):
        accounts.use_reset(code=code, password=NEW)
    for nobody in (town.office, town.rival, town.boss):
        with pytest.raises(PermissionDenied):
            accounts.reset_password(actor=nobody, user_id=town.boss.pk)


def test_a_second_reset_code_ends_the_first(town: SimpleNamespace) -> None:
    _invitation, first = accounts.reset_password(actor=town.admin, user_id=town.boss.pk)
    accounts.reset_password(actor=town.admin, user_id=town.boss.pk)
    with pytest.raises(RuleBroken):
        accounts.use_reset(code=first, password=NEW)


# ── The second factor ──


def test_set_up_then_asked(town: SimpleNamespace) -> None:
    device = factors.begin_factor(actor=town.office)
    with pytest.raises(factors.WrongToken):
        factors.confirm_factor(actor=town.office, token="000000")
    TOTPDevice.objects.update(throttling_failure_count=0)
    factors.confirm_factor(actor=town.office, token=token(device))
    assert factors.factor_of(town.office) == device


def test_a_lost_factor_takes_two_different_people(town: SimpleNamespace) -> None:
    lost = factories.person(Role.STATISTICIAN)
    TOTPDevice.objects.create(user=lost, confirmed=True)
    for nobody in (lost, town.boss):
        with pytest.raises(PermissionDenied):
            factors.vouch_for_lost_factor(actor=nobody, user_id=lost.pk)
    assert factors.vouch_for_lost_factor(actor=town.admin, user_id=lost.pk) is False
    assert factors.factor_of(lost)
    with pytest.raises(RuleBroken):
        factors.vouch_for_lost_factor(actor=town.admin, user_id=lost.pk)
    assert factors.factor_of(lost)
    assert factors.vouch_for_lost_factor(actor=town.office, user_id=lost.pk) is True
    assert factors.factor_of(lost) is None
    # What was said before the removal counts no more for the next factor.
    TOTPDevice.objects.create(user=lost, confirmed=True)
    assert factors.vouch_for_lost_factor(actor=town.office, user_id=lost.pk) is False


def test_an_old_voucher_is_worth_nothing(town: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = factories.person(Role.STATISTICIAN)
    TOTPDevice.objects.create(user=lost, confirmed=True)
    factors.vouch_for_lost_factor(actor=town.admin, user_id=lost.pk)
    later = timezone.now() + factors.VOUCHER_LASTS + timedelta(seconds=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert factors.vouch_for_lost_factor(actor=town.office, user_id=lost.pk) is False


# ── Leaving ──


def test_a_leaver_is_out_at_once_and_work_is_handed_on(town: SimpleNamespace) -> None:
    leaver = factories.person(Role.TEAM)
    AccessGrant.objects.create(
        user=leaver,
        enterprise=town.firm,
        purpose="核对",
        until=timezone.localdate() + timedelta(9),
        granted_by=town.boss,
        granted_at=timezone.now(),
    )
    browser = factories.browser(leaver)
    assert browser.get("/").status_code == 200
    told: list[tuple[int, int]] = []

    def room(actor: User, gone: User, heir: User) -> int:
        told.append((gone.pk, heir.pk))
        return 3

    with pytest.raises(PermissionDenied):
        accounts.deactivate(actor=town.office, user_id=leaver.pk, heir_id=town.office.pk, hand_on=[room])
    with pytest.raises(RuleBroken):
        accounts.deactivate(actor=town.admin, user_id=leaver.pk, heir_id=leaver.pk, hand_on=[room])
    assert told == []
    moved = accounts.deactivate(actor=town.admin, user_id=leaver.pk, heir_id=town.office.pk, hand_on=[room])
    assert (moved, told) == (3, [(leaver.pk, town.office.pk)])
    assert browser.get("/").status_code == 302
    assert not RoleAssignment.objects.filter(user=leaver, until__isnull=True).exists()
    assert not AccessGrant.objects.filter(user=leaver, revoked_at__isnull=True).exists()


def test_a_firm_lets_its_own_colleague_go_and_nobody_elses(town: SimpleNamespace) -> None:
    colleague = factories.person(Role.FIRM, of=town.firm)
    with pytest.raises(PermissionDenied):
        accounts.deactivate(actor=town.rival, user_id=colleague.pk, heir_id=town.boss.pk, hand_on=[])
    accounts.deactivate(actor=town.boss, user_id=colleague.pk, heir_id=town.boss.pk, hand_on=[])
    assert not User.objects.get(pk=colleague.pk).is_active
