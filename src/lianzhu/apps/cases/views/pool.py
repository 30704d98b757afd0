"""The pool: list, saved views, bulk dispatch, ledger."""

from functools import lru_cache
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianzhu.apps.cases import clock, words
from lianzhu.apps.cases.actions import steering
from lianzhu.apps.cases.models import Category, Kind
from lianzhu.apps.cases.queries import people, pool
from lianzhu.apps.cases.queries.numbers import METRICS
from lianzhu.apps.core.ledger import LedgerColumn, ledger
from lianzhu.apps.core.models import User
from lianzhu.apps.core.views import download, person
from lianzhu.apps.enterprises.models import Chain, access_of


def chain_of(user: User) -> Chain | None:
    """The chain a person works in: the first of theirs."""
    return Chain.objects.filter(pk__in=access_of(user).chains).order_by("id").first()


def office_chain(user: User) -> Chain | None:
    """The chain whose office the person belongs to."""
    return Chain.objects.filter(pk__in=access_of(user).office_chains).order_by("id").first()


@lru_cache(maxsize=8)
def options(_language: str | None) -> dict[str, list[tuple[str, str]]]:
    """Choices of the filter bar in the language that is active now; made once per language."""
    return {
        "states": [(key, str(label)) for key, label in words.STATES.items()],
        "kinds": [(key, str(label)) for key, label in Kind.choices],
        "categories": [(key, str(label)) for key, label in Category.choices],
        "dues": [("today", _("due by today")), ("week", _("in 7 days"))],
    }


@login_required
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Cases this person may see; every filter is an address."""
    user = person(request)
    filters = pool.Filters.read(request.GET)
    page = pool.page_of(user, filters)
    office = min(access_of(user).office_chains, default=None)
    narrowed = any(
        (filters.q, filters.state, filters.kind, filters.category, filters.body, filters.due, filters.number)
    )
    context = {
        "page": page,
        "filters": filters,
        "views": pool.views_of(user),
        "chosen": str(pool.VIEWS[filters.view][0]),
        "narrowed": narrowed,
        "number": METRICS[filters.number].label if filters.number else "",
        **options(get_language()),
        "bodies": people.target_names(office, clock.today()) if office else [],
        "office": office,
        "firm": bool(access_of(user).own_firms),
    }
    return render(request, "cases/pool.html", context)


@login_required
@require_POST
def dispatch_many(request: HttpRequest) -> HttpResponse:
    """Dispatch the ticked cases to one body."""
    user = person(request)
    ids = [int(pk) for pk in request.POST.getlist("case") if pk.isdigit()][:100]
    body = request.POST.get("body", "")
    if not ids or not body.isdigit():
        messages.warning(request, _("Tick cases and choose a body."))
        return redirect("cases:pool")
    done, refused = steering.dispatch_many(actor=user, case_ids=ids, body_id=int(body))
    if done:
        said = ngettext("%(n)s case dispatched.", "%(n)s cases dispatched.", len(done)) % {"n": len(done)}
        messages.success(request, said)
    for why in refused:
        messages.error(request, why)
    return redirect(f"{request.path.rsplit('/', 2)[0]}/?{urlencode({'view': 'mine'})}")


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same list as a ledger."""
    user = person(request)
    filters = pool.Filters.read(request.GET)
    widths = (12, 36, 26, 16, 14, 20, 12, 16, 20, 18, 18, 18)
    titles = (
        _("Number"), _("Matter"), _("Firm"), _("Source"), _("Category"), _("Body"), _("Lead"), _("State"), _("Outcome"),
        _("Raised at"), _("Solution due"), _("Closed at"),
    )  # fmt: skip
    columns = [LedgerColumn(title, width) for title, width in zip(titles, widths, strict=True)]
    today = clock.today()
    sheet = ledger(
        _("Cases: %(view)s") % {"view": pool.VIEWS[filters.view][0]},
        columns,
        pool.export_rows(user, filters),
        unit=_("cases"),
        period=_("as of %(day)s") % {"day": today.isoformat()},
        note=_("Working days include make-up days. Hidden names stay hidden."),
    )
    return download(sheet, _("Cases %(date)s.xlsx") % {"date": today.isoformat()})
