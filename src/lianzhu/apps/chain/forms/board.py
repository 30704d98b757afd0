"""The shape of each input; whether it is allowed is decided by the actions."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.enterprises.models import Enterprise
from lianzhu.apps.organisation.models import Body


class CaseForm(forms.Form):
    """Who takes a finding in hand, how long it may take, and what to begin with."""

    days = forms.IntegerField(label=_("Limit in working days"), min_value=1, max_value=60, initial=20)
    text = forms.CharField(
        label=_("What to begin with"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, owners: QuerySet[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = forms.ModelChoiceField(label=_("Owner"), queryset=owners)
        self.order_fields(["owner"])


class SourceForm(forms.Form):
    """One more maker of a node: which firm, what, said by whom, of which day."""

    product = forms.CharField(label=_("Product"), max_length=160, help_text=_("As the firm itself publishes it."))
    source = forms.CharField(label=_("Source"), max_length=160, help_text=_("Catalogue, certificate or web page."))
    as_of = forms.DateField(
        label=_("Date of the source"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, firms: QuerySet[Enterprise], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["firm"] = forms.ModelChoiceField(label=_("Firm"), queryset=firms)
        self.order_fields(["firm"])
