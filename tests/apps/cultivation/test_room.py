"""The room: off by default, its own role, consent, a trace of every look, erasure; and everybody who tries to get in."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from tests import factories

from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import AuditEntry
from lianzhu.apps.cultivation import queries
from lianzhu.apps.cultivation.actions import records, room
from lianzhu.apps.cultivation.models import Details, Entry, Keeper, Reading, Record, is_on
from lianzhu.apps.enterprises.models import Role

NAME, CONTACT = "蒋某某", "沈某某"
SINCE = date(2025, 9, 1)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def town(db: None) -> SimpleNamespace:
    """Everybody who has a role, the room still off."""
    chain, firm = factories.chain(), factories.firm()
    told = {role.value: factories.person(role, language="en") for role in Role if role not in (Role.FIRM,)}
    told["firm"] = factories.person(Role.FIRM, of=firm, language="en")
    told["second_secretary"] = factories.person(Role.ORGANISATION, language="en")
    return SimpleNamespace(**{**told, "people": told, "chain": chain, "firm": firm})


@pytest.fixture
def kept(town: SimpleNamespace) -> SimpleNamespace:
    """The room on, the organisation secretary let in, one record begun."""
    room.turn_on(actor=town.administrator, chain_id=town.chain.pk, notice=room.NOTICE)
    town.keeper = room.let_in(actor=town.administrator, chain_id=town.chain.pk, user_id=town.organisation.pk)
    town.record = begin(town)
    return town


def begin(town: SimpleNamespace, **told: Any) -> Record:
    said = {
        "actor": town.organisation,
        "chain_id": town.chain.pk,
        "track": "to_member",
        "stage": "activist",
        "since": SINCE,
        "name": NAME,
        "enterprise_id": town.firm.pk,
        "contacts": (CONTACT, "韩某某"),
        "paper_file": "组织办 3 柜 12 号",
        "consent_on": SINCE,
        "consent_paper": "同意书 7 号",
        **told,
    }
    return records.open_record(**said)


# ── off by default ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_room_is_off_until_an_administrator_read_the_notice(town: SimpleNamespace) -> None:
    assert not is_on(town.chain.pk)
    with pytest.raises(PermissionDenied):
        begin(town)
    for who in ("organisation", "office", "statistician", "auditor"):
        with pytest.raises(PermissionDenied):
            room.turn_on(actor=town.people[who], chain_id=town.chain.pk, notice=room.NOTICE)
    with pytest.raises(RuleBroken, match="notice"):
        room.turn_on(actor=town.administrator, chain_id=town.chain.pk, notice="2020-01")
    with pytest.raises(RuleBroken, match="first"):
        room.let_in(actor=town.administrator, chain_id=town.chain.pk, user_id=town.organisation.pk)
    room.turn_on(actor=town.administrator, chain_id=town.chain.pk, notice=room.NOTICE)
    # On is not yet in: the secretary becomes keeper first.
    with pytest.raises(PermissionDenied):
        begin(town)
    with pytest.raises(RuleBroken):
        room.turn_on(actor=town.administrator, chain_id=town.chain.pk, notice=room.NOTICE)


def test_turning_off_closes_at_once_and_on_again_opens(kept: SimpleNamespace) -> None:
    page = reverse("cultivation:records")
    assert factories.browser(kept.organisation).get(page).status_code == 200
    room.turn_off(actor=kept.administrator, chain_id=kept.chain.pk)
    assert factories.browser(kept.organisation).get(page).status_code == 404
    assert not Record.objects.visible_to(kept.organisation).exists()
    with pytest.raises(PermissionDenied):
        records.advance_record(actor=kept.organisation, record_id=kept.record.pk, on=timezone.localdate())
    with pytest.raises(RuleBroken):
        room.turn_off(actor=kept.administrator, chain_id=kept.chain.pk)
    room.turn_on(actor=kept.administrator, chain_id=kept.chain.pk, notice=room.NOTICE)
    assert Record.objects.visible_to(kept.organisation).exists()


def test_only_secretaries_are_let_in_and_out_is_out_now(kept: SimpleNamespace) -> None:
    for who in ("office", "auditor", "administrator", "committee", "firm"):
        with pytest.raises(RuleBroken, match="organisation secretary"):
            room.let_in(actor=kept.administrator, chain_id=kept.chain.pk, user_id=kept.people[who].pk)
    with pytest.raises(PermissionDenied):
        room.let_in(actor=kept.organisation, chain_id=kept.chain.pk, user_id=kept.second_secretary.pk)
    room.let_out(actor=kept.administrator, keeper_id=kept.keeper.pk)
    assert not Record.objects.visible_to(kept.organisation).exists()
    with pytest.raises(RuleBroken):
        room.let_out(actor=kept.administrator, keeper_id=kept.keeper.pk)
    assert room.let_in(actor=kept.administrator, chain_id=kept.chain.pk, user_id=kept.organisation.pk).until is None


def test_a_keeper_who_is_no_secretary_any_more_reads_nothing(kept: SimpleNamespace) -> None:
    held = kept.organisation.roles.get()
    held.until = timezone.localdate() - timedelta(days=1)
    held.save()
    fresh = type(kept.organisation).objects.get(pk=kept.organisation.pk)
    assert Keeper.objects.filter(user=fresh, until__isnull=True).exists()
    assert not Record.objects.visible_to(fresh).exists()


# ── attack: everybody else ────────────────────────────────────────────────────────────────────────────────────────

OUTSIDE = [role.value for role in Role if role != Role.ORGANISATION] + ["second_secretary"]


@pytest.mark.parametrize("who", OUTSIDE)
def test_nobody_else_reads_a_record(kept: SimpleNamespace, who: str) -> None:
    user = kept.people[who]
    assert not Record.objects.visible_to(user).exists()
    with pytest.raises(PermissionDenied):
        records.look_at(actor=user, records=[kept.record])
    for act, told in (
        (records.advance_record, {"on": timezone.localdate()}),
        (records.stop_record, {}),
        (records.withdraw, {}),
        (records.name_contacts, {"contacts": ("", ""), "paper_file": "x"}),
    ):
        with pytest.raises(PermissionDenied):
            act(actor=user, record_id=kept.record.pk, **told)
    client = factories.browser(user)
    for address in (
        reverse("cultivation:records"),
        reverse("cultivation:counts"),
        reverse("cultivation:new"),
        reverse("cultivation:record", args=[kept.record.pk]),
        *(reverse("cultivation:act", args=[kept.record.pk, act]) for act in ("advance", "contacts", "withdraw")),
    ):
        answer = client.get(address)
        assert answer.status_code == 404, address
        assert NAME not in answer.content.decode()
    assert not Reading.objects.exists()


ELSEWHERE = (
    ("portal:home", {}),
    ("portal:search", {"q": NAME[:2]}),
    ("portal:audit", {}),
    ("organisation:tree", {}),
    ("organisation:coverage", {}),
    ("organisation:export", {}),
    ("enterprises:firms", {"q": NAME[:2]}),
    ("enterprises:export_firms", {}),
    ("cultivation:log", {}),
    ("cultivation:room", {}),
    ("cultivation:retention", {}),
    ("portal:api:firms", {"q": NAME[:2]}),
)


def text_of(content: bytes) -> str:
    """What a page or a workbook says."""
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist())


@pytest.mark.parametrize("who", [*OUTSIDE, "organisation"])
def test_no_name_leaks_by_page_search_export_api_or_log(kept: SimpleNamespace, who: str) -> None:
    records.look_at(actor=kept.organisation, records=[kept.record])
    client = factories.browser(kept.people[who])
    for name, query in ELSEWHERE:
        said = text_of(client.get(reverse(name), query).content)
        assert NAME not in said, name
        assert CONTACT not in said, name


def test_the_logs_hold_numbers_only(kept: SimpleNamespace) -> None:
    records.look_at(actor=kept.organisation, records=[kept.record])
    rows = json.dumps([*AuditEntry.objects.values(), *Reading.objects.values(), *Entry.objects.values()], default=str)
    for secret in (NAME, CONTACT, "3 柜", kept.firm.name):
        assert secret not in rows
    shown = factories.browser(kept.auditor).get(reverse("cultivation:log")).content.decode()
    assert str(kept.record.pk) in shown
    assert kept.organisation.name in shown


def test_no_table_outside_the_room_points_into_it() -> None:
    inside = set(apps.get_app_config("cultivation").get_models())
    outside = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model not in inside
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model in inside
    ]
    assert not outside


def test_nothing_is_kept_but_what_the_notice_says() -> None:
    kept = {field.name for field in Details._meta.get_fields()}
    assert kept == {"id", "record", "name", "enterprise", "contact_a", "contact_b", "paper_file", "consent_paper"}


# ── keeping ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "told",
    [
        {"consent_on": date(2099, 1, 1)},
        {"consent_paper": " "},
        {"name": " "},
        {"paper_file": ""},
        {"contacts": (CONTACT, "")},
        {"contacts": (CONTACT, CONTACT)},
        {"enterprise_id": 0},
        {"stage": "key_staff"},
    ],
)
def test_open_record_refuses(kept: SimpleNamespace, told: dict[str, Any]) -> None:
    with pytest.raises(RuleBroken):
        begin(kept, **told)
    assert Record.objects.count() == Details.objects.count() == 1


def test_every_look_at_list_and_record_is_logged(kept: SimpleNamespace) -> None:
    client = factories.browser(kept.organisation)
    assert NAME in client.get(reverse("cultivation:records")).content.decode()
    assert client.get(reverse("cultivation:record", args=[kept.record.pk])).status_code == 200
    assert client.get(reverse("cultivation:act", args=[kept.record.pk, "contacts"])).status_code == 200
    assert Reading.objects.filter(record=kept.record, by=kept.organisation).count() == 3


def test_a_record_goes_its_way_and_closes(kept: SimpleNamespace) -> None:
    told = {"actor": kept.organisation, "record_id": kept.record.pk}
    with pytest.raises(RuleBroken):
        records.advance_record(on=date(2026, 8, 31), **told)
    record = records.advance_record(on=date(2026, 9, 1), **told)
    assert (record.stage, record.next_on) == ("candidate", date(2026, 9, 1))
    later = begin(kept, name="杨某某", stage="probation", since=date(2025, 10, 1))
    assert (later.probation_end, later.next_on) == (date(2026, 10, 1), date(2027, 1, 1))
    told["record_id"] = later.pk
    records.extend_probation(until=date(2027, 4, 1), on=date(2026, 10, 8), **told)
    with pytest.raises(RuleBroken):
        records.extend_probation(until=date(2027, 10, 1), on=date(2026, 10, 8), **told)
    old = begin(kept, name="朱某某", stage="probation", since=date(2024, 1, 10))
    done = records.advance_record(actor=kept.organisation, record_id=old.pk, on=date(2025, 2, 1))
    assert (done.stage, done.end, done.next_on) == ("member", "finished", None)
    with pytest.raises(RuleBroken, match="closed"):
        records.stop_record(actor=kept.organisation, record_id=old.pk)
    assert later.entries.count() == 2


def test_contacts_cannot_be_emptied_while_they_are_needed(kept: SimpleNamespace) -> None:
    told = {"actor": kept.organisation, "record_id": kept.record.pk, "paper_file": "4 柜"}
    with pytest.raises(RuleBroken):
        records.name_contacts(contacts=(CONTACT, ""), **told)
    records.name_contacts(contacts=("秦某某", "尤某某"), **told)
    assert Details.objects.get(record=kept.record).contact_a == "秦某某"


# ── withdrawal and erasure ────────────────────────────────────────────────────────────────────────────────────────


def blank(record: Record) -> bool:
    told = Details.objects.filter(record=record).values(
        "name", "enterprise", "contact_a", "contact_b", "paper_file", "consent_paper"
    )
    return set(told.get().values()) == {"", None}


def test_consent_taken_back_erases_now_and_the_number_stays(kept: SimpleNamespace) -> None:
    client = factories.browser(kept.organisation)
    address = reverse("cultivation:act", args=[kept.record.pk, "withdraw"])
    assert client.post(address, {}).status_code == 200
    assert not blank(kept.record)
    assert client.post(address, {"sure": "on"}).status_code == 302
    assert blank(kept.record)
    kept.record.refresh_from_db()
    assert (kept.record.end, kept.record.closed_on) == ("withdrawn", timezone.localdate())
    assert client.get(reverse("cultivation:record", args=[kept.record.pk])).status_code == 404
    with pytest.raises(RuleBroken, match="erased already"):
        records.withdraw(actor=kept.organisation, record_id=kept.record.pk)
    assert AuditEntry.objects.filter(act="cultivation.withdrawn", subject_id=str(kept.record.pk)).exists()


def test_a_stopped_record_is_erased_after_thirty_days_even_when_the_room_is_off(kept: SimpleNamespace) -> None:
    records.stop_record(actor=kept.organisation, record_id=kept.record.pk)
    room.turn_off(actor=kept.administrator, chain_id=kept.chain.pk)
    today = timezone.localdate()
    assert records.erase_due(on=today + timedelta(days=29)) == 0
    assert not blank(kept.record)
    assert records.erase_due(on=today + timedelta(days=30)) == 1
    assert blank(kept.record)
    assert records.erase_due(on=today + timedelta(days=30)) == 0


def test_counts_are_bands_and_sums_too(kept: SimpleNamespace) -> None:
    for number in range(5):
        begin(kept, name=f"何某{number}")
    told = queries.counts(kept.organisation, kept.chain)
    assert told[0][1] == "5–9"
    assert dict(told[0][2])["activist"] == "5–9"
    assert dict(told[0][2])["applicant"] == told[1][1] == "fewer than 5"
    page = factories.browser(kept.organisation).get(reverse("cultivation:counts")).content.decode()
    assert NAME not in page


def test_keeping_through_the_pages(kept: SimpleNamespace) -> None:
    client = factories.browser(kept.organisation)
    told = {
        "track": "to_key_staff",
        "stage": "chosen",
        "since": SINCE.isoformat(),
        "name": "许某某",
        "firm": kept.firm.name,
        "paper_file": "5 柜",
        "consent_on": SINCE.isoformat(),
        "consent_paper": "同意书 8 号",
    }
    assert client.post(reverse("cultivation:new"), told).status_code == 302
    made = Record.objects.get(track="to_key_staff")
    advance = reverse("cultivation:act", args=[made.pk, "advance"])
    assert client.post(advance, {"on": SINCE.isoformat()}).status_code == 302
    early = reverse("cultivation:act", args=[kept.record.pk, "advance"])
    assert client.post(early, {"on": SINCE.isoformat()}).status_code == 409
    assert client.get(reverse("cultivation:act", args=[made.pk, "nothing"])).status_code == 404
    assert "许某某" not in client.get(reverse("cultivation:records"), {"track": "to_member"}).content.decode()
    assert "许某某" not in client.get(reverse("cultivation:records"), {"closed": "1"}).content.decode()


def test_the_administrator_opens_the_door_through_the_page(town: SimpleNamespace) -> None:
    client = factories.browser(town.administrator)
    page = reverse("cultivation:room")
    assert client.post(page, {"notice": room.NOTICE}).status_code == 200
    assert not is_on(town.chain.pk)
    assert client.post(page, {"notice": room.NOTICE, "read": "on"}).status_code == 302
    told = {"account": town.organisation.username}
    assert client.post(reverse("cultivation:let_in"), told).status_code == 302
    keeper = Keeper.objects.get()
    assert client.post(reverse("cultivation:let_out", args=[keeper.pk])).status_code == 302
    assert client.post(reverse("cultivation:off")).status_code == 302
    assert not is_on(town.chain.pk)
