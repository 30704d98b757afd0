"""A firm speaks for itself: it states, corrects and confirms values; the office decides on what it may read."""

from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np
import polars as pl
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises import permissions
from lianzhu.apps.enterprises.actions import writing
from lianzhu.apps.enterprises.models import Chain, Confidentiality, Enterprise, FactValue, RecordState
from lianzhu.engine.roster.reading import TEXT
from lianzhu.engine.roster.templates import enterprises_template
from lianzhu.engine.roster.titles import read_period
from lianzhu.engine.roster.values import REASONS, read_cells
from lianzhu.library.facts import Fact, facts

# These decide which firm a row is; they change through the identity log, not as a fact.
IDENTITY = ("credit_code",)


def canonical(fact: Fact, text: str) -> str:
    """Read what a person typed as the fact's canonical value; RuleBroken says what is wrong and how to write it."""
    column = enterprises_template(facts()).by_key[fact.name]
    read = read_cells(pl.Series([text.strip() or None], dtype=pl.String), np.array([TEXT], np.uint8), column, 0)
    value, reason, _note = read.row(0)
    if reason:
        words = {
            "title": fact.zh,
            "value": text.strip(),
            "unit": fact.unit,
            "minimum": fact.minimum,
            "maximum": fact.maximum,
            "choices": "、".join(choice.zh for choice in fact.choices),
        }
        said, mend = REASONS[reason]
        raise RuleBroken(f"{_(said).format(**words)} {_(mend).format(**words)}")
    if value is None:
        raise RuleBroken(_("Write a value; a blank changes nothing."))
    return str(value)


@transaction.atomic
def state_fact(*, actor: User, firm_id: int, name: str, period: str, text: str, source: str, as_of: date) -> FactValue:
    """The firm gives a value of its own file.

    What others may read waits as a proposal until the office accepts it. What only the firm and the statistician may
    read counts at once, marked as stated by the firm: nobody else could check it.
    """
    firm = Enterprise.objects.select_for_update().get(pk=firm_id)
    if not permissions.can_state_fact(actor, firm):
        raise PermissionDenied
    fact = _stated(name)
    value = canonical(fact, text)
    period = _period(fact, period)
    if not source.strip():
        raise RuleBroken(_("Say what the value is taken from, for example the business licence."))
    if as_of > timezone.localdate():
        raise RuleBroken(_("The date of the source lies in the future."))
    current = FactValue.objects.current().filter(enterprise=firm, fact=name, period=period).first()
    if current is not None and current.value == value:
        raise RuleBroken(_("The file says so already; confirm it instead."))
    secret = fact.confidentiality in permissions.SECRET
    # One open proposal per value: a newer one of the firm replaces it.
    FactValue.objects.filter(enterprise=firm, fact=name, period=period, state=RecordState.PROPOSED).update(
        state=RecordState.SUPERSEDED
    )
    if secret and current is not None:
        _supersede(current)
    stated = FactValue.objects.create(
        enterprise=firm,
        fact=name,
        period=period,
        value=value,
        state=RecordState.CURRENT if secret else RecordState.PROPOSED,
        confidentiality=fact.confidentiality,
        source=source.strip(),
        as_of=as_of,
        entered_by=actor,
        entered_at=timezone.now(),
        supersedes=current,
        confirmed=secret,
    )
    _touch(firm)
    audit.record(actor, "fact.stated", stated, about=firm.pk)
    return stated


@transaction.atomic
def accept_fact(*, actor: User, fact_id: int) -> FactValue:
    """The office accepts a proposed value; the old one stays in the history."""
    proposal = _proposal(fact_id)
    if not permissions.can_decide_fact(actor, proposal):
        raise PermissionDenied
    _still_open(proposal)
    current = FactValue.objects.current().filter(
        enterprise=proposal.enterprise, fact=proposal.fact, period=proposal.period
    )
    for old in current:
        _supersede(old)
        proposal.supersedes = old
    proposal.state, proposal.confirmed = RecordState.CURRENT, True
    proposal.save(update_fields=["state", "confirmed", "supersedes"])
    _touch(proposal.enterprise)
    audit.record(actor, "fact.accepted", proposal, about=proposal.enterprise_id)
    return proposal


@transaction.atomic
def refuse_fact(*, actor: User, fact_id: int, because: str) -> FactValue:
    """The office refuses a proposed value and says why; the firm sees the reason."""
    proposal = _proposal(fact_id)
    if not permissions.can_decide_fact(actor, proposal):
        raise PermissionDenied
    _still_open(proposal)
    if not because.strip():
        raise RuleBroken(_("Say why, so that the firm can mend it."))
    proposal.state, proposal.note = RecordState.REFUSED, because.strip()
    proposal.save(update_fields=["state", "note"])
    audit.record(actor, "fact.refused", proposal, about=proposal.enterprise_id)
    return proposal


@transaction.atomic
def withdraw_fact(*, actor: User, fact_id: int) -> FactValue:
    """The firm takes its own open proposal back."""
    proposal = _proposal(fact_id)
    if not permissions.can_state_fact(actor, proposal.enterprise):
        raise PermissionDenied
    _still_open(proposal)
    proposal.state = RecordState.UNDONE
    proposal.save(update_fields=["state"])
    audit.record(actor, "fact.withdrawn", proposal, about=proposal.enterprise_id)
    return proposal


@transaction.atomic
def record_certificate(
    *, actor: User, firm_id: int, values: Mapping[str, str], source: str, as_of: date
) -> list[FactValue]:
    """The authority that issued a certificate writes its days into the firm's file.

    They hold at once, because the issuer says so, and are not confirmed until the firm confirms them; it may put other
    ones forward as for any value. Nothing but public values of certificates is written this way.
    """
    firm = Enterprise.objects.select_for_update().get(pk=firm_id)
    if not permissions.can_record_certificate(actor, firm):
        raise PermissionDenied
    stated = []
    for name, text in values.items():
        fact = _stated(name)
        if fact.group != "certificate" or fact.confidentiality != Confidentiality.PUBLIC or fact.period != "none":
            raise PermissionDenied
        value = canonical(fact, text)
        current = FactValue.objects.current().filter(enterprise=firm, fact=name, period="").first()
        if current is not None and current.value == value:
            continue
        if current is not None and name.endswith("_valid_until") and current.value > value:
            raise RuleBroken(_("The file holds a certificate that is valid longer; look at it first."))
        if current is not None:
            _supersede(current)
        stated.append(
            FactValue.objects.create(
                enterprise=firm,
                fact=name,
                period="",
                value=value,
                state=RecordState.CURRENT,
                confidentiality=fact.confidentiality,
                source=source.strip(),
                as_of=as_of,
                entered_by=actor,
                entered_at=timezone.now(),
                supersedes=current,
            )
        )
    _touch(firm)
    for row in stated:
        audit.record(actor, "fact.certified", row, about=firm.pk)
    return stated


@transaction.atomic
def confirm_facts(*, actor: User, firm_id: int, names: Iterable[str]) -> int:
    """The firm confirms some current values of its file; returns how many were newly confirmed."""
    firm = Enterprise.objects.select_for_update().get(pk=firm_id)
    if not permissions.can_state_fact(actor, firm):
        raise PermissionDenied
    waiting = FactValue.objects.current().filter(enterprise=firm, fact__in=list(names), confirmed=False)
    rows = list(waiting)
    waiting.update(confirmed=True)
    for row in rows:
        audit.record(actor, "fact.confirmed", row, about=firm.pk)
    return len(rows)


@transaction.atomic
def confirm_file(*, actor: User, firm_id: int) -> int:
    """The firm confirms every current value of its file as right today; returns how many were newly confirmed."""
    firm = Enterprise.objects.select_for_update().get(pk=firm_id)
    if not permissions.can_state_fact(actor, firm):
        raise PermissionDenied
    count = FactValue.objects.current().filter(enterprise=firm, confirmed=False).update(confirmed=True)
    firm.confirmed_at = timezone.now()
    firm.save(update_fields=["confirmed_at"])
    audit.record(actor, "firm.confirmed", firm)
    return count


def _stated(name: str) -> Fact:
    fact = facts().get(name)
    if fact is None or name in IDENTITY:
        raise RuleBroken(_("This is not a value of the file that can be changed here."))
    return fact


def _period(fact: Fact, text: str) -> str:
    if fact.period == "none":
        return ""
    period = read_period(text.strip())
    if not period:
        raise RuleBroken(_("Say which period the value is of, for example 2025."))
    return period


def _proposal(fact_id: int) -> FactValue:
    proposal = FactValue.objects.select_related("enterprise").get(pk=fact_id)
    # The firm is what two people deciding on one value must wait for.
    Enterprise.objects.select_for_update().get(pk=proposal.enterprise_id)
    proposal.refresh_from_db(fields=["state"])
    return proposal


def _still_open(proposal: FactValue) -> None:
    if proposal.state != RecordState.PROPOSED:
        raise RuleBroken(_("Somebody decided on this value already; see the history."))


def _supersede(old: FactValue) -> None:
    old.state = RecordState.SUPERSEDED
    old.save(update_fields=["state"])


def _touch(firm: Enterprise) -> None:
    """Previews made before are old now, and the firm's head follows its facts."""
    for chain in Chain.objects.select_for_update().filter(firms=firm).order_by("pk"):
        writing.move_on(chain)
    writing.refresh_heads([firm.pk])
