"""What office, committee and departments see: verdicts and counts, never a value; and the policies' own state."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianzhu.apps.cases import clock
from lianzhu.apps.core import jobs as queue
from lianzhu.apps.core.ledger import LedgerColumn, ledger
from lianzhu.apps.core.models import Job, User
from lianzhu.apps.core.views import download, person
from lianzhu.apps.enterprises.actions.grants import note_look
from lianzhu.apps.enterprises.models import access_of
from lianzhu.apps.policies import jobs, permissions
from lianzhu.apps.policies.queries import shelf_state, verdicts

MOST_EXPORTED = 500


@login_required
@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Verdicts firm by firm: only with a purpose, and every firm on the page learns of the look."""
    user = person(request)
    if not permissions.sees_verdicts(user):
        raise PermissionDenied
    asked = _asked(request)
    page = None
    if asked["purpose"]:
        page = _page(user, asked, after=request.GET.get("after", ""))
        _note(user, page, asked["purpose"])
    running = Job.objects.filter(
        kind=jobs.BUILD, argument__in=access_of(user).office_chains, state__in=[Job.State.WAITING, Job.State.RUNNING]
    )
    context = {
        **asked,
        "page": page,
        "purpose_query": urlencode({"purpose": asked["purpose"]}),
        "policies": verdicts.shown_policies().items(),
        "standings": [(one.value, one.label) for one in verdicts.SHOWN],
        "running": running.order_by("-id").first(),
    }
    return render(request, "policies/matrix.html", context)


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same list as a 台账, under the same rule."""
    user = person(request)
    asked = _asked(request)
    if not permissions.sees_verdicts(user) or not asked["purpose"]:
        raise PermissionDenied
    page = _page(user, asked, size=MOST_EXPORTED)
    _note(user, page, asked["purpose"])
    columns = [
        LedgerColumn(_("Firm"), 36),
        LedgerColumn(_("Policy"), 36),
        LedgerColumn(_("How it stands"), 18),
        LedgerColumn(_("Clauses not met"), 60),
        LedgerColumn(_("Package of"), 14),
    ]
    rows = [
        (
            line.firm.name,
            line.title,
            line.verdict.get_standing_display(),
            "；".join(line.lacks),
            line.verdict.package.on,
        )
        for line in page.lines
    ]
    today = clock.today()
    return download(
        ledger(
            _("Firms and policies"), columns, rows, unit=_("firms"), period=today.isoformat(), note=asked["purpose"]
        ),
        _("Firms and policies %(date)s.xlsx") % {"date": today.isoformat()},
    )


@login_required
@require_POST
def rebuild(request: HttpRequest) -> HttpResponse:
    """The office has all packages built anew."""
    user = person(request)
    chains = access_of(user).office_chains
    if not chains:
        raise PermissionDenied
    for chain in sorted(chains):
        queue.ask(actor=user, kind=jobs.BUILD, argument=chain)
    messages.success(request, _("Begun. The list shows today's packages as they are ready."))
    return redirect("policies:matrix")


@login_required
@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """Counts by policy, and per clause how many firms fail nothing else; in bands."""
    user = person(request)
    if not permissions.sees_counts(user):
        raise PermissionDenied
    context = {
        "counts": verdicts.counts(user),
        "near": verdicts.near_misses(user),
        "standings": [one.label for one in verdicts.SHOWN],
        "fewest": verdicts.FEWEST,
    }
    return render(request, "policies/counts.html", context)


@login_required
@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """Age, marks and unknown articles of every policy: open to everybody."""
    on = clock.today()
    return render(request, "policies/shelf.html", {"states": shelf_state.policy_states(on), "on": on})


def _asked(request: HttpRequest) -> dict[str, str]:
    return {key: request.GET.get(key, "").strip()[:160] for key in ("purpose", "policy", "standing", "changed")}


def _page(user: User, asked: dict[str, str], *, after: str = "", size: int = verdicts.PAGE) -> verdicts.VerdictPage:
    return verdicts.verdict_page(
        user,
        policy=asked["policy"],
        standing=asked["standing"],
        changed=bool(asked["changed"]),
        after=after,
        size=size,
    )


def _note(user: User, page: verdicts.VerdictPage, purpose: str) -> None:
    said = _("Verdicts: %(purpose)s") % {"purpose": purpose}
    for firm in verdicts.not_noted(user, (line.firm for line in page.lines), said):
        note_look(actor=user, firm=firm, purpose=said)
