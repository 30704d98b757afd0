"""What the clock does by itself: ladder, digests, the outbox against stand-ins that keep the vendors' limits."""

import base64
import hashlib
import hmac
import json
import socketserver
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import PermissionDenied
from tests.apps.cases.conftest import closed, dispatched, raised, signed

from lianzhu.apps.cases import senders
from lianzhu.apps.cases.actions import ladder, posting, working
from lianzhu.apps.cases.jobs import tick
from lianzhu.apps.cases.models import Address, Case, CaseEvent, Channel, Digest, Message, Post
from lianzhu.apps.core.errors import RuleBroken

SECRET = "SECabc"


class Robot(ThreadingHTTPServer):
    """A group robot: takes JSON texts of a size, 20 a minute, and a signature if it has a secret."""

    def __init__(self, kind: str) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.kind, self.taken, self.refused = kind, [], []

    @property
    def address(self) -> str:
        path = "/cgi-bin/webhook/send?key=k" if self.kind == "wecom" else "/robot/send?access_token=t"
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class _Answer(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        robot: Robot = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        told = json.loads(body)
        fault = (0, "ok")
        if len(robot.taken) >= 20:
            fault = (45009, "api freq out of limit") if robot.kind == "wecom" else (130101, "send too fast")
        elif told["msgtype"] != "text" or not told["text"]["content"]:
            fault = (40008, "invalid message type")
        elif robot.kind == "wecom" and len(told["text"]["content"].encode()) > 2048:
            fault = (40058, "content exceed max length")
        elif robot.kind == "dingtalk" and not self._signed():
            fault = (310000, "sign not match")
        (robot.refused if fault[0] else robot.taken).append(told["text"]["content"] if not fault[0] else fault)
        answer = json.dumps({"errcode": fault[0], "errmsg": fault[1]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _signed(self) -> bool:
        query = parse_qs(urlsplit(self.path).query)
        at = query["timestamp"][0]
        wanted = hmac.new(SECRET.encode(), f"{at}\n{SECRET}".encode(), hashlib.sha256).digest()
        fresh = abs(time.time() * 1000 - int(at)) < 3_600_000
        return fresh and query["sign"] == [base64.b64encode(wanted).decode()] and query["access_token"] == ["t"]

    def log_message(self, *_args: object) -> None:
        """Quiet."""


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server that takes one message at a time and keeps it."""

    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _MailAnswer)
        self.mails: list[str] = []


class _MailAnswer(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].upper()
            if word == "DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = iter(lambda: self.rfile.readline().decode(), ".\r\n")
                self.server.mails.append("".join(lines))
            if word == "QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 fine\r\n")


def serving(server: socketserver.BaseServer) -> Iterator[socketserver.BaseServer]:
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def wecom() -> Iterator[Robot]:
    yield from serving(Robot("wecom"))


@pytest.fixture
def dingtalk() -> Iterator[Robot]:
    yield from serving(Robot("dingtalk"))


@pytest.fixture
def post_office() -> Iterator[MailServer]:
    yield from serving(MailServer())


# ── senders ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_long_text_is_cut_to_what_the_robot_takes(wecom):
    senders.send_wecom(wecom.address, "", "", "标题", "长" * 3000)
    assert len(wecom.taken[0].encode()) <= 2048 and not wecom.refused


def test_dingtalk_is_signed_and_a_wrong_secret_is_told(dingtalk):
    senders.send_dingtalk(dingtalk.address, SECRET, "", "标题", "内容")
    assert dingtalk.taken == ["标题\n内容"]
    with pytest.raises(senders.NotSent, match="310000"):
        senders.send_dingtalk(dingtalk.address, "SECwrong", "", "标题", "内容")


def test_a_mail_arrives(post_office):
    address = f"smtp://127.0.0.1:{post_office.server_address[1]}/?from=office@example.cn"
    senders.send_mail(address, "", "li@example.cn", "今日待办", "3件")
    assert "From: office@example.cn" in post_office.mails[0] and "To: li@example.cn" in post_office.mails[0]


@pytest.mark.parametrize("address", ["http://example.cn/x", "ftp://example.cn", "http://127.0.0.1:9/x"])
def test_unsafe_or_dead_addresses_are_refused(address):
    with pytest.raises(senders.NotSent):
        senders.send_wecom(address, "", "", "a", "b")


# ── ladder ───────────────────────────────────────────────────────────────────────────────────────────────────


def why(user) -> list[str]:
    return list(Message.objects.filter(user=user).exclude(why="new").order_by("pk").values_list("why", flat=True))


@pytest.mark.django_db
def test_the_ladder_tells_worker_then_leader_then_office(town):
    case = dispatched(town)
    town.hand.set("2026-11-03T17:00")
    assert ladder.take_steps() >= 2 and ladder.take_steps() == 0
    assert why(town.member) == ["50", "80"] and why(town.office) == []
    town.hand.set("2026-11-03T17:30")
    ladder.take_steps()
    assert why(town.member2) == ["50", "80", "100"] and why(town.member) == ["50", "80"]
    town.hand.set("2026-11-04T17:30")
    ladder.take_steps()
    assert why(town.office) == ["+1wd"]
    assert CaseEvent.objects.filter(case=case, kind="ladder").values_list("inside", flat=True).distinct().get()


@pytest.mark.django_db
def test_a_paused_case_takes_no_step(town):
    case = signed(town)
    working.pause(actor=town.member, case_id=case.pk, waits_for="third", reason="等")
    town.hand.set("2026-12-30T10:00")
    assert ladder.take_steps() == 0


@pytest.mark.django_db
def test_archived_after_ninety_days(town):
    case = closed(town)
    assert ladder.archive_old() == 0
    town.hand.move(days=91)
    assert ladder.archive_old() == 1 and Case.objects.get(pk=case.pk).state == "archived"


# ── digests and outbox ───────────────────────────────────────────────────────────────────────────────────────


def channel(town, kind: str, address: str, secret: str = "") -> Channel:
    return posting.set_channel(
        actor=town.office,
        chain=town.chain,
        kind=kind,
        address=address,
        secret=secret,
        link="https://x.example/",
        on=True,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("at", "made"),
    [
        ("2026-11-02T08:29", 0),
        ("2026-11-02T08:30", 2),
        ("2026-11-02T12:00", 0),
        ("2026-11-02T17:30", 0),
        ("2026-11-07T10:00", 0),  # Saturday
        ("2026-10-10T10:00", 2),  # a Saturday that is worked
        ("2026-10-01T10:00", 0),  # holiday
    ],
)
def test_no_digest_at_night_at_noon_or_on_days_off(town, at, made):
    town.hand.set("2026-09-20T09:00")
    raised(town)
    town.hand.set(at)
    assert ladder.make_digests() == made


@pytest.mark.django_db
def test_one_digest_a_day_per_person(town):
    raised(town)
    assert ladder.make_digests() == 2
    raised(town)
    assert ladder.make_digests() == 0
    town.hand.move(days=1)
    assert ladder.make_digests() == 2
    assert Digest.objects.filter(user=town.office).count() == 2


@pytest.mark.django_db
def test_nothing_leaves_before_it_is_configured(town):
    raised(town)
    tick()
    assert not Post.objects.exists()


@pytest.mark.django_db
def test_a_group_reads_two_counts_and_a_link_once_a_day(town, wecom):
    channel(town, "wecom", wecom.address)
    case = raised(town, "财务总监被拘", hide_firm_name=True)
    for _n in range(3):
        tick()
        town.hand.move(minutes=5)
    assert len(wecom.taken) == 1
    said = wecom.taken[0]
    assert "1 cases open" in said and "https://x.example/" in said
    assert case.title not in said and town.firm.name not in said and case.number not in said


@pytest.mark.django_db
def test_a_persons_mail_names_numbers_only(town, post_office):
    channel(town, "mail", f"smtp://127.0.0.1:{post_office.server_address[1]}/?from=o@example.cn")
    Address.objects.create(user=town.office, address="zhao@example.cn")
    raised(town, "财务总监被拘")
    tick()
    (mail,) = post_office.mails
    assert "zhao@example.cn" in mail
    text = Post.objects.get().text
    assert "QJ-0001" in text and "总监" not in text and town.firm.name not in text


@pytest.mark.django_db
def test_the_bucket_lets_twenty_out_in_a_minute(town, wecom):
    robot = channel(town, "wecom", wecom.address)
    for n in range(25):
        Post.objects.create(channel=robot, title=f"{n}", text="x", made_at=town.hand.now)
    assert posting.send_posts() == 20 and not wecom.refused
    assert posting.send_posts() == 0
    wecom.taken.clear()
    town.hand.move(seconds=9)
    assert posting.send_posts() == 3
    town.hand.move(minutes=5)
    assert posting.send_posts() == 2


@pytest.mark.django_db
def test_no_post_leaves_at_night(town, wecom):
    robot = channel(town, "wecom", wecom.address)
    Post.objects.create(channel=robot, title="a", text="x", made_at=town.hand.now)
    town.hand.set("2026-11-02T22:00")
    assert posting.send_posts() == 0 and not wecom.taken


@pytest.mark.django_db
def test_a_failing_channel_is_tried_five_times_and_says_why(town, dingtalk):
    robot = channel(town, "dingtalk", dingtalk.address, "SECwrong")
    Post.objects.create(channel=robot, title="a", text="x", made_at=town.hand.now)
    for _n in range(8):
        posting.send_posts()
        town.hand.move(minutes=1)
    post = Post.objects.get()
    assert (post.tries, post.sent_at) == (5, None) and "310000" in post.error


@pytest.mark.django_db
def test_channels_are_set_by_the_office_and_need_an_address(town):
    told = {"chain": town.chain, "kind": "wecom", "secret": "", "link": "", "on": True}
    with pytest.raises(PermissionDenied):
        posting.set_channel(actor=town.secretary, address="https://x", **told)
    with pytest.raises(RuleBroken, match="address first"):
        posting.set_channel(actor=town.office, address=" ", **told)
