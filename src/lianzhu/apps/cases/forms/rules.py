"""Rules as dated data, ways out of the house, periods."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.cases import words
from lianzhu.apps.cases.forms.fields import DayInput, text_area
from lianzhu.apps.cases.machine import STEPS
from lianzhu.apps.cases.models import Category, Channel, Kind
from lianzhu.apps.organisation.models import Body


class LimitsForm(forms.Form):
    """Limits of a kind and category from a day on."""

    kind = forms.ChoiceField(label=_("Kind of case"), choices=[("", _("all kinds")), *Kind.choices], required=False)
    category = forms.ChoiceField(
        label=_("Category"), choices=[("", _("all categories")), *Category.choices], required=False
    )
    since = forms.DateField(label=_("In force from the day"), widget=DayInput)
    accept = forms.CharField(label=_("Acceptance"), max_length=8, initial="1wd")
    dispatch = forms.CharField(label=_("Dispatch"), max_length=8, initial="1wd")
    sign = forms.CharField(label=_("Signing for it"), max_length=8, initial="1wd")
    first = forms.CharField(label=_("First answer"), max_length=8, initial="3wd")
    solution = forms.CharField(label=_("Solution"), max_length=8, initial="7wd")
    help = forms.CharField(label=_("Helper's part"), max_length=8, initial="3wd")
    call = forms.CharField(label=_("Call-back"), max_length=8, initial="10wd")
    extensions = forms.IntegerField(label=_("Extensions per round, at most"), min_value=0, max_value=5, initial=1)
    ladder = forms.MultipleChoiceField(
        label=_("Steps of the ladder"),
        choices=[(step.key, words.STEPS[step.key]) for step in STEPS],
        initial=[step.key for step in STEPS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    checklist = forms.CharField(
        label=_("What the firm should have at hand, one thing a line"),
        max_length=1000,
        widget=text_area(3),
        required=False,
    )


class AssignmentForm(forms.Form):
    """Category and area to a body."""

    category = forms.ChoiceField(
        label=_("Category"), choices=[("", _("all categories")), *Category.choices], required=False
    )
    area = forms.CharField(label=_("Area"), max_length=40, required=False, help_text=_("Empty for every area."))
    body = forms.ModelChoiceField(label=_("Body"), queryset=Body.objects.none())


class NoticeForm(forms.Form):
    """A year's calendar notice."""

    year = forms.IntegerField(label=_("Year"), min_value=2024, max_value=2100)
    source = forms.CharField(label=_("Notice: number and date"), max_length=160)
    text = forms.CharField(
        label=_("Days, one a line"),
        max_length=4000,
        widget=text_area(8),
        help_text=_("2027-01-01,0 for a day off; 2027-02-07,1 for a make-up day. Other days follow Monday to Friday."),
    )


class HoursForm(forms.Form):
    """Office hours."""

    hours = forms.CharField(label=_("Office hours"), max_length=80, help_text=_("Such as 8:30-12:00,14:00-17:30"))


class AbsenceForm(forms.Form):
    """Away from a day to a day."""

    since = forms.DateField(label=_("Away from"), widget=DayInput)
    until = forms.DateField(label=_("Until, included"), widget=DayInput)


class AnswerForm(forms.Form):
    """An anonymous answer for suggestions."""

    category = forms.ChoiceField(
        label=_("Category"), choices=[("", _("all categories")), *Category.choices], required=False
    )
    question = forms.CharField(label=_("Question, without any name"), max_length=200)
    answer = forms.CharField(label=_("Answer, without any name"), max_length=2000, widget=text_area(5))


class ChannelForm(forms.Form):
    """A way out of the house."""

    kind = forms.ChoiceField(label=_("Channel"), choices=Channel.Kind.choices)
    address = forms.CharField(
        label=_("Address"),
        max_length=400,
        required=False,
        help_text=_("Robot: its webhook. Mail: smtps://user:password@host:465/?from=office@example.cn"),
    )
    secret = forms.CharField(
        label=_("Secret for signing (DingTalk)"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput,
        help_text=_("Empty keeps the one there is."),
    )
    link = forms.URLField(label=_("Address under which people open this page"), required=False, assume_scheme="https")
    on = forms.BooleanField(label=_("On"), required=False)


class MailForm(forms.Form):
    """One's own address for the digest."""

    address = forms.EmailField(label=_("Send my digest to"), required=False, help_text=_("Empty for no mail."))


class Period(forms.Form):
    """From a day to a day."""

    since = forms.DateField(label=_("From day"), widget=DayInput)
    until = forms.DateField(label=_("To day"), widget=DayInput)
