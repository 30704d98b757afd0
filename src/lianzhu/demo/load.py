"""Builds the fictional town through the product's own acts: the same import, review and accounts a real town uses."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from lianzhu.apps.activities.models import Activity
from lianzhu.apps.cases.models import Case
from lianzhu.apps.core import files, jobs
from lianzhu.apps.core.models import Job, User
from lianzhu.apps.enterprises import jobs as import_jobs
from lianzhu.apps.enterprises.actions import accounts, imports
from lianzhu.apps.enterprises.models import Chain, Enterprise, ImportBatch, Role, RoleAssignment
from lianzhu.apps.enterprises.permissions import needs_second_factor
from lianzhu.apps.findings.roster import look_over
from lianzhu.demo.names import TOWN
from lianzhu.demo.pages import Answer, Workbook
from lianzhu.demo.records import Person, Town
from lianzhu.demo.story.board import fill_board
from lianzhu.demo.story.tracks import take_up_tracks
from lianzhu.demo.story.year import tell_year
from lianzhu.demo.town import town as invent
from lianzhu.demo.workbooks import write_workbooks

CHAIN = "高压电气产业链"
# Published on purpose: a demo answers on loopback only and holds nothing real.
PASSWORD = "-".join(("lianzhu", "demo", "2026"))
KEY = "6c69616e7a68752d64656d6f2d6b6579000000"
WORKS = {import_jobs.READ: import_jobs.read_batch, import_jobs.APPLY: import_jobs.apply_batch}

Say = Callable[[str], None]


def build(say: Say) -> Chain:
    """Build the whole town; every step goes through an action of the product."""
    invented = invent()
    chain = accounts.found_town(town=TOWN, chain=CHAIN, code="demo", fictional=True)
    accounts.make_first_administrator(
        chain=chain, username="administrator", name=_of(invented, "administrator").name, password=PASSWORD
    )
    people = [person for person in invented.people if person.role and not person.firm]
    for person in people:
        _account(person, chain, None)
    with tempfile.TemporaryDirectory() as folder:
        for workbook in write_workbooks(invented, Path(folder)):
            batch = bring_in(workbook, chain)
            say(
                f"{workbook.path.name}: {batch.rows_new} new, {batch.rows_changed} changed, {batch.rows_unchanged} "
                f"unchanged, {batch.rows_refused} refused, {batch.rows_review} to review"
            )
    for person in invented.people:
        if person.role and person.firm:
            _account(person, chain, Enterprise.objects.get(name=person.firm, state=Enterprise.State.ACTIVE))
    found = look_over(actor=accounts.system_user(), chain=chain, on=timezone.localdate())
    say(f"findings about the files: {sum(record.new for record in found.values())}")
    tell_year(chain, invented, timezone.now())
    say(f"a year of work: {Case.objects.count()} cases, {Activity.objects.count()} meetings and lectures")
    say(f"new tracks: {take_up_tracks(chain)}")
    say(f"findings about the chain: {fill_board(chain, timezone.localdate())}")
    return chain


def accounts_to_print() -> list[tuple[User, str]]:
    """One person per role, and a second firm: (account, role), as they stand in the database."""
    chosen: dict[str, tuple[User, str]] = {}
    held = RoleAssignment.objects.filter(until__isnull=True, user__is_active=True).select_related("user")
    for assignment in held.order_by("pk"):
        chosen.setdefault(assignment.role, (assignment.user, assignment.role))
    second = [(one.user, one.role) for one in held if one.user.username == "firm2"]
    return [*(chosen[role] for role in Role if role in chosen), *second]


def bring_in(workbook: Workbook, chain: Chain) -> ImportBatch:
    """One workbook through upload, reading, review and apply, by the person whose work it is."""
    actor = User.objects.get(username="statistician" if workbook.confidential else "office")
    stored = files.store_path(workbook.path, actor=actor)
    batch = imports.hand_in(
        actor=actor, chain_id=chain.pk, file_id=stored.pk, source=workbook.source, as_of=workbook.as_of
    )
    _work(actor, import_jobs.READ, batch)
    batch.refresh_from_db()
    answers = _answers(workbook.answers, batch)
    if answers:
        imports.decide_rows(actor=actor, batch_id=batch.pk, answers=answers)
        _work(actor, import_jobs.READ, batch)
    imports.ask_to_apply(actor=actor, batch_id=batch.pk)
    _work(actor, import_jobs.APPLY, batch)
    batch.refresh_from_db()
    return batch


def _work(actor: User, kind: str, batch: ImportBatch) -> None:
    job = jobs.ask(actor=actor, kind=kind, argument=batch.pk)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
    jobs.run(job, WORKS)
    if job.error:
        raise RuntimeError(f"{batch}: {job.error}")


def _answers(answers: tuple[Answer, ...], batch: ImportBatch) -> dict[str, str]:
    """What a clerk would answer where a firm is not written by its full name."""
    tables = {table["sheet"]: (number, table["kind"]) for number, table in enumerate(batch.report["tables"])}
    ids = {name: str(pk) for pk, name in batch.chain.firms.values_list("pk", "name")}
    said = {}
    for answer in answers:
        if answer.sheet not in tables:
            continue
        number, kind = tables[answer.sheet]
        key = f"{number}:{answer.row}"
        if kind != ImportBatch.Kind.ENTERPRISES:
            key += f":{answer.party}"
        if not answer.firm:
            said[key] = "new"
        elif answer.firm in ids:
            said[key] = ids[answer.firm]
    return said


def _of(invented: Town, login: str) -> Person:
    return next(person for person in invented.people if person.login == login)


def _account(person: Person, chain: Chain, firm: Enterprise | None) -> User:
    """Invite, accept, and for roles that need one set up a second factor whose codes the demo can print."""
    administrator = User.objects.get(username="administrator")
    if person.login == "administrator":
        user = administrator
    else:
        _invitation, code = accounts.invite(
            actor=administrator, name=person.name, role=Role(person.role), chain=chain, enterprise=firm
        )
        user = accounts.accept_invitation(code=code, username=person.login, password=PASSWORD, language="zh-hans")
    if needs_second_factor(user):
        TOTPDevice.objects.create(user=user, name="demo", key=f"{KEY}{user.pk % 100:02d}", confirmed=True)
    return user
