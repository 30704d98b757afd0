"""Verdicts without values: the office's list firm by firm, and counts in bands for everybody else who may see them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.utils import timezone

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Enterprise, Look, Membership, access_of
from lianzhu.apps.policies.models import Standing, Verdict, answered_by
from lianzhu.apps.policies.words import title_of
from lianzhu.engine.rules.shelf import library_shelf

PAGE = 25
# A count below this is only said to be below it.
SMALL = 5
# Of fewer firms even counts in bands would tell who stands where.
FEWEST = 10
# A size class says nothing but how large a firm is: it is the firm's own, not the office's.
HIDDEN_KINDS = ("classification",)
SHOWN = (Standing.QUALIFIES, Standing.READY, Standing.ONE_STEP, Standing.UNKNOWN, Standing.FAILS)


@dataclass(frozen=True)
class VerdictLine:
    """One policy of one firm as the office sees it: a word, and the clauses not met, never a figure."""

    verdict: Verdict
    firm: Enterprise
    title: str
    lacks: list[str]


@dataclass(frozen=True)
class VerdictPage:
    """A page by key; `after` is the key of the next page, '' at the end."""

    lines: list[VerdictLine]
    after: str


@dataclass(frozen=True)
class CountLine:
    """One policy: counts by standing; None stands for a count that is too small to be told."""

    policy: str
    title: str
    counts: list[int | None]


@dataclass(frozen=True)
class NearMiss:
    """One clause that alone keeps firms from a policy; None: fewer than five firms."""

    title: str
    clause: str
    article: str
    firms: int | None


def shown_policies() -> dict[str, str]:
    """Policies whose verdicts leave the firm: id -> title, by id."""
    on = timezone.localdate()
    shelf = library_shelf()
    kept = (shelf.policies[one] for one in shelf.chosen((), on))
    return {policy.id: title_of(policy) for policy in kept if policy.kind not in HIDDEN_KINDS}


def verdict_page(user: User, *, policy: str, standing: str, changed: bool, after: str, size: int = PAGE) -> VerdictPage:
    """Verdicts of the newest packages, by firm; filtered by policy, standing, and whether it changed."""
    titles = shown_policies()
    rows = Verdict.objects.visible_to(user).filter(
        package__latest=True, package__enterprise__state=Enterprise.State.ACTIVE, policy__in=titles
    )
    if policy:
        rows = rows.filter(policy=policy)
    if standing:
        rows = rows.filter(standing=standing)
    if changed:
        rows = rows.exclude(before="")
    if after.isdigit():
        rows = rows.filter(pk__gt=int(after))
    found = list(rows.select_related("package__enterprise").order_by("pk")[: size + 1])
    page = found[:size]
    lines = [VerdictLine(row, row.package.enterprise, titles[row.policy], clauses_of(row)) for row in page]
    return VerdictPage(lines, str(page[-1].pk) if len(found) > size else "")


def clauses_of(row: Verdict) -> list[str]:
    """The clauses not met, as the document words them; nothing where the policy is not failed."""
    if row.standing not in (Standing.FAILS, Standing.ONE_STEP):
        return []
    policy = library_shelf().policies[row.policy]
    version = next((one for one in policy.versions if one.name == row.version), None)
    if version is None:
        return []
    return [version.clauses[number].text for number in row.unmet if number < len(version.clauses)]


def not_noted(user: User, firms: Iterable[Enterprise], purpose: str) -> list[Enterprise]:
    """Firms whose look by this person for this purpose was not kept in the last hour; one query."""
    wanted = {firm.pk: firm for firm in firms}
    recent = timezone.now() - timedelta(hours=1)
    seen = Look.objects.filter(user=user, enterprise__in=wanted, purpose=purpose, at__gte=recent)
    return [wanted[pk] for pk in wanted.keys() - set(seen.values_list("enterprise", flat=True))]


def counted_policies(user: User) -> dict[str, str]:
    """Policies whose counts the person may see: a department those of its desks, everybody else all of them."""
    titles = shown_policies()
    access = access_of(user)
    if access.office_chains | access.statistician_chains or "committee" in access.roles:
        return titles
    own = set(answered_by(user).values_list("policy", flat=True))
    return {policy: title for policy, title in titles.items() if policy in own}


def counts(user: User) -> list[CountLine]:
    """Firms by policy and standing, in bands; nothing at all for a chain too small for counts."""
    titles = counted_policies(user)
    rows = _newest(user)
    if rows.values("package__enterprise").distinct().count() < FEWEST:
        return []
    found: dict[str, dict[str, int]] = {}
    for policy, standing, n in rows.values_list("policy", "standing").annotate(n=models.Count("pk")):
        found.setdefault(policy, {})[standing] = n
    return [
        CountLine(policy, titles[policy], banded([told.get(standing, 0) for standing in SHOWN]))
        for policy, told in sorted(found.items())
        if policy in titles
    ]


def banded(told: list[int]) -> list[int | None]:
    """Hide counts below five; a lone hidden one would follow from the whole, so the next smallest hides with it.

    >>> banded([20, 3, 9]), banded([20, 3, 2])
    ([20, None, None], [20, None, None])
    """
    hidden = {place for place, n in enumerate(told) if n < SMALL}
    if len(hidden) == 1 and len(told) > 1:
        hidden.add(min((place for place in range(len(told)) if place not in hidden), key=told.__getitem__))
    return [None if place in hidden else n for place, n in enumerate(told)]


def near_misses(user: User) -> list[NearMiss]:
    """Per clause: how many firms fail nothing but it, in bands. What a policy's issuer wants to know."""
    titles = counted_policies(user)
    rows = _newest(user)
    if rows.values("package__enterprise").distinct().count() < FEWEST:
        return []
    alone: Counter[tuple[str, str, int]] = Counter()
    for policy, version, unmet in rows.filter(standing=Standing.ONE_STEP).values_list("policy", "version", "unmet"):
        if len(unmet) == 1 and policy in titles:
            alone[policy, version, unmet[0]] += 1
    shelf = library_shelf()
    found = []
    for (policy, version, number), n in sorted(alone.items()):
        known = next((one for one in shelf.policies[policy].versions if one.name == version), None)
        if known is not None and number < len(known.clauses):
            clause = known.clauses[number]
            found.append(NearMiss(titles[policy], clause.text, clause.ref, n if n >= SMALL else None))
    return found


def one_step_policies(user: User) -> Mapping[str, int]:
    """Policies with firms one step away: id -> how many, for the office's links."""
    rows = Verdict.objects.visible_to(user).filter(package__latest=True, standing=Standing.ONE_STEP)
    return dict(rows.values_list("policy").annotate(n=models.Count("pk")))


def _newest(user: User) -> models.QuerySet[Verdict]:
    """Newest verdicts of the person's chains, for counting only: no row of it leaves this module."""
    here = Membership.objects.filter(chain__in=access_of(user).chains).values("enterprise")
    return Verdict.objects.filter(
        package__latest=True, package__enterprise__in=here, package__enterprise__state=Enterprise.State.ACTIVE
    )
