"""Shapes of the app's inputs."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SetAsideForm(forms.Form):
    """Why nothing is to be done about a finding."""

    because = forms.CharField(
        label=_("Why nothing is to be done"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: does not apply to this firm; asked on the telephone, with the date."),
    )
