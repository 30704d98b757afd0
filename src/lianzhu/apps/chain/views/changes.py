"""What changed on the board since an earlier run, and why."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from lianzhu.apps.chain.queries.changes import changes_of
from lianzhu.apps.chain.views.board import board_reader


@login_required
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """New, gone and changed findings between two runs, with the statements that entered or ended."""
    user, chain = board_reader(request)
    try:
        since = parse_date(request.GET.get("since", ""))
    except ValueError:
        since = None
    return render(request, "chain/changes.html", {"found": changes_of(user, chain, since)})
