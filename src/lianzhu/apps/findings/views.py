"""The list of findings and one finding."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.views import person
from lianzhu.apps.enterprises.permissions import is_own_firm
from lianzhu.apps.findings import actions, permissions, queries
from lianzhu.apps.findings.forms import SetAsideForm
from lianzhu.apps.findings.models import Finding


@login_required
@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    """What the engines found and this person may read: by state and kind, in pages by key."""
    user = person(request)
    kind, state = request.GET.get("kind", ""), request.GET.get("state", Finding.State.OPEN)
    kinds = queries.kind_labels()
    page = queries.finding_page(
        user, kind=kind, state=state, firm=request.GET.get("firm", ""), after=request.GET.get("after", "")
    )
    context = {
        "page": page,
        "kind": kind,
        "state": state,
        "kinds": kinds.items(),
        "states": queries.counts_by_state(user),
    }
    return render(request, "findings/findings.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding: sentence, evidence, what would prove it wrong, history; setting it aside, with a reason."""
    user = person(request)
    found = get_object_or_404(Finding.objects.visible_to(user).select_related("enterprise", "decided_by"), pk=pk)
    newest = queries.newest_of([found])[found.pk]
    form = SetAsideForm(request.POST or None)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_aside(actor=user, finding_id=pk, because=form.cleaned_data["because"])
        except RuleBroken as error:
            refused = str(error)
        else:
            messages.success(request, _("Set aside. It can be opened again here."))
            return redirect("findings:finding", pk=pk)
    context = {
        "found": found,
        "confidence": newest.confidence,
        "says": queries.sentence(found, newest.evidence),
        "wrong_if": queries.counter_evidence(found, newest.evidence),
        "kind": queries.kind_labels().get(found.kind, found.kind),
        "facts": queries.named_facts(newest.evidence),
        "told": queries.told_as(found, newest.evidence, "told"),
        "sure": queries.told_as(found, newest.evidence, "sure"),
        "period": newest.evidence.get("period", ""),
        "seen": queries.snapshots_of(found),
        "own": found.enterprise is not None and is_own_firm(user, found.enterprise),
        "may_decide": permissions.can_set_aside(user, found),
        "form": form,
        "refused": refused,
    }
    return render(request, "findings/finding.html", context, status=409 if refused else 200)


@login_required
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a finding again that was set aside."""
    get_object_or_404(Finding.objects.visible_to(person(request)), pk=pk)
    actions.reopen_finding(actor=person(request), finding_id=pk)
    messages.success(request, _("Open again."))
    return redirect("findings:finding", pk=pk)
