"""Claims: applied, accepted, approved, received. The firm and the department speak; the office watches the days."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.actions.entering import open_case
from lianzhu.apps.cases.models import Kind
from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.actions import facts
from lianzhu.apps.enterprises.actions.accounts import system_user
from lianzhu.apps.enterprises.models import Chain, Enterprise, FactValue
from lianzhu.apps.organisation.models import Body
from lianzhu.apps.policies import permissions
from lianzhu.apps.policies.actions import following
from lianzhu.apps.policies.actions.packages import build_package
from lianzhu.apps.policies.models import Claim, Desk
from lianzhu.apps.policies.queries.claims import certificate_facts
from lianzhu.engine.rules.shelf import library_shelf


@transaction.atomic
def apply_for(*, actor: User, firm_id: int, policy: str, on: date) -> Claim:
    """A firm says that it has applied; from now on the claim is followed as a case. The one who says so is its contact.

    The case carries the policy's title only: no figure of the firm enters the pool.
    """
    firm = Enterprise.objects.select_for_update().get(pk=firm_id)
    if not permissions.can_apply(actor, firm):
        raise PermissionDenied
    known = library_shelf().policies.get(policy)
    version = known.version_on(on) if known else None
    if known is None or version is None:
        raise RuleBroken(_("This policy was not in force on that day."))
    if on > clock.today():
        raise RuleBroken(_("The day of the application lies in the future."))
    if Claim.objects.filter(enterprise=firm, policy=policy, state__in=Claim.OPEN).exists():
        raise RuleBroken(_("A claim for this policy is running already; see your claims."))
    chain = Chain.objects.filter(firms=firm).order_by("pk")[0]
    desk = Desk.objects.filter(chain=chain, policy=policy).select_related("body").first()
    title = _("Claim: %(policy)s") % {"policy": known.title}
    owner = desk.body if desk else None
    case = open_case(actor=actor, chain=chain, kind=Kind.CLAIM, title=title[:120], firm=firm, owner=owner)
    if owner is not None:
        following.to_desk(case, owner)
    claim = Claim.objects.create(
        case=case,
        chain=chain,
        enterprise=firm,
        policy=policy,
        version=version.name,
        contact=actor,
        applied_on=on,
    )
    audit.record(actor, "claim.applied", claim, about=policy)
    return claim


@transaction.atomic
def accept_claim(*, actor: User, claim_id: int) -> Claim:
    """The department takes the claim for handling."""
    claim = _answered(actor, claim_id)
    if claim.state != Claim.State.APPLIED:
        raise RuleBroken(_("This claim was accepted or decided already."))
    claim.state, claim.accepted_on = Claim.State.ACCEPTED, clock.today()
    claim.save(update_fields=["state", "accepted_on"])
    following.taken(claim.case_id, actor)
    audit.record(actor, "claim.accepted", claim)
    return claim


@transaction.atomic
def approve_claim(*, actor: User, claim_id: int, promised: Decimal | None, due_on: date | None) -> Claim:
    """The department approves: what is promised, in 万元, and by which day. A certificate promises no amount."""
    claim = _answered(actor, claim_id)
    if claim.state != Claim.State.ACCEPTED:
        raise RuleBroken(_("Accept the claim first; a decided one stays as it is."))
    if promised is not None and (promised <= 0 or due_on is None):
        raise RuleBroken(_("An amount is above 0, and has a day by which it is paid."))
    if due_on is not None and due_on < claim.applied_on:
        raise RuleBroken(_("The day of payment lies before the application."))
    claim.state, claim.approved_on = Claim.State.APPROVED, clock.today()
    claim.promised, claim.due_on = promised, due_on
    claim.save(update_fields=["state", "approved_on", "promised", "due_on"])
    following.approved(claim.case_id, actor, _("The claim is approved."))
    audit.record(actor, "claim.approved", claim)
    return claim


@transaction.atomic
def refuse_claim(*, actor: User, claim_id: int, because: str) -> Claim:
    """The department refuses, and says why and where to go next."""
    claim = _answered(actor, claim_id)
    if claim.state not in (Claim.State.APPLIED, Claim.State.ACCEPTED):
        raise RuleBroken(_("This claim was decided already."))
    if not because.strip():
        raise RuleBroken(_("Say why, and where the firm can go next."))
    claim.state, claim.because = Claim.State.REFUSED, because.strip()[:300]
    claim.save(update_fields=["state", "because"])
    following.refused(claim.case_id, actor, claim.because)
    audit.record(actor, "claim.refused", claim)
    return claim


@transaction.atomic
def record_certificate(
    *, actor: User, claim_id: int, number: str, valid_from: date | None, valid_until: date | None
) -> Claim:
    """The certificate of an approved claim becomes a fact of the firm's file, and the package is worked out anew.

    From the department that issued it the days hold at once; from the firm they are put forward for the office to
    accept, as any public value is. Holding a certificate is not qualifying for it: only this, or the file, says so.
    """
    claim = Claim.objects.select_for_update().select_related("enterprise", "case").get(pk=claim_id)
    if not permissions.can_record_certificate(actor, claim):
        raise PermissionDenied
    if claim.state not in (Claim.State.APPROVED, Claim.State.RECEIVED):
        raise RuleBroken(_("Only an approved claim has a certificate."))
    if claim.certificate_no:
        raise RuleBroken(_("The certificate is recorded already; the firm's file says what holds."))
    places = certificate_facts(claim.policy)
    if not places:
        raise RuleBroken(_("This policy gives no certificate."))
    if not number.strip():
        raise RuleBroken(_("Write the number of the certificate."))
    if valid_from is not None and valid_until is not None and valid_until < valid_from:
        raise RuleBroken(_("The certificate ends before it begins; look at the two days."))
    if places.get("until") and valid_until is None:
        raise RuleBroken(_("Write the last day of validity; it stands on the certificate."))
    told = {
        places.get("from", ""): valid_from.isoformat() if valid_from else "",
        places.get("until", ""): valid_until.isoformat() if valid_until else "",
        places.get("number", ""): number.strip(),
        places.get("held", ""): "是",
    }
    values = {name: text for name, text in told.items() if name and text}
    source = _("Certificate %(number)s, claim %(case)s") % {"number": number.strip(), "case": claim.case.number}
    today, firm = clock.today(), claim.enterprise_id
    if permissions.can_answer_claim(actor, claim):
        facts.record_certificate(actor=actor, firm_id=firm, values=values, source=source, as_of=today)
    else:
        held = dict(FactValue.objects.current().filter(enterprise=firm, fact__in=values).values_list("fact", "value"))
        for name, text in values.items():
            if held.get(name) not in (text, "true"):
                facts.state_fact(actor=actor, firm_id=firm, name=name, period="", text=text, source=source, as_of=today)
    claim.certificate_no, claim.valid_from, claim.valid_until = number.strip()[:60], valid_from, valid_until
    claim.save(update_fields=["certificate_no", "valid_from", "valid_until"])
    build_package(actor=system_user(), firm_id=firm)
    audit.record(actor, "claim.certified", claim)
    return claim


@transaction.atomic
def confirm_receipt(
    *, actor: User, claim_id: int, received: Decimal | None, on: date, again: bool | None = None
) -> Claim:
    """The firm says that the money, or the certificate, has come: only it knows.

    `again`: whether it would apply this way again, the third question of a call-back; unanswered, the office calls.
    """
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    if not permissions.can_confirm_receipt(actor, claim):
        raise PermissionDenied
    if claim.state != Claim.State.APPROVED:
        raise RuleBroken(_("Only an approved claim can be received."))
    if claim.promised is not None and received is None:
        raise RuleBroken(_("Write the amount that came, in 万元."))
    if received is not None and received < 0:
        raise RuleBroken(_("An amount is not below 0."))
    if not claim.applied_on <= on <= clock.today():
        raise RuleBroken(_("The day lies between the application and today."))
    claim.state, claim.received, claim.received_on = Claim.State.RECEIVED, received, on
    claim.save(update_fields=["state", "received", "received_on"])
    # Who has the certificate in hand confirms the days the department wrote.
    if claim.certificate_no:
        facts.confirm_facts(actor=actor, firm_id=claim.enterprise_id, names=certificate_facts(claim.policy).values())
    text = _("The firm confirms that it came on %(day)s.") % {"day": on.isoformat()}
    following.come(claim.case_id, actor, text, again=again)
    audit.record(actor, "claim.received", claim)
    return claim


@transaction.atomic
def set_desk(*, actor: User, chain_id: int, policy: str, body_id: int) -> Desk:
    """The office says which body answers the claims of a policy from now on."""
    chain = Chain.objects.select_for_update().get(pk=chain_id)
    if not permissions.can_set_desk(actor, chain):
        raise PermissionDenied
    if policy not in library_shelf().policies:
        raise RuleBroken(_("There is no such policy."))
    body = Body.objects.filter(pk=body_id, chain=chain, kind=Body.Kind.DEPARTMENT).first()
    if body is None:
        raise RuleBroken(_("Choose a department of this chain."))
    desk, _new = Desk.objects.update_or_create(chain=chain, policy=policy, defaults={"body": body})
    audit.record(actor, "desk.set", desk, about=policy)
    return desk


def _answered(actor: User, claim_id: int) -> Claim:
    """The locked claim, for the department whose desk answers it; nobody else."""
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    if not permissions.can_answer_claim(actor, claim):
        raise PermissionDenied
    return claim
