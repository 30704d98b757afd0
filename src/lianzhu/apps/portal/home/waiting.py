"""What waits for a person, by source."""

from collections.abc import Callable
from datetime import date, timedelta

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianzhu.apps.activities import queries as activities
from lianzhu.apps.activities.models import SignUp
from lianzhu.apps.cases import clock
from lianzhu.apps.cases.queries import waiting_for
from lianzhu.apps.chain.queries.board import KINDS, not_replaced
from lianzhu.apps.chain.queries.tracks import tracks_to_decide
from lianzhu.apps.chain.runs.recording import INDEX
from lianzhu.apps.core.models import AuditEntry, User
from lianzhu.apps.enterprises import permissions
from lianzhu.apps.enterprises.models import AccessGrant, FactValue, ImportBatch, RecordState, Role, access_of
from lianzhu.apps.findings.models import Finding
from lianzhu.apps.policies.queries.claims import claims_waiting
from lianzhu.apps.policies.queries.windows import endings_for
from lianzhu.apps.portal import queries
from lianzhu.apps.portal.addresses import address_of
from lianzhu.apps.portal.home.rows import MOST, Task, fact_words, kind_words


def imports_waiting(user: User) -> list[Task]:
    """Files whose columns or preview wait; confidential ones wait for the statistician."""
    access = access_of(user)
    mine = Q(chain__in=access.statistician_chains) | Q(chain__in=access.office_chains, confidential=False)
    waiting = ImportBatch.objects.filter(mine, state__in=[ImportBatch.State.UPLOADED, ImportBatch.State.PREVIEW])
    return [
        Task(
            title=batch.file.name,
            to_do=_("Confirm the columns") if batch.state == batch.State.UPLOADED else _("Check the preview, apply"),
            address=address_of("enterprises:import", batch.pk) or address_of("enterprises:imports"),
            sub=f"{batch.get_kind_display()} · {batch.uploaded_by}",
        )
        for batch in waiting.select_related("file", "uploaded_by").order_by("id")[:MOST]
    ]


def proposals_to_decide(user: User) -> list[Task]:
    """Values that firms put forward and the office may read, by firm."""
    chains = access_of(user).office_chains
    if not chains:
        return []
    offered = (
        FactValue.objects.visible_to(user)
        .filter(state=RecordState.PROPOSED, enterprise__chains__in=chains)
        .exclude(confidentiality__in=permissions.SECRET)
        .values("enterprise", "enterprise__name")
        .annotate(n=Count("id", distinct=True))
        .order_by("enterprise")[:MOST]
    )
    return [
        Task(
            title=row["enterprise__name"],
            to_do=_("Accept or refuse"),
            address=address_of("enterprises:firm", row["enterprise"]),
            sub=ngettext("%(n)s value put forward", "%(n)s values put forward", row["n"]) % {"n": row["n"]},
        )
        for row in offered
    ]


def findings_open(user: User) -> list[Task]:
    """Open findings of the office's chains, by kind; those of the board together, waiting for an owner."""
    chains = access_of(user).office_chains
    if not chains:
        return []
    rows = (
        not_replaced(user, Finding.objects.visible_to(user))
        .filter(state=Finding.State.OPEN, chain__in=chains)
        .exclude(kind=INDEX)
        .values("kind")
        .annotate(n=Count("id", distinct=True))
        .order_by("kind")
    )
    kinds = {row["kind"]: row["n"] for row in rows}
    ownerless = sum(kinds.pop(kind, 0) for kind in KINDS)
    board = Task(
        title=_("Strengthen · fill · extend"),
        to_do=_("Name an owner, or set it aside"),
        address=address_of("chain:board", query="?view=waiting"),
        sub=ngettext("%(n)s finding without an owner", "%(n)s findings without an owner", ownerless) % {"n": ownerless},
    )
    return [board] * bool(ownerless) + [
        Task(
            title=kind_words(kind),
            to_do=_("Look through, decide"),
            address=address_of("findings:list", query=f"?kind={kind}"),
            sub=ngettext("%(n)s open finding", "%(n)s open findings", n) % {"n": n},
        )
        for kind, n in kinds.items()
    ]


def own_file(user: User) -> list[Task]:
    """What a firm has to look at in its own file: ends of validity, and values it never confirmed."""
    own = access_of(user).own_firms
    if not own:
        return []
    current = FactValue.objects.visible_to(user).current().filter(enterprise__in=own)
    edge = (timezone.localdate() + timedelta(days=90)).isoformat()
    ends = current.filter(fact__endswith="_valid_until", value__lte=edge).order_by("value")[:MOST]
    tasks = [
        Task(
            title=fact_words(row.fact),
            to_do=_("Renew it, then write the new date"),
            address=address_of("enterprises:firm", row.enterprise_id),
            due=date.fromisoformat(row.value),
        )
        for row in ends
    ]
    waiting = current.filter(confirmed=False).values("enterprise").annotate(n=Count("id")).order_by("enterprise")
    tasks += [
        Task(
            title=_("Your firm's file"),
            to_do=_("Read it and confirm it"),
            address=address_of("enterprises:firm", row["enterprise"]),
            sub=ngettext("%(n)s value not confirmed by you", "%(n)s values not confirmed by you", row["n"])
            % {"n": row["n"]},
        )
        for row in waiting
    ]
    return tasks


def grants_running(user: User) -> list[Task]:
    """Who may read a firm's values until when; and, for the reader, which firms opened theirs."""
    own, today = access_of(user).own_firms, timezone.localdate()
    running = AccessGrant.objects.filter(until__gte=today, revoked_at__isnull=True)
    given = running.filter(enterprise__in=own).select_related("user").order_by("until")[:MOST]
    got = running.filter(user=user).select_related("enterprise").order_by("until")[:MOST]
    return [
        Task(
            title=_("%(name)s may read your values") % {"name": grant.user},
            to_do=_("End it when it is no longer needed"),
            address=address_of("enterprises:grants", grant.enterprise_id),
            sub=grant.purpose,
            due=grant.until,
        )
        for grant in given
    ] + [
        Task(
            title=_("%(firm)s opened its values to you") % {"firm": grant.enterprise},
            to_do=_("Read while it runs"),
            address=address_of("enterprises:firm", grant.enterprise_id),
            sub=grant.purpose,
            due=grant.until,
        )
        for grant in got
    ]


def log_to_verify(user: User) -> list[Task]:
    """The auditor verifies the record at least once a month."""
    if Role.AUDITOR not in access_of(user).roles:
        return []
    last = AuditEntry.objects.filter(act__in=["audit.verified", "audit.broken"]).order_by("-number").first()
    due = timezone.localtime(last.at).date() + timedelta(days=30) if last else timezone.localdate()
    said = _("never verified yet")
    if last:
        said = _("whole when last verified") if last.act == "audit.verified" else _("broken when last verified")
    return [Task(_("Audit log"), _("Verify the chain of entries"), address_of("portal:audit"), sub=said, due=due)]


def second_administrator(user: User) -> list[Task]:
    """One administrator alone cannot be helped when the phone is lost."""
    if Role.ADMINISTRATOR not in access_of(user).roles:
        return []
    lone = [chain for chain in queries.chains_to_invite_to(user) if queries.administrators(chain) < 2]
    return [
        Task(
            title=_("Only one administrator: %(chain)s") % {"chain": chain},
            to_do=_("Invite a second one"),
            address=address_of("portal:invite"),
            sub=_("A lost password or phone is mended by another person"),
        )
        for chain in lone
    ]


def activities_due(user: User) -> list[Task]:
    """Activities to conclude, outcomes asked after 90 days, and what the person goes to."""
    over = [
        Task(
            title=one.title,
            to_do=_("Note who came, write the minutes"),
            address=address_of("activities:activity", one.pk),
            due=timezone.localdate(one.ends_at) + timedelta(days=3),
        )
        for one in activities.to_conclude(user)[:MOST]
    ]
    asked = [
        Task(
            title=one.title,
            to_do=_("Say what came of it"),
            address=address_of("activities:outcome", one.pk),
            sub=_("90 days after"),
            due=one.outcome_due,
        )
        for one in activities.outcomes_due(user, timezone.localdate())
    ]
    ahead = [
        Task(
            title=seat.activity.title,
            to_do=_("Attend") if seat.state == SignUp.State.REGISTERED else _("Wait for a place"),
            address=address_of("activities:activity", seat.activity_id),
            sub=seat.activity.place,
            due=timezone.localdate(seat.activity.begins_at),
        )
        for seat in activities.going_to(user)[:MOST]
    ]
    return over + asked + ahead


def cases_waiting(user: User) -> list[Task]:
    """Cases whose next step is this person's."""
    return [Task(one.title, one.to_do, one.address, sub=one.sub, due=one.due) for one in waiting_for(user)]


def policies_pressing(user: User) -> list[Task]:
    """Windows of policies that close soon for the person's firm, and money that should have come."""
    closing = [
        Task(
            title=one.title,
            to_do=_("Apply, or decide not to"),
            address=address_of("policies:policy", one.enterprise, one.about),
            sub=_("The window closes"),
            due=one.last,
        )
        for one in endings_for(user, clock.today())
    ]
    return closing + [
        Task(
            title=claim.case.title,
            to_do=to_do,
            address=address_of("policies:claim", claim.pk),
            sub=claim.case.number,
            due=claim.due_on,
        )
        for claim, to_do in claims_waiting(user)
    ]


def tracks_due(user: User) -> list[Task]:
    """Tracks whose stop date is over or near: for the office to decide, for the owner to bring what it knows."""
    offices = access_of(user).office_chains
    return [
        Task(
            title=title,
            to_do=_("Prolong it with a reason, or stop it") if one.chain_id in offices else _("Tell what was found"),
            address=address_of("chain:track", one.code),
            sub=_("Stop date of a new track · %(owner)s") % {"owner": one.owner},
            due=one.stop_on,
        )
        for one, title in tracks_to_decide(user)[:MOST]
    ]


WAITING: tuple[Callable[[User], list[Task]], ...] = (
    cases_waiting,
    imports_waiting,
    proposals_to_decide,
    findings_open,
    own_file,
    policies_pressing,
    grants_running,
    activities_due,
    tracks_due,
    log_to_verify,
    second_administrator,
)
