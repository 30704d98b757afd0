"""The shape of each input; whether it is allowed is decided by the actions."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.chain.models import LAST_GATE
from lianzhu.apps.organisation.models import Body


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


def _lines(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": 4}), max_length=400, **more)


class TakeUpForm(forms.Form):
    """A hypothesis with its owner and stop date; `own` asks for a title too."""

    hypothesis = _lines(
        _("Hypothesis"), help_text=_("Who would need it, what the chain can do for it. No firm's plans, no prices.")
    )

    def __init__(self, *args: Any, owners: QuerySet[Body], own: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = forms.ModelChoiceField(label=_("Owner"), queryset=owners)
        self.fields["stop_on"] = _day(
            _("Stop date of the first gate"), help_text=_("On that day a person decides: on with a reason, or stop.")
        )
        if own:
            self.fields["title"] = forms.CharField(label=_("Name of the track"), max_length=60)
            self.order_fields(["title"])


class EvidenceForm(forms.Form):
    """What was seen, where, of which day."""

    text = _lines(_("What was seen"), help_text=_("For or against it. No prices, no single firm's customers or plans."))
    source = forms.CharField(label=_("Source"), max_length=160)
    on = _day(_("Date of the source"))


class GateForm(forms.Form):
    """Why the gate is passed, and the stop date of the next one."""

    text = _lines(_("What decides it"), required=False)

    def __init__(self, *args: Any, gate: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if gate < LAST_GATE:
            self.fields["stop_on"] = _day(_("Stop date of the next gate"))


class ProlongForm(forms.Form):
    """A later stop date and the reason."""

    until = _day(_("New stop date"))
    because = _lines(_("Why it is prolonged"))


class StopForm(forms.Form):
    """Why it is stopped."""

    because = _lines(_("Why it is stopped"))


class TrackCaseForm(forms.Form):
    """The next piece of work, for one body."""

    title = forms.CharField(label=_("What is to be done"), max_length=120)
    text = _lines(_("More about it"), required=False)
    limit = forms.ChoiceField(
        label=_("Limit"),
        choices=[("10wd", _("10 working days")), ("20wd", _("20 working days")), ("", _("as the rules say"))],
    )

    def __init__(self, *args: Any, owners: QuerySet[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = forms.ModelChoiceField(label=_("Carried out by"), queryset=owners)
        self.order_fields(["title", "text", "owner"])
