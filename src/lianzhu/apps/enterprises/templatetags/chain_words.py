"""Names of nodes, marks and reasons in the reader's language."""

from functools import cache

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianzhu.apps.enterprises.queries import reasons
from lianzhu.library.chain import levels, nodes

register = template.Library()


@register.filter
def named(thing: object) -> str:
    """The Chinese or English name of anything that has both."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return str(getattr(thing, language, thing))


@register.filter
def node_name(code: str) -> str:
    """The name of a taxonomy node by its code; an unknown code is shown as it is."""
    node = nodes().get(code)
    return named(node) if node else code


@register.filter
def reason(why: str) -> str:
    """Why a file was made, linked, merged or split: the platform's own words are translated, a person's stay."""
    return reasons.in_words(why)


@register.simple_tag
def node_options(chosen: str) -> SafeString:
    """The options of a select over all nodes, by level; made once per language, the chosen one marked."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    made = _options(language)
    if chosen not in nodes():
        return made
    return SafeString(made.replace(f'value="{chosen}"', f'value="{chosen}" selected', 1))


@cache
def _options(language: str) -> SafeString:
    by_level = [(level, [node for node in nodes().values() if node.level == key]) for key, level in levels().items()]
    return format_html_join(
        "",
        '<optgroup label="{}">{}</optgroup>',
        (
            (
                getattr(level, language),
                format_html_join("", '<option value="{}">{}</option>', ((n.code, getattr(n, language)) for n in some)),
            )
            for level, some in by_level
        ),
    )


@cache
def _node_link(code: str, language: str) -> SafeString:
    node = nodes().get(code)
    name = getattr(node, language) if node else code
    return format_html('<a href="{}">{}</a>', reverse("enterprises:map_node", args=[code]), name)


@register.filter
def node_link(code: str) -> SafeString:
    """The name of a node as a link to its place on the map; lists show hundreds, so each is made once."""
    return _node_link(code, "en" if (get_language() or "").startswith("en") else "zh")


@register.filter
def period(text: str) -> str:
    """A stored period as people write it: 2025 年, 2025 年 3 季度, 2025 年 9 月; '' for none.

    >>> period("")
    ''
    """
    if "Q" in text:
        year, quarter = text.split("Q")
        return _("quarter %(quarter)s of %(year)s") % {"year": year, "quarter": quarter}
    if "-" in text:
        year, month = text.split("-")[:2]
        return _("%(year)s-%(month)s") % {"year": year, "month": int(month)}
    return _("year %(year)s") % {"year": text} if text else ""


@register.filter
def stage_name(stage: str) -> str:
    """The part of the chain a level belongs to, in words."""
    words = {
        "up": _("Upstream"),
        "mid": _("Midstream"),
        "down": _("Downstream"),
        "service": _("Services"),
        "customer": _("Customers"),
        "track": _("New tracks"),
    }
    return words.get(stage, stage)
