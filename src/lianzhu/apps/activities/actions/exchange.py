"""The sign-up sheet as a workbook: what it would do, and doing it."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from lianzhu.apps.activities import permissions
from lianzhu.apps.activities.actions.attending import move_up, new_sign_up
from lianzhu.apps.activities.models import Activity, SignUp
from lianzhu.apps.activities.sheet import Line
from lianzhu.apps.cases import clock
from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Enterprise


class What(models.TextChoices):
    """What a row does."""

    NEW = "new", gettext_lazy("put on the list")
    CHANGED = "changed", gettext_lazy("state changed")
    SAME = "same", gettext_lazy("on the list as it is")
    REFUSED = "refused", gettext_lazy("row refused")


@dataclass(frozen=True)
class Outcome:
    """What one row would do, or did."""

    row: int
    what: What
    about: str
    says: str


@transaction.atomic
def rehearse_sheet(*, actor: User, activity_id: int, lines: Sequence[Line]) -> list[Outcome]:
    """What the sheet would do; nothing stays."""
    outcomes = _take(_locked(actor, activity_id), actor, lines)
    transaction.set_rollback(True)
    return outcomes


@transaction.atomic
def bring_in_sheet(*, actor: User, activity_id: int, lines: Sequence[Line], seal: str) -> list[Outcome]:
    """Do what the rehearsal showed; refused when the list changed meanwhile."""
    activity = _locked(actor, activity_id)
    outcomes = _take(activity, actor, lines)
    if seal_of(outcomes) != seal:
        raise RuleBroken(_("The list changed since this preview. Upload the sheet again."))
    audit.record(actor, "activity.sheet_brought_in", activity)
    return outcomes


def seal_of(outcomes: Iterable[Outcome]) -> str:
    """A digest of what would happen, independent of the reader's language."""
    return hashlib.sha256("|".join(f"{one.row}{one.what.value}{one.about}" for one in outcomes).encode()).hexdigest()


@transaction.atomic
def note_export(*, actor: User, activity_id: int) -> Activity:
    """Names leave the house as a file; on record each time."""
    activity = Activity.objects.get(pk=activity_id)
    if not permissions.can_run(actor, activity):
        raise PermissionDenied
    audit.record(actor, "activity.sheet_exported", activity)
    return activity


def _locked(actor: User, activity_id: int) -> Activity:
    activity = Activity.objects.select_for_update().get(pk=activity_id)
    if not permissions.can_run(actor, activity):
        raise PermissionDenied
    if activity.state == Activity.State.CALLED_OFF:
        raise RuleBroken(_("This activity was called off."))
    return activity


def _take(activity: Activity, actor: User, lines: Sequence[Line]) -> list[Outcome]:
    units = {line.unit for line in lines}
    firms = {firm.name: firm for firm in Enterprise.objects.filter(chains=activity.chain_id, name__in=units)}
    outcomes = []
    for line in lines:
        about = f"{line.name} · {line.unit}"
        try:
            what, says = _row(activity, actor, line, firms.get(line.unit))
        except RuleBroken as refused:
            what, says = What.REFUSED, str(refused)
        outcomes.append(Outcome(line.row, what, about, says))
    move_up(activity)
    return outcomes


def _row(activity: Activity, actor: User, line: Line, firm: Enterprise | None) -> tuple[What, str]:
    wanted = _state(line.state)
    over = activity.begins_at <= clock.now()
    if wanted in (SignUp.State.ATTENDED, SignUp.State.ABSENT) and not over:
        raise RuleBroken(_("It has not begun yet; who came is noted afterwards."))
    on_list = SignUp.objects.filter(
        activity=activity, name=" ".join(line.name.split()), unit=" ".join(line.unit.split())
    )
    known = on_list.exclude(state=SignUp.State.CANCELLED).first()
    new = known is None
    if known is None:
        if wanted == SignUp.State.CANCELLED:
            return What.SAME, ""
        known = new_sign_up(activity, actor, name=line.name, unit=line.unit, firm=firm, user=None)
    # Who gets a seat is decided by the list, never typed in; cancelling and who came are.
    typed = (SignUp.State.ATTENDED, SignUp.State.ABSENT, SignUp.State.CANCELLED)
    if wanted in typed and known.state != wanted:
        known.state = wanted
        known.save(update_fields=["state"])
        if over and activity.state == Activity.State.ANNOUNCED:
            activity.state = Activity.State.HELD
            activity.save(update_fields=["state"])
        return (What.NEW if new else What.CHANGED), str(SignUp.State(wanted).label)
    return (What.NEW if new else What.SAME), str(SignUp.State(known.state).label)


def _state(text: str) -> str:
    if not text:
        return ""
    for language, _name in settings.LANGUAGES:
        with override(language):
            for state in SignUp.State:
                if text.lower() in (state.value, str(state.label).lower()):
                    return state.value
    raise RuleBroken(_("“%(text)s” is no state of the list. Choose one from the drop-down.") % {"text": text})
