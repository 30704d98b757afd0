"""How work enters: a difficulty, a phone call, a complaint."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.forms.fields import MOST_TEXT, text_area
from lianzhu.apps.cases.models import Category
from lianzhu.apps.cases.queries import people
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, Enterprise
from lianzhu.apps.enterprises.queries.lists import find_firms, firms_of
from lianzhu.apps.organisation.models import Body


class Difficulty(forms.Form):
    """A firm's difficulty, in under a minute."""

    title = forms.CharField(
        label=_("What is the difficulty, in one sentence?"),
        min_length=4,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    category = forms.ChoiceField(label=_("What is it about?"), choices=[("", "—"), *Category.choices])
    text = forms.CharField(
        label=_("What happened, what do you need, by when?"), max_length=MOST_TEXT, widget=text_area(), required=False
    )
    file = forms.FileField(
        label=_("A paper, only where a decision needs it"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"class": "input"}),
    )
    hide_firm_name = forms.BooleanField(
        label=_("Hide our name from departments and teams"),
        required=False,
        help_text=_("The chain office still sees it. Do not write the name in the text then."),
    )


class FirmByName(forms.Form):
    """A firm named by its full name, part of it, or its code."""

    firm = forms.CharField(
        label=_("Firm"),
        max_length=160,
        required=False,
        help_text=_("Name or part of it, or code; empty when no firm is concerned."),
        widget=forms.TextInput(attrs={"list": "firms", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_firm(self) -> Enterprise | None:
        """The one firm that fits; several are named so that the officer can choose."""
        named = self.cleaned_data["firm"].strip()
        if not named:
            return None
        exact = firms_of(self.user).filter(name=named).first() or firms_of(self.user).filter(code=named.upper()).first()
        found = [exact] if exact else list(find_firms(self.user, named)[:4])
        if not found:
            raise forms.ValidationError(_("No firm fits. Check the name, or leave it empty."))
        if len(found) > 1:
            names = "、".join(firm.name for firm in found[:3])
            raise forms.ValidationError(_("Several firms fit: %(names)s. Write more of the name.") % {"names": names})
        return found[0]


class Call(FirmByName):
    """A phone call on one screen."""

    title = forms.CharField(label=_("What it is about, in one sentence"), min_length=2, max_length=120)
    text = forms.CharField(
        label=_("What was said on the phone"), max_length=MOST_TEXT, widget=text_area(3), required=False
    )
    contact = forms.CharField(label=_("Who called, and the number"), max_length=60, required=False)
    category = forms.ChoiceField(label=_("Category"), choices=Category.choices, initial=Category.OTHER)
    body = forms.ModelChoiceField(
        label=_("Accept and dispatch to"),
        queryset=Body.objects.none(),
        required=False,
        empty_label=_("accept it, dispatch later"),
    )
    hide_firm_name = forms.BooleanField(label=_("The firm wants its name hidden"), required=False)

    field_order = ("firm", "title", "text", "contact", "category", "body", "hide_firm_name")

    def __init__(self, *args: Any, chain: Chain, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["body"]
        if isinstance(choice, forms.ModelChoiceField):
            choice.queryset = _bodies(chain)
        self.fields["firm"].widget.attrs["autofocus"] = True


def _bodies(chain: Chain) -> Any:
    """Bodies that take cases today."""
    today = clock.today()
    return Body.objects.as_of(today).filter(chain=chain, kind__in=people.TAKES_CASES).order_by("kind", "name", "id")


class Complaint(forms.Form):
    """A complaint or suggestion, with an account or without."""

    title = forms.CharField(label=_("What is it about, in one sentence?"), min_length=4, max_length=120)
    text = forms.CharField(label=_("What happened, or what do you suggest?"), max_length=MOST_TEXT, widget=text_area())
    about = forms.ModelChoiceField(
        label=_("Is it about a team, department or office?"),
        queryset=Body.objects.none(),
        required=False,
        empty_label=_("no, or I would rather not say"),
        help_text=_("Whom it is about neither sees it nor gets it."),
    )
    contact = forms.CharField(
        label=_("How to reach you, if you want"),
        max_length=60,
        required=False,
        help_text=_("Not needed: you can follow the answer with a code."),
    )
    # A box people do not see; programs fill it.
    website = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, chain: Chain, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["about"]
        if isinstance(choice, forms.ModelChoiceField):
            choice.queryset = _bodies(chain)


class Follow(forms.Form):
    """The code of a complaint."""

    code = forms.CharField(
        label=_("Code of the complaint"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
