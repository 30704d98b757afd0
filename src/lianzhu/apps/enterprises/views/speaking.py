"""A firm speaks for itself: states, confirms and opens its values; the office decides on proposals."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.views import person
from lianzhu.apps.enterprises import permissions
from lianzhu.apps.enterprises.actions import facts as fact_actions
from lianzhu.apps.enterprises.actions import grants as grant_actions
from lianzhu.apps.enterprises.actions import identity
from lianzhu.apps.enterprises.forms import GrantForm, MergeForm, RefuseForm, StateFactForm
from lianzhu.apps.enterprises.models import AccessGrant, FactValue, Look
from lianzhu.apps.enterprises.queries import file, lists
from lianzhu.apps.enterprises.views.firms import visible_firm
from lianzhu.library.facts import facts


@login_required
@require_http_methods(["GET", "POST"])
def state_fact(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One question: what is right? With the old value, who asks for it and why, and what happens next."""
    user = person(request)
    firm = visible_firm(user, pk)
    fact = facts().get(name)
    if not permissions.can_state_fact(user, firm):
        raise PermissionDenied
    if fact is None or name in fact_actions.IDENTITY:
        raise Http404
    period = request.POST.get("period", request.GET.get("period", ""))
    current = FactValue.objects.current().filter(enterprise=firm, fact=name, period=period).first()
    form = StateFactForm(request.POST or None, initial={"as_of": timezone.localdate()})
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            stated = fact_actions.state_fact(
                actor=user,
                firm_id=firm.pk,
                name=name,
                period=period,
                text=form.cleaned_data["value"],
                source=form.cleaned_data["source"],
                as_of=form.cleaned_data["as_of"],
            )
        except RuleBroken as error:
            refused = str(error)
        else:
            waits = stated.state == "proposed"
            messages.success(
                request,
                _("Sent. The office decides; until then the old value stands.") if waits else _("Saved in your file."),
            )
            return redirect("enterprises:firm", pk=firm.pk)
    context = {
        "firm": firm,
        "fact": fact,
        "label": file.label_of(fact),
        "period": period,
        "current": file.in_words(fact, current.value) if current else "",
        "row": current,
        "form": form,
        "refused": refused,
        "secret": fact.confidentiality in permissions.SECRET,
        "askers": file.askers(fact),
        "last_year": timezone.localdate().year - 1,
    }
    return render(request, "enterprises/state_fact.html", context, status=409 if refused else 200)


@login_required
@require_POST
def accept_fact(request: HttpRequest, pk: int) -> HttpResponse:
    """The office accepts a proposal."""
    get_object_or_404(FactValue.objects.visible_to(person(request)), pk=pk)
    accepted = fact_actions.accept_fact(actor=person(request), fact_id=pk)
    messages.success(request, _("Accepted. The old value is in the history."))
    return redirect("enterprises:firm", pk=accepted.enterprise_id)


@login_required
@require_http_methods(["GET", "POST"])
def refuse_fact(request: HttpRequest, pk: int) -> HttpResponse:
    """The office refuses a proposal and says why."""
    proposal = get_object_or_404(FactValue.objects.visible_to(person(request)).select_related("enterprise"), pk=pk)
    if not permissions.can_decide_fact(person(request), proposal):
        raise PermissionDenied
    form = RefuseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        fact_actions.refuse_fact(actor=person(request), fact_id=pk, because=form.cleaned_data["because"])
        messages.success(request, _("Refused. The firm sees your reason."))
        return redirect("enterprises:firm", pk=proposal.enterprise_id)
    fact = facts()[proposal.fact]
    context = {
        "form": form,
        "firm": proposal.enterprise,
        "label": file.label_of(fact),
        "value": file.in_words(fact, proposal.value),
    }
    return render(request, "enterprises/refuse_fact.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """The office says that another file is the same firm, or takes that back."""
    user = person(request)
    firm = visible_firm(user, pk)
    if not permissions.can_merge_firms(user, firm, firm):
        raise PermissionDenied
    form = MergeForm(request.POST or None)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            other = lists.firm_by_code(user, form.cleaned_data["other"])
            if other is None:
                raise RuleBroken(_("No firm of the chain has this code."))
            identity.merge_firms(actor=user, kept_id=firm.pk, other_id=other.pk, why=form.cleaned_data["why"])
        except RuleBroken as error:
            refused = str(error)
        else:
            messages.success(request, _("Merged. It can be taken apart again below."))
            return redirect("enterprises:merge", pk=firm.pk)
    context = {
        "firm": firm,
        "form": form,
        "refused": refused,
        "merged": firm.merged.order_by("pk"),
        "events": firm.identity_events.select_related("other", "by").order_by("-pk"),
    }
    return render(request, "enterprises/merge.html", context, status=409 if refused else 200)


@login_required
@require_POST
def split(request: HttpRequest, pk: int) -> HttpResponse:
    """The office takes a merge back."""
    user = person(request)
    other = visible_firm(user, pk)
    kept = other.merged_into_id
    identity.split_firms(actor=user, other_id=other.pk, why=request.POST.get("why", ""))
    messages.success(request, _("Taken apart. Both stand in the lists again."))
    return redirect("enterprises:merge", pk=kept)


@login_required
@require_POST
def withdraw_fact(request: HttpRequest, pk: int) -> HttpResponse:
    """The firm takes its proposal back."""
    get_object_or_404(FactValue.objects.visible_to(person(request)), pk=pk)
    proposal = fact_actions.withdraw_fact(actor=person(request), fact_id=pk)
    messages.success(request, _("Taken back."))
    return redirect("enterprises:firm", pk=proposal.enterprise_id)


@login_required
@require_POST
def confirm_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The firm confirms its file."""
    firm = visible_firm(person(request), pk)
    count = fact_actions.confirm_file(actor=person(request), firm_id=firm.pk)
    messages.success(request, _("Thank you. %(count)s values were confirmed.") % {"count": count})
    return redirect("enterprises:firm", pk=firm.pk)


@login_required
@require_http_methods(["GET", "POST"])
def grants(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom the firm lets read its values, until when, and who has looked."""
    user = person(request)
    firm = visible_firm(user, pk)
    if not permissions.can_grant_access(user, firm):
        raise PermissionDenied
    form = GrantForm(request.POST or None)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            grant_actions.grant_access(
                actor=user,
                firm_id=firm.pk,
                to_user_id=form.cleaned_data["reader"],
                purpose=form.cleaned_data["purpose"],
                until=form.cleaned_data["until"],
            )
        except RuleBroken as error:
            refused = str(error)
        else:
            messages.success(request, _("Opened. You can close it here at any time."))
            return redirect("enterprises:grants", pk=firm.pk)
    context = {
        "firm": firm,
        "form": form,
        "refused": refused,
        "readers": lists.possible_readers(user),
        "grants": AccessGrant.objects.filter(enterprise=firm).select_related("user", "granted_by").order_by("-id"),
        "looks": Look.objects.filter(enterprise=firm).select_related("user").order_by("-id")[:100],
        "today": timezone.localdate(),
    }
    return render(request, "enterprises/grants.html", context, status=409 if refused else 200)


@login_required
@require_POST
def revoke_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """The firm closes a grant at once."""
    grant = grant_actions.revoke_grant(actor=person(request), grant_id=pk)
    messages.success(request, _("Closed. From now on this person reads nothing more."))
    return redirect("enterprises:grants", pk=grant.enterprise_id)
