"""How work enters the pool: open_case for every room, a firm's difficulty, a phone call, a complaint, "me too"."""

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from lianzhu.apps.cases import clock, machine, permissions
from lianzhu.apps.cases.actions import log
from lianzhu.apps.cases.actions.telling import tell
from lianzhu.apps.cases.models import Case, CaseFile, CaseNumber, Category, Kind, Message
from lianzhu.apps.cases.queries import people
from lianzhu.apps.cases.queries.days import limits_in_force, limits_table
from lianzhu.apps.core import files
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.actions.accounts import system_user
from lianzhu.apps.enterprises.models import Chain, Enterprise
from lianzhu.apps.findings.models import Finding
from lianzhu.apps.organisation.models import Body

# Complaints without an account, all together, in one hour.
MOST_UNSIGNED = 30
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@transaction.atomic
def open_case(
    *,
    actor: User,
    chain: Chain,
    kind: Kind,
    title: str,
    text: str = "",
    firm: Enterprise | None = None,
    finding: Finding | None = None,
    owner: Body | None = None,
    limit: str = "",
    category: Category = Category.OTHER,
    node: str = "",
    area: str = "",
    hide_firm_name: bool = False,
    contact: str = "",
) -> Case:
    """Open a case of any kind; the door of every later room.

    `owner`: the body that will do it. When the office itself names it, the case is accepted and dispatched at once, and
    `limit` (such as 10wd) is its limit for the solution; from anybody else it is a suggestion the dispatcher sees.
    """
    if not permissions.can_open(actor, chain, kind, firm):
        raise PermissionDenied
    case = _new(
        chain=chain,
        kind=kind,
        title=title,
        firm=firm,
        finding=finding,
        opened_by=actor,
        category=category,
        node=node,
        area=area,
        hide_firm_name=hide_firm_name and firm is not None,
        contact=contact,
    )
    submit(case, actor, text, suggested=owner.pk if owner else None)
    if owner is not None and permissions.can_steer(actor, case):
        log.write(case, machine.Kind.ACCEPTED, by=actor, handling=machine.Handling.DAILY.value)
        dispatch_now(case, actor, owner, limit=limit)
    else:
        tell(people.office_of(chain, clock.today()), case, Message.Why.NEW, besides=actor)
    log.remember(case)
    return case


@transaction.atomic
def raise_difficulty(
    *,
    actor: User,
    chain: Chain,
    firm: Enterprise,
    title: str,
    text: str,
    category: Category,
    hide_firm_name: bool = False,
    upload: UploadedFile | None = None,
) -> Case:
    """A firm raises an urgent difficulty; a paper only where it helps to decide."""
    case = open_case(
        actor=actor,
        chain=chain,
        kind=Kind.DIFFICULTY,
        title=title,
        text=text,
        firm=firm,
        category=category,
        hide_firm_name=hide_firm_name,
    )
    if upload is not None:
        attach(case, actor, upload)
    return case


@transaction.atomic
def save_draft(
    *, actor: User, chain: Chain, firm: Enterprise, title: str, text: str, category: Category, hide_firm_name: bool
) -> Case:
    """Keep a difficulty for later; nobody else sees it, no clock runs."""
    if not permissions.can_open(actor, chain, Kind.DIFFICULTY, firm):
        raise PermissionDenied
    case = _new(
        chain=chain,
        kind=Kind.DIFFICULTY,
        title=title,
        firm=firm,
        opened_by=actor,
        category=category,
        hide_firm_name=hide_firm_name,
    )
    log.write(case, machine.Kind.DRAFTED, by=actor, text=text, firm=True)
    return case


@transaction.atomic
def send_draft(*, actor: User, case_id: int, title: str, text: str) -> Case:
    """Send what was kept; from now on the office sees it and the acceptance clock runs."""
    case = log.lock(case_id)
    if case.opened_by_id != actor.pk:
        raise PermissionDenied
    case.title = title
    submit(case, actor, text)
    tell(people.office_of(case.chain, clock.today()), case, Message.Why.NEW, besides=actor)
    log.remember(case)
    return case


@transaction.atomic
def log_call(
    *,
    actor: User,
    chain: Chain,
    title: str,
    text: str,
    firm: Enterprise | None,
    contact: str = "",
    category: Category = Category.OTHER,
    hide_firm_name: bool = False,
    accept: bool = True,
    body: Body | None = None,
) -> Case:
    """Write down a phone call, and accept and dispatch it on the same screen when the officer knows who it is for."""
    if not permissions.is_office(actor, chain.pk):
        raise PermissionDenied
    case = _new(
        chain=chain,
        kind=Kind.DIFFICULTY,
        title=title,
        firm=firm,
        opened_by=actor,
        category=category,
        by_phone=True,
        contact=contact,
        hide_firm_name=hide_firm_name and firm is not None,
    )
    submit(case, actor, text)
    if accept or body is not None:
        log.write(case, machine.Kind.ACCEPTED, by=actor, handling=machine.Handling.DAILY.value)
    if body is not None:
        dispatch_now(case, actor, body)
    log.remember(case)
    return case


@transaction.atomic
def complain(
    *, actor: User | None, chain: Chain, title: str, text: str, contact: str = "", about: Body | None = None
) -> tuple[Case, str]:
    """Take a complaint or suggestion, with an account or without; returns the case and the code to follow it with.

    Its own rule: the body it is about neither sees it nor gets it, and who wrote it never decides on it.
    """
    by = actor or system_user()
    if actor is not None and not permissions.can_open(actor, chain, Kind.COMPLAINT, None):
        raise PermissionDenied
    hour_ago = clock.now() - timedelta(hours=1)
    unsigned = Case.objects.filter(chain=chain, kind=Kind.COMPLAINT, opened_by=by, opened_at__gte=hour_ago)
    if actor is None and unsigned.count() >= MOST_UNSIGNED:
        raise RuleBroken(_("Too many complaints without an account came in this hour. Try again later, or call us."))
    code = "-".join("".join(secrets.choice(ALPHABET) for _n in range(4)) for _group in range(3))
    case = _new(
        chain=chain,
        kind=Kind.COMPLAINT,
        title=title,
        opened_by=by,
        contact=contact,
        about_body=about,
        receipt=receipt_of(code),
    )
    submit(case, by, text)
    tell(people.office_of(chain, clock.today()), case, Message.Why.NEW, besides=by)
    log.remember(case)
    return case, code


def receipt_of(code: str) -> str:
    """Digest of a code without regard to case, spaces and dashes.

    >>> receipt_of("abcd-EFGH 2345") == receipt_of("ABCDEFGH2345")
    True
    """
    return hashlib.sha256("".join(filter(str.isalnum, code)).upper().encode()).hexdigest()


@transaction.atomic
def join_common_cause(*, actor: User, cause_id: int, firm: Enterprise, text: str) -> Case:
    """ "Me too": a firm joins a published common cause; its own case is opened inside it instead of a double."""
    cause = log.lock(cause_id)
    if not permissions.can_open(actor, cause.chain, Kind.DIFFICULTY, firm):
        raise PermissionDenied
    if cause.kind != Kind.COMMON or not cause.published or not cause.is_open:
        raise RuleBroken(_("This common cause takes nobody in any more. Raise the matter for yourself."))
    if Case.objects.filter(into=cause, firm=firm).exists():
        raise RuleBroken(_("Your firm is in this common cause already."))
    case = _new(
        chain=cause.chain,
        kind=Kind.DIFFICULTY,
        title=cause.title,
        firm=firm,
        opened_by=actor,
        category=Category(cause.category),
    )
    submit(case, actor, text)
    clerk = system_user()
    log.write(case, machine.Kind.ACCEPTED, by=clerk, handling=machine.Handling.HARD.value)
    case.into = cause
    log.write(case, machine.Kind.BUNDLED, by=clerk, into=cause.pk, limits=limits_of(case))
    log.remember(case)
    return case


def attach(case: Case, actor: User, upload: UploadedFile) -> CaseFile:
    """Keep a paper with the case; its size and type are limited by `core.files`."""
    stored = files.store(upload, actor=actor, allowed=files.PAPERS)
    event = log.write(case, machine.Kind.NOTED, by=actor, file=stored.pk)
    return CaseFile.objects.create(case=case, event=event, file=stored)


def dispatch_now(case: Case, actor: User, body: Body, *, limit: str = "", text: str = "") -> None:
    """Dispatch a locked case and tell the people of the body. Shared by every way in and by the office."""
    if not permissions.can_dispatch_to(case, body):
        raise RuleBroken(_("A complaint is not given to the body it is about."))
    today = clock.today()
    workers = people.workers_of(body, today)
    if not workers:
        raise RuleBroken(_("%(body)s has nobody with an account today. Choose another body.") % {"body": body})
    log.write(
        case, machine.Kind.DISPATCHED, by=actor, body_id=body.pk, text=text, limits=limits_of(case, solution=limit)
    )
    away = people.absent(workers, today)
    tell([user for user in workers if user.pk not in away] or workers, case, Message.Why.NEW, besides=actor)


def limits_of(case: Case, *, solution: str = "") -> dict[str, str]:
    """Limits in force today for this case."""
    return dict(limits_table(limits_in_force(case.chain, case.kind, case.category, clock.today()), solution=solution))


def submit(case: Case, actor: User, text: str, *, suggested: int | None = None) -> None:
    """The case enters: the acceptance clock runs."""
    log.write(
        case,
        machine.Kind.SUBMITTED,
        by=actor,
        text=text,
        firm=case.firm_id is not None,
        limits=limits_of(case),
        suggested=suggested,
    )


def _new(*, chain: Chain, kind: Kind, title: str, **fields: object) -> Case:
    """Make the row with the next number of its kind."""
    CaseNumber.objects.get_or_create(chain=chain, kind=kind)
    counter = CaseNumber.objects.select_for_update().get(chain=chain, kind=kind)
    counter.last += 1
    counter.save(update_fields=["last"])
    now = clock.now()
    return Case.objects.create(
        chain=chain,
        kind=kind,
        number=f"{Case.PREFIX[kind]}-{counter.last:04d}",
        title=title.strip(),
        state=machine.State.DRAFT.value,
        opened_at=now,
        last_at=now,
        **fields,
    )
