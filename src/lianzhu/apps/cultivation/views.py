"""Pages of the room. To whoever keeps no records the room is not there: 404, not 403."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianzhu.apps.core.models import User
from lianzhu.apps.core.views import person
from lianzhu.apps.cultivation import permissions, queries
from lianzhu.apps.cultivation.actions import records as actions
from lianzhu.apps.cultivation.actions import room as doors
from lianzhu.apps.cultivation.forms import (
    AdvanceForm,
    ContactsForm,
    ExtendForm,
    KeeperForm,
    RecordForm,
    SureForm,
    SwitchForm,
)
from lianzhu.apps.cultivation.models import Keeper, Record, Switch, is_on, keeper_chains
from lianzhu.apps.cultivation.stages import Stage, Track
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.organisation.models import held_on
from lianzhu.apps.organisation.views.speaking import chain_of, form_page


def _kept_chain(user: User) -> Chain:
    chain = Chain.objects.filter(pk__in=keeper_chains(user)).order_by("id").first()
    if chain is None:
        raise Http404
    return chain


def _record(user: User, pk: int) -> Record:
    rows = Record.objects.visible_to(user).select_related("chain", "details__enterprise")
    return get_object_or_404(rows, pk=pk)


# ── records ───────────────────────────────────────────────────────────────────────────────────────────────────────


@login_required
@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """People under cultivation, the nearest next step first; every look is logged."""
    user = person(request)
    chain = _kept_chain(user)
    track, closed = request.GET.get("track", ""), request.GET.get("closed") == "1"
    found, more = queries.lines(
        user, chain, timezone.localdate(), track=track, closed=closed, after=request.GET.get("after", "")
    )
    actions.look_at(actor=user, records=[line.record for line in found])
    context = {"lines": found, "after": more, "track": track, "tracks": Track.choices, "closed": closed}
    return render(request, "cultivation/records.html", context)


@login_required
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """One record: stage, days, next step, contacts, where the paper lies."""
    user = person(request)
    one = _record(user, pk)
    actions.look_at(actor=user, records=[one])
    line = queries.line_of(one, timezone.localdate())
    context = {
        "line": line,
        "one": one,
        "entries": one.entries.all(),
        "reads": one.readings.count(),
        "may_extend": one.closed_on is None and one.stage == Stage.PROBATION and not one.extended,
    }
    return render(request, "cultivation/record.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a record, consent first."""
    user = person(request)
    chain = _kept_chain(user)
    form = RecordForm(request.POST or None, chain=chain)

    def act() -> str:
        told = form.cleaned_data
        made = actions.open_record(
            actor=user,
            chain_id=chain.pk,
            track=told["track"],
            stage=told["stage"],
            since=told["since"],
            name=told["name"],
            enterprise_id=told["firm"].pk if told["firm"] else None,
            contacts=form.contacts(),
            paper_file=told["paper_file"],
            consent_on=told["consent_on"],
            consent_paper=told["consent_paper"],
        )
        return reverse("cultivation:record", args=[made.pk])

    words = {
        "title": _("Begin a record"),
        "hint": _(
            "Only with signed consent. Stage, days, contacts and where the paper lies; nothing else is kept here."
        ),
        "button": _("Begin"),
        "back": reverse("cultivation:records"),
        "back_to": _("Dual cultivation"),
    }
    return form_page(request, form, act, words)


Act = tuple[Any, Callable[[User, int, Any], object], Callable[[], tuple[str, str]]]
ACTS: dict[str, Act] = {
    "advance": (
        AdvanceForm,
        lambda user, pk, form: actions.advance_record(actor=user, record_id=pk, on=form.cleaned_data["on"]),
        lambda: (
            _("Go on to the next stage"),
            _("Enter the day of the decision. The reasons are in the official system."),
        ),
    ),
    "extend": (
        ExtendForm,
        lambda user, pk, form: actions.extend_probation(
            actor=user, record_id=pk, until=form.cleaned_data["until"], on=form.cleaned_data["on"]
        ),
        lambda: (_("Extend probation"), _("Once, by six to twelve months, decided when probation ends.")),
    ),
    "contacts": (
        ContactsForm,
        lambda user, pk, form: actions.name_contacts(
            actor=user, record_id=pk, contacts=form.contacts(), paper_file=form.cleaned_data["paper_file"]
        ),
        lambda: (_("Contacts and paper file"), _("Two people accompany the person; the file is named by its place.")),
    ),
    "stop": (
        SureForm,
        lambda user, pk, _form: actions.stop_record(actor=user, record_id=pk),
        lambda: (_("Stop this record"), _("It is closed without a reason and erased 30 days later.")),
    ),
    "withdraw": (
        SureForm,
        lambda user, pk, _form: actions.withdraw(actor=user, record_id=pk),
        lambda: (
            _("Consent taken back"),
            _("Name, firm, contacts and places of papers are erased now and for good. The log keeps numbers only."),
        ),
    ),
}


@login_required
@require_http_methods(["GET", "POST"])
def act_on(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """One act on a record: advance, extend, contacts, stop, withdraw."""
    user = person(request)
    one = _record(user, pk)
    if act not in ACTS:
        raise Http404
    kind, run, words = ACTS[act]
    form: forms.Form = kind(request.POST or None, initial=_contacts_of(one) if act == "contacts" else None)
    if act == "contacts":
        actions.look_at(actor=user, records=[one])
    here = reverse("cultivation:record", args=[pk])

    def go() -> str:
        run(user, pk, form)
        return reverse("cultivation:records") if act in ("stop", "withdraw") else here

    title, hint = words()
    told = {
        "title": title,
        "hint": hint,
        "button": _("Enter"),
        "back": here,
        "back_to": _("Record %(number)s") % {"number": pk},
    }
    return form_page(request, form, go, told)


def _contacts_of(one: Record) -> dict[str, str]:
    details = one.details
    return {"contact_a": details.contact_a, "contact_b": details.contact_b, "paper_file": details.paper_file}


@login_required
@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """How many at which stage, in bands; the only figures that leave the room, on paper."""
    user = person(request)
    chain = _kept_chain(user)
    return render(request, "cultivation/counts.html", {"told": queries.counts(user, chain)})


# ── the room ──────────────────────────────────────────────────────────────────────────────────────────────────────


@login_required
@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """What would be kept, how long, and what erases it; open to everybody of the chain."""
    chain_of(person(request))
    days = {end.value: actions.KEPT[end].days for end in Record.End}
    return render(request, "cultivation/retention.html", {"days": days})


@login_required
@require_http_methods(["GET", "POST"])
def room(request: HttpRequest) -> HttpResponse:
    """The notice, the switch, the keepers; for the administrator."""
    user = person(request)
    chain = _chain_to_switch(user)
    form = SwitchForm(request.POST or None)

    def act() -> str:
        doors.turn_on(actor=user, chain_id=chain.pk, notice=form.cleaned_data["notice"])
        return reverse("cultivation:room")

    words = {
        "on": is_on(chain.pk),
        "switches": Switch.objects.filter(chain=chain).select_related("by")[:10],
        "keepers": Keeper.objects.filter(held_on(timezone.localdate()), chain=chain).select_related("user"),
        "keeper_form": KeeperForm(),
    }
    return form_page(request, form, act, words, "cultivation/room.html")


def _chain_to_switch(user: User) -> Chain:
    chain = chain_of(user)
    if not permissions.can_switch(user, chain):
        raise PermissionDenied
    return chain


@login_required
@require_POST
def close_room(request: HttpRequest) -> HttpResponse:
    """Turn the room off."""
    user = person(request)
    doors.turn_off(actor=user, chain_id=_chain_to_switch(user).pk)
    messages.info(request, _("The room is off. Nobody reads or writes in it."))
    return redirect("cultivation:room")


@login_required
@require_POST
def let_in(request: HttpRequest) -> HttpResponse:
    """Make an organisation secretary keeper."""
    user = person(request)
    chain = _chain_to_switch(user)
    form = KeeperForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("No account has this user name."))
        return redirect("cultivation:room")
    doors.let_in(actor=user, chain_id=chain.pk, user_id=form.cleaned_data["account"].pk)
    messages.info(request, _("This person keeps the records from now on."))
    return redirect("cultivation:room")


@login_required
@require_POST
def let_out(request: HttpRequest, pk: int) -> HttpResponse:
    """End a keeper's access."""
    user = person(request)
    keeper = get_object_or_404(Keeper, pk=pk, chain=_chain_to_switch(user))
    doors.let_out(actor=user, keeper_id=keeper.pk)
    messages.info(request, _("This person has no access to the records any more."))
    return redirect("cultivation:room")


@login_required
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Who read which record number, when."""
    user = person(request)
    chain = chain_of(user)
    if not permissions.can_read_log(user, chain):
        raise PermissionDenied
    rows, after = queries.readings(chain, request.GET.get("after", ""))
    return render(request, "cultivation/log.html", {"rows": rows, "after": after})
