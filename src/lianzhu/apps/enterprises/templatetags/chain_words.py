"""Names of nodes and marks in the reader's language."""

from django import template
from django.utils.translation import get_language

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
