"""A workbook of bodies and office-holders: rehearsed first, then brought in row by row through the ordinary actions.

The rehearsal is the real thing in a transaction that is taken back, so that a preview cannot differ from what follows.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.db.models.enums import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, Enterprise
from lianzhu.apps.organisation import permissions
from lianzhu.apps.organisation.actions.bodies import end_body, found_body, locked_chain
from lianzhu.apps.organisation.actions.seats import Who, appoint, end_appointment, give_consent
from lianzhu.apps.organisation.models import Appointment, Body, held_on
from lianzhu.apps.organisation.workbook import BodyLine, Lines, SeatLine, choice_of, day_of


class What(TextChoices):
    """What a row does."""

    NEW = "new", gettext_lazy("newly entered")
    ENDED = "ended", gettext_lazy("ends here")
    CONSENT = "consent", gettext_lazy("consent added")
    SAME = "same", gettext_lazy("as on record")
    REFUSED = "refused", gettext_lazy("not taken in")


@dataclass(frozen=True)
class Outcome:
    """One row: which sheet and row, what it does, about whom, and why it is refused."""

    sheet: str
    row: int
    what: What
    about: str
    why: str = ""


def seal_of(outcomes: list[Outcome]) -> str:
    """Fingerprint of a preview: bringing in anything else is refused."""
    told = [[one.sheet, one.row, one.what.value, one.about, one.why] for one in outcomes]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@transaction.atomic
def rehearse_workbook(*, actor: User, chain_id: int, lines: Lines) -> list[Outcome]:
    """What every row would do; nothing of it stays."""
    chain = locked_chain(actor, chain_id)
    mark = transaction.savepoint()
    outcomes = _bring_in(actor, chain, lines)
    transaction.savepoint_rollback(mark)
    return outcomes


@transaction.atomic
def bring_in_workbook(*, actor: User, chain_id: int, lines: Lines, seal: str) -> list[Outcome]:
    """Do what the preview with this seal showed: all rows but the refused ones, or nothing."""
    chain = locked_chain(actor, chain_id)
    outcomes = _bring_in(actor, chain, lines)
    if seal_of(outcomes) != seal:
        raise RuleBroken(_("The record has changed since this preview. Upload the workbook again."))
    audit.record(actor, "organisation.workbook", chain)
    return outcomes


@transaction.atomic
def note_export(*, actor: User, chain_id: int) -> None:
    """Put on record that the names went out in a workbook; only who may read them takes them out."""
    chain = Chain.objects.select_for_update().get(pk=chain_id)
    if not permissions.can_read_names(actor, chain):
        raise PermissionDenied
    audit.record(actor, "organisation.exported", chain)


def _bring_in(actor: User, chain: Chain, lines: Lines) -> list[Outcome]:
    """Bodies from the root down, then seats, then endings from the leaves up; every row in its own savepoint."""
    bodies = _from_the_root(lines.bodies)
    outcomes = [
        _row(_("Bodies of the chain"), line.row, line.name, partial(_body, actor, chain, line)) for line in bodies
    ]
    outcomes += [
        _row(_("Office-holders"), line.row, f"{line.name}，{line.body}", partial(_seat, actor, chain, line))
        for line in lines.seats
    ]
    same = {one.row for one in outcomes if one.sheet == _("Bodies of the chain") and one.what == What.SAME}
    for line in reversed(bodies):
        if line.row in same and line.until:
            ended = _row(_("Bodies of the chain"), line.row, line.name, partial(_ending, actor, chain, line))
            outcomes = [ended if (one.sheet, one.row) == (ended.sheet, ended.row) else one for one in outcomes]
    return outcomes


def _row(sheet: str, row: int, about: str, act: Callable[[], What]) -> Outcome:
    try:
        with transaction.atomic():
            return Outcome(sheet, row, act(), about)
    except RuleBroken as error:
        return Outcome(sheet, row, What.REFUSED, about, str(error))


def _from_the_root(lines: tuple[BodyLine, ...]) -> list[BodyLine]:
    """Rows so that a body above comes before what hangs below it; a circle keeps its order and is refused later."""
    left, out = list(lines), []
    while left:
        waiting = {line.name for line in left}
        ready = [line for line in left if line.parent not in waiting or line.parent == line.name] or left
        out += ready
        left = [line for line in left if line not in ready]
    return out


def _needed(text: str, column: str) -> date:
    day = day_of(text, column)
    if day is None:
        raise RuleBroken(_("%(column)s is empty. Write the day as 2026-11-23.") % {"column": column})
    return day


def _body(actor: User, chain: Chain, line: BodyLine) -> What:
    since, until = _needed(line.since, _("First day")), day_of(line.until, _("Last day"))
    kind = choice_of(line.kind, Body.Kind, _("Kind"))
    known = Body.objects.filter(chain=chain, name__iexact=line.name, since=since).first()
    if known is not None:
        if known.kind != kind:
            raise RuleBroken(
                _("%(name)s is on record as %(kind)s.") % {"name": known.name, "kind": known.get_kind_display()}
            )
        return What.SAME
    above = _body_named(chain, line.parent, since) if line.parent else None
    found_body(
        actor=actor,
        chain_id=chain.pk,
        kind=kind,
        name=line.name,
        since=since,
        until=until,
        source=line.source,
        parent_id=above.pk if above else None,
        enterprise_id=_firm_named(chain, line.firm).pk if line.firm else None,
    )
    return What.NEW


def _ending(actor: User, chain: Chain, line: BodyLine) -> What:
    since, until = _needed(line.since, _("First day")), _needed(line.until, _("Last day"))
    known = Body.objects.get(chain=chain, name__iexact=line.name, since=since)
    if known.until == until:
        return What.SAME
    end_body(actor=actor, body_id=known.pk, on=until)
    return What.ENDED


def _seat(actor: User, chain: Chain, line: SeatLine) -> What:
    since, until = _needed(line.since, _("In force from")), day_of(line.until, _("In force until"))
    consent = day_of(line.consent, _("Consent to show the name, on"))
    role = choice_of(line.role, Appointment.Role, _("Role in the body"))
    firm = _firm_named(chain, line.firm) if line.firm else None
    body = _body_named(chain, line.body, since)
    known = Appointment.objects.filter(
        body=body,
        role=role,
        since=since,
        person__name=line.name,
        person__enterprise=firm,
        person__unit="" if firm else line.unit,
    ).first()
    if known is None:
        who = Who(line.name, firm.pk if firm else None, line.unit, consent_on=consent, consent_source=line.source)
        appoint(actor=actor, body_id=body.pk, who=who, role=role, since=since, until=until, source=line.source)
        return What.NEW
    if consent and known.person.consent_on is None:
        give_consent(actor=actor, person_id=known.person_id, source=line.source)
        if known.until == until:
            return What.CONSENT
    if until is None or known.until == until:
        return What.SAME
    end_appointment(actor=actor, appointment_id=known.pk, on=until)
    return What.ENDED


def _body_named(chain: Chain, name: str, on: date) -> Body:
    body = Body.objects.filter(held_on(on), chain=chain, name__iexact=name).first()
    if body is None:
        raise RuleBroken(_("No body is called “%(name)s” on %(day)s.") % {"name": name, "day": on})
    return body


def _firm_named(chain: Chain, name: str) -> Enterprise:
    named = Q(name=name) | Q(code=name.upper()) | Q(temporary_code=name.upper())
    found = list(Enterprise.objects.filter(named, chains=chain, state=Enterprise.State.ACTIVE)[:2])
    if len(found) != 1:
        raise RuleBroken(_("No single firm is called “%(name)s”; copy name or code from its file.") % {"name": name})
    return found[0]
