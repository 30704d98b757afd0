"""The chain map, one node of it at its own address, the same as a workbook, and the genealogy."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianzhu.apps.core.ledger import Cell, LedgerColumn, ledger
from lianzhu.apps.core.views import download, person
from lianzhu.apps.enterprises.charts import YEAR_WIDTH, YEARS_HEIGHT, map_drawing, year_bars
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.enterprises.queries import genealogy as kin
from lianzhu.apps.enterprises.queries import map as chain_maps
from lianzhu.apps.enterprises.templatetags.chain_words import named, stage_name
from lianzhu.library.chain import levels, nodes


def _colours() -> dict[str, str]:
    return {
        "missing": _("not in the chain"),
        "single": _("one maker only"),
        "two": _("two makers only"),
        "crowded": _("many makers"),
    }


@login_required
@require_safe
def chain_map(request: HttpRequest) -> HttpResponse:
    """The whole map; one finding at a time has the colour."""
    return _draw(request, "")


@login_required
@require_safe
def map_node(request: HttpRequest, code: str) -> HttpResponse:
    """The map with one node chosen: its makers, what it is made of, what it feeds."""
    if code not in nodes():
        raise Http404
    return _draw(request, code)


def _draw(request: HttpRequest, code: str) -> HttpResponse:
    user = person(request)
    chain = chain_maps.chosen_chain(user, request.GET.get("chain", ""))
    if chain is None:
        return render(request, "enterprises/map.html", {})
    drawn = chain_maps.chain_map(user, chain)
    colour = request.GET.get("colour", "single")
    colour = colour if colour in chain_maps.COLOURS else "single"
    sheet = chain_maps.node_sheet(user, chain, drawn, code) if code else None
    words = _colours()
    feeds = chain_maps.feeds()
    context = {
        "drawn_chain": chain,
        "map": drawn,
        "colour": colour,
        "word": words[colour],
        "views": [(key, words[key], len(drawn.of(key))) for key in chain_maps.COLOURS],
        "hits": [(one, len(feeds.get(one.node.code, []))) for one in drawn.of(colour)],
        "sheet": sheet,
        "sheet_word": words.get(sheet.made.colour, "") if sheet else "",
        "sheet_level": levels()[sheet.made.node.level] if sheet else None,
        "drawing": map_drawing(drawn, colour, sheet, english=(get_language() or "").startswith("en")),
        "rows": [
            (one, levels()[one.node.level], words.get(one.colour, ""), feeds.get(one.node.code, []))
            for one in drawn.made.values()
        ],
        "crowded_from": chain_maps.CROWDED,
        "most_links": chain_maps.MOST_LINKS,
        "shown_links": sheet.links[: chain_maps.MOST_LINKS] if sheet else [],
    }
    return render(request, "enterprises/map.html", context)


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
        LedgerColumn(_("Finding"), 12),
        LedgerColumn(_("Newest evidence"), 14),
        LedgerColumn(_("Feeds"), 48),
    ]
    return download(
        ledger(
            _("Chain map"),
            columns,
            _ledger_rows(chain_maps.chain_map(user, chain)),
            unit=_("firms"),
            period=str(timezone.localdate().year),
            note=_("Source: public products in the firms' files; taxonomy of the chain."),
        ),
        _("Chain map %(date)s.xlsx") % {"date": timezone.localdate().isoformat()},
    )


def _ledger_rows(drawn: chain_maps.ChainMap) -> list[tuple[Cell, ...]]:
    words, feeds = _colours(), chain_maps.feeds()
    return [
        (
            one.node.code,
            named(one.node),
            stage_name(one.node.stage),
            named(levels()[one.node.level]),
            one.firms if one.node.stage != "customer" else None,
            one.makers if one.node.stage != "customer" else None,
            words.get(one.colour, ""),
            one.newest,
            _(", ").join(named(nodes()[code]) for code in feeds.get(one.node.code, [])),
        )
        for one in drawn.made.values()
    ]


@login_required
@require_safe
def genealogy(request: HttpRequest) -> HttpResponse:
    """From one works to a hundred firms: the tree, and how many there were each year."""
    user = person(request)
    chain = chain_maps.chosen_chain(user, request.GET.get("chain", ""))
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
