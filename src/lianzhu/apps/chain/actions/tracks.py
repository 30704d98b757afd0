"""Every write on new tracks, all the office's: take up, note evidence, pass a gate, prolong, stop, make a case.

No track ends by itself: a stop date that has passed is shown, and a person decides.
"""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.actions import open_case
from lianzhu.apps.cases.models import Case, Kind
from lianzhu.apps.chain import permissions
from lianzhu.apps.chain.models import LAST_GATE, Track, TrackStep
from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.organisation.models import Body
from lianzhu.library.chain import tracks

# A hypothesis nobody has to look at for longer is no hypothesis any more.
LONGEST = timedelta(days=731)
OWN = "O"


@transaction.atomic
def take_up_track(
    *, actor: User, chain_id: int, code: str, hypothesis: str, owner_id: int, stop_on: date, title: str = ""
) -> Track:
    """Begin a track at its first gate. `code` of the library, or '' with a title for one of the chain's own."""
    chain = Chain.objects.select_for_update().get(pk=chain_id)
    if not permissions.can_keep_board(actor, chain):
        raise PermissionDenied
    owner = Body.objects.as_of(clock.today()).filter(pk=owner_id, chain=chain).first()
    if owner is None:
        raise RuleBroken(_("Choose a body of this chain that exists today as the owner."))
    if not hypothesis.strip():
        raise RuleBroken(_("Write the hypothesis: who would need it, and what the chain can do for it."))
    code, title = _named(chain, code, " ".join(title.split()))
    if Track.objects.filter(chain=chain, code=code, state=Track.State.RUNNING).exists():
        raise RuleBroken(_("This track is under way already; open it."))
    _check_stop(stop_on)
    track = Track.objects.create(
        chain=chain,
        code=code,
        title=title,
        hypothesis=" ".join(hypothesis.split()),
        owner=owner,
        stop_on=stop_on,
        opened_by=actor,
        opened_at=clock.now(),
    )
    _step(track, actor, TrackStep.Kind.TAKEN_UP, text=track.hypothesis, stop_on=stop_on)
    audit.record(actor, "track.taken_up", track, about=code)
    return track


@transaction.atomic
def note_evidence(*, actor: User, track_id: int, text: str, source: str, on: date) -> TrackStep:
    """Note what was seen, where, and of which day it is; allowed past the stop date, since it helps to decide."""
    track = _lock(actor, track_id)
    if not text.strip() or not source.strip():
        raise RuleBroken(_("Write what was seen, and its source."))
    if on > clock.today():
        raise RuleBroken(_("The evidence cannot be of a day that is still to come."))
    told = {"text": " ".join(text.split()), "source": " ".join(source.split()), "source_on": on}
    step = _step(track, actor, TrackStep.Kind.EVIDENCE, **told)
    audit.record(actor, "track.evidence_noted", track, about=track.code)
    return step


@transaction.atomic
def pass_gate(*, actor: User, track_id: int, stop_on: date | None = None, text: str = "") -> Track:
    """Let a track through its gate on the evidence noted since the last one; the next gate has its own stop date."""
    track = _lock(actor, track_id)
    if track.is_past(clock.today()):
        raise RuleBroken(_("The stop date is over. Prolong it with a reason, or stop it."))
    if not evidence_since_last_gate(track):
        raise RuleBroken(_("Nothing was noted since the last gate. Note the evidence first, with source and date."))
    last = track.gate == LAST_GATE
    if not last:
        if stop_on is None:
            raise RuleBroken(_("Set the stop date of the next gate."))
        _check_stop(stop_on)
    _step(track, actor, TrackStep.Kind.PASSED, text=" ".join(text.split()), stop_on=None if last else stop_on)
    if last or stop_on is None:
        track.state, track.ended_at = Track.State.ARRIVED, clock.now()
    else:
        track.gate, track.stop_on = track.gate + 1, stop_on
    track.save(update_fields=["state", "ended_at", "gate", "stop_on"])
    audit.record(actor, "track.gate_passed", track, about=track.code)
    return track


@transaction.atomic
def prolong_track(*, actor: User, track_id: int, until: date, because: str) -> Track:
    """Move the stop date on, and say why."""
    track = _lock(actor, track_id)
    _check_reason(because)
    _check_stop(until)
    if until <= track.stop_on:
        raise RuleBroken(_("The new stop date has to be later than the present one."))
    track.stop_on = until
    _step(track, actor, TrackStep.Kind.PROLONGED, text=" ".join(because.split()), stop_on=until)
    track.save(update_fields=["stop_on"])
    audit.record(actor, "track.prolonged", track, about=track.code)
    return track


@transaction.atomic
def stop_track(*, actor: User, track_id: int, because: str) -> Track:
    """End an attempt, and say why, so that the next person need not learn it again."""
    track = _lock(actor, track_id)
    _check_reason(because)
    _step(track, actor, TrackStep.Kind.STOPPED, text=" ".join(because.split()))
    track.state, track.ended_at = Track.State.STOPPED, clock.now()
    track.save(update_fields=["state", "ended_at"])
    audit.record(actor, "track.stopped", track, about=track.code)
    return track


@transaction.atomic
def make_case_of_track(*, actor: User, track_id: int, title: str, text: str, owner_id: int, limit: str = "") -> Case:
    """Give the next piece of work on a track to a body as a case; one open case at a time."""
    track = _lock(actor, track_id)
    owner = Body.objects.as_of(clock.today()).filter(pk=owner_id, chain=track.chain_id).first()
    if owner is None:
        raise RuleBroken(_("Choose a body of this chain that exists today as the owner."))
    if not title.strip():
        raise RuleBroken(_("Say in a few words what is to be done."))
    if Case.objects.filter(pk__in=track.steps.filter(case__isnull=False).values("case"), is_open=True).exists():
        raise RuleBroken(_("A case of this track is still open. Finish it first."))
    case = open_case(
        actor=actor,
        chain=track.chain,
        kind=Kind.FINDING,
        title=" ".join(title.split()),
        text=text.strip(),
        owner=owner,
        limit=limit,
    )
    _step(track, actor, TrackStep.Kind.CASE, case=case)
    audit.record(actor, "track.made_a_case", track, about=case.pk)
    return case


def evidence_since_last_gate(track: Track) -> bool:
    """Whether a gate has anything to be decided on."""
    return track.steps.filter(kind=TrackStep.Kind.EVIDENCE, gate=track.gate).exists()


def _lock(actor: User, track_id: int) -> Track:
    track = Track.objects.select_for_update().get(pk=track_id)
    if not permissions.can_keep_board(actor, track.chain):
        raise PermissionDenied
    if not track.running:
        raise RuleBroken(_("This track has ended. Take it up again on new evidence."))
    return track


def _named(chain: Chain, code: str, title: str) -> tuple[str, str]:
    if code:
        if code not in tracks():
            raise RuleBroken(_("There is no such track; give a track of your own a title instead."))
        return code, ""
    if not title:
        raise RuleBroken(_("Give the track a title."))
    known = Track.objects.filter(chain=chain, title=title).first()
    if known is not None:
        return known.code, title
    own = Track.objects.filter(chain=chain).exclude(title="").values("code").distinct().count()
    return f"{OWN}{own + 1:02d}", title


def _check_reason(because: str) -> None:
    if not because.strip():
        raise RuleBroken(_("Say why, so that the next person understands."))


def _check_stop(stop_on: date) -> None:
    today = clock.today()
    if stop_on <= today:
        raise RuleBroken(_("The stop date has to lie ahead."))
    if stop_on > today + LONGEST:
        raise RuleBroken(_("A stop date more than two years ahead stops nothing. Choose an earlier one."))


def _step(track: Track, actor: User, kind: TrackStep.Kind, **told: Any) -> TrackStep:
    return TrackStep.objects.create(track=track, kind=kind, gate=track.gate, by=actor, at=clock.now(), **told)
