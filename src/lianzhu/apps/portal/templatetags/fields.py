"""Form fields in the look of the house."""

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

register = template.Library()

BARE = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)


@register.filter
def as_input(field: BoundField) -> SafeString:
    """The field's widget with the class its kind has in the stylesheet."""
    widget = field.field.widget
    if isinstance(widget, BARE):
        return field.as_widget()
    return field.as_widget(attrs={"class": "select" if isinstance(widget, forms.Select) else "input"})


@register.filter
def is_choice(field: BoundField) -> bool:
    """Whether the field is a list of radio buttons or boxes, which needs a fieldset."""
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.filter
def is_box(field: BoundField) -> bool:
    """Whether the field is one box to tick."""
    return isinstance(field.field.widget, forms.CheckboxInput)
