"""A firm's policies: the list by how it stands, one policy clause by clause, and the questions that decide."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianzhu.apps.cases import clock
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.core.views import person
from lianzhu.apps.enterprises.actions.grants import note_look
from lianzhu.apps.enterprises.models import Enterprise, access_of
from lianzhu.apps.policies import permissions
from lianzhu.apps.policies.actions import packages, reminders
from lianzhu.apps.policies.forms import ResponsibleForm
from lianzhu.apps.policies.models import Claim, Standing, Verdict
from lianzhu.apps.policies.paper import ORDER
from lianzhu.apps.policies.queries import reading, windows
from lianzhu.apps.policies.queries.claims import contacts_of
from lianzhu.engine.rules.shelf import library_shelf


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Where a firm's person begins: their own firm's policies."""
    own = sorted(access_of(person(request)).own_firms)
    if not own:
        raise PermissionDenied
    return redirect("policies:firm", pk=own[0])


@login_required
@require_safe
def firm(request: HttpRequest, pk: int) -> HttpResponse:
    """Every policy of the day for one firm, by how it stands."""
    user = person(request)
    found = readable_firm(user, pk)
    known = reading.visible_facts(user, found, clock.today())
    lines = reading.package_lines(known)
    changed = (
        Verdict.objects.visible_to(user).filter(package__enterprise=found, package__latest=True).exclude(before="")
    )
    titles = {line.policy.id: line.title for group in lines.values() for line in group}
    first = changed.select_related("package").first()
    compared = packages.compared_with(found, first.package.on) if first else None
    own = permissions.can_answer(user, found)
    context = {
        "firm": found,
        "own": own,
        "responsible": windows.responsible_of([found.pk], known.on).get(found.pk),
        "people": windows.users_of(found, known.on) if own else [],
        "since": compared.on if compared else None,
        "groups": [(standing, standing.label, lines[standing]) for standing in ORDER if lines[standing]],
        "changes": [(row, titles.get(row.policy, row.policy)) for row in changed.order_by("policy")],
        "claims": Claim.objects.visible_to(user).filter(enterprise=found, state__in=Claim.OPEN).count(),
        "on": known.on,
    }
    return render(request, "policies/firm.html", context)


@login_required
@require_safe
def policy(request: HttpRequest, pk: int, policy: str) -> HttpResponse:
    """One policy for one firm."""
    user = person(request)
    return _policy_page(request, user, readable_firm(user, pk), policy)


@login_required
@require_POST
def answer(request: HttpRequest, pk: int, policy: str) -> HttpResponse:
    """One answer, stored at once; then the same page with what is asked next."""
    user = person(request)
    found = readable_firm(user, pk)
    if not permissions.can_answer(user, found):
        raise PermissionDenied
    if policy not in library_shelf().policies:
        raise Http404
    told = {key: request.POST.get(key, "") for key in ("name", "period", "text")}
    try:
        packages.answer_question(actor=user, firm_id=found.pk, **told)
    except RuleBroken as error:
        return _policy_page(request, user, found, policy, refused=str(error))
    messages.success(request, _("Saved, and worked out again."))
    return redirect("policies:policy", pk=found.pk, policy=policy)


@login_required
@require_POST
def responsible(request: HttpRequest, pk: int) -> HttpResponse:
    """The firm names who sees to its policies."""
    user = person(request)
    found = readable_firm(user, pk)
    form = ResponsibleForm(request.POST)
    if not permissions.can_answer(user, found) or not form.is_valid():
        raise PermissionDenied
    reminders.name_responsible(actor=user, firm_id=found.pk, user_id=form.cleaned_data["user"])
    messages.success(request, _("Saved."))
    return redirect("policies:firm", pk=found.pk)


def readable_firm(user: User, pk: int) -> Enterprise:
    """A firm whose values the person may read; else 404, so that ids tell nothing. Looks from outside are kept."""
    found = Enterprise.objects.filter(pk=pk, state=Enterprise.State.ACTIVE).first()
    if found is None or not permissions.can_read_values(user, found):
        raise Http404
    note_look(actor=user, firm=found, purpose=_("The firm's policies, with values"))
    return found


def _policy_page(
    request: HttpRequest, user: User, found: Enterprise, policy_id: str, refused: str = ""
) -> HttpResponse:
    if policy_id not in library_shelf().policies:
        raise Http404
    known = reading.visible_facts(user, found, clock.today())
    line = reading.line_of(known, policy_id)
    clauses = reading.clause_lines(known, line.answer)
    open_claim = Claim.objects.visible_to(user).filter(enterprise=found, policy=policy_id, state__in=Claim.OPEN).first()
    own = permissions.can_answer(user, found)
    window = line.window
    held = bool(line.policy.certificate and known.values.get(line.policy.certificate) is True)
    context = {
        "firm": found,
        "own": own,
        "line": line,
        "clauses": clauses,
        "met": sum(one.said.met is True for one in clauses),
        "unmet": sum(one.said.met is False for one in clauses),
        "open": sum(one.said.met is None for one in clauses),
        "doubtful": any(one.said.clause.doubts for one in clauses),
        "gaps": reading.gaps_of(line.answer),
        "question": line.asks[0] if line.asks else None,
        "later": line.asks[1:],
        "window_open": bool(window and window.open_on(known.on)),
        "window_ahead": bool(window and window.opens(known.on)),
        "claim": open_claim,
        "may_apply": own and line.standing in (Standing.QUALIFIES, Standing.READY) and line.policy.kind != "tax",
        "certificate_held": held,
        "opens": reading.opened_by(known, policy_id, held=held),
        "contact": contacts_of(found, known.on).get(policy_id, ""),
        "papers": reading.papers_of(line.answer),
        "responsible": windows.responsible_of([found.pk], known.on).get(found.pk),
        "refused": refused,
        "on": known.on,
        "last_year": known.on.year - 1,
    }
    return render(request, "policies/policy.html", context, status=409 if refused else 200)
