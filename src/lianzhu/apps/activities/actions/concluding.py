"""What is left of an activity: papers, minutes, decisions that become cases, and what came of it after 90 days."""

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from lianzhu.apps.activities import permissions
from lianzhu.apps.activities.agenda import check_agenda, said_of
from lianzhu.apps.activities.models import Activity, Decision, Paper
from lianzhu.apps.cases import clock
from lianzhu.apps.cases.actions import open_case
from lianzhu.apps.cases.models import Kind
from lianzhu.apps.core import audit, files
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.organisation.models import Body


def _run(actor: User, activity_id: int) -> Activity:
    activity = Activity.objects.select_for_update().get(pk=activity_id)
    if not permissions.can_run(actor, activity):
        raise PermissionDenied
    if activity.state == Activity.State.CALLED_OFF:
        raise RuleBroken(_("This activity was called off."))
    return activity


def _begun(activity: Activity) -> None:
    if activity.begins_at > clock.now():
        raise RuleBroken(_("It has not begun yet."))


@transaction.atomic
def add_paper(*, actor: User, activity_id: int, upload: UploadedFile) -> Paper:
    """Add a paper that everybody of the chain may open."""
    activity = _run(actor, activity_id)
    stops = check_agenda(upload.name or "")
    if stops:
        raise RuleBroken(said_of(stops))
    stored = files.store(upload, actor=actor, allowed=files.PAPERS)
    paper = Paper.objects.create(activity=activity, file=stored, added_by=actor, added_at=clock.now())
    audit.record(actor, "activity.paper_added", paper, about=activity.pk)
    return paper


@transaction.atomic
def write_minutes(*, actor: User, activity_id: int, minutes: str, objection: str = "") -> Activity:
    """Write or better the minutes. They stay truthful: a forbidden topic that came up is named with who stopped it."""
    activity = _run(actor, activity_id)
    _begun(activity)
    if not minutes.strip():
        raise RuleBroken(_("Write what was said and agreed, in a few sentences."))
    stops = check_agenda(minutes)
    if stops and not objection.strip():
        raise RuleBroken(
            said_of(stops) + "\n" + _("If somebody began such a topic, write below who stopped it and how.")
        )
    activity.minutes, activity.objection = minutes.strip(), objection.strip()
    activity.minutes_by, activity.minutes_at, activity.state = actor, clock.now(), Activity.State.HELD
    activity.save(update_fields=["minutes", "objection", "minutes_by", "minutes_at", "state"])
    audit.record(actor, "activity.minutes_written", activity)
    return activity


@transaction.atomic
def record_decision(*, actor: User, activity_id: int, text: str, owner_id: int, limit: str = "") -> Decision:
    """Write down a decision and open the case that carries it out, at the body that answers for it."""
    activity = Activity.objects.select_for_update().get(pk=activity_id)
    if not permissions.can_decide(actor, activity):
        raise PermissionDenied
    if activity.state == Activity.State.CALLED_OFF:
        raise RuleBroken(_("This activity was called off."))
    _begun(activity)
    text = " ".join(text.split())
    if not text:
        raise RuleBroken(_("Write what was decided."))
    stops = check_agenda(text)
    if stops:
        raise RuleBroken(said_of(stops))
    owner = Body.objects.as_of(clock.today()).filter(chain=activity.chain_id, pk=owner_id).first()
    if owner is None:
        raise RuleBroken(_("Choose the body that carries it out."))
    told = _("Decided at: %(title)s.") % {"title": activity.title}
    case = open_case(
        actor=actor,
        chain=activity.chain,
        kind=Kind.DECISION,
        title=text[:120],
        text=f"{text}\n{told}",
        owner=owner,
        limit=limit,
    )
    decision = Decision.objects.create(
        activity=activity, text=text, owner=owner, case=case, decided_by=actor, decided_at=clock.now()
    )
    audit.record(actor, "activity.decided", decision, about=case.pk)
    return decision


@transaction.atomic
def note_outcome(*, actor: User, activity_id: int, outcome: str) -> Activity:
    """Say what came of it; asked 90 days after, may be said earlier and bettered later."""
    activity = _run(actor, activity_id)
    if activity.state != Activity.State.HELD:
        raise RuleBroken(_("Note first who came, or write the minutes."))
    if not outcome.strip():
        raise RuleBroken(_("Say in a sentence what came of it; nothing is an answer too."))
    stops = check_agenda(outcome)
    if stops:
        raise RuleBroken(said_of(stops))
    activity.outcome, activity.outcome_by, activity.outcome_at = outcome.strip(), actor, clock.now()
    activity.save(update_fields=["outcome", "outcome_by", "outcome_at"])
    audit.record(actor, "activity.outcome_noted", activity)
    return activity
