"""The append-only, hash-chained record of who did what. One writer: `record`. One check: `verify`."""

import hashlib
import json
from dataclasses import dataclass

from django.db import models, transaction
from django.utils import timezone

from lianzhu.apps.core.models import AuditEntry, AuditHead, User


@dataclass(frozen=True)
class Verdict:
    """Result of `verify`: how many entries were read, and the first number that does not fit (None: all fit)."""

    entries: int
    broken_at: int | None
    why: str = ""


def _digest(before: str, number: int, at: str, actor_id: int, act: str, kind: str, subject_id: str, about: str) -> str:
    told = json.dumps([before, number, at, actor_id, act, kind, subject_id, about], ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()


def record(actor: User, act: str, subject: models.Model, *, about: object = "") -> AuditEntry:
    """Append one entry; call it inside the action's transaction, so that act and record stand or fall together."""
    with transaction.atomic():
        AuditHead.objects.get_or_create(pk=1)
        head = AuditHead.objects.select_for_update().get(pk=1)
        number = head.count + 1
        at = timezone.now()
        kind, subject_id = subject._meta.label_lower, str(subject.pk)
        digest = _digest(head.digest, number, at.isoformat(), actor.pk, act, kind, subject_id, str(about))
        entry = AuditEntry.objects.create(
            number=number,
            at=at,
            actor_id=actor.pk,
            act=act,
            subject_kind=kind,
            subject_id=subject_id,
            about=str(about),
            digest=digest,
        )
        head.count, head.digest = number, digest
        head.save(update_fields=["count", "digest"])
    return entry


def verify() -> Verdict:
    """Recompute the whole chain. A changed, missing or cut-off entry shows as the first number that does not fit."""
    before, expected = "0" * 64, 0
    for entry in AuditEntry.objects.order_by("number").iterator(chunk_size=5000):
        expected += 1
        if entry.number != expected:
            return Verdict(expected - 1, expected, "an entry is missing")
        digest = _digest(
            before,
            entry.number,
            entry.at.isoformat(),
            entry.actor_id,
            entry.act,
            entry.subject_kind,
            entry.subject_id,
            entry.about,
        )
        if digest != entry.digest:
            return Verdict(expected - 1, expected, "an entry was changed")
        before = digest
    head = AuditHead.objects.filter(pk=1).first()
    if head and (head.count, head.digest) != (expected, before):
        return Verdict(expected, expected + 1, "the newest entries are missing")
    return Verdict(expected, None)
