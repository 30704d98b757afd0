"""Reading: the tree, one body, one's own seats; and consent to be shown by name."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianzhu.apps.core.views import person
from lianzhu.apps.organisation import permissions
from lianzhu.apps.organisation.actions import seats
from lianzhu.apps.organisation.models import Appointment, Body, FirmManagement, Person
from lianzhu.apps.organisation.queries.tree import body_page, tree
from lianzhu.apps.organisation.views.speaking import chain_of, day_asked


@login_required
@require_safe
def bodies(request: HttpRequest) -> HttpResponse:
    """The organisation as a tree, or one kind as a list, as of any day."""
    user = person(request)
    chain, on = chain_of(user), day_asked(request)
    kind = request.GET.get("kind", "")
    context = {
        "roots": tree(user, chain, on, kind=kind),
        "on": on,
        "past": on != timezone.localdate(),
        "kind": kind,
        "kinds": Body.Kind.choices,
        "may_organise": permissions.can_organise(user, chain),
        "may_export": permissions.can_read_names(user, chain),
    }
    return render(request, "organisation/tree.html", context)


@login_required
@require_safe
def body(request: HttpRequest, pk: int) -> HttpResponse:
    """One body as of a day: who sits there, what hangs on it, what has ended."""
    user = person(request)
    one = get_object_or_404(Body.objects.visible_to(user).select_related("parent", "enterprise", "chain"), pk=pk)
    on = _within(one, day_asked(request), asked="on" in request.GET)
    context = {
        "body": one,
        "told": body_page(user, one, on),
        "on": on,
        "past": on != timezone.localdate(),
        "exists": one.since <= on and (one.until is None or on <= one.until),
        "may_organise": permissions.can_organise(user, one.chain),
        "united": one.kind == Body.Kind.UNITED_BRANCH,
        "branch": one.kind in Body.BRANCHES,
    }
    return render(request, "organisation/body.html", context)


def _within(one: Body, on: date, *, asked: bool) -> date:
    """The day to show: what was asked for, else today, or the last day of a body that has ended."""
    return on if asked or one.until is None or on <= one.until else one.until


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What is kept here about the person looking: name, seats, posts, consent; consent is withdrawn on this page."""
    user = person(request)
    context = {
        "people": [
            {
                "person": one,
                "seats": Appointment.objects.filter(person=one).select_related("body").order_by("-since"),
                "posts": FirmManagement.objects.filter(person=one).select_related("enterprise").order_by("-since"),
            }
            for one in Person.objects.filter(user=user).select_related("chain", "enterprise")
        ]
    }
    return render(request, "organisation/mine.html", context)


@login_required
@require_POST
def consent(request: HttpRequest, pk: int) -> HttpResponse:
    """Give or withdraw consent to be shown by name."""
    user = person(request)
    one = get_object_or_404(Person.objects.visible_to(user), pk=pk)
    if "withdraw" in request.POST:
        seats.withdraw_consent(actor=user, person_id=one.pk)
        messages.info(request, _("The name is hidden from now on."))
    else:
        own = _("Given by the person here") if one.user_id == user.pk else request.POST.get("source", "")
        seats.give_consent(actor=user, person_id=one.pk, source=own)
        messages.info(request, _("The name is shown beside the seats from now on."))
    body_id = request.POST.get("body", "")
    if body_id.isdigit():
        return redirect("organisation:body", int(body_id))
    return redirect("organisation:mine")
