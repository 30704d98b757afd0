"""May this person do this? No side effects; who may read is `visible_to`, not here."""

from django.utils import timezone

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, access_of
from lianzhu.apps.organisation.models import Appointment, Mission, Person, held_on, keeper_chains, secretary_chains


def can_organise(user: User, chain: Chain) -> bool:
    """The organisation secretary of the chain writes; nobody else."""
    return chain.pk in secretary_chains(user)


def can_read_names(user: User, chain: Chain) -> bool:
    """Secretary and office see every office-holder by name; others only who agreed."""
    return chain.pk in keeper_chains(user)


def can_see_coverage_names(user: User, chain: Chain) -> bool:
    """Behind the counts of cross appointment stand names, for the organisation secretary alone."""
    return can_organise(user, chain)


def can_decide_consent(user: User, person: Person) -> bool:
    """A person decides for themselves; the secretary enters what was signed on paper."""
    return person.user_id == user.pk or can_organise(user, person.chain)


def can_report_result(user: User, mission: Mission) -> bool:
    """A member of the post or task force, or the organisation secretary."""
    seats = Appointment.objects.filter(held_on(timezone.localdate()), body=mission.body, person__user=user)
    return can_organise(user, mission.body.chain) or seats.exists()


def can_confirm_result(user: User, mission: Mission) -> bool:
    """Only the firm says what came of it, and never the person who reported it."""
    return mission.body.enterprise_id in access_of(user).own_firms and mission.reported_by_id != user.pk
