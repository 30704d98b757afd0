"""Thin nodes: one list, the same for every reader, on a page and as a workbook."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianzhu.apps.chain.queries.thin import thin_nodes
from lianzhu.apps.core.ledger import LedgerColumn, ledger
from lianzhu.apps.core.views import download, person
from lianzhu.apps.enterprises.templatetags.chain_words import named, stage_name
from lianzhu.apps.organisation.views.speaking import chain_of
from lianzhu.library.chain import nodes


@login_required
@require_safe
def thin(request: HttpRequest) -> HttpResponse:
    """The list in map order."""
    rows = thin_nodes(chain_of(person(request)))
    newest = max((row.newest for row in rows if row.newest), default=None)
    context = {"rows": rows, "newest": newest, "nobody": sum(not row.band for row in rows)}
    return render(request, "chain/thin.html", context)


@login_required
@require_safe
def export_thin(request: HttpRequest) -> HttpResponse:
    """The same list as a 台账."""
    columns = [
        LedgerColumn(_("Code"), 8),
        LedgerColumn(_("Node"), 26),
        LedgerColumn(_("Part of the chain"), 20),
        LedgerColumn(_("Makers on public record"), 14),
        LedgerColumn(_("Newest evidence"), 14),
        LedgerColumn(_("Needed here by"), 48),
    ]
    rows = [
        (
            row.node.code,
            named(row.node),
            f"{stage_name(row.node.stage)} · {named(row.level)}",
            row.band or _("none known"),
            row.newest,
            _(", ").join(named(nodes()[code]) for code in row.feeds),
        )
        for row in thin_nodes(chain_of(person(request)))
    ]
    today = timezone.localdate()
    return download(
        ledger(
            _("Thin nodes"),
            columns,
            rows,
            unit=_("makers, as bands"),
            period=str(today.year),
            note=_("Source: public products in the firms' files; taxonomy of the chain."),
        ),
        _("Thin nodes %(date)s.xlsx") % {"date": today.isoformat()},
    )
