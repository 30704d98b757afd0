"""Pioneer posts and task forces: opened at a place of a firm, reported by its people, judged by the firm."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, Place, RecordState, RoleAssignment
from lianzhu.apps.organisation import permissions
from lianzhu.apps.organisation.actions.bodies import close_body, locked_chain, new_body
from lianzhu.apps.organisation.actions.seats import Who, known_person, new_seat
from lianzhu.apps.organisation.actions.terms import overlapping
from lianzhu.apps.organisation.models import Appointment, Body, BranchFirm, Mission, held_on


def open_post(
    *,
    actor: User,
    chain_id: int,
    place_id: int,
    name: str,
    holder: Who,
    goal: str,
    since: date,
    due_on: date,
    source: str,
) -> Mission:
    """Open a pioneer post, held by one person, at a workshop, line, laboratory or project."""
    mission = _Opening(Body.Kind.POST, place_id, name, goal, since, due_on, source)
    return _open(actor, chain_id, mission, holder, ())


def open_task_force(
    *,
    actor: User,
    chain_id: int,
    place_id: int,
    name: str,
    lead: Who,
    members: Sequence[Who],
    goal: str,
    since: date,
    due_on: date,
    source: str,
) -> Mission:
    """Open a task force with a lead and members at a workshop, line, laboratory or project."""
    mission = _Opening(Body.Kind.TASK_FORCE, place_id, name, goal, since, due_on, source)
    return _open(actor, chain_id, mission, lead, members)


@dataclass(frozen=True)
class _Opening:
    """What is said of a post or task force when it is opened."""

    kind: Body.Kind
    place_id: int
    name: str
    goal: str
    since: date
    due_on: date
    source: str


@transaction.atomic
def _open(actor: User, chain_id: int, told: _Opening, lead: Who, members: Sequence[Who]) -> Mission:
    chain = locked_chain(actor, chain_id)
    place = Place.objects.filter(pk=told.place_id, enterprise__chains=chain).select_related("enterprise").first()
    if place is None or place.state != RecordState.CURRENT:
        raise RuleBroken(_("Choose a workshop, line, laboratory or project that a firm of this chain has now."))
    if not told.goal.strip():
        raise RuleBroken(_("Say what is to be reached, so that the firm can say whether it was."))
    if told.due_on <= told.since:
        raise RuleBroken(_("The term has to end after it begins."))
    body = new_body(chain, _body_at(chain, place, told), _branch_of(place, told.since))
    _seats(chain, body, lead, members, told)
    mission = Mission.objects.create(body=body, place=place, goal=" ".join(told.goal.split()), due_on=told.due_on)
    audit.record(actor, "mission.opened", mission, about=place.enterprise_id)
    return mission


def _body_at(chain: Chain, place: Place, told: _Opening) -> Body:
    return Body(
        chain=chain,
        kind=told.kind,
        name=told.name,
        since=told.since,
        source=told.source,
        enterprise=place.enterprise,
    )


def _branch_of(place: Place, on: date) -> int | None:
    links = BranchFirm.objects.filter(held_on(on), enterprise=place.enterprise)
    return links.values_list("body", flat=True).first()


def _seats(chain: Chain, body: Body, lead: Who, members: Sequence[Who], told: _Opening) -> None:
    # Working side by side at one firm: nobody of another firm, whose competitor this is.
    for who, role in [(lead, Appointment.Role.LEAD), *((one, Appointment.Role.MEMBER) for one in members)]:
        person = known_person(chain, who)
        elsewhere = RoleAssignment.objects.filter(overlapping(told.since, None), user=person.user_id or 0)
        elsewhere = elsewhere.filter(enterprise__isnull=False).exclude(enterprise=body.enterprise_id)
        if person.enterprise_id not in (None, body.enterprise_id) or elsewhere.exists():
            raise RuleBroken(
                _("%(name)s belongs to another firm and cannot work on this firm's project.") % {"name": person.name}
            )
        new_seat(body, person, role=role, since=told.since, until=None, source=told.source)


@transaction.atomic
def report_result(*, actor: User, mission_id: int, result: str) -> Mission:
    """Say what came of it; the firm then says whether that is so. A report not yet judged may be bettered."""
    mission = Mission.objects.select_for_update().select_related("body__chain").get(pk=mission_id)
    if not permissions.can_report_result(actor, mission):
        raise PermissionDenied
    if mission.confirmed_by_firm_at is not None:
        raise RuleBroken(_("The firm has judged this result already."))
    if not result.strip():
        raise RuleBroken(_("Say in a sentence what came of the goal."))
    mission.result, mission.reported_by, mission.reported_at = result.strip(), actor, timezone.now()
    mission.save(update_fields=["result", "reported_by", "reported_at"])
    audit.record(actor, "mission.reported", mission, about=mission.body.enterprise_id)
    return mission


@transaction.atomic
def confirm_result(*, actor: User, mission_id: int, verdict: str) -> Mission:
    """The firm's word on the result: reached, partly, not. The post or task force ends with it."""
    mission = Mission.objects.select_for_update().select_related("body").get(pk=mission_id)
    if not permissions.can_confirm_result(actor, mission):
        raise PermissionDenied
    if mission.reported_at is None:
        raise RuleBroken(_("No result has been reported yet."))
    if mission.confirmed_by_firm_at is not None:
        raise RuleBroken(_("The firm has judged this result already."))
    if verdict not in Mission.Verdict.values:
        raise RuleBroken(_("Choose: reached, partly reached, or not reached."))
    mission.verdict, mission.confirmed_by, mission.confirmed_by_firm_at = verdict, actor, timezone.now()
    mission.save(update_fields=["verdict", "confirmed_by", "confirmed_by_firm_at"])
    body = mission.body
    Chain.objects.select_for_update().get(pk=body.chain_id)
    today = timezone.localdate()
    if body.until is None or body.until > today:
        close_body(body, max(today, body.since))
    audit.record(actor, "mission.confirmed", mission, about=body.enterprise_id)
    return mission
