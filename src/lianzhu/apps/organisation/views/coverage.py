"""Cross appointment: the matrix, its gaps, and who manages a firm (secretary only)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as show
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianzhu.apps.core.views import person
from lianzhu.apps.enterprises.models import Enterprise
from lianzhu.apps.organisation import permissions
from lianzhu.apps.organisation.actions import gaps as findings
from lianzhu.apps.organisation.actions import seats
from lianzhu.apps.organisation.forms import ManagementForm
from lianzhu.apps.organisation.models import FirmManagement
from lianzhu.apps.organisation.queries.coverage import State, coverage, totals
from lianzhu.apps.organisation.views.speaking import chain_of, chain_to_organise, day_asked, form_page

PAGE = 100


@login_required
@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Firm x {management in the branch, branch in management}, as of a day: counts for all, names for one."""
    user = person(request)
    chain, on = chain_of(user), day_asked(request)
    named = permissions.can_see_coverage_names(user, chain)
    rows = coverage(chain, on, names=named)
    added = totals(rows)
    only = request.GET.get("only", "")
    if only in State.values:
        rows = [row for row in rows if only in (row.management_in_branch.state, row.branch_in_management.state)]
    after = request.GET.get("after", "")
    at = next((number for number, row in enumerate(rows, 1) if str(row.firm.pk) == after), 0)
    page = rows[at : at + PAGE]
    context = {
        "rows": page,
        "totals": added,
        "inside": [(state, added.management_in_branch[state]) for state in State],
        "outside": [(state, added.branch_in_management[state]) for state in State],
        "only": only,
        "states": State.choices,
        "named": named,
        "after": page[-1].firm.pk if at + PAGE < len(rows) else "",
        "on": on,
        "today": timezone.localdate(),
    }
    return show(request, "organisation/coverage.html", context)


@login_required
@require_POST
def gaps(request: HttpRequest) -> HttpResponse:
    """Record what is missing today as findings for the office."""
    user = person(request)
    chain = chain_to_organise(user)
    told = findings.record_gaps(actor=user, chain_id=chain.pk, on=timezone.localdate())
    messages.info(
        request,
        _("Recorded for the office: %(new)s new, %(again)s as before, %(gone)s no longer found.")
        % {"new": told.new + told.back, "again": told.again, "gone": told.gone},
    )
    return redirect("organisation:coverage")


@login_required
@require_http_methods(["GET", "POST"])
def management(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is in a firm's management, now and before; one more post entered."""
    user = person(request)
    chain = chain_to_organise(user)
    firm = get_object_or_404(Enterprise.objects.filter(chains=chain), pk=pk)
    form = ManagementForm(request.POST or None, chain=chain, initial={"firm": firm.name})
    form.order_fields(["post", "name", "firm", "unit", "account", "since", "source", "consent"])
    here = reverse("organisation:management", args=[pk])

    def act() -> str:
        told = form.cleaned_data
        seats.enter_management(
            actor=user,
            chain_id=chain.pk,
            enterprise_id=pk,
            who=form.who(),
            post=told["post"],
            since=told["since"],
            source=told["source"],
        )
        return here

    rows = FirmManagement.objects.visible_to(user).filter(enterprise=firm).select_related("person")
    words: dict[str, object] = {
        "firm": firm,
        "rows": rows.order_by("until", "-since", "id"),
        "title": _("Management of %(firm)s") % {"firm": firm.name},
        "button": _("Enter the post"),
        "back": reverse("organisation:coverage"),
        "back_to": _("Cross appointment"),
    }
    return form_page(request, form, act, words, "organisation/management.html")
