"""The shape of each input; whether it is allowed is decided by the actions."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.core.models import User
from lianzhu.apps.cultivation.actions.room import NOTICE
from lianzhu.apps.cultivation.stages import Stage, Track
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.organisation.forms import FirmField, day_field


class SwitchForm(forms.Form):
    """The notice was read."""

    notice = forms.CharField(widget=forms.HiddenInput, initial=NOTICE)
    read = forms.BooleanField(
        label=_("I have read the notice, and the organisation has decided to keep these records.")
    )


class KeeperForm(forms.Form):
    """Whom to let in."""

    account = forms.CharField(label=_("User name of the organisation secretary"), max_length=60)

    def clean_account(self) -> User:
        """The account of that user name."""
        user = User.objects.filter(username=self.cleaned_data["account"].strip().lower(), is_active=True).first()
        if user is None:
            raise forms.ValidationError(_("No account has this user name."))
        return user


class ContactsForm(forms.Form):
    """The contact pair and the paper file."""

    contact_a = forms.CharField(label=_("First contact"), max_length=60, required=False)
    contact_b = forms.CharField(label=_("Second contact"), max_length=60, required=False)
    paper_file = forms.CharField(
        label=_("Where the paper file lies"), max_length=160, help_text=_("Cabinet and number; never the content.")
    )

    def contacts(self) -> tuple[str, str]:
        """Both names, for the actions."""
        return self.cleaned_data["contact_a"], self.cleaned_data["contact_b"]


class RecordForm(ContactsForm):
    """A new record."""

    track = forms.ChoiceField(label=_("Direction"), choices=Track.choices, widget=forms.RadioSelect)
    stage = forms.ChoiceField(label=_("Present stage"), choices=Stage.choices)
    since = day_field(_("In this stage since"))
    name = forms.CharField(label=_("Person's name"), max_length=60)
    firm = FirmField(label=_("Firm"), required=False, max_length=160, help_text=_("Full name or code."))
    consent_on = day_field(_("Consent signed on"))
    consent_paper = forms.CharField(label=_("Where the signed consent lies"), max_length=160)

    def __init__(self, *args: Any, chain: Chain, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        firm = self.fields["firm"]
        if isinstance(firm, FirmField):
            firm.chain = chain
        self.order_fields(["consent_on", "consent_paper", "name", "firm", "track", "stage", "since"])


class AdvanceForm(forms.Form):
    """The day of the step."""

    on = day_field(_("Decided on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()


class ExtendForm(AdvanceForm):
    """Until when probation is extended."""

    until = day_field(_("Probation extended until"))


class SureForm(forms.Form):
    """One tick before something that cannot be taken back."""

    sure = forms.BooleanField(label=_("I understand that this cannot be taken back."))
