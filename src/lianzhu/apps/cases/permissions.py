"""May this person do this act on this case? No side effects. Whether the step fits is the machine's question."""

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.models import Case, HelperPart, Kind, tied_to_a_firm, works_for
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, Enterprise, Role, RoleAssignment, access_of
from lianzhu.apps.organisation.models import Body, held_on


def is_office(user: User, chain_id: int) -> bool:
    """Untied staff of the chain office."""
    return chain_id in access_of(user).office_chains


def can_see(user: User, case: Case) -> bool:
    """Whether `visible_to` holds for this case."""
    return Case.objects.visible_to(user).filter(pk=case.pk).exists()


def is_own(user: User, case: Case) -> bool:
    """The firm's people, and who opened a case that no firm stands behind."""
    if case.firm_id is not None:
        return case.firm_id in access_of(user).own_firms
    return case.opened_by_id == user.pk


def works_on(user: User, case: Case) -> bool:
    """Somebody of the body it is dispatched to, never of a body the complaint is about."""
    bodies = works_for(user)
    return case.body_id in bodies and case.about_body_id not in bodies


def leads(user: User, case: Case) -> bool:
    """The lead, as long as they still work for the body."""
    return case.lead_id == user.pk and works_on(user, case)


def helps(user: User, part: HelperPart) -> bool:
    """Somebody of the helper's body."""
    return part.current and part.body_id in works_for(user)


def can_open(user: User, chain: Chain, kind: Kind, firm: Enterprise | None) -> bool:
    """The office anything; a firm its own matters; everybody a complaint; departments and experts what they carry."""
    access = access_of(user)
    if is_office(user, chain.pk):
        return True
    if kind == Kind.COMPLAINT:
        return firm is None or firm.pk in access.own_firms
    if chain.pk not in access.chains or kind == Kind.COMMON:
        return False
    if firm is not None:
        return firm.pk in access.own_firms
    return kind in (Kind.FINDING, Kind.DECISION, Kind.STANDARD) and not tied_to_a_firm(user)


def can_steer(user: User, case: Case) -> bool:
    """Accept, refuse, dispatch, decide, merge, bundle, name the caller: the office. Never on one's own case."""
    return is_office(user, case.chain_id) and (case.kind != Kind.COMPLAINT or case.opened_by_id != user.pk)


def can_take(user: User, case: Case) -> bool:
    """Sign for it or return it: the body it was dispatched to."""
    return works_on(user, case)


def can_hand_on(user: User, case: Case) -> bool:
    """The office, the lead, and colleagues of the same body."""
    return can_steer(user, case) or works_on(user, case)


def can_review(user: User, case: Case) -> bool:
    """The office; the machine refuses the lead."""
    return can_steer(user, case)


def can_call_back(user: User, case: Case) -> bool:
    """Who was named, the office, and the firm for itself; the machine refuses the lead."""
    named = case.caller_id == user.pk and not tied_to_a_firm(user)
    return named or can_steer(user, case) or (case.firm_id is not None and is_own(user, case))


def can_reopen(user: User, case: Case) -> bool:
    """The firm whose case it is, and the office on its word."""
    return is_own(user, case) or can_steer(user, case)


def can_withdraw(user: User, case: Case) -> bool:
    """Only whose case it is; the office does it on a phone call and writes down who asked."""
    return is_own(user, case) or can_steer(user, case)


def can_note(user: User, case: Case) -> bool:
    """Everybody who may see the case adds to it."""
    return can_see(user, case)


def can_seal(user: User, case: Case) -> bool:
    """A sealed note comes from the firm, or from who opened a case without one."""
    return is_own(user, case)


def can_receive_sealed(officer: User, case: Case) -> bool:
    """One officer of the chain who is tied to no firm."""
    today = clock.today()
    held = RoleAssignment.objects.filter(
        held_on(today), user=officer, chain=case.chain_id, role__in=[Role.OFFICE, Role.DEPARTMENT, Role.TEAM]
    )
    return officer.is_active and held.exists() and not tied_to_a_firm(officer)


def sees_firm_name(user: User, case: Case) -> bool:
    """A hidden name is for the office and the firm itself; everybody else who sees the case sees a mask."""
    return not case.hide_firm_name or is_own(user, case) or is_office(user, case.chain_id)


def can_set_rules(user: User, chain: Chain) -> bool:
    """Limits, assignment, calendar, answers, channels: the chain office."""
    return is_office(user, chain.pk)


def can_dispatch_to(case: Case, body: Body) -> bool:
    """Not to a body the complaint is about."""
    return body.chain_id == case.chain_id and case.about_body_id != body.pk


def sees_metrics(user: User, chain: Chain) -> bool:
    """Counts of the chain: everybody with a role in it but firms' people without a seat; lists stay `visible_to`."""
    access = access_of(user)
    return chain.pk in access.chains and bool(access.roles - {Role.FIRM, Role.EXPERT})
