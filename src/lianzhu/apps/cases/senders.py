"""Three ways out of the house, each one small function: mail, WeCom group robot, DingTalk group robot.

Formats and limits as the vendors publish them: text of a robot at most 2048 bytes (WeCom) or 20000 (DingTalk), twenty
messages a minute (kept by `actions.posting`), DingTalk's signature over timestamp and secret. A refusal raises NotSent.
"""

import base64
import hashlib
import hmac
import http.client
import json
import smtplib
import time
from email.message import EmailMessage
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

WECOM_BYTES = 2048
DINGTALK_BYTES = 20_000
TIMEOUT = 10
LOOPBACK = ("127.0.0.1", "localhost")


class NotSent(Exception):
    """The other side refused, or could not be reached; the message says what it said."""


def cut(text: str, most: int) -> str:
    """At most this many bytes of UTF-8, at a whole character.

    >>> cut("高压电气", 7)
    '高压'
    """
    return text.encode()[:most].decode(errors="ignore")


def send_wecom(address: str, _secret: str, _to: str, title: str, text: str) -> None:
    """Post a text to a WeCom group robot. `address`: the robot's webhook with its key."""
    content = cut(f"{title}\n{text}", WECOM_BYTES)
    _post(address, {"msgtype": "text", "text": {"content": content}})


def send_dingtalk(address: str, secret: str, _to: str, title: str, text: str) -> None:
    """Post a text to a DingTalk group robot, signed with its secret when it has one."""
    signed = f"{address}&{urlencode(dingtalk_signature(secret, round(time.time() * 1000)))}" if secret else address
    _post(signed, {"msgtype": "text", "text": {"content": cut(f"{title}\n{text}", DINGTALK_BYTES - 200)}})


def dingtalk_signature(secret: str, at: int) -> dict[str, str]:
    """Timestamp in milliseconds and the signature the robot asks for.

    >>> sorted(dingtalk_signature("SEC000", 1700000000000))
    ['sign', 'timestamp']
    """
    digest = hmac.new(secret.encode(), f"{at}\n{secret}".encode(), hashlib.sha256).digest()
    return {"timestamp": str(at), "sign": base64.b64encode(digest).decode()}


def _post(address: str, body: dict[str, object]) -> None:
    """POST JSON; the answer must say errcode 0. Plain HTTP only to this machine itself."""
    place = urlsplit(address)
    host = place.hostname or ""
    if place.scheme == "https":
        line: http.client.HTTPConnection = http.client.HTTPSConnection(host, place.port, timeout=TIMEOUT)
    elif place.scheme == "http" and host in LOOPBACK:
        line = http.client.HTTPConnection(host, place.port, timeout=TIMEOUT)
    else:
        raise NotSent(f"not a safe address: {place.scheme}://{host}")
    path = f"{place.path}?{urlencode(parse_qsl(place.query))}"
    try:
        line.request("POST", path, json.dumps(body, ensure_ascii=False).encode(), {"Content-Type": "application/json"})
        answer = line.getresponse()
        told = json.loads(answer.read(10_000) or b"{}")
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise NotSent(str(fault)[:180]) from None
    finally:
        line.close()
    if answer.status != 200 or told.get("errcode") != 0:
        raise NotSent(f"{answer.status} {told.get('errcode')} {told.get('errmsg', '')}"[:180])


def send_mail(address: str, _secret: str, to: str, title: str, text: str) -> None:
    """Send one mail. `address`: smtp[s]://user:password@host:port/?from=office@example.cn"""
    place = urlsplit(address)
    told = dict(parse_qsl(place.query))
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = told.get("from", ""), to, title
    mail.set_content(text)
    host = place.hostname or ""
    kind = smtplib.SMTP_SSL if place.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(host, place.port or 25, timeout=TIMEOUT) as server:
            if place.scheme == "smtp" and host not in LOOPBACK:
                server.starttls()
            if place.username:
                server.login(unquote(place.username), unquote(place.password or ""))
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as fault:
        raise NotSent(str(fault)[:180]) from None


SENDERS = {"mail": send_mail, "wecom": send_wecom, "dingtalk": send_dingtalk}
