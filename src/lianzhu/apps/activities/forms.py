"""The shape of each input; whether it is allowed is decided by the actions."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.activities.actions.planning import Plan
from lianzhu.apps.activities.models import Activity
from lianzhu.apps.organisation.models import Body

LENGTHS = [(60, "1"), (90, "1.5"), (120, "2"), (180, "3"), (240, "4"), (360, "6")]


class PlanForm(forms.Form):
    """What is announced."""

    kind = forms.ChoiceField(label=_("Kind of activity"), choices=Activity.Kind.choices)
    title = forms.CharField(label=_("Title"), max_length=120)
    begins_at = forms.DateTimeField(
        label=_("Begins"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    minutes = forms.TypedChoiceField(label=_("Hours"), coerce=int, choices=LENGTHS, initial=120)
    place = forms.CharField(label=_("Where"), max_length=120)
    capacity = forms.IntegerField(
        label=_("Seats in the room"),
        required=False,
        min_value=1,
        max_value=9999,
        help_text=_("Empty: everybody finds a seat."),
    )
    agenda = forms.CharField(
        label=_("Agenda"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One item a line. It is checked against forbidden topics before anybody is invited."),
    )

    def __init__(self, *args: Any, hosts: QuerySet[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["host"] = forms.ModelChoiceField(label=_("Host"), queryset=hosts, empty_label=_("choose"))
        self.order_fields(["kind", "title", "host"])

    def plan(self) -> Plan:
        """What the action is told."""
        told = self.cleaned_data
        return Plan(
            kind=told["kind"],
            title=told["title"],
            begins_at=told["begins_at"],
            ends_at=told["begins_at"] + timedelta(minutes=told["minutes"]),
            place=told["place"],
            agenda=told["agenda"],
            capacity=told["capacity"],
        )


class WhyForm(forms.Form):
    """Why it is called off."""

    why = forms.CharField(label=_("Why"), max_length=200)


class SignUpForm(forms.Form):
    """Who comes; `firms` are those the person may sign for."""

    name = forms.CharField(label=_("Name of who comes"), max_length=60)
    unit = forms.CharField(label=_("Firm or unit"), max_length=120)


class PaperForm(forms.Form):
    """A file."""

    file = forms.FileField(label=_("Paper"), help_text=_("PDF, Word, Excel or picture."))


class MinutesForm(forms.Form):
    """Minutes, and who stopped a forbidden topic."""

    minutes = forms.CharField(label=_("Minutes"), max_length=8000, widget=forms.Textarea(attrs={"rows": 12}))
    objection = forms.CharField(
        label=_("Forbidden topic stopped by"),
        max_length=300,
        required=False,
        help_text=_("Only when somebody began one: who stopped it, how, and who left the room."),
    )


class DecisionForm(forms.Form):
    """A decision and who carries it out."""

    text = forms.CharField(label=_("What was decided"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    limit = forms.ChoiceField(
        label=_("Limit"),
        choices=[
            ("", _("as usual for decisions")),
            ("5wd", _("5 working days")),
            ("10wd", _("10 working days")),
            ("20wd", _("20 working days")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, owners: QuerySet[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = forms.ModelChoiceField(
            label=_("Carried out by"), queryset=owners, empty_label=_("choose")
        )
        self.order_fields(["text", "owner"])


class OutcomeForm(forms.Form):
    """What came of it."""

    outcome = forms.CharField(label=_("What came of it"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))


class SheetForm(forms.Form):
    """A filled sign-up sheet."""

    file = forms.FileField(label=_("Sign-up sheet"), help_text=_("Excel or CSV with name and firm or unit."))
