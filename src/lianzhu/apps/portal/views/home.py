"""The first page, search, and the keyboard's help."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person today."""
    return render(request, "portal/home.html")


@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """One word over everything this person may see, grouped."""
    return render(request, "portal/search.html", {"query": request.GET.get("q", "").strip()[:80]})


@require_safe
def keyboard(request: HttpRequest) -> HttpResponse:
    """The keys, for those who read it as a page."""
    return render(request, "portal/keyboard.html")
