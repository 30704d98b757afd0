"""The list of activities, one of them, its papers and its minutes."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lianzhu.apps.activities import permissions, queries
from lianzhu.apps.activities.models import Activity, Paper, SignUp
from lianzhu.apps.core import files
from lianzhu.apps.core.models import User
from lianzhu.apps.core.views import person
from lianzhu.apps.organisation.views.speaking import chain_of

PAGE = 50


@login_required
@require_safe
def activities(request: HttpRequest) -> HttpResponse:
    """What is ahead, nearest first, and what is past, newest first."""
    user = person(request)
    chain = chain_of(user)
    now = timezone.now()
    rows = queries.counted(Activity.objects.visible_to(user).filter(chain=chain))
    kind, after = request.GET.get("kind", ""), request.GET.get("after", "")
    if kind in Activity.Kind.values:
        rows = rows.filter(kind=kind)
    past = rows.filter(begins_at__lt=now)
    if after.isdigit():
        last = get_object_or_404(Activity.objects.visible_to(user), pk=int(after))
        past = past.filter(begins_at__lt=last.begins_at)
    found = list(past.order_by("-begins_at", "-id")[: PAGE + 1])
    context = {
        "ahead": [] if after else list(rows.filter(begins_at__gte=now).order_by("begins_at", "id")[:PAGE]),
        "past": found[:PAGE],
        "after": found[PAGE - 1].pk if len(found) > PAGE else "",
        "kind": kind,
        "kinds": Activity.Kind.choices,
        "may_announce": permissions.can_announce_something(user, chain),
    }
    return render(request, "activities/activities.html", context)


def shown_to(user: User, pk: int) -> Activity:
    """An activity the person may see."""
    return get_object_or_404(Activity.objects.visible_to(user).select_related("host", "chain", "minutes_by"), pk=pk)


@login_required
@require_safe
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """One activity: what, when, agenda, who comes, papers, decisions, outcome."""
    user = person(request)
    one = shown_to(user, pk)
    begun = one.begins_at <= timezone.now()
    living = one.state != Activity.State.CALLED_OFF
    runs = permissions.can_run(user, one)
    seen = SignUp.objects.visible_to(user).filter(activity=one).exclude(state=SignUp.State.CANCELLED)
    context = {
        "one": one,
        "counts": queries.counts_of(one),
        "rows": list(seen.order_by("id")),
        "papers": list(one.papers.select_related("file").order_by("id")),
        "decisions": queries.decisions_of(user, one),
        "begun": begun,
        "living": living,
        "runs": runs,
        "may_sign_up": living and not begun and permissions.can_sign_up(user, one, None),
        "may_decide": living and begun and permissions.can_decide(user, one),
        "announced": one.state == Activity.State.ANNOUNCED,
        "held": one.state == Activity.State.HELD,
    }
    return render(request, "activities/activity.html", context)


@login_required
@require_safe
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes on one sheet, with the notice, for printing and signing."""
    user = person(request)
    one = shown_to(user, pk)
    context = {
        "one": one,
        "counts": queries.counts_of(one),
        "decisions": queries.decisions_of(user, one),
        "runs": permissions.can_run(user, one),
        "came": SignUp.objects.visible_to(user)
        .filter(activity=one, state=SignUp.State.ATTENDED)
        .order_by("unit", "id"),
    }
    return render(request, "activities/minutes.html", context)


@login_required
@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A paper, for who may see its activity."""
    shown = Activity.objects.visible_to(person(request))
    found = get_object_or_404(Paper.objects.filter(activity__in=shown).select_related("file"), pk=pk)
    path = files.path_of(found.file)
    if not path.exists():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=found.file.name)
