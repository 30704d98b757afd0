"""The first page, search, and the keyboard's help."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lianzhu.apps.core.views import person
from lianzhu.apps.enterprises.models import access_of
from lianzhu.apps.portal import queries
from lianzhu.apps.portal.home.page import home_of


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person today; firms get the one-column page."""
    user = person(request)
    own = sorted(access_of(user).own_firms)
    template = "portal/home_firm.html" if own else "portal/home.html"
    return render(request, template, {"home": home_of(user), "own_firm": own[0] if own else None})


@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """One word over everything this person may see, grouped."""
    text = request.GET.get("q", "").strip()[:80]
    found = queries.search_everything(person(request), text) if text else []
    return render(request, "portal/search.html", {"query": text, "groups": found})


@require_safe
def keyboard(request: HttpRequest) -> HttpResponse:
    """The keys, for those who read it as a page."""
    return render(request, "portal/keyboard.html")
