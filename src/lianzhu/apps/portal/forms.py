"""The shape of each input of the portal; whether it is allowed is decided by the actions."""

import unicodedata
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Enterprise, Role

LANGUAGES = (("zh-hans", "中文"), ("en", "English"))


def _folded(username: str) -> str:
    return unicodedata.normalize("NFKC", username).strip().lower()


class SignIn(AuthenticationForm):
    """User name without regard to case and width, and password."""

    error_messages = {
        "invalid_login": _("User name and password do not fit. After five wrong tries the account rests 30 minutes."),
        "inactive": _("This account is closed."),
    }

    def clean_username(self) -> str:
        """Fold the name as it was folded when the account was made."""
        return _folded(self.cleaned_data["username"])


class Code(forms.Form):
    """The printed one-time code."""

    code = forms.CharField(
        label=_("One-time code"),
        help_text=_("Twelve letters and digits on the sheet you were given, for example ABCD-EFGH-2345."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )


class NewPassword(forms.Form):
    """A password, twice; checked against the rules and the person's own names."""

    password = forms.CharField(
        label=_("New password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        help_text=password_validators_help_text_html(),
    )
    again = forms.CharField(
        label=_("The same password again"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean(self) -> dict[str, Any]:
        """Both the same, and strong enough for this person."""
        cleaned = super().clean() or {}
        password = cleaned.get("password")
        if password and cleaned.get("again") and password != cleaned["again"]:
            self.add_error("again", _("The two passwords differ."))
        elif password:
            try:
                validate_password(password, self.person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


class ChangePassword(NewPassword):
    """The present password, then the new one."""

    present = forms.CharField(
        label=_("Present password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
    )
    field_order = ["present", "password", "again"]

    def clean_present(self) -> str:
        """It must be the person's own."""
        present: str = self.cleaned_data["present"]
        if not self.person.check_password(present):
            raise forms.ValidationError(_("This is not your present password."))
        return present


class Account(NewPassword):
    """What a newcomer chooses: user name, language, password."""

    username = forms.CharField(
        label=_("User name"),
        help_text=_("Letters, digits, dot, dash or Chinese characters; you sign in with it."),
        max_length=60,
        min_length=2,
        validators=[RegexValidator(r"^[\w.@+-]+$", _("Only letters, digits, Chinese characters and . @ + - _"))],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, widget=forms.RadioSelect, initial="zh-hans")
    field_order = ["username", "password", "again", "language"]

    def clean_username(self) -> str:
        """Folded, and free."""
        username = _folded(self.cleaned_data["username"])
        if User.objects.filter(username=username).exists():
            raise forms.ValidationError(_("This user name is taken; choose another."))
        self.person.username = username
        return username


class Token(forms.Form):
    """Six digits from the app."""

    token = forms.CharField(
        label=_("Six digits"),
        help_text=_("From the authenticator app on your phone; they change every 30 seconds."),
        min_length=6,
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_token(self) -> str:
        """Digits only, without spaces."""
        token: str = self.cleaned_data["token"].replace(" ", "")
        if not (token.isascii() and token.isdigit() and len(token) == 6):
            raise forms.ValidationError(_("Six digits, please."))
        return token


class RoleChoice(forms.Form):
    """A role in a chain, with the firm it is tied to."""

    firm = forms.CharField(
        label=_("Firm"),
        required=False,
        max_length=160,
        help_text=_("Full name or code. Needed for people of a firm; empty for office, statistician and auditor."),
    )

    def __init__(self, *args: Any, chains: Any, roles: tuple[Role, ...], firms: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chain"] = forms.ModelChoiceField(label=_("Chain"), queryset=chains, empty_label=None)
        self.fields["role"] = forms.ChoiceField(label=_("Role"), choices=[(role.value, role.label) for role in roles])
        if firms is not None:
            self.fields["firm"] = forms.ModelChoiceField(label=_("Firm"), queryset=firms, empty_label=None)
        self.order_fields(["name", "chain", "role", "firm"])

    def clean_firm(self) -> Enterprise | None:
        """The firm of that name or code, if one was named."""
        named = self.cleaned_data["firm"]
        if not named or isinstance(named, Enterprise):
            return named or None
        active = Enterprise.objects.filter(state=Enterprise.State.ACTIVE)
        firm = active.filter(code=named.strip().upper()).first() or active.filter(temporary_code=named.strip()).first()
        found = [firm] if firm else list(active.filter(name=named.strip())[:2])
        if len(found) != 1:
            raise forms.ValidationError(_("No single firm has this name or code; copy it from the firm's file."))
        return found[0]


class Invite(RoleChoice):
    """Whom to invite."""

    name = forms.CharField(label=_("Name of the person"), max_length=80)


class Heir(forms.Form):
    """Who takes over from a leaver."""

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["heir"] = forms.ModelChoiceField(
            label=_("Who takes over"), queryset=people, empty_label=_("Choose")
        )
