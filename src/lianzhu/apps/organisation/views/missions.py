"""Pioneer posts and task forces: list, one of them, opening, report, the firm's word."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianzhu.apps.core.models import User
from lianzhu.apps.core.views import person
from lianzhu.apps.enterprises.models import Enterprise
from lianzhu.apps.organisation import permissions
from lianzhu.apps.organisation.actions import missions as actions
from lianzhu.apps.organisation.forms import FirmForm, MissionForm, ReportForm, VerdictForm
from lianzhu.apps.organisation.models import Appointment, Body, Mission
from lianzhu.apps.organisation.views.speaking import chain_of, chain_to_organise, form_page

PAGE = 50


@login_required
@require_safe
def missions(request: HttpRequest) -> HttpResponse:
    """Posts and task forces this person may see, newest first."""
    user = person(request)
    chain = chain_of(user)
    rows = Mission.objects.visible_to(user).filter(body__chain=chain)
    state, kind, after = (request.GET.get(name, "") for name in ("state", "kind", "after"))
    if kind in Body.AT_A_PLACE:
        rows = rows.filter(body__kind=kind)
    if state == "running":
        rows = rows.filter(body__until__isnull=True)
    elif state == "to_judge":
        rows = rows.filter(reported_at__isnull=False, confirmed_by_firm_at__isnull=True)
    elif state == "judged":
        rows = rows.filter(confirmed_by_firm_at__isnull=False)
    if after.isdigit():
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.select_related("body__enterprise", "place").order_by("-id")[: PAGE + 1])
    context = {
        "rows": found[:PAGE],
        "after": found[PAGE - 1].pk if len(found) > PAGE else "",
        "state": state,
        "states": [
            ("running", _("under way")),
            ("to_judge", _("waits for the firm")),
            ("judged", _("judged by the firm")),
        ],
        "kind": kind,
        "kinds": [(one.value, one.label) for one in Body.Kind if one in Body.AT_A_PLACE],
        "may_organise": permissions.can_organise(user, chain),
        "today": timezone.localdate(),
    }
    return render(request, "organisation/missions.html", context)


def _mission(user: User, pk: int) -> Mission:
    rows = Mission.objects.visible_to(user).select_related("body__enterprise", "body__chain", "body__parent", "place")
    return get_object_or_404(rows, pk=pk)


@login_required
@require_safe
def mission(request: HttpRequest, pk: int) -> HttpResponse:
    """One post or task force: goal, term, members, result, the firm's word."""
    user = person(request)
    one = _mission(user, pk)
    seats = Appointment.objects.visible_to(user).filter(body=one.body).select_related("person").order_by("role", "id")
    seats_in_all = Appointment.objects.filter(body=one.body).count()
    shown = list(seats)
    context = {
        "one": one,
        "seats": shown,
        "unnamed": seats_in_all - len(shown),
        "may_report": one.confirmed_by_firm_at is None and permissions.can_report_result(user, one),
        "may_judge": one.confirmed_by_firm_at is None
        and one.reported_at is not None
        and permissions.can_confirm_result(user, one),
        "late": one.reported_at is None and one.body.until is None and one.due_on < timezone.localdate(),
        "may_organise": permissions.can_organise(user, one.body.chain),
    }
    return render(request, "organisation/mission.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def opening(request: HttpRequest) -> HttpResponse:
    """Open a post or task force: first the firm, then its place, goal, term and people."""
    user = person(request)
    chain = chain_to_organise(user)
    chosen = FirmForm(request.GET if "firm" in request.GET else None, chain=chain)
    if not chosen.is_valid():
        return render(request, "organisation/choose_firm.html", {"form": chosen})
    firm: Enterprise = chosen.cleaned_data["firm"]
    form = MissionForm(request.POST or None, chain=chain, firm=firm, user=user)

    def act() -> str:
        told = form.cleaned_data
        lead, *members = form.team()
        same = {
            "actor": user,
            "chain_id": chain.pk,
            "place_id": told["place"].pk,
            "name": told["name"],
            "goal": told["goal"],
            "since": told["since"],
            "due_on": told["due_on"],
            "source": told["source"],
        }
        if told["kind"] == Body.Kind.POST:
            made = actions.open_post(holder=lead, **same)
        else:
            made = actions.open_task_force(lead=lead, members=members, **same)
        return reverse("organisation:mission", args=[made.pk])

    words = {
        "title": _("Open a post or task force at %(firm)s") % {"firm": firm.name},
        "button": _("Open it"),
        "back": reverse("organisation:missions"),
        "back_to": _("Posts and task forces"),
    }
    return form_page(request, form, act, words)


@login_required
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what came of it."""
    user = person(request)
    one = _mission(user, pk)
    if not permissions.can_report_result(user, one):
        raise PermissionDenied
    form = ReportForm(request.POST or None, initial={"result": one.result})
    here = reverse("organisation:mission", args=[pk])

    def act() -> str:
        actions.report_result(actor=user, mission_id=pk, result=form.cleaned_data["result"])
        return here

    words = {
        "title": _("Report the result of %(name)s") % {"name": one.body.name},
        "lines": [_("Goal of the work: %(goal)s") % {"goal": one.goal}],
        "hint": _("The firm then says whether it was reached; only its word counts."),
        "button": _("Report to the firm"),
        "back": here,
        "back_to": one.body.name,
    }
    return form_page(request, form, act, words, "organisation/errand.html")


@login_required
@require_http_methods(["GET", "POST"])
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """The firm's word on the result."""
    user = person(request)
    one = _mission(user, pk)
    if not permissions.can_confirm_result(user, one):
        raise PermissionDenied
    form = VerdictForm(request.POST or None)
    here = reverse("organisation:mission", args=[pk])

    def act() -> str:
        actions.confirm_result(actor=user, mission_id=pk, verdict=form.cleaned_data["verdict"])
        return here

    words = {
        "title": _("What do you say of the result?"),
        "lines": [
            _("Goal of the work: %(goal)s") % {"goal": one.goal},
            _("Reported result: %(result)s") % {"result": one.result},
        ],
        "hint": _("With your word the post or task force ends."),
        "button": _("Confirm for our firm"),
        "back": here,
        "back_to": one.body.name,
    }
    return form_page(request, form, act, words, "organisation/errand.html")
