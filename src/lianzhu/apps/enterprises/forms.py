"""Shapes of the app's inputs; what needs another row or the time is checked by the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _

DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class StateFactForm(forms.Form):
    """One value of the firm's own file."""

    value = forms.CharField(label=_("Right value"), max_length=400)
    source = forms.CharField(
        label=_("Taken from"), max_length=160, help_text=_("For example: business licence, annual report.")
    )
    as_of = forms.DateField(label=_("Date of the source"), widget=DATE)


class GrantForm(forms.Form):
    """A firm opens its values to one person."""

    reader = forms.IntegerField(label=_("Who may read"))
    purpose = forms.CharField(label=_("What for"), max_length=200)
    until = forms.DateField(label=_("Until which day"), widget=DATE)


class MergeForm(forms.Form):
    """Another file of the same firm."""

    other = forms.CharField(
        label=_("Code of the other file"),
        max_length=18,
        help_text=_("Its unified social credit code or temporary code."),
    )
    why = forms.CharField(label=_("What shows that it is one firm"), max_length=300)


class RefuseForm(forms.Form):
    """Why a proposed value is refused."""

    because = forms.CharField(label=_("Reason"), max_length=300)


class UploadForm(forms.Form):
    """A file on its way in."""

    file = forms.FileField(label=_("File"), help_text=_("Excel or CSV, up to 50 MB."))
    source = forms.CharField(label=_("Who sent it"), max_length=160)
    as_of = forms.DateField(label=_("State of the data"), widget=DATE)
