"""A sealed note and a hidden name, tried by everybody who must not read them, on every way out of the house."""

import io
import json
from collections.abc import Callable
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from tests import factories
from tests.apps.cases.conftest import signed

from lianzhu.apps.cases.actions import calling, ladder, working
from lianzhu.apps.cases.acts import ACTS, PART_ACTS
from lianzhu.apps.cases.models import Case, Channel, Digest, Message, Post, SealedNote
from lianzhu.apps.cases.queries.pool import VIEWS
from lianzhu.apps.core.models import AuditEntry

pytestmark = pytest.mark.django_db

SECRET, NAME, TITLE = "财务总监被拘", "甲子高压设备有限公司", "夜间用电容量不够"
# The sealed note is for office2; the hidden name is for the office and the firm.
WITHOUT_THE_NOTE = ["taxman", "member", "rival", "secretary", "auditor", "office", "owner"]
WITHOUT_THE_NAME = ["taxman", "member", "rival", "secretary", "auditor"]


@pytest.fixture
def kept(town: SimpleNamespace) -> SimpleNamespace:
    """A case in work with a hidden name, a helper, a sealed note, and everything sent that is ever sent."""
    case = signed(town, hide_firm_name=True)
    working.ask_help(actor=town.member, case_id=case.pk, body_id=town.tax.pk, question="能不能退税？")
    working.add_note(actor=town.owner, case_id=case.pk, text="补充：只在夜里")
    calling.seal_note(actor=town.owner, case_id=case.pk, officer_id=town.office2.pk, text=SECRET)
    for kind in ("mail", "wecom", "dingtalk"):
        Channel.objects.create(
            chain=town.chain, kind=kind, address="https://x.example/", link="https://y.example/", on=True
        )
    town.hand.set("2026-11-13T10:00")
    ladder.take_steps()
    ladder.make_digests()
    return SimpleNamespace(**vars(town), case=case, note=SealedNote.objects.get())


def said(client: Client, *addresses: str) -> str:
    """What the addresses answer, workbooks and Word files unpacked; a refusal's own text too."""
    return "".join(unpacked(b"".join(client.get(address))) for address in addresses)


def unpacked(content: bytes) -> str:
    if not content.startswith(b"PK"):
        return content.decode(errors="ignore")
    with ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


def by_page(client: Client, town: SimpleNamespace) -> str:
    case = reverse("cases:case", args=[town.case.pk])
    pool = reverse("cases:pool")
    acts = [f"{case}?do={name}" for name in ACTS]
    views = [f"{pool}?view={name}" for name in VIEWS]
    others = [reverse(name) for name in ("portal:home", "cases:numbers", "cases:raise", "cases:call", "cases:answers")]
    return said(client, case, *acts, *views, *others)


def by_search(client: Client, _town: SimpleNamespace) -> str:
    asked = [f"{name}?q={word}&view=all&title={word}" for name in SEARCHED for word in ("总监", "被拘")]
    return said(client, *asked)


def by_export(client: Client, _town: SimpleNamespace) -> str:
    period = "?since=2026-01-01&until=2026-12-31"
    briefs = [reverse("cases:brief", args=["docx"]) + period]
    return said(client, reverse("cases:export") + "?view=all", *briefs, reverse("organisation:export"))


def by_api(client: Client, town: SimpleNamespace) -> str:
    described = json.loads(client.get("/api/openapi.json").content or b"{}").get("paths", {})
    firms = [path.replace("{pk}", str(town.firm.pk)) for path, methods in described.items() if "get" in methods]
    # The public facts of the firm are open to all; no case and no note is anywhere near them.
    return said(client, *firms).replace(NAME, "").replace(town.firm.shown_code, "")


def by_notice(client: Client, town: SimpleNamespace) -> str:
    user = int(client.session["_auth_user_id"])
    told = Message.objects.filter(user=user).values_list("why", "case__number")
    posts = [*Post.objects.values_list("title", "text", "to")]
    return said(client, reverse("cases:digest")) + repr([*told, *posts, *Digest.objects.filter(user=user).values()])


def by_log(client: Client, _town: SimpleNamespace) -> str:
    pages = said(client, reverse("portal:audit"), reverse("cultivation:log"))
    return pages + json.dumps([*AuditEntry.objects.values()], default=str, ensure_ascii=False)


def by_error(client: Client, town: SimpleNamespace) -> str:
    case = reverse("cases:case", args=[town.case.pk])
    tried = [
        client.post(case, {"do": name, f"{name}-text": "x", f"{name}-reason": "x"}) for name in (*ACTS, *PART_ACTS)
    ]
    sealed = reverse("cases:sealed", args=[town.note.pk])
    tried += [client.get(sealed), client.post(sealed) if town.who != "office2" else client.get(sealed)]
    tried += [client.post(reverse("cases:dispatch_many"), {"case": [town.case.pk], "body": town.team.pk}, follow=True)]
    return "".join(answer.content.decode() for answer in tried if not answer.streaming)


SEARCHED = ["/search/", "/cases/", "/cases/new/like/", "/firms/", "/cases/export/"]
WAYS: list[Callable[[Client, SimpleNamespace], str]] = [
    by_page,
    by_search,
    by_export,
    by_api,
    by_notice,
    by_log,
    by_error,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_neither_the_note_nor_the_name_comes_out(kept, caplog, way):
    for who in WITHOUT_THE_NOTE:
        kept.who = who
        seen = way(factories.browser(getattr(kept, who)), kept)
        assert SECRET not in seen, who
        # The log says which account acted on which number, that is its use; not for which firm, nor about what.
        person = TITLE if way is by_log else kept.owner.name
        for word in (NAME, person, kept.firm.shown_code) if who in WITHOUT_THE_NAME else ():
            assert word not in seen, (who, word)
    assert SECRET not in caplog.text and NAME not in caplog.text
    opened = factories.browser(kept.office2).post(reverse("cases:sealed", args=[kept.note.pk]))
    assert SECRET in opened.content.decode(), "This test would not see a leak"


@pytest.mark.parametrize("who", WITHOUT_THE_NAME)
def test_searching_for_the_hidden_name_does_not_find_its_case(kept, who):
    """The name of a firm is no secret; that this case is its case is one."""
    client = factories.browser(getattr(kept, who))
    for address in SEARCHED:
        for word in (NAME, kept.firm.shown_code):
            found = said(client, f"{address}?q={word}&view=all&title={word}")
            assert TITLE not in found and kept.case.number not in found, (address, word)
    file = said(client, reverse("enterprises:firm", args=[kept.firm.pk]))
    assert TITLE not in file and kept.case.number not in file


def test_who_may_read_it_finds_it_on_the_same_ways(kept):
    """Else the tests above could pass because a way shows nothing to anybody."""
    office, member = factories.browser(kept.office), factories.browser(kept.member)
    assert Post.objects.exists() and Case.objects.visible_to(kept.taxman).exists()
    assert kept.case.number in by_notice(member, kept)
    for way in (by_page, by_export):
        assert NAME in way(office, kept)
        assert TITLE in way(member, kept)
