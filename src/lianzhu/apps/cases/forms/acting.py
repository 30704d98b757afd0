"""Acts on a case. Whether they are allowed is the machine's and the actions' question."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.cases import words
from lianzhu.apps.cases.forms.fields import MOST_TEXT, text_area
from lianzhu.apps.cases.machine import Handling
from lianzhu.apps.cases.models import Case, Category
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.organisation.models import Body


class Words(forms.Form):
    """One text."""

    text = forms.CharField(label=_("Your words"), max_length=MOST_TEXT, widget=text_area(), required=False)


class Note(forms.Form):
    """Something added to a case."""

    text = forms.CharField(label=_("What to add"), max_length=MOST_TEXT, widget=text_area(3), required=False)
    inside = forms.BooleanField(label=_("Only for those who work on it, not for the firm"), required=False)
    file = forms.FileField(
        label=_("A paper, only where a decision needs it"),
        required=False,
        help_text=_("PDF, Word, Excel or picture; opened only by who may see this case."),
        widget=forms.ClearableFileInput(attrs={"class": "input"}),
    )


class Accept(forms.Form):
    """Acceptance with its handling type."""

    handling = forms.ChoiceField(
        label=_("Handling type"),
        choices=[(one.value, words.HANDLINGS[one]) for one in Handling],
        initial=Handling.DAILY.value,
        widget=forms.RadioSelect,
    )
    category = forms.ChoiceField(label=_("Category"), choices=Category.choices)


class Refuse(forms.Form):
    """A refusal with who decided and where to go."""

    why = forms.CharField(label=_("Why it is refused"), max_length=1000, widget=text_area(3))
    where_next = forms.CharField(
        label=_("Where the firm can go next"), max_length=300, help_text=_("Unit, person or number, and address.")
    )
    decided_by = forms.ModelChoiceField(label=_("Who decided"), queryset=User.objects.none(), empty_label=None)


class Dispatch(forms.Form):
    """To whom, with what limit."""

    body = forms.ModelChoiceField(label=_("Dispatch to"), queryset=Body.objects.none(), empty_label=_("choose"))
    limit = forms.RegexField(
        label=_("Limit for the solution"),
        regex=r"^[1-9][0-9]?wd$",
        required=False,
        help_text=_("Such as 7wd for 7 working days; empty for the rule of this category."),
    )
    text = forms.CharField(label=_("Words to the body"), max_length=1000, widget=text_area(2), required=False)


class Reason(forms.Form):
    """A reason."""

    reason = forms.CharField(label=_("The reason"), max_length=1000, widget=text_area(3))


class Return(Reason):
    """Back to the dispatcher."""

    body = forms.ModelChoiceField(label=_("Who should have it instead"), queryset=Body.objects.none())
    field_order = ("body", "reason")


class Pause(Reason):
    """Whom it waits for."""

    waits_for = forms.ChoiceField(
        label=_("Waits for"), choices=[("firm", _("the firm")), ("third", _("a third party"))], widget=forms.RadioSelect
    )
    field_order = ("waits_for", "reason")


class Extend(Reason):
    """How many working days more."""

    days = forms.IntegerField(label=_("Working days more"), min_value=1, max_value=30)
    field_order = ("days", "reason")


class Decide(forms.Form):
    """Yes or no, with words."""

    yes = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("1", _("agreed")), ("0", _("not agreed"))],
        coerce=lambda said: said == "1",
        widget=forms.RadioSelect,
    )
    text = forms.CharField(label=_("Words to it"), max_length=1000, widget=text_area(2), required=False)


class AskHelp(forms.Form):
    """What is needed from another body."""

    body = forms.ModelChoiceField(label=_("Who helps"), queryset=Body.objects.none())
    question = forms.CharField(label=_("What you need from them"), max_length=1000, widget=text_area(3))


class Opinion(forms.Form):
    """A helper's opinion."""

    part = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(label=_("Opinion"), max_length=MOST_TEXT, widget=text_area(3), required=False)


class Answer(forms.Form):
    """First or final answer."""

    stage = forms.ChoiceField(
        label=_("Which answer"),
        choices=[("first", _("first answer: what is being done, until when")), ("final", _("final answer"))],
        initial="final",
        widget=forms.RadioSelect,
    )
    text = forms.CharField(label=_("Answer, as the firm will read it"), max_length=MOST_TEXT, widget=text_area(6))


class Person(forms.Form):
    """A colleague."""

    person = forms.ModelChoiceField(label=_("Which person"), queryset=User.objects.none())


class CallBack(forms.Form):
    """The three questions."""

    solved = forms.ChoiceField(
        label=_("Is it solved?"),
        choices=[(key, label) for key, label in words.SOLVED.items()],
        widget=forms.RadioSelect,
    )
    by_whom = forms.ChoiceField(
        label=_("By whom?"),
        choices=[("", _("not solved")), *((key, label) for key, label in words.BY_WHOM.items())],
        required=False,
        widget=forms.RadioSelect,
    )
    again = forms.TypedChoiceField(
        label=_("Would you raise such a matter here again?"),
        choices=[("1", _("yes")), ("0", _("no"))],
        coerce=lambda said: said == "1",
        widget=forms.RadioSelect,
    )
    text = forms.CharField(label=_("In the firm's own words"), max_length=1000, widget=text_area(2), required=False)
    cause = forms.CharField(
        label=_("Cause, in a word or two"), max_length=60, required=False, help_text=_("For the numbers by cause.")
    )


class Other(forms.Form):
    """Another case, by its number."""

    number = forms.CharField(label=_("Number of the other case"), max_length=16)

    def __init__(self, *args: Any, chain: Chain, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chain = chain

    def clean_number(self) -> Case:
        """The case of that number."""
        case = Case.objects.filter(chain=self.chain, number=self.cleaned_data["number"].strip().upper()).first()
        if case is None:
            raise forms.ValidationError(_("No case has this number."))
        return case


class Sealed(forms.Form):
    """Words for one officer."""

    officer = forms.ModelChoiceField(label=_("Note for"), queryset=User.objects.none())
    text = forms.CharField(label=_("Note"), max_length=MOST_TEXT, widget=text_area(4))
