"""A person's own account: joining with a printed code, the password, setting up the second factor."""

from base64 import b32encode

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_otp import login as pass_factor

from lianzhu.apps.core.models import User
from lianzhu.apps.core.views import person as me
from lianzhu.apps.enterprises import permissions
from lianzhu.apps.enterprises.actions import accounts
from lianzhu.apps.enterprises.actions import second_factor as factors
from lianzhu.apps.enterprises.models import Invitation
from lianzhu.apps.portal.forms import Account, ChangePassword, Code, NewPassword, Token

BACKEND = "django.contrib.auth.backends.ModelBackend"
CODE = "join-code"


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """First the code; then user name and password. The code stays in the session, never in an address."""
    if "again" in request.GET:
        request.session.pop(CODE, None)
    code = request.session.get(CODE, "")
    invitation = accounts.open_invitation(code) if code else None
    if invitation is None:
        return _ask_code(request)
    if invitation.for_user:
        return _renew(request, invitation.for_user, code)
    return _make_account(request, invitation, code)


def _ask_code(request: HttpRequest) -> HttpResponse:
    form = Code(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if accounts.open_invitation(form.cleaned_data["code"]):
            request.session[CODE] = form.cleaned_data["code"]
            return redirect("portal:join")
        form.add_error("code", _("This code is unknown, used or expired. Ask for a new one at the chain office."))
    return render(request, "portal/join_code.html", {"form": form})


def _make_account(request: HttpRequest, invitation: Invitation, code: str) -> HttpResponse:
    form = Account(request.POST or None, person=User(name=invitation.name))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        user = accounts.accept_invitation(
            code=code, username=told["username"], password=told["password"], language=told["language"]
        )
        return _enter(request, user)
    return render(request, "portal/join.html", {"form": form, "invitation": invitation})


def _renew(request: HttpRequest, user: User, code: str) -> HttpResponse:
    form = NewPassword(request.POST or None, person=user)
    if request.method == "POST" and form.is_valid():
        return _enter(request, accounts.use_reset(code=code, password=form.cleaned_data["password"]))
    return render(request, "portal/join_renew.html", {"form": form, "person": user})


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    request.session.pop(CODE, None)
    login(request, user, backend=BACKEND)
    accounts.begin_visit(actor=user)
    return redirect("portal:home")


@login_required
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """A person changes their own password; this session goes on, all others end."""
    form = ChangePassword(request.POST or None, person=me(request))
    if request.method == "POST" and form.is_valid():
        accounts.change_password(actor=me(request), password=form.cleaned_data["password"])
        update_session_auth_hash(request, me(request))
        messages.info(request, _("Your password was changed; sessions on other devices have ended."))
        return redirect("portal:home")
    return render(request, "portal/password.html", {"form": form})


@login_required
@require_http_methods(["GET", "POST"])
def second_factor_setup(request: HttpRequest) -> HttpResponse:
    """Scan, type six digits, done. Who has a factor already must have given it before replacing it."""
    user = me(request)
    if not permissions.needs_second_factor(user):
        raise PermissionDenied
    if factors.factor_of(user) and getattr(user, "otp_device", None) is None:
        return redirect("portal:second_factor")
    device = factors.begin_factor(actor=user)
    form = Token(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            pass_factor(request, factors.confirm_factor(actor=user, token=form.cleaned_data["token"]))
        except factors.WrongToken:
            form.add_error("token", _("These digits do not fit. Check the clock of your phone and type the next ones."))
        else:
            messages.info(request, _("The second factor works. You will be asked for it at every sign-in."))
            return redirect("portal:home")
    picture = segno.make(device.config_url, error="m").svg_inline(border=2, omitsize=True)
    key = b32encode(device.bin_key).decode().rstrip("=")
    told = {
        "form": form,
        "picture": SafeString(picture),
        "key": " ".join(key[at : at + 4] for at in range(0, len(key), 4)),
        "issuer": settings.OTP_TOTP_ISSUER,
    }
    return render(request, "portal/second_factor_setup.html", told)
