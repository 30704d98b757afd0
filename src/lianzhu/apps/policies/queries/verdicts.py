"""Verdicts without values: the office's list firm by firm, and counts in bands for everybody else who may see them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import models

from lianzhu.apps.cases import clock
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Enterprise, Look, Membership, access_of
from lianzhu.apps.policies.models import Standing, Verdict, answered_by
from lianzhu.apps.policies.words import title_of
from lianzhu.engine.rules.shelf import library_shelf

PAGE = 25
# Counts are told in bands of this many: one firm more or less is not seen.
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
    """One policy: counts by standing, in bands of five."""

    policy: str
    title: str
    counts: list[str]


@dataclass(frozen=True)
class NearMiss:
    """One clause that alone keeps firms from a policy, and how many, in a band of five."""

    title: str
    clause: str
    article: str
    firms: str


def shown_policies() -> dict[str, str]:
    """Policies whose verdicts leave the firm: id -> title, by id."""
    on = clock.today()
    shelf = library_shelf()
    kept = (shelf.policies[one] for one in shelf.chosen((), on))
    return {policy.id: title_of(policy) for policy in kept if policy.kind not in HIDDEN_KINDS}


def verdict_page(user: User, *, policy: str, standing: str, changed: bool, after: str, size: int = PAGE) -> VerdictPage:
    """Verdicts of the newest packages, filtered by policy, standing, and whether it changed.

    By firm and policy, never by when a package was built: the order would tell whose file moved last.
    """
    rows = _shown_to(user)
    if policy:
        rows = rows.filter(policy=policy)
    if standing:
        rows = rows.filter(standing=standing)
    if changed:
        rows = rows.exclude(before="")
    firm, _dash, last = after.partition("-")
    if firm.isdigit():
        later = models.Q(package__enterprise__gt=int(firm))
        rows = rows.filter(later | models.Q(package__enterprise=int(firm), policy__gt=last))
    found = list(rows.select_related("package__enterprise").order_by("package__enterprise", "policy")[: size + 1])
    lines = _lines(found[:size])
    more = len(found) > size
    return VerdictPage(lines, f"{lines[-1].firm.pk}-{lines[-1].verdict.policy}" if more else "")


def verdicts_of(user: User, firm: Enterprise) -> list[VerdictLine]:
    """Every shown verdict of one firm's newest package."""
    rows = _shown_to(user).filter(package__enterprise=firm)
    return _lines(rows.select_related("package__enterprise").order_by("policy"))


def _shown_to(user: User) -> models.QuerySet[Verdict]:
    return Verdict.objects.visible_to(user).filter(
        package__latest=True,
        package__enterprise__state=Enterprise.State.ACTIVE,
        policy__in=shown_policies(),
        standing__in=SHOWN,
    )


def _lines(rows: Iterable[Verdict]) -> list[VerdictLine]:
    titles = shown_policies()
    return [VerdictLine(row, row.package.enterprise, titles[row.policy], clauses_of(row)) for row in rows]


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
    recent = clock.now() - timedelta(hours=1)
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


def banded(told: list[int]) -> list[str]:
    """Counts as bands of five, from below and from above.

    A small count is only said to be below five. A count that leaves fewer than five others is only said to be at least
    the whole less four: were it told that all firms of a chain stand alike, everybody would know of each.

    >>> banded([20, 3, 9]), banded([30, 0, 0])
    (['20–24', '0–4', '5–9'], ['26–30', '0–4', '0–4'])
    """
    whole = sum(told)
    return [_band(n, whole) for n in told]


def _band(n: int, whole: int) -> str:
    if n < SMALL:
        return f"0–{SMALL - 1}"
    if whole - n < SMALL:
        return f"{whole - SMALL + 1}–{whole}"
    first = n // SMALL * SMALL
    return f"{first}–{first + SMALL - 1}"


def near_misses(user: User) -> list[NearMiss]:
    """Per clause: how many firms fail nothing but it, in bands. What a policy's issuer wants to know."""
    titles = counted_policies(user)
    rows = _newest(user)
    whole = rows.values("package__enterprise").distinct().count()
    if whole < FEWEST:
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
            found.append(NearMiss(titles[policy], clause.text, clause.ref, _band(n, whole)))
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
