"""Shapes of the app's inputs; what needs another row or the time is checked by the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _

DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ApproveForm(forms.Form):
    """What the department promises."""

    promised = forms.DecimalField(
        label=_("Promised amount (万元)"),
        required=False,
        max_digits=16,
        decimal_places=6,
        help_text=_("Leave it blank where only a certificate is given."),
    )
    due_on = forms.DateField(label=_("Paid by which day"), required=False, widget=DATE)


class RefuseForm(forms.Form):
    """Why not."""

    because = forms.CharField(
        label=_("Why, and where to go next"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReceiptForm(forms.Form):
    """What came, and when."""

    received = forms.DecimalField(label=_("Amount received (万元)"), required=False, max_digits=16, decimal_places=6)
    on = forms.DateField(label=_("Received on"), widget=DATE)
    again = forms.TypedChoiceField(
        label=_("Would you apply this way again?"),
        required=False,
        choices=(("", ""), ("yes", _("yes")), ("no", _("no"))),
        coerce=lambda said: said == "yes",
        empty_value=None,
        help_text=_("Your answer ends the case; without it the office calls you."),
    )


class CertificateForm(forms.Form):
    """What stands on the certificate."""

    number = forms.CharField(label=_("Number of the certificate"), max_length=60)
    valid_from = forms.DateField(label=_("Valid from"), required=False, widget=DATE)
    valid_until = forms.DateField(label=_("Valid until"), required=False, widget=DATE)


class ResponsibleForm(forms.Form):
    """Who of the firm sees to its policies."""

    user = forms.IntegerField()


class DeskForm(forms.Form):
    """Which body answers a policy."""

    policy = forms.CharField(max_length=60)
    body = forms.IntegerField()
