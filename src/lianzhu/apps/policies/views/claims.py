"""Claims: the list, one claim with its next step, and which body answers which policy."""

from collections.abc import Callable, Mapping

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.models import Case
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.ledger import LedgerColumn, ledger
from lianzhu.apps.core.models import User
from lianzhu.apps.core.views import download, person
from lianzhu.apps.enterprises.models import access_of
from lianzhu.apps.organisation.models import Body
from lianzhu.apps.policies import permissions
from lianzhu.apps.policies.actions import claims as actions
from lianzhu.apps.policies.forms import ApproveForm, CertificateForm, DeskForm, ReceiptForm, RefuseForm
from lianzhu.apps.policies.models import Claim
from lianzhu.apps.policies.queries import claims as queries
from lianzhu.apps.policies.queries import reading
from lianzhu.apps.policies.views.firm import readable_firm

MOST_EXPORTED = 2000
FORMS: Mapping[str, type[forms.Form]] = {
    "accept": forms.Form,
    "approve": ApproveForm,
    "refuse": RefuseForm,
    "certificate": CertificateForm,
    "receive": ReceiptForm,
}
ACTS: Mapping[str, Callable[..., Claim]] = {
    "accept": actions.accept_claim,
    "approve": actions.approve_claim,
    "refuse": actions.refuse_claim,
    "certificate": actions.record_certificate,
    "receive": actions.confirm_receipt,
}


@login_required
@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    """Claims the person may see."""
    user = person(request)
    state = request.GET.get("state", "")
    context = {
        "page": queries.claim_page(user, state=state, after=request.GET.get("after", "")),
        "state": state,
        "states": Claim.State.choices,
        "own": bool(access_of(user).own_firms),
        "office": bool(access_of(user).office_chains),
    }
    return render(request, "policies/claims.html", context)


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same list as a 台账: amounts only where the list shows them."""
    user = person(request)
    page = queries.claim_page(user, state=request.GET.get("state", ""), size=MOST_EXPORTED)
    columns = [
        LedgerColumn(_("Number"), 12),
        LedgerColumn(_("Firm"), 30),
        LedgerColumn(_("Policy"), 34),
        LedgerColumn(_("State"), 12),
        LedgerColumn(_("Applied on"), 12),
        LedgerColumn(_("Accepted on"), 12),
        LedgerColumn(_("Approved on"), 12),
        LedgerColumn(_("Promised (万元)"), 14, number=True),
        LedgerColumn(_("By"), 12),
        LedgerColumn(_("Received (万元)"), 14, number=True),
        LedgerColumn(_("Received on"), 12),
        LedgerColumn(_("Days late"), 9, number=True),
    ]
    rows = [
        (
            line.claim.case.number,
            line.claim.enterprise.name,
            line.title,
            line.claim.get_state_display(),
            line.claim.applied_on,
            line.claim.accepted_on,
            line.claim.approved_on,
            line.claim.promised if line.promised is not None else _("not for you"),
            line.claim.due_on,
            line.claim.received if line.received is not None else _("not for you"),
            line.claim.received_on,
            line.late,
        )
        for line in page.lines
    ]
    today = clock.today().isoformat()
    note = _("The first %(n)s only.") % {"n": MOST_EXPORTED} if page.after else ""
    made = ledger(_("Claims"), columns, rows, unit="万元", period=today, note=note)
    return download(made, _("Claims %(date)s.xlsx") % {"date": today})


@login_required
@require_http_methods(["GET", "POST"])
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """One claim; the firm or the department takes the next step here."""
    user = person(request)
    found = get_object_or_404(Claim.objects.visible_to(user).select_related("enterprise", "case", "contact"), pk=pk)
    step, refused = request.POST.get("step", ""), ""
    bound = FORMS[step](request.POST) if step in FORMS else None
    if bound is not None and bound.is_valid():
        try:
            ACTS[step](actor=user, claim_id=found.pk, **bound.cleaned_data)
        except RuleBroken as error:
            refused = str(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("policies:claim", pk=found.pk)
    steps = {name: bound if name == step else FORMS[name]() for name in open_steps(user, found)}
    if "receive" in steps and steps["receive"] is not bound:
        steps["receive"] = ReceiptForm(initial={"on": clock.today()})
    context = {
        "line": queries.claim_lines(user, [found])[0],
        "claim": found,
        "steps": steps,
        "refused": refused,
        "sees_case": Case.objects.visible_to(user).filter(pk=found.case_id).exists(),
        "opens": _opened(user, found) if found.certificate_no else [],
    }
    return render(request, "policies/claim.html", context, status=409 if refused else 200)


@login_required
@require_POST
def apply(request: HttpRequest, pk: int, policy: str) -> HttpResponse:
    """The firm has applied."""
    user = person(request)
    firm = readable_firm(user, pk)
    made = actions.apply_for(actor=user, firm_id=firm.pk, policy=policy, on=clock.today())
    messages.success(request, _("Noted. The claim is followed here until it has come."))
    return redirect("policies:claim", pk=made.pk)


@login_required
@require_http_methods(["GET", "POST"])
def desks(request: HttpRequest) -> HttpResponse:
    """Which body answers which policy: the office."""
    user = person(request)
    chains = sorted(access_of(user).office_chains)
    if not chains:
        raise PermissionDenied
    form = DeskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        actions.set_desk(actor=user, chain_id=chains[0], policy=told["policy"], body_id=told["body"])
        messages.success(request, _("Saved."))
        return redirect("policies:desks")
    bodies = Body.objects.filter(chain=chains[0], kind=Body.Kind.DEPARTMENT, until__isnull=True).order_by("name")
    return render(request, "policies/desks.html", {"lines": queries.desk_lines(chains[0]), "bodies": list(bodies)})


def _opened(user: User, claim: Claim) -> list[tuple[str, str, str, str]]:
    """What the certificate bettered, for those who may read the firm's values."""
    if not permissions.can_read_values(user, claim.enterprise):
        return []
    return reading.opened_by(reading.visible_facts(user, claim.enterprise, clock.today()), claim.policy, held=True)


def open_steps(user: User, claim: Claim) -> list[str]:
    """The steps this person can take on the claim now."""
    found = []
    if permissions.can_answer_claim(user, claim):
        found += {"applied": ["accept", "refuse"], "accepted": ["approve", "refuse"]}.get(claim.state, [])
    won = claim.state in (Claim.State.APPROVED, Claim.State.RECEIVED) and not claim.certificate_no
    if won and permissions.can_record_certificate(user, claim) and queries.certificate_facts(claim.policy):
        found.append("certificate")
    if permissions.can_confirm_receipt(user, claim) and claim.state == Claim.State.APPROVED:
        found.append("receive")
    return found
