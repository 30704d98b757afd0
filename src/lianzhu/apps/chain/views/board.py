"""The board, one finding of it, the case made of it, a second source of its node, and the two runs."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.queries.people import targets, workers_of
from lianzhu.apps.chain import jobs, permissions
from lianzhu.apps.chain.actions import board as board_actions
from lianzhu.apps.chain.actions import sources
from lianzhu.apps.chain.forms.board import CaseForm, SourceForm
from lianzhu.apps.chain.queries import board as boards
from lianzhu.apps.chain.queries.stated import firms_without, stated_here
from lianzhu.apps.chain.runs.nodes import percent
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.jobs import ask
from lianzhu.apps.core.models import Job, User
from lianzhu.apps.core.views import person
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.enterprises.queries.map import chosen_chain
from lianzhu.apps.findings.models import Finding
from lianzhu.apps.findings.queries import snapshots_of
from lianzhu.apps.organisation.models import Body
from lianzhu.library.chain import nodes

RUNS = (jobs.LOOK_AT_CHAIN, jobs.LOOK_AT_WEIGHTS)


def board_reader(request: HttpRequest) -> tuple[User, Chain]:
    """Who reads the board, and of which chain; anybody else is refused."""
    user = person(request)
    chain = chosen_chain(user, request.GET.get("chain", ""))
    if chain is None or not permissions.sees_board(user):
        raise PermissionDenied
    return user, chain


@login_required
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Strengthen, fill, extend: three columns, newest evidence first."""
    user, chain = board_reader(request)
    view = request.GET.get("view", "all")
    view = view if view in boards.VIEWS else "all"
    kind = request.GET.get("kind", "")
    job = Job.objects.filter(kind__in=_own_runs(user, chain), argument=chain.pk).order_by("pk").last()
    context = {
        "board": boards.board_of(user, chain, view=view, kind=kind),
        "of": chain,
        "view": view,
        "kind": kind,
        "job": job if job and job.state in (Job.State.WAITING, Job.State.RUNNING) else None,
        "failed": job.error if job and job.state == Job.State.FAILED else "",
        "weights": permissions.can_look_at_weights(user, chain),
    }
    return render(request, "chain/board.html", context)


def _own_runs(user: User, chain: Chain) -> list[str]:
    """Runs this person may start, and so watch."""
    office, statistician = permissions.can_look(user, chain), permissions.can_look_at_weights(user, chain)
    return [kind for kind, may in zip(RUNS, (office, statistician), strict=True) if may]


@login_required
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Ask for the run that is this person's: the office's, or the statistician's over real weights."""
    user, chain = board_reader(request)
    kinds = _own_runs(user, chain)
    if not kinds:
        raise PermissionDenied
    for kind in kinds:
        ask(actor=user, kind=kind, argument=chain.pk)
    return redirect("chain:board")


@login_required
@require_safe
def run_progress(request: HttpRequest) -> HttpResponse:
    """The polled progress bar; tells the page to load again when the run is over."""
    user, chain = board_reader(request)
    job = Job.objects.filter(kind__in=_own_runs(user, chain), argument=chain.pk).order_by("pk").last()
    if job is None or job.state in (Job.State.DONE, Job.State.FAILED):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "chain/board_run.html", {"job": job})


def _finding(request: HttpRequest, pk: int) -> tuple[User, Finding]:
    user, chain = board_reader(request)
    rows = boards.on_board(user, chain).select_related("enterprise", "decided_by", "chain")
    return user, get_object_or_404(rows, pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding: evidence, what would prove it wrong, what earlier runs knew; made a case with owner and limit."""
    user, found = _finding(request, pk)
    may_act = permissions.can_keep_board(user, found.chain)
    today = clock.today()
    ready = [body.pk for body in targets(found.chain, today) if may_act and workers_of(body, today)]
    owners = Body.objects.filter(pk__in=ready).order_by("kind", "name")
    form = CaseForm(request.POST or None, owners=owners)
    refused = ""
    if request.method == "POST" and not may_act:
        raise PermissionDenied
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            case = board_actions.make_case(
                actor=user, finding_id=pk, owner_id=told["owner"].pk, days=told["days"], text=told["text"]
            )
        except RuleBroken as error:
            refused = str(error)
        else:
            messages.success(request, _("Made case %(number)s and dispatched.") % {"number": case.number})
            return redirect("chain:finding", pk=pk)
    context = {
        "card": boards.cards_of(user, [found])[0],
        "found": found,
        "seen": snapshots_of(found),
        "stated": stated_here(user, found.chain, found.node) if may_act else [],
        "may_act": may_act,
        "form": form,
        "refused": refused,
    }
    return render(request, "chain/board_finding.html", context, status=409 if refused else 200)


@login_required
@require_http_methods(["GET", "POST"])
def second_source(request: HttpRequest, code: str) -> HttpResponse:
    """Write down one more maker of a node, with source and date; the index of the node follows."""
    user, chain = board_reader(request)
    if not permissions.can_keep_board(user, chain):
        raise PermissionDenied
    if code not in nodes():
        raise Http404
    form = SourceForm(
        request.POST or None, firms=firms_without(chain, code), initial={"as_of": timezone.localdate().isoformat()}
    )
    refused = ""
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            second = sources.record_second_source(
                actor=user,
                chain=chain,
                node=code,
                firm_id=told["firm"].pk,
                product=told["product"],
                source=told["source"],
                as_of=told["as_of"],
            )
        except RuleBroken as error:
            refused = str(error)
        else:
            messages.success(request, sources_words(second))
            return redirect("chain:map_node", code=code)
    context = {
        "node": nodes()[code],
        "index": percent(index) if (index := sources.index_of(chain, code)) is not None else None,
        "stated": stated_here(user, chain, code),
        "form": form,
        "refused": refused,
    }
    return render(request, "chain/board_source.html", context, status=409 if refused else 200)


def sources_words(second: sources.Second) -> str:
    """What became of the node's index."""
    if second.before is None or second.after is None:
        return _("Recorded. The node has a maker now.")
    return _("Recorded. The node's index was %(before).1f %%, it is %(after).1f %% now.") % {
        "before": 100 * second.before,
        "after": 100 * second.after,
    }


@login_required
@require_POST
def end_source(request: HttpRequest, pk: int) -> HttpResponse:
    """End a statement the office made by mistake."""
    user, chain = board_reader(request)
    ended = sources.end_second_source(actor=user, chain=chain, product_id=pk)
    messages.success(request, _("Ended. The findings follow what is left."))
    return redirect("chain:map_node", code=ended.node)
