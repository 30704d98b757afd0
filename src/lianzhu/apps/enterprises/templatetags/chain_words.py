"""Names of nodes and marks in the reader's language."""

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianzhu.library.chain import nodes

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
