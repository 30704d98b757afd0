"""The list of firms and one firm's file."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianzhu.apps.core.ledger import LedgerColumn, ledger
from lianzhu.apps.core.models import User
from lianzhu.apps.core.views import download, person
from lianzhu.apps.enterprises import permissions
from lianzhu.apps.enterprises.actions.facts import IDENTITY
from lianzhu.apps.enterprises.actions.grants import note_look
from lianzhu.apps.enterprises.models import Contact, Enterprise, Membership, Place, Product, RecordState, access_of
from lianzhu.apps.enterprises.queries import file, lists
from lianzhu.library.chain import nodes


@login_required
@require_safe
def firms(request: HttpRequest) -> HttpResponse:
    """Firms of one's chains: search, node, sort, pages by key."""
    user = person(request)
    text, node = request.GET.get("q", "").strip(), request.GET.get("node", "")
    page = lists.firm_page(
        user, text=text, node=node, sort=request.GET.get("sort", "name"), after=request.GET.get("after", "")
    )
    makes = lists.nodes_of(page.firms)
    count, more = (0, False) if text or node else lists.count_firms(user)
    context = {
        "page": page,
        "rows": [(firm, makes.get(firm.pk, [])) for firm in page.firms],
        "text": text,
        "node": node,
        "chosen": nodes().get(node),
        "here": reverse("enterprises:firms"),
        "sorts": [("name", _("name")), ("updated", _("last changed"))],
        "may_import": bool(access_of(user).office_chains | access_of(user).statistician_chains),
        "count": count,
        "more": more,
    }
    return render(request, "enterprises/firms.html", context)


@login_required
@require_safe
def export_firms(request: HttpRequest) -> HttpResponse:
    """The same list as a 台账, with public values only, at most ten thousand rows."""
    user = person(request)
    text, node = request.GET.get("q", "").strip(), request.GET.get("node", "")
    columns = [
        LedgerColumn(_("Firm"), 36),
        LedgerColumn(_("Unified social credit code"), 24),
        LedgerColumn(_("Makes"), 44),
        LedgerColumn(_("Last confirmed"), 18),
    ]
    rows = lists.export_rows(user, text=text, node=node)
    today = timezone.localdate()
    return download(
        ledger(_("Firms of the chain"), columns, rows, unit=_("firms"), period=str(today.year)),
        _("Firms %(date)s.xlsx") % {"date": today.isoformat()},
    )


def visible_firm(user: User, pk: int) -> Enterprise:
    """The firm, if it belongs to one of the person's chains; else 404, so that ids tell nothing."""
    access = access_of(user)
    return get_object_or_404(
        Enterprise.objects.exclude(state=Enterprise.State.WITHDRAWN).select_related("controller", "merged_into"),
        pk=pk,
        pk__in=Membership.objects.filter(chain__in=access.chains).values("enterprise"),
    )


def _frame(user: User, firm: Enterprise, tab: str) -> dict[str, object]:
    """What the head of the file needs on every tab."""
    access = access_of(user)
    made = Product.objects.visible_to(user).filter(enterprise=firm, state=RecordState.CURRENT)
    held_by, siblings = file.controller(user, firm)
    return {
        "firm": firm,
        "tab": tab,
        "own": permissions.is_own_firm(user, firm),
        "held_by": held_by,
        "siblings": siblings,
        "made": sorted(set(made.values_list("node", flat=True)) - {""}),
        "may_decide": bool(access.office_chains),
        "reads_by_grant": firm.pk in access.granted_firms,
    }


def _tab(name: str, more: Callable[[User, Enterprise, str], dict[str, object]]) -> Callable[..., HttpResponse]:
    """One tab of the file, at its own address."""

    @login_required
    @require_safe
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        user = person(request)
        firm = visible_firm(user, pk)
        if firm.pk in access_of(user).granted_firms:
            note_look(actor=user, firm=firm, purpose=_("The firm's file, under its grant"))
        context = _frame(user, firm, name) | more(user, firm, request.GET.get("after", ""))
        return render(request, f"enterprises/firm_{name}.html", context)

    return view


def _facts(user: User, firm: Enterprise, _after: str) -> dict[str, object]:
    groups = file.fact_groups(user, firm)
    came_from, went_out = file.kin(user, firm)
    return {
        "groups": groups,
        "masked": any(row.value is None for group in groups for row in group.rows),
        "links": file.links(user, firm),
        "came_from": came_from,
        "went_out": went_out,
        "identity": IDENTITY,
    }


def _products(user: User, firm: Enterprise, _after: str) -> dict[str, object]:
    places = Place.objects.visible_to(user).current().filter(enterprise=firm).order_by("kind", "place")
    return {
        "products": file.products(user, firm),
        "places": list(places),
        "weights": file.reads_weights(user, firm),
    }


def _links(user: User, firm: Enterprise, _after: str) -> dict[str, object]:
    came_from, went_out = file.kin(user, firm)
    return {
        "links": file.links(user, firm),
        "knows_links": file.knows_links(user, firm),
        "came_from": came_from,
        "went_out": went_out,
    }


def _people(user: User, firm: Enterprise, _after: str) -> dict[str, object]:
    return {"contacts": list(Contact.objects.visible_to(user).current().filter(enterprise=firm).order_by("person"))}


def _history(user: User, firm: Enterprise, after: str) -> dict[str, object]:
    return {"page": file.history(user, firm, after=after)}


firm_facts = _tab("facts", _facts)
firm_products = _tab("products", _products)
firm_links = _tab("links", _links)
firm_people = _tab("people", _people)
firm_history = _tab("history", _history)
