"""`{% chart option "table-id" %}`: a chart drawn over a table that is always there.

The chart library is fetched by the launcher where it can be; without it, or without JavaScript, the table speaks.
"""

from collections.abc import Mapping
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString

register = template.Library()

LIBRARY = "vendor/echarts.min.js"


@register.simple_tag(takes_context=True)
def chart(context: Context, option: Mapping[str, Any], table_id: str) -> SafeString:
    """A place for a chart with its ECharts option beside it; `table_id` is the id of the table with the same data."""
    kept = context.render_context
    number = int(kept.get("charts") or 0) + 1
    kept["charts"] = number
    name = f"chart-{number}"
    script = SafeString("")
    if number == 1 and finders.find(LIBRARY):
        script = format_html('<script src="{}" defer></script>', static(LIBRARY))
    place = format_html('<div class="chart" data-option-id="{}" aria-describedby="{}" hidden></div>', name, table_id)
    return format_html("{}{}{}", place, json_script(option, name), script)
