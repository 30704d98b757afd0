"""The pages: what stands on them, for whom, and how many questions they ask the database."""

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests import factories
from tests.apps.organisation.conftest import DAY, SOURCE
from tests.apps.organisation.test_exchange import BODIES, SEATS, book

from lianzhu.apps.enterprises.models import Role
from lianzhu.apps.organisation.actions import bodies, missions, seats
from lianzhu.apps.organisation.actions.seats import Who
from lianzhu.apps.organisation.models import Appointment, Body, FirmManagement, Mission, Pairing


def page(user: Any, name: str, *args: Any, **query: str) -> str:
    answer = factories.browser(user).get(reverse(f"organisation:{name}", args=args), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def send(user: Any, address: str, /, *args: Any, **told: Any) -> Any:
    return factories.browser(user).post(reverse(f"organisation:{address}", args=args), told)


@pytest.fixture(autouse=True)
def in_english(town: SimpleNamespace) -> None:
    for name in ("secretary", "office", "owner", "rival", "member"):
        user = getattr(town, name)
        user.language = "en"
        user.save()


READERS = ("secretary", "office", "owner", "rival", "member")


@pytest.mark.parametrize("name", ["tree", "body"])
def test_names_stand_only_where_they_may(town: SimpleNamespace, name: str) -> None:
    args = [town.branch.pk] if name == "body" else []
    shown = {who for who in READERS if "赵某" in page(getattr(town, who), name, *args)}
    assert shown == {"secretary", "office"}
    seats.give_consent(actor=town.secretary, person_id=town.seat.person_id, source="同意书")
    assert {who for who in READERS if "赵某" in page(getattr(town, who), name, *args)} == set(READERS)


def test_a_hidden_name_is_still_counted(town: SimpleNamespace) -> None:
    assert "1 more seat is held" in page(town.rival, "body", town.branch.pk)


def test_the_committee_as_of_last_year(town: SimpleNamespace) -> None:
    end = DAY + timedelta(days=30)
    answer = send(town.secretary, "end", "seat", town.seat.pk, on=end.isoformat())
    assert answer.status_code == 302
    now = page(town.secretary, "body", town.branch.pk, on=(end + timedelta(days=1)).isoformat())
    assert "Nobody sits here on this day" in now
    assert "Ended seats" in now
    assert "赵某" in page(town.secretary, "tree", on=end.isoformat())
    before = page(town.secretary, "body", town.branch.pk, on=(DAY - timedelta(days=1)).isoformat())
    assert "does not exist" in before
    assert "甲子支部" not in page(town.secretary, "tree", on=(DAY - timedelta(days=1)).isoformat())
    assert "甲子支部" in page(town.secretary, "tree", on="no day")


def test_the_secretary_founds_appoints_links_pairs_and_ends(town: SimpleNamespace) -> None:
    told = {"since": DAY.isoformat(), "source": SOURCE}
    send(town.secretary, "found", kind="united_branch", name="第一联合支部", parent=town.committee.pk, firm="", **told)
    united = Body.objects.get(name="第一联合支部")
    send(town.secretary, "appoint", united.pk, role="secretary", name="孙某", firm=town.other.name, **told)
    assert Appointment.objects.get(body=united).person.enterprise == town.other
    send(town.secretary, "link", united.pk, firm=town.other.name, **told)
    send(town.secretary, "pair", united.pk, other=town.branch.pk, purpose="联建共建", **told)
    shown = page(town.member, "body", united.pk)
    assert town.other.name in shown
    assert "联建共建" in shown
    pair = Pairing.objects.get()
    assert send(town.secretary, "end", "pairing", pair.pk, on=DAY.isoformat()).status_code == 302
    assert send(town.secretary, "end", "firm", united.firms.get().pk, on=DAY.isoformat()).status_code == 302
    assert send(town.secretary, "end", "body", united.pk, on=DAY.isoformat()).status_code == 302
    assert send(town.secretary, "end", "nothing", 1, on=DAY.isoformat()).status_code == 404


def test_a_broken_rule_is_said_in_the_form(town: SimpleNamespace) -> None:
    told = {"since": DAY.isoformat(), "source": SOURCE, "role": "secretary", "name": "孙某", "unit": "镇政府"}
    answer = send(town.secretary, "appoint", town.branch.pk, **told)
    assert answer.status_code == 409
    assert "End that seat first" in answer.content.decode()


def test_management_is_for_the_secretary_and_the_matrix_counts_for_all(town: SimpleNamespace) -> None:
    told = {"post": "董事长", "name": "赵某", "firm": town.firm.name, "since": DAY.isoformat(), "source": SOURCE}
    assert send(town.secretary, "management", town.firm.pk, **told).status_code == 302
    assert "董事长" in page(town.secretary, "management", town.firm.pk)
    seats.give_consent(actor=town.secretary, person_id=town.seat.person_id, source="同意书")
    # Even with consent to seats, who manages which firm stays with the secretary.
    shown = {who: page(getattr(town, who), "coverage") for who in READERS}
    assert {who for who, text in shown.items() if "赵某" in text} == {"secretary"}
    assert all("1 of 1" in text for text in shown.values())
    assert not FirmManagement.objects.visible_to(town.office).exists()
    assert town.other.name in page(town.office, "coverage", only="no_branch")
    assert town.firm.name not in page(town.office, "coverage", only="no_branch")
    assert send(town.secretary, "gaps").status_code == 302
    held = FirmManagement.objects.get()
    assert send(town.secretary, "end", "management", held.pk, on=DAY.isoformat()).status_code == 302


def test_a_task_force_from_opening_to_the_firms_word(town: SimpleNamespace) -> None:
    town.place.confidentiality = "public"
    town.place.save()
    assert "At which firm" in page(town.secretary, "open")
    opening = f"{reverse('organisation:open')}?firm={town.firm.name}"
    told = {
        "kind": "task_force",
        "name": "冲击电压突击队",
        "place": town.place.pk,
        "goal": "通过型式试验",
        "lead": "冯某",
        "members": "褚某、卫某",
        "since": DAY.isoformat(),
        "due_on": (DAY + timedelta(days=60)).isoformat(),
        "source": SOURCE,
    }
    client = factories.browser(town.secretary)
    refused = client.post(opening, {**told, "kind": "post"})
    assert "has a holder and no members" in refused.content.decode()
    assert client.post(opening, told).status_code == 302
    mission = Mission.objects.get()
    assert mission.body.appointments.count() == 3
    assert "term is over" in page(town.owner, "missions", state="running")
    assert "冲击电压突击队" not in page(town.rival, "missions")
    assert "冲击电压突击队" not in page(town.rival, "tree")
    assert "冯某" not in page(town.owner, "mission", mission.pk)
    assert send(town.secretary, "report", mission.pk, result="已通过").status_code == 302
    assert "已通过" in page(town.owner, "judge", mission.pk)
    assert send(town.owner, "judge", mission.pk, verdict="reached").status_code == 302
    assert "goal reached" in page(town.office, "missions", state="judged", kind="task_force")


def test_a_person_sees_what_is_kept_and_hides_the_name(town: SimpleNamespace) -> None:
    told = {"actor": town.secretary, "body_id": town.branch.pk, "role": "member", "since": DAY, "source": SOURCE}
    seat = seats.appoint(who=Who("冯某", enterprise_id=town.firm.pk, user_id=town.owner.pk), **told)
    assert "甲子支部" in page(town.owner, "mine")
    assert send(town.owner, "consent", seat.person_id).status_code == 302
    assert "冯某" in page(town.rival, "body", town.branch.pk)
    assert send(town.owner, "consent", seat.person_id, withdraw="1").status_code == 302
    assert "冯某" not in page(town.rival, "body", town.branch.pk)
    assert send(town.rival, "consent", seat.person_id).status_code == 404


def test_a_workbook_is_shown_first_and_then_brought_in(town: SimpleNamespace) -> None:
    upload = SimpleUploadedFile("机构.xlsx", book(BODIES, SEATS))
    answer = send(town.secretary, "workbook", file=upload)
    assert answer.status_code == 200
    assert not Body.objects.filter(name="第一小组").exists()
    signed = re.search(r'name="signed" value="([^"]+)"', answer.content.decode())[1]
    assert send(town.secretary, "bring_in", signed=signed[:-1]).status_code == 409
    colleague = factories.person(Role.ORGANISATION)
    assert send(colleague, "bring_in", signed=signed).status_code == 403
    assert send(town.secretary, "bring_in", signed=signed).status_code == 302
    assert Body.objects.filter(name="第一小组").exists()
    assert send(town.secretary, "bring_in", signed=signed).status_code == 409
    broken = SimpleUploadedFile("机构.xlsx", b"PK\x03\x04")
    assert send(town.secretary, "workbook", file=broken).status_code == 409


def test_files_go_out_to_keepers(town: SimpleNamespace) -> None:
    for user, name in ((town.secretary, "template"), (town.secretary, "export"), (town.office, "export")):
        answer = factories.browser(user).get(reverse(f"organisation:{name}"))
        assert answer.content.startswith(b"PK")
        assert "attachment" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("name", ["tree", "coverage", "missions"])
def test_a_list_asks_as_much_for_many_as_for_few(town: SimpleNamespace, name: str) -> None:
    def questions() -> int:
        client = factories.browser(town.office)
        client.get(reverse("organisation:tree"))
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse(f"organisation:{name}"))
        return len(seen)

    def grow() -> None:
        for _ in range(4):
            firm = factories.firm()
            told = {**town.told, "source": SOURCE}
            body = bodies.found_body(kind="branch", name=f"{firm.name}支部", enterprise_id=firm.pk, **told)
            seat = {"actor": town.secretary, "body_id": body.pk, "since": DAY, "source": SOURCE}
            seats.appoint(who=Who("李某", enterprise_id=firm.pk), role="secretary", **seat)
            missions.open_post(
                place_id=town.place.pk,
                name=f"{firm.name}岗",
                holder=Who("赵某", enterprise_id=town.firm.pk),
                goal="零差错",
                due_on=DAY + timedelta(days=30),
                **town.told,
            )

    grow()
    few = questions()
    grow()
    assert questions() == few
