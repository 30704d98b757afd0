"""People: who they are, in which seat, in which post of a firm's management, and whether their name may be shown."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises import permissions as roles
from lianzhu.apps.enterprises.models import Chain, Enterprise, Membership, RoleAssignment
from lianzhu.apps.organisation import permissions
from lianzhu.apps.organisation.actions.bodies import locked_chain
from lianzhu.apps.organisation.actions.terms import check_term, close, overlapping, within
from lianzhu.apps.organisation.models import Appointment, Body, FirmManagement, Person

# Other firms' cases pass through these: nobody tied to a firm sits there.
UNTIED_BODIES = (Body.Kind.OFFICE, Body.Kind.DEPARTMENT, Body.Kind.TEAM)


@dataclass(frozen=True)
class Who:
    """A person as a form or a workbook names them: one already known, or a name with the firm or unit."""

    name: str = ""
    enterprise_id: int | None = None
    unit: str = ""
    user_id: int | None = None
    person_id: int | None = None
    consent_on: date | None = None
    consent_source: str = ""


@transaction.atomic
def appoint(
    *,
    actor: User,
    body_id: int,
    who: Who,
    role: str,
    since: date,
    source: str,
    until: date | None = None,
) -> Appointment:
    """Give a person a seat. Refused: two seats of one person in a body at a time, two secretaries, a tied official."""
    body = Body.objects.select_related("chain").get(pk=body_id)
    chain = locked_chain(actor, body.chain_id)
    body.refresh_from_db()
    seat = new_seat(body, known_person(chain, who), role=role, since=since, until=until, source=source)
    audit.record(actor, "seat.taken", seat, about=body.pk)
    return seat


def new_seat(body: Body, person: Person, *, role: str, since: date, until: date | None, source: str) -> Appointment:
    """Check and save a seat; the caller has locked the chain and records the act."""
    _name, source = check_term(person.name, source, since, until)
    if role not in Appointment.Role.values:
        raise RuleBroken(_("Choose a role from the list."))
    if not within(body, since, until):
        raise RuleBroken(_("%(body)s does not exist all that time. Choose days within its life.") % {"body": body.name})
    meanwhile = Appointment.objects.filter(overlapping(since, until), body=body)
    same = meanwhile.filter(person=person).first()
    if same:
        raise RuleBroken(
            _("%(name)s holds a seat here already: %(role)s since %(day)s. End it first.")
            % {"name": person.name, "role": same.get_role_display(), "day": same.since}
        )
    if role in Appointment.ALONE and (other := meanwhile.filter(role=role).select_related("person").first()):
        raise RuleBroken(
            _("%(name)s is %(role)s here since %(day)s. End that seat first.")
            % {"name": other.person.name, "role": other.get_role_display(), "day": other.since}
        )
    if body.kind in UNTIED_BODIES and is_tied(person, since):
        raise RuleBroken(
            _("%(name)s is tied to a firm. Cases of other firms pass through this body; name somebody without a tie.")
            % {"name": person.name}
        )
    return Appointment.objects.create(person=person, body=body, role=role, since=since, until=until, source=source)


def is_tied(person: Person, since: date) -> bool:
    """Whether the person belongs to a firm: by their unit, a management post, or the role of their account."""
    managing = FirmManagement.objects.filter(overlapping(since, None), person=person)
    held = RoleAssignment.objects.filter(roles.tie(), overlapping(since, None), user=person.user_id or 0)
    return person.enterprise_id is not None or managing.exists() or held.exists()


def known_person(chain: Chain, who: Who) -> Person:
    """The person meant: the known one, or a new one. Same name, another firm or unit: somebody else."""
    if who.person_id is not None:
        person = Person.objects.filter(chain=chain, pk=who.person_id).first()
        if person is None:
            raise RuleBroken(_("This person is not known in this chain."))
        return _filled(person, who)
    name, unit = " ".join(who.name.split()), " ".join(who.unit.split())
    if not name:
        raise RuleBroken(_("Give the name of the person."))
    if who.enterprise_id is None and not unit:
        raise RuleBroken(_("Say which firm or unit the person comes from; it tells namesakes apart."))
    firm = Enterprise.objects.filter(pk=who.enterprise_id).first() if who.enterprise_id else None
    if firm and not Membership.objects.filter(chain=chain, enterprise=firm).exists():
        raise RuleBroken(_("%(firm)s takes no part in this chain.") % {"firm": firm.name})
    person, _new = Person.objects.get_or_create(chain=chain, name=name, enterprise=firm, unit="" if firm else unit)
    return _filled(person, who)


def _filled(person: Person, who: Who) -> Person:
    """Add account and consent where they were given; what is known already is never taken away here."""
    if who.user_id is not None and person.user_id != who.user_id:
        user = User.objects.filter(pk=who.user_id, is_active=True, roles__chain=person.chain).first()
        if user is None:
            raise RuleBroken(_("No such account takes part in this chain."))
        if person.user_id is not None or Person.objects.filter(chain=person.chain, user=user).exists():
            raise RuleBroken(_("This account belongs to another person. Look the person up in the list."))
        person.user = user
    if who.consent_on is not None and person.consent_on is None:
        person.consent_on, person.consent_source = who.consent_on, who.consent_source
    person.save(update_fields=["user", "consent_on", "consent_source"])
    return person


@transaction.atomic
def end_appointment(*, actor: User, appointment_id: int, on: date) -> Appointment:
    """Set the last day of a seat; it stays in every view as of an earlier day."""
    seat = Appointment.objects.select_related("body__chain").get(pk=appointment_id)
    locked_chain(actor, seat.body.chain_id)
    seat.refresh_from_db()
    close(seat, on)
    audit.record(actor, "seat.ended", seat, about=seat.body_id)
    return seat


@transaction.atomic
def enter_management(
    *,
    actor: User,
    chain_id: int,
    enterprise_id: int,
    who: Who,
    post: str,
    since: date,
    source: str,
    until: date | None = None,
) -> FirmManagement:
    """Enter that a person has a post in a firm's management."""
    chain = locked_chain(actor, chain_id)
    post, source = check_term(post, source, since, until)
    firm = Enterprise.objects.filter(chains=chain, pk=enterprise_id).first()
    if firm is None:
        raise RuleBroken(_("Choose a firm of this chain."))
    person = known_person(chain, who)
    meanwhile = FirmManagement.objects.filter(overlapping(since, until), enterprise=firm, person=person)
    if meanwhile.filter(post=post).exists():
        raise RuleBroken(_("%(name)s holds this post in that time already.") % {"name": person.name})
    seats = Appointment.objects.filter(overlapping(since, until), person=person, body__kind__in=UNTIED_BODIES)
    if seats.exists():
        raise RuleBroken(
            _("%(name)s sits in an office, department or service team. End that seat first.") % {"name": person.name}
        )
    held = FirmManagement.objects.create(
        enterprise=firm, person=person, post=post, since=since, until=until, source=source
    )
    audit.record(actor, "management.entered", held, about=firm.pk)
    return held


@transaction.atomic
def end_management(*, actor: User, management_id: int, on: date) -> FirmManagement:
    """Set the last day of a management post."""
    held = FirmManagement.objects.select_related("person").get(pk=management_id)
    locked_chain(actor, held.person.chain_id)
    held.refresh_from_db()
    close(held, on)
    audit.record(actor, "management.ended", held, about=held.enterprise_id)
    return held


@transaction.atomic
def give_consent(*, actor: User, person_id: int, source: str) -> Person:
    """Let a person's name be shown to the chain beside their seats."""
    person = Person.objects.select_for_update().select_related("chain").get(pk=person_id)
    if not permissions.can_decide_consent(actor, person):
        raise PermissionDenied
    if person.consent_on is not None:
        raise RuleBroken(_("Consent was given on %(day)s already.") % {"day": person.consent_on})
    if not source.strip():
        raise RuleBroken(_("Say where the signed consent lies."))
    person.consent_on, person.consent_source = timezone.localdate(), source.strip()
    person.save(update_fields=["consent_on", "consent_source"])
    audit.record(actor, "consent.given", person)
    return person


@transaction.atomic
def withdraw_consent(*, actor: User, person_id: int) -> Person:
    """Hide a person's name again, at once; the seats stay and are counted."""
    person = Person.objects.select_for_update().select_related("chain").get(pk=person_id)
    if not permissions.can_decide_consent(actor, person):
        raise PermissionDenied
    if person.consent_on is None:
        raise RuleBroken(_("No consent is on record, so there is nothing to withdraw."))
    person.consent_on, person.consent_source = None, ""
    person.save(update_fields=["consent_on", "consent_source"])
    audit.record(actor, "consent.withdrawn", person)
    return person
