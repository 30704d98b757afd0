"""What if: choose a node and a change, see the index before and after; every answer has its own address."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lianzhu.apps.chain import permissions
from lianzhu.apps.chain.queries import what_if as queries
from lianzhu.apps.core.views import person
from lianzhu.apps.enterprises.queries.map import JUDGED
from lianzhu.apps.organisation.views.speaking import chain_of
from lianzhu.library.chain import levels, nodes


@login_required
@require_safe
def what_if(request: HttpRequest) -> HttpResponse:
    """The form and, when a node is chosen, its answer."""
    user = person(request)
    if not permissions.sees_board(user):
        raise PermissionDenied
    chain = chain_of(user)
    node, said = request.GET.get("node", ""), request.GET.get("change", "")
    node = node if node in nodes() and nodes()[node].stage in JUDGED else ""
    change = queries.Change(said) if said in queries.Change.values else queries.Change.LOSE_ONE
    context = {
        "chain_shown": chain,
        "levels": [
            (level, [one for one in nodes().values() if one.level == key and one.stage in JUDGED])
            for key, level in levels().items()
        ],
        "node": node,
        "change": change,
        "changes": queries.Change.choices,
        "found": queries.answer(queries.possible(chain), node, change) if node else None,
    }
    return render(request, "chain/what_if.html", context)
