"""Packages: built for one firm or many, and rebuilt as soon as a firm answers a question."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lianzhu.apps.cases import clock
from lianzhu.apps.core import audit
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.actions.facts import state_fact
from lianzhu.apps.enterprises.models import Chain, Enterprise, FactValue
from lianzhu.apps.policies import permissions
from lianzhu.apps.policies.models import Package, Standing, Verdict
from lianzhu.apps.policies.queries.reading import a_month_before, facts_of, standing_of
from lianzhu.engine.rules.shelf import evaluate, library_shelf

FAILED = (Standing.FAILS, Standing.ONE_STEP)


@transaction.atomic
def build_package(*, actor: User, firm_id: int) -> Package:
    """Build today's package of one firm from the values that hold, in place of an earlier one of today."""
    firm = Enterprise.objects.select_for_update().get(pk=firm_id)
    if not permissions.can_build(actor, firm):
        raise PermissionDenied
    package = _build(firm, clock.today())
    audit.record(actor, "package.built", package, about=firm.pk)
    return package


@transaction.atomic
def build_packages(*, actor: User, chain_id: int, firm_ids: Sequence[int]) -> int:
    """Build today's packages of a block of firms of a chain; returns how many. Safe to run twice."""
    chain = Chain.objects.get(pk=chain_id)
    if not permissions.can_build_all(actor, chain):
        raise PermissionDenied
    firms = Enterprise.objects.select_for_update().filter(pk__in=firm_ids, chains=chain).order_by("pk")
    count = 0
    for firm in firms:
        _build(firm, clock.today())
        count += 1
    audit.record(actor, "packages.built", chain, about=count)
    return count


@transaction.atomic
def answer_question(*, actor: User, firm_id: int, name: str, period: str, text: str) -> FactValue:
    """Store a firm's answer as a sourced value of its file and rebuild its package."""
    stated = state_fact(
        actor=actor,
        firm_id=firm_id,
        name=name,
        period=period,
        text=text,
        source=_("Answered by the firm"),
        as_of=clock.today(),
    )
    build_package(actor=actor, firm_id=firm_id)
    return stated


def _build(firm: Enterprise, on: date) -> Package:
    """The rows of a locked firm. No value is kept: how it stands, the clauses not met, and why that is different."""
    previous = compared_with(firm, on)
    before = {row.policy: row for row in previous.verdicts.all()} if previous else {}
    rows = list(FactValue.objects.current().filter(enterprise=firm))
    known = facts_of(rows, on)
    Package.objects.filter(enterprise=firm, on=on).delete()
    Package.objects.filter(enterprise=firm, latest=True).update(latest=False)
    package = Package.objects.create(enterprise=firm, on=on, built_at=clock.now())
    shelf = library_shelf()
    verdicts = []
    for policy in shelf.chosen((), on):
        answer = evaluate(shelf, policy, known.values, on, advice=False)
        standing = standing_of(answer)
        row = Verdict(package=package, policy=policy, version=answer.version or "", standing=standing)
        if standing in FAILED:
            row.unmet = [number for number, said in enumerate(answer.clauses) if said.met is False]
        old = before.get(policy)
        if previous is not None and old is not None and old.standing != standing:
            row.before, row.why = old.standing, _why(row, old, rows, previous.on)
        verdicts.append(row)
    Verdict.objects.bulk_create(verdicts)
    return package


def compared_with(firm: Enterprise, on: date) -> Package | None:
    """The package of a month before; for a younger firm the first one there is."""
    earlier = Package.objects.filter(enterprise=firm, on__lt=on)
    return earlier.filter(on__lte=a_month_before(on)).order_by("-on").first() or earlier.order_by("on").first()


def _why(row: Verdict, old: Verdict, rows: Sequence[FactValue], then: date) -> Verdict.Why:
    """A new version; else, if today's values would have given the old answer on the old day, the date; else a value."""
    if old.version != row.version:
        return Verdict.Why.VERSION
    answer = evaluate(library_shelf(), row.policy, facts_of(rows, then).values, then, advice=False)
    return Verdict.Why.DATE if standing_of(answer) == old.standing else Verdict.Why.FACT
