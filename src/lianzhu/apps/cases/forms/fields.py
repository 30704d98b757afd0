"""Fields several forms share."""

from typing import Any

from django import forms

MOST_TEXT = 4000


class DayInput(forms.DateInput):
    """A day, picked by the browser."""

    input_type = "date"

    def __init__(self) -> None:
        # The browser's date field reads only this format, whatever the language.
        super().__init__(format="%Y-%m-%d")


def text_area(rows: int = 4, **attrs: Any) -> forms.Textarea:
    """A text area in the look of the house."""
    return forms.Textarea(attrs={"rows": rows, "class": "input", **attrs})
