"""What happened since a person's last visit, by source."""

from collections.abc import Callable
from datetime import datetime, time

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianzhu.apps.cases.queries.waiting import changes_for
from lianzhu.apps.core.models import AuditEntry, User
from lianzhu.apps.enterprises.models import Enterprise, FactValue, ImportBatch, Look, RecordState, Role, access_of
from lianzhu.apps.findings.models import Finding
from lianzhu.apps.portal.addresses import address_of
from lianzhu.apps.portal.home.rows import MOST, Change, fact_words, kind_words


def offers_made(user: User, since: datetime) -> list[Change]:
    """Values put forward by firms, for the office."""
    chains = access_of(user).office_chains
    offered = FactValue.objects.visible_to(user).filter(
        state=RecordState.PROPOSED, entered_at__gt=since, enterprise__chains__in=chains
    )
    return [
        Change(
            at=row.entered_at,
            says=_("%(firm)s puts forward") % {"firm": row.enterprise},
            what=fact_words(row.fact),
            address=address_of("enterprises:firm", row.enterprise_id),
        )
        for row in offered.select_related("enterprise").distinct().order_by("-entered_at")[:MOST]
    ]


def imports_done(user: User, since: datetime) -> list[Change]:
    """Imports applied or undone, for those who import."""
    access = access_of(user)
    mine = Q(chain__in=access.office_chains | access.statistician_chains)
    done = ImportBatch.objects.filter(mine).filter(Q(applied_at__gt=since) | Q(undone_at__gt=since))
    return [
        Change(
            at=batch.undone_at or batch.applied_at or since,
            says=_("Import undone:") if batch.undone_at else _("Import applied:"),
            what=batch.file.name,
            address=address_of("enterprises:import", batch.pk) or address_of("enterprises:imports"),
        )
        for batch in done.select_related("file").order_by("-id")[:MOST]
    ]


def findings_new(user: User, since: datetime) -> list[Change]:
    """New findings by day and kind."""
    if not access_of(user).roles & {Role.OFFICE, Role.STATISTICIAN, Role.FIRM}:
        return []
    new = (
        Finding.objects.visible_to(user)
        .filter(state=Finding.State.OPEN, first_found_on__gte=timezone.localtime(since).date())
        .values("first_found_on", "kind")
        .annotate(n=Count("id", distinct=True))
        .order_by("-first_found_on", "kind")[:MOST]
    )
    return [
        Change(
            at=timezone.make_aware(datetime.combine(row["first_found_on"], time())),
            says=ngettext("%(n)s new finding:", "%(n)s new findings:", row["n"]) % {"n": row["n"]},
            what=kind_words(row["kind"]),
            address=address_of("findings:list", query=f"?kind={row['kind']}"),
            whole_day=True,
        )
        for row in new
    ]


def decisions_on_offers(user: User, since: datetime) -> list[Change]:
    """What the office decided on values the firm put forward."""
    own = access_of(user).own_firms
    words = {"fact.accepted": _("The office accepted a value of"), "fact.refused": _("The office refused a value of")}
    decided = AuditEntry.objects.filter(at__gt=since, act__in=list(words), about__in=[str(pk) for pk in own])
    names = dict(Enterprise.objects.filter(pk__in=own).values_list("pk", "name")) if own else {}
    return [
        Change(entry.at, words[entry.act], names[int(entry.about)], address_of("enterprises:firm", int(entry.about)))
        for entry in decided.order_by("-number")[:MOST]
    ]


def looks_at_us(user: User, since: datetime) -> list[Change]:
    """Who read the firm's confidential values, and what for."""
    looks = Look.objects.filter(enterprise__in=access_of(user).own_firms, at__gt=since).select_related("user")
    return [
        Change(
            at=look.at,
            says=_("%(name)s read your values:") % {"name": look.user},
            what=look.purpose,
            address=address_of("enterprises:grants", look.enterprise_id),
        )
        for look in looks.order_by("-id")[:MOST]
    ]


def cases_moved(user: User, since: datetime) -> list[Change]:
    """What others did on cases this person may see."""
    return [Change(one.at, one.says, one.what, one.address) for one in changes_for(user, since)]


CHANGES: tuple[Callable[[User, datetime], list[Change]], ...] = (
    cases_moved,
    offers_made,
    imports_done,
    findings_new,
    decisions_on_offers,
    looks_at_us,
)
