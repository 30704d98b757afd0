"""The chain map coloured by one finding, one node of it at its own address, and the same as a workbook."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianzhu.apps.chain import permissions
from lianzhu.apps.chain.queries.marks import MARKS, Marks, marks_of
from lianzhu.apps.core.ledger import Cell, LedgerColumn, ledger
from lianzhu.apps.core.views import download, person
from lianzhu.apps.enterprises.charts import map_drawing
from lianzhu.apps.enterprises.queries import map as chain_maps
from lianzhu.apps.enterprises.templatetags.chain_words import named, stage_name
from lianzhu.apps.findings.queries import kind_labels
from lianzhu.library.chain import levels, nodes


@login_required
@require_safe
def chain_map(request: HttpRequest) -> HttpResponse:
    """The whole map; one finding at a time has the colour."""
    return _draw(request, "")


@login_required
@require_safe
def map_node(request: HttpRequest, code: str) -> HttpResponse:
    """The map with one node chosen: what was found about it, its makers, what it is made of, what it feeds."""
    if code not in nodes():
        raise Http404
    return _draw(request, code)


def _draw(request: HttpRequest, code: str) -> HttpResponse:
    user = person(request)
    chain = chain_maps.chosen_chain(user, request.GET.get("chain", ""))
    if chain is None:
        return render(request, "chain/map.html", {})
    drawn, marks, words = chain_maps.chain_map(user, chain), marks_of(user, chain), kind_labels()
    chosen = request.GET.get("finding", MARKS[0])
    chosen = chosen if chosen in MARKS else MARKS[0]
    sheet = chain_maps.node_sheet(user, chain, drawn, code) if code else None
    feeds = chain_maps.feeds()
    hits = marks.by_kind[chosen]
    context = {
        "drawn_chain": chain,
        "map": drawn,
        "chosen": chosen,
        "word": words[chosen],
        # A kind without a finding stays out of the row, so that a reader never learns of kinds closed to them.
        "views": [(key, words[key], len(marks.nodes(key))) for key in MARKS if marks.by_kind[key] or key == chosen],
        "hits": hits,
        "folded": len(hits) - 12,
        "ran_on": marks.ran_on,
        "board": permissions.sees_board(user),
        "may_act": permissions.can_keep_board(user, chain),
        "sheet": sheet,
        "node_cards": marks.by_node.get(code, []),
        "sheet_level": levels()[sheet.made.node.level] if sheet else None,
        "drawing": map_drawing(drawn, marks.nodes(chosen), sheet, english=(get_language() or "").startswith("en")),
        "rows": [
            (one, levels()[one.node.level], _kinds(marks, one.node.code), feeds.get(one.node.code, []))
            for one in drawn.made.values()
        ],
        "most_links": chain_maps.MOST_LINKS,
        "shown_links": sheet.links[: chain_maps.MOST_LINKS] if sheet else [],
    }
    return render(request, "chain/map.html", context)


def _kinds(marks: Marks, code: str) -> list[tuple[str, str]]:
    """Kinds of findings about a node with their words, each once."""
    words = kind_labels()
    return [(kind, words[kind]) for kind in dict.fromkeys(card.finding.kind for card in marks.by_node.get(code, []))]


@login_required
@require_safe
def export_map(request: HttpRequest) -> HttpResponse:
    """The map as a 台账: one row per node."""
    user = person(request)
    chain = chain_maps.chosen_chain(user, request.GET.get("chain", ""))
    if chain is None:
        raise Http404
    columns = [
        LedgerColumn(_("Code"), 8),
        LedgerColumn(_("Node"), 26),
        LedgerColumn(_("Stage"), 10),
        LedgerColumn(_("Level"), 12),
        LedgerColumn(_("Firms"), 8, number=True),
        LedgerColumn(_("Makers (one controller counts once)"), 12, number=True),
        LedgerColumn(_("Finding"), 20),
        LedgerColumn(_("Newest evidence"), 14),
        LedgerColumn(_("Feeds"), 48),
    ]
    return download(
        ledger(
            _("Chain map"),
            columns,
            _ledger_rows(chain_maps.chain_map(user, chain), marks_of(user, chain)),
            unit=_("firms"),
            period=str(timezone.localdate().year),
            note=_("Source: public products in the firms' files; taxonomy of the chain."),
        ),
        _("Chain map %(date)s.xlsx") % {"date": timezone.localdate().isoformat()},
    )


def _ledger_rows(drawn: chain_maps.ChainMap, marks: Marks) -> list[tuple[Cell, ...]]:
    feeds = chain_maps.feeds()
    return [
        (
            one.node.code,
            named(one.node),
            stage_name(one.node.stage),
            named(levels()[one.node.level]),
            one.firms if one.node.stage != "customer" else None,
            one.makers if one.node.stage != "customer" else None,
            _(", ").join(label for _kind, label in _kinds(marks, one.node.code)),
            one.newest,
            _(", ").join(named(nodes()[code]) for code in feeds.get(one.node.code, [])),
        )
        for one in drawn.made.values()
    ]
