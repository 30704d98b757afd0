"""A firm's own place in the chain: an errand page, for the firm's own people alone."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lianzhu.apps.chain.queries.place import own_place
from lianzhu.apps.core.views import person
from lianzhu.apps.enterprises.models import Chain, Enterprise, access_of


@login_required
@require_safe
def place(request: HttpRequest) -> HttpResponse:
    """The place of the person's firm; `?firm=` chooses among several of their own."""
    user = person(request)
    access = access_of(user)
    own = Enterprise.objects.filter(pk__in=access.own_firms, state=Enterprise.State.ACTIVE).order_by("id")
    asked = request.GET.get("firm", "")
    firm = own.filter(pk=int(asked)).first() if asked.isdecimal() else own.first()
    chain = Chain.objects.filter(firms=firm, pk__in=access.chains).order_by("id").first() if firm else None
    if firm is None or chain is None:
        raise PermissionDenied
    return render(request, "chain/place.html", {"told": own_place(user, chain, firm), "own": list(own)})
