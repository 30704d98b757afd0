"""Forms of the organisation secretary: found, appoint, link, pair, end."""

from collections.abc import Callable
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianzhu.apps.core.models import User
from lianzhu.apps.core.views import person
from lianzhu.apps.organisation.actions import bodies, relations, seats
from lianzhu.apps.organisation.forms import EndForm, FoundForm, LinkForm, PairForm, SeatForm
from lianzhu.apps.organisation.models import Appointment, Body, BranchFirm, FirmManagement, Pairing
from lianzhu.apps.organisation.views.speaking import chain_to_organise, form_page


def _body_to_organise(user: User, pk: int) -> Body:
    chain = chain_to_organise(user)
    return get_object_or_404(Body.objects.filter(chain=chain).select_related("chain"), pk=pk)


def _address(body_id: int) -> str:
    return reverse("organisation:body", args=[body_id])


@login_required
@require_http_methods(["GET", "POST"])
def found(request: HttpRequest) -> HttpResponse:
    """Enter a new body."""
    user = person(request)
    chain = chain_to_organise(user)
    parent = request.GET.get("parent", "")
    form = FoundForm(request.POST or None, chain=chain, initial={"parent": parent})

    def act() -> str:
        told = form.cleaned_data
        made = bodies.found_body(
            actor=user,
            chain_id=chain.pk,
            kind=told["kind"],
            name=told["name"],
            since=told["since"],
            source=told["source"],
            parent_id=told["parent"].pk if told["parent"] else None,
            enterprise_id=told["firm"].pk if told["firm"] else None,
        )
        return _address(made.pk)

    words = {
        "title": _("Found a body"),
        "button": _("Enter the body"),
        "back": reverse("organisation:tree"),
        "back_to": _("Organisation"),
    }
    return form_page(request, form, act, words)


@login_required
@require_http_methods(["GET", "POST"])
def appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person a seat."""
    user = person(request)
    body = _body_to_organise(user, pk)
    form = SeatForm(request.POST or None, chain=body.chain)
    form.order_fields(["role", "name", "firm", "unit", "account", "since", "until", "source", "consent"])

    def act() -> str:
        told = form.cleaned_data
        seats.appoint(
            actor=user,
            body_id=pk,
            who=form.who(),
            role=told["role"],
            since=told["since"],
            until=told["until"],
            source=told["source"],
        )
        return _address(pk)

    words = {
        "title": _("Appoint to %(body)s") % {"body": body.name},
        "button": _("Appoint"),
        "hint": _("Name, unit, role and days are kept; nothing else about a person."),
        "back": _address(pk),
        "back_to": body.name,
    }
    return form_page(request, form, act, words)


@login_required
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a firm to a united branch."""
    user = person(request)
    body = _body_to_organise(user, pk)
    form = LinkForm(request.POST or None, chain=body.chain)

    def act() -> str:
        told = form.cleaned_data
        relations.link_firm(
            actor=user, body_id=pk, enterprise_id=told["firm"].pk, since=told["since"], source=told["source"]
        )
        return _address(pk)

    words = {
        "title": _("Add a firm to %(body)s") % {"body": body.name},
        "button": _("Add the firm"),
        "back": _address(pk),
        "back_to": body.name,
    }
    return form_page(request, form, act, words)


@login_required
@require_http_methods(["GET", "POST"])
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    """Pair a branch with another."""
    user = person(request)
    body = _body_to_organise(user, pk)
    form = PairForm(request.POST or None, chain=body.chain, body=body)

    def act() -> str:
        told = form.cleaned_data
        relations.pair_branches(
            actor=user,
            body_ids=(pk, told["other"].pk),
            purpose=told["purpose"],
            since=told["since"],
            source=told["source"],
        )
        return _address(pk)

    words = {
        "title": _("Pair %(body)s with another branch") % {"body": body.name},
        "button": _("Pair"),
        "back": _address(pk),
        "back_to": body.name,
    }
    return form_page(request, form, act, words)


def _end_body(user: User, pk: int) -> tuple[str, str, Callable[[date], object]]:
    body = _body_to_organise(user, pk)
    return body.name, _address(pk), lambda on: bodies.end_body(actor=user, body_id=pk, on=on)


def _end_seat(user: User, pk: int) -> tuple[str, str, Callable[[date], object]]:
    rows = Appointment.objects.visible_to(user).select_related("person", "body")
    seat = get_object_or_404(rows, pk=pk, body__chain=chain_to_organise(user))
    named = f"{seat.person.name} · {seat.body.name} · {seat.get_role_display()}"
    return (
        named,
        _address(seat.body_id),
        lambda on: seats.end_appointment(actor=user, appointment_id=pk, on=on),
    )


def _end_link(user: User, pk: int) -> tuple[str, str, Callable[[date], object]]:
    rows = BranchFirm.objects.visible_to(user).select_related("body", "enterprise")
    row = get_object_or_404(rows, pk=pk, body__chain=chain_to_organise(user))
    named = f"{row.body.name} · {row.enterprise.name}"
    return named, _address(row.body_id), lambda on: relations.unlink_firm(actor=user, link_id=pk, on=on)


def _end_pairing(user: User, pk: int) -> tuple[str, str, Callable[[date], object]]:
    rows = Pairing.objects.visible_to(user).select_related("branch_a", "branch_b")
    row = get_object_or_404(rows, pk=pk, branch_a__chain=chain_to_organise(user))
    named = f"{row.branch_a.name} · {row.branch_b.name}"
    return named, _address(row.branch_a_id), lambda on: relations.end_pairing(actor=user, pairing_id=pk, on=on)


def _end_management(user: User, pk: int) -> tuple[str, str, Callable[[date], object]]:
    rows = FirmManagement.objects.visible_to(user).select_related("person", "enterprise")
    row = get_object_or_404(rows, pk=pk, person__chain=chain_to_organise(user))
    back = reverse("organisation:management", args=[row.enterprise_id])
    named = f"{row.person.name} · {row.enterprise.name} · {row.post}"
    return named, back, lambda on: seats.end_management(actor=user, management_id=pk, on=on)


ENDS = {
    "body": _end_body,
    "seat": _end_seat,
    "firm": _end_link,
    "pairing": _end_pairing,
    "management": _end_management,
}


@login_required
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, what: str, pk: int) -> HttpResponse:
    """Set the last day of a body, seat, firm, pairing or management post."""
    if what not in ENDS:
        raise Http404
    named, back, run = ENDS[what](person(request), pk)
    form = EndForm(request.POST or None)

    def act() -> str:
        run(form.cleaned_data["on"])
        return back

    words = {
        "title": _("End: %(what)s") % {"what": named},
        "button": _("Set the last day"),
        "hint": _("It stays in the record and in every view as of an earlier day."),
        "danger": what == "body",
        "back": back,
        "back_to": _("Back"),
    }
    return form_page(request, form, act, words)
