"""Figures that matter, each with unit, period and source, each a link to its list."""

from collections.abc import Callable
from datetime import timedelta

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from lianzhu.apps.cases.queries.waiting import figure_for
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import AccessGrant, FactValue, Look, Product, RecordState, access_of
from lianzhu.apps.enterprises.queries import lists
from lianzhu.apps.portal.addresses import address_of
from lianzhu.apps.portal.home.rows import Figure
from lianzhu.apps.portal.templatetags.dates import day
from lianzhu.library.chain import nodes


def chain_figures(user: User) -> list[Figure]:
    """For everybody but firms: how many firms, how many files the firms confirmed, nodes with a single maker."""
    access = access_of(user)
    if access.own_firms or not access.chains:
        return []
    today = timezone.localdate()
    firms = lists.firms_of(user)
    count, more = lists.count_up_to(firms)
    year_ago = timezone.now() - timedelta(365)
    confirmed, _more = lists.count_up_to(firms.filter(confirmed_at__gt=year_ago))
    # Firms under one controller count as one maker.
    made = Product.objects.filter(state=RecordState.CURRENT, enterprise__in=firms, node__in=list(nodes()))
    makers = made.values("node").annotate(
        n=Count(Coalesce("enterprise__controller_id", -1 * F("enterprise_id")), distinct=True)
    )
    by_node = {row["node"]: row["n"] for row in makers}
    single = sum(1 for n in by_node.values() if n == 1)
    source = _("Source: firms' files, %(date)s") % {"date": day(today)}
    of_all = _("firms, of %(count)s") % {"count": f"{count}+" if more else count}
    year = _("In the last 365 days")
    return [
        Figure(
            _("Firms in the chain"),
            count,
            _("firms or more") if more else _("firms"),
            _("On this day"),
            source,
            address_of("enterprises:firms"),
        ),
        Figure(
            _("Files confirmed by the firm itself"),
            confirmed,
            of_all,
            year,
            source,
            address_of("enterprises:firms", query="?sort=updated"),
        ),
        Figure(
            _("Nodes with a single maker"),
            single,
            _("nodes, of %(count)s with makers") % {"count": len(by_node)},
            _("Firms under one controller count as one"),
            source,
            address_of("chain:map", query="?finding=single_source"),
        ),
    ]


def firm_figures(user: User) -> list[Figure]:
    """For a firm: values in its file, looks at its confidential values, grants that run."""
    own = sorted(access_of(user).own_firms)
    if not own:
        return []
    today = timezone.localdate()
    values = FactValue.objects.visible_to(user).current().filter(enterprise__in=own)
    kept = values.aggregate(n=Count("id"), sure=Count("id", filter=Q(confirmed=True)))
    looks = Look.objects.filter(enterprise__in=own, at__gt=timezone.now() - timedelta(90)).count()
    running = AccessGrant.objects.filter(enterprise__in=own, until__gte=today, revoked_at__isnull=True).count()
    on_day = _("On %(date)s") % {"date": day(today)}
    return [
        Figure(
            _("Values in your file"),
            kept["n"],
            _("values, %(n)s confirmed by you") % {"n": kept["sure"]},
            on_day,
            _("Source: your firm's file"),
            address_of("enterprises:firm", own[0]),
        ),
        Figure(
            _("Looks at your confidential values"),
            looks,
            _("times"),
            _("In the last 90 days"),
            _("Source: log of looks"),
            address_of("enterprises:grants", own[0]),
        ),
        Figure(
            _("People you opened your values to"),
            running,
            _("people"),
            on_day,
            _("Source: your own grants"),
            address_of("enterprises:grants", own[0]),
        ),
    ]


def case_figures(user: User) -> list[Figure]:
    """What the firms confirmed as solved."""
    one = figure_for(user)
    return [Figure(one.what, one.value, one.unit, one.basis, one.source, one.address)] if one else []


FIGURES: tuple[Callable[[User], list[Figure]], ...] = (case_figures, chain_figures, firm_figures)
