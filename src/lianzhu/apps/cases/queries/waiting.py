"""Rows of a person's first page: what waits for them, with the due time of its clock, and what changed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lianzhu.apps.cases import clock, permissions, words
from lianzhu.apps.cases.machine import State
from lianzhu.apps.cases.models import IS_OPEN, Case, CaseEvent, HelperPart, works_for
from lianzhu.apps.cases.queries.course import people_of_firm
from lianzhu.apps.cases.queries.pool import firm_words, waits_for_me
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import access_of

MOST = 50
NEEDED = (
    *("number", "title", "kind", "chain", "state", "firm__name", "hide_firm_name", "opened_by", "due_at", "lead"),
    *("extension_asked", "office_decides", "ask_again"),
)


@dataclass(frozen=True)
class Waiting:
    """One case that waits for a person: what it is, what to do, where, until when."""

    title: str
    to_do: str
    address: str
    sub: str
    due: date | None


def waiting_for(user: User) -> list[Waiting]:
    """Cases whose next step is this person's, by due time; two queries besides the person's reach."""
    waiting = Case.objects.visible_to(user).filter(waits_for_me(user)).select_related("firm").only(*NEEDED)
    # What is open first, in the order of the index; drafts have no due time.
    cases = list(waiting.filter(IS_OPEN).order_by("due_at", "pk")[:MOST])
    if access_of(user).own_firms:
        cases += waiting.filter(state=State.DRAFT).order_by("pk")[:MOST]
    bodies = works_for(user)
    parts = HelperPart.objects.filter(case__in=cases, body__in=bodies, current=True, ended_at__isnull=True)
    helping = set(parts.values_list("case", flat=True)) if bodies else set()
    return [
        Waiting(
            title=case.title,
            to_do=to_do(user, case, helps=case.pk in helping),
            address=reverse("cases:case", args=[case.pk]),
            sub=" · ".join(filter(None, [firm_words(user, case), case.number])),
            due=timezone.localtime(case.due_at).date() if case.due_at else None,
        )
        for case in cases
    ]


def to_do(user: User, case: Case, *, helps: bool = False) -> str:
    """What the person is waited for, in words."""
    own = case.firm_id in access_of(user).own_firms
    if case.state == State.DRAFT:
        return _("Finish and send it")
    if own and case.state in (State.ANSWERED, State.TO_CALL):
        return _("Say whether it is solved")
    if case.state == State.PAUSED:
        return _("Add what is asked for")
    if case.extension_asked is not None and case.chain_id in access_of(user).office_chains:
        return _("Decide on more time")
    if helps and case.lead_id != user.pk:
        return _("Give the helper's opinion")
    told = {
        State.TO_ACCEPT: _("Accept the case"),
        State.ACCEPTED: _("Dispatch"),
        State.REOPENED: _("Dispatch again"),
        State.RETURNED: _("Decide who has it") if case.office_decides else _("Dispatch"),
        State.DISPATCHED: _("Sign for it"),
        State.TO_REVIEW: _("Review the answer"),
        State.ANSWERED: _("Name who calls back"),
        State.TO_CALL: _("Ask again") if case.ask_again else _("Call back"),
    }
    return told.get(State(case.state), _("Work on it, answer"))


@dataclass(frozen=True)
class Changed:
    """Something that happened on a case since a moment."""

    at: datetime
    says: str
    what: str
    address: str


def changes_for(user: User, since: datetime) -> list[Changed]:
    """The newest events on cases this person may see, but not their own acts."""
    seen = Case.objects.visible_to(user).filter(pk=models.OuterRef("case"))
    events = (
        CaseEvent.objects.filter(models.Exists(seen), at__gt=since, inside=False)
        .exclude(by=user)
        .select_related("case", "by", "body")
    )
    return [
        Changed(
            event.at,
            f"{_who(user, event)} {words.event_words(event)}",
            f"{event.case.number} {event.case.title}",
            reverse("cases:case", args=[event.case_id]),
        )
        for event in events.order_by("-at", "-pk")[:20]
    ]


def _who(user: User, event: CaseEvent) -> str:
    hidden = not permissions.sees_firm_name(user, event.case) and event.by_id in people_of_firm(event.case)
    return _("the firm") if hidden else str(event.by)


@dataclass(frozen=True)
class Count:
    """A number that opens its list, with its unit, period and source."""

    what: str
    value: int
    unit: str
    basis: str
    source: str
    address: str


def figure_for(user: User) -> Count | None:
    """Confirmed as solved by the firm, of all answered, over 90 days; for the office, and a firm for itself."""
    access = access_of(user)
    if not (access.office_chains or access.own_firms):
        return None
    to = clock.today()
    since = to - timedelta(days=90)
    ended = Case.objects.visible_to(user).filter(firm__isnull=False, closed_at__gte=clock.starts(since))
    told = dict(ended.values_list("outcome").annotate(n=models.Count("pk")).order_by())
    kept = {key: told.get(key, 0) for key in ("solved", "solved_elsewhere", "explained", "unconfirmed")}
    query = urlencode({"number": "solved", "since": since.isoformat(), "until": to.isoformat()})
    return Count(
        what=_("Confirmed as solved by the firm"),
        value=kept["solved"],
        unit=_("cases, of %(n)s answered") % {"n": sum(kept.values())},
        basis=_("%(since)s to %(until)s; explained %(explained)s, unconfirmed %(unconfirmed)s")
        % {"since": since, "until": to, "explained": kept["explained"], "unconfirmed": kept["unconfirmed"]},
        source=_("Source: log of cases. The unconfirmed stay in the number of answered ones."),
        address=f"{reverse('cases:pool')}?{query}",
    )
