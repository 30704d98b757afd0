"""The shape of each input; whether it is allowed is decided by the actions."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, Enterprise, Place
from lianzhu.apps.organisation.actions.seats import Who
from lianzhu.apps.organisation.models import Appointment, Body, Mission


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A day, typed or picked."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


class FirmField(forms.CharField):
    """A firm of the chain by its full name or code; `chain` is set by the form."""

    chain: Chain | None = None

    def clean(self, value: Any) -> Any:
        """The one active firm that is called so."""
        text = super().clean(value).strip()
        if not text:
            return None
        named = Q(name=text) | Q(code=text.upper()) | Q(temporary_code=text.upper())
        found = list(Enterprise.objects.filter(named, chains=self.chain, state=Enterprise.State.ACTIVE)[:2])
        if len(found) != 1:
            raise forms.ValidationError(_("No single firm has this name or code; copy it from the firm's file."))
        return found[0]


class Dated(forms.Form):
    """First day and source, asked last in every form."""

    since = day_field(_("In force from"))
    source = forms.CharField(label=_("Basis"), max_length=160, help_text=_("The decision and its number or date."))

    def __init__(self, *args: Any, chain: Chain, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].initial = timezone.localdate()
        for field in self.fields.values():
            if isinstance(field, FirmField):
                field.chain = chain
        self.order_fields([name for name in self.fields if name not in ("since", "source")])


class FoundForm(Dated):
    """A new body."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(kind.value, kind.label) for kind in Body.Kind if kind not in Body.AT_A_PLACE],
    )
    name = forms.CharField(label=_("Name of the body"), max_length=120)
    firm = FirmField(
        label=_("Firm"), required=False, max_length=160, help_text=_("Only for a firm branch: full name or code.")
    )

    def __init__(self, *args: Any, chain: Chain, **kwargs: Any) -> None:
        super().__init__(*args, chain=chain, **kwargs)
        living = Body.objects.as_of(timezone.localdate()).filter(chain=chain).exclude(kind__in=Body.AT_A_PLACE)
        self.fields["parent"] = forms.ModelChoiceField(
            label=_("Body above"), queryset=living.order_by("name"), required=False, empty_label=_("none: a root")
        )
        self.order_fields(["kind", "name", "parent", "firm"])


class PersonForm(Dated):
    """Who is meant: name with firm or unit; account and consent where they exist."""

    name = forms.CharField(label=_("Person's name"), max_length=60)
    firm = FirmField(
        label=_("Firm of the person"), required=False, max_length=160, help_text=_("Full name or code; else the unit.")
    )
    unit = forms.CharField(label=_("Unit of the person"), required=False, max_length=120)
    account = forms.CharField(
        label=_("User name"), required=False, max_length=60, help_text=_("If the person has an account here.")
    )
    consent = day_field(
        _("Consent to show the name, on"),
        required=False,
        help_text=_("The day the person signed. Without it the name is seen by secretary and office only."),
    )

    def clean_account(self) -> User | None:
        """The account of that user name."""
        named = self.cleaned_data["account"].strip().lower()
        if not named:
            return None
        user = User.objects.filter(username=named, is_active=True).first()
        if user is None:
            raise forms.ValidationError(_("No account has this user name."))
        return user

    def clean_consent(self) -> date | None:
        """A signature lies in the past."""
        day: date | None = self.cleaned_data["consent"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return day

    def who(self) -> Who:
        """The person, for the actions."""
        told = self.cleaned_data
        return Who(
            name=told["name"],
            enterprise_id=told["firm"].pk if told["firm"] else None,
            unit=told["unit"],
            user_id=told["account"].pk if told["account"] else None,
            consent_on=told["consent"],
            consent_source=told["source"],
        )


class SeatForm(PersonForm):
    """A seat in a body."""

    role = forms.ChoiceField(
        label=_("Role in the body"), choices=Appointment.Role.choices, initial=Appointment.Role.MEMBER
    )
    until = day_field(_("In force until"), required=False, help_text=_("Leave empty when no end is set."))


class ManagementForm(PersonForm):
    """A post in a firm's management."""

    post = forms.CharField(label=_("Post in the firm"), max_length=60)


class LinkForm(Dated):
    """A firm for a united branch."""

    firm = FirmField(label=_("Firm"), max_length=160, help_text=_("Full name or code."))


class PairForm(Dated):
    """Another branch, and what for."""

    purpose = forms.CharField(label=_("What the two do together"), max_length=200)

    def __init__(self, *args: Any, chain: Chain, body: Body, **kwargs: Any) -> None:
        super().__init__(*args, chain=chain, **kwargs)
        others = Body.objects.as_of(timezone.localdate()).filter(chain=chain, kind__in=Body.BRANCHES)
        self.fields["other"] = forms.ModelChoiceField(
            label=_("Other branch"), queryset=others.exclude(pk=body.pk).order_by("name"), empty_label=_("Choose")
        )
        self.order_fields(["other", "purpose"])


class EndForm(forms.Form):
    """A last day."""

    on = day_field(_("Last day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()


class FirmForm(forms.Form):
    """Which firm, before its places are shown."""

    firm = FirmField(label=_("Firm"), max_length=160, help_text=_("Full name or code."))

    def __init__(self, *args: Any, chain: Chain, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        firm = self.fields["firm"]
        if isinstance(firm, FirmField):
            firm.chain = chain


class MissionForm(Dated):
    """A pioneer post or task force at a place of one firm."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(kind.value, kind.label) for kind in Body.Kind if kind in Body.AT_A_PLACE],
        widget=forms.RadioSelect,
        initial=Body.Kind.TASK_FORCE,
    )
    name = forms.CharField(label=_("Name of the post or task force"), max_length=120)
    goal = forms.CharField(
        label=_("Goal of the work"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("So that the firm can say afterwards whether it was reached."),
    )
    due_on = day_field(_("Term ends"))
    lead = forms.CharField(label=_("Lead, or holder of the post"), max_length=60)
    members = forms.CharField(
        label=_("Members"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Names of people of this firm, separated by commas or line breaks. Task forces only."),
    )

    def __init__(self, *args: Any, chain: Chain, firm: Enterprise, user: User, **kwargs: Any) -> None:
        super().__init__(*args, chain=chain, **kwargs)
        self.firm = firm
        places = Place.objects.visible_to(user).current().filter(enterprise=firm).order_by("kind", "place")
        self.fields["place"] = forms.ModelChoiceField(
            label=_("Project, workshop, line or laboratory"), queryset=places, empty_label=_("Choose")
        )
        self.order_fields(["kind", "name", "place", "goal", "lead", "members", "since", "due_on", "source"])

    def clean(self) -> dict[str, Any]:
        """A post is held by one person."""
        told = super().clean() or {}
        if told.get("kind") == Body.Kind.POST and told.get("members"):
            self.add_error("members", _("A pioneer post has a holder and no members; open a task force instead."))
        return told

    def team(self) -> list[Who]:
        """Lead first, then the members, all of this firm."""
        text = self.cleaned_data["members"].replace("\n", "，").replace(",", "，").replace("、", "，")
        names = [self.cleaned_data["lead"], *(name.strip() for name in text.split("，") if name.strip())]
        return [Who(name, enterprise_id=self.firm.pk) for name in names]


class ReportForm(forms.Form):
    """What came of it."""

    result = forms.CharField(label=_("What came of the goal"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}))


class VerdictForm(forms.Form):
    """The firm's word."""

    verdict = forms.ChoiceField(
        label=_("Was the goal reached?"), choices=Mission.Verdict.choices, widget=forms.RadioSelect
    )


class WorkbookForm(forms.Form):
    """A filled workbook."""

    file = forms.FileField(
        label=_("Workbook"), help_text=_("The template, filled in: .xlsx, .xls, .ods, at most 2 MB.")
    )


class ConsentForm(forms.Form):
    """Where the signed consent lies."""

    source = forms.CharField(label=_("Where the signed consent lies"), max_length=160)
