"""The genealogy: from one works to a hundred firms."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lianzhu.apps.core.views import person
from lianzhu.apps.enterprises.charts import YEAR_WIDTH, YEARS_HEIGHT, year_bars
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.enterprises.queries import genealogy as kin
from lianzhu.apps.enterprises.queries.map import chosen_chain


@login_required
@require_safe
def genealogy(request: HttpRequest) -> HttpResponse:
    """From one works to a hundred firms: the tree, and how many there were each year."""
    user = person(request)
    chain = chosen_chain(user, request.GET.get("chain", ""))
    return render(request, "enterprises/genealogy.html", _family(request, chain) if chain else {})


def _family(request: HttpRequest, chain: Chain) -> dict[str, object]:
    found = kin.genealogy(person(request), chain)
    bars = year_bars(found.by_year)
    return {
        "drawn_chain": chain,
        "found": found,
        "bars": bars,
        "width": max(len(bars) * YEAR_WIDTH, 240) + 24,
        "bar_width": YEAR_WIDTH - 4,
        "height": YEARS_HEIGHT,
    }
