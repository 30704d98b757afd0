"""Metrics that cannot flatter: each with its numerator, n, period and what its denominator holds; none under n = 10.

No closure rate, no ranking of people or firms. A silent firm's case stays in every denominator as unconfirmed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.models import Case, Category
from lianzhu.apps.enterprises.models import Chain

FEWEST = 10
AGAIN = timedelta(days=90)
DAY = timedelta(days=1)
# Answered and ended: what the firm said of it, or its silence.
ENDED = Q(outcome__in=["solved", "solved_elsewhere", "explained", "unconfirmed"])
LEFT_OUT = Q(outcome__in=["refused", "withdrawn", "merged"])


@dataclass(frozen=True)
class Metric:
    """What is counted, out of what, and the policy of the denominator in words."""

    label: Promise
    counted: Q
    out_of: Q
    policy: Promise


ALL_ENDED = _("all answered cases of firms closed in the period; the unconfirmed stay in")
METRICS: Mapping[str, Metric] = {
    "solved": Metric(_("Solved, as the firm itself confirmed"), Q(outcome="solved"), ENDED, ALL_ENDED),
    "explained": Metric(_("Explained: not solvable, explanation accepted"), Q(outcome="explained"), ENDED, ALL_ENDED),
    "elsewhere": Metric(_("Solved by the firm itself or by others"), Q(outcome="solved_elsewhere"), ENDED, ALL_ENDED),
    "unconfirmed": Metric(
        _("Unconfirmed: the firm was silent after two calls"), Q(outcome="unconfirmed"), ENDED, ALL_ENDED
    ),
    "reopened": Metric(_("Reopened at least once"), Q(round__gt=1), ENDED, ALL_ENDED),
    "again": Metric(
        _("Came again within 90 days"),
        Q(again=True),
        ENDED & Q(ripe=True),
        _("as above, but only cases closed at least 90 days ago; the same firm and category counts as again"),
    ),
    "signed": Metric(
        _("Signed for in time"),
        Q(signed_in_time=True),
        ENDED & Q(signed_in_time__isnull=False),
        _("cases of firms closed in the period that were signed for; once late is late"),
    ),
    "first": Metric(
        _("First answer in time"),
        Q(first_in_time=True),
        ENDED & Q(first_in_time__isnull=False),
        _("cases of firms closed in the period, pauses left out; once late is late"),
    ),
    "solution": Metric(
        _("Answered in time"),
        Q(solved_in_time=True),
        ENDED & Q(solved_in_time__isnull=False),
        _("cases of firms closed in the period, pauses left out; once late is late"),
    ),
    "returned": Metric(_("Returned to the dispatcher at least once"), Q(returns__gt=0), ENDED, ALL_ENDED),
}


@dataclass(frozen=True)
class Figure:
    """One metric over a period. `share` in percent; None when n is under ten."""

    key: str
    label: str
    policy: str
    counted: int | None
    n: int | None
    share: int | None


@dataclass(frozen=True)
class Slice:
    """One category or cause; numbers are None under n = 10."""

    label: str
    key: str
    n: int | None
    solved: int | None
    share: int | None


@dataclass(frozen=True)
class Numbers:
    """Everything on the metrics page; the period's first and last day are both in it."""

    since: date
    until: date
    figures: list[Figure]
    categories: list[Slice]
    causes: list[Slice]
    entered: int | None
    left_out: int | None

    @property
    def few_in(self) -> str:
        """Categories that closed a case but under ten, by name only."""
        return "、".join(one.label for one in self.categories if one.n is None)


def closed_in(cases: QuerySet[Case], since: date, until: date) -> QuerySet[Case]:
    """Cases of firms closed in a period, with whether the same came again and whether that can be known yet."""
    near = Case.objects.annotate(near=ExpressionWrapper(F("opened_at") - AGAIN, output_field=DateTimeField()))
    later = near.filter(
        firm=OuterRef("firm"),
        category=OuterRef("category"),
        opened_at__gt=OuterRef("closed_at"),
        near__lte=OuterRef("closed_at"),
    ).exclude(pk=OuterRef("pk"))
    ended = cases.filter(
        firm__isnull=False, closed_at__gte=clock.starts(since), closed_at__lt=clock.starts(until + DAY)
    )
    ripe = Q(closed_at__lte=clock.now() - AGAIN)
    return ended.annotate(again=Exists(later), ripe=ripe)


def list_of(cases: QuerySet[Case], key: str, since: date, until: date) -> QuerySet[Case]:
    """The cases behind a number."""
    metric = METRICS[key]
    return closed_in(cases, since, until).filter(metric.out_of, metric.counted)


def _few(n: int) -> int | None:
    return n if n >= FEWEST else None


def _share(counted: int, n: int) -> int | None:
    return round(100 * counted / n) if n >= FEWEST else None


def numbers_of(chain: Chain, since: date, until: date) -> Numbers:
    """All metrics of a chain over a period; six queries."""
    cases = closed_in(Case.objects.filter(chain=chain), since, until)
    told = {f"{key}_n": Count("pk", filter=metric.out_of) for key, metric in METRICS.items()}
    # Aliases of their own: an aggregate called `again` would hide the column of that name.
    told |= {f"{key}_hit": Count("pk", filter=metric.out_of & metric.counted) for key, metric in METRICS.items()}
    counts = cases.aggregate(left_out_n=Count("pk", filter=LEFT_OUT), **told)
    figures = [
        Figure(
            key=key,
            label=str(metric.label),
            policy=str(metric.policy),
            counted=counts[f"{key}_hit"] if counts[f"{key}_n"] >= FEWEST else None,
            n=_few(counts[f"{key}_n"]),
            share=_share(counts[f"{key}_hit"], counts[f"{key}_n"]),
        )
        for key, metric in METRICS.items()
    ]
    entered = Case.objects.filter(
        chain=chain, opened_at__gte=clock.starts(since), opened_at__lt=clock.starts(until + DAY)
    )
    names = dict(Category.choices)
    return Numbers(
        since,
        until,
        figures,
        _slices(cases, "category", {key: str(label) for key, label in names.items()}),
        _slices(cases.exclude(cause=""), "cause", {}),
        _few(entered.exclude(state="draft").count()),
        _few(counts["left_out_n"]),
    )


def _slices(cases: QuerySet[Case], field: str, names: Mapping[str, str]) -> list[Slice]:
    """By category or cause, in the order of names: no ranking."""
    rows = (
        cases.filter(ENDED).values(key=F(field)).annotate(n=Count("pk"), solved=Count("pk", filter=Q(outcome="solved")))
    )
    slices = [
        Slice(
            names.get(row["key"], row["key"]),
            row["key"],
            _few(row["n"]),
            row["solved"] if row["n"] >= FEWEST else None,
            _share(row["solved"], row["n"]),
        )
        for row in rows.order_by()
    ]
    order = list(names)
    return sorted(slices, key=lambda one: (order.index(one.key) if one.key in order else len(order), one.label))


def a_month(of: date) -> tuple[date, date]:
    """First and last day of the month before `of`.

    >>> a_month(date(2026, 3, 5))
    (datetime.date(2026, 2, 1), datetime.date(2026, 2, 28))
    """
    last = of.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last
