"""Signing in and out, the second factor at sign-in, and the language of the pages."""

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as pass_factor

from lianzhu.apps.core.views import person as me
from lianzhu.apps.enterprises.actions import accounts
from lianzhu.apps.enterprises.actions import second_factor as factors
from lianzhu.apps.portal.forms import SignIn, Token


class SignInPage(LoginView):
    """User name and password; five wrong tries and the account rests."""

    template_name = "portal/sign_in.html"
    authentication_form = SignIn
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Begin the visit: what changed since the last one is news."""
        answer = super().form_valid(form)
        accounts.begin_visit(actor=form.get_user())
        return answer


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        accounts.end_visit(actor=me(request))
    logout(request)
    return redirect("portal:login")


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Chinese or English: kept with the person, and in a cookie for the pages before sign-in."""
    language = request.POST.get("language", "")
    answer = HttpResponseRedirect(next_address(request, request.POST.get("next", "")))
    if language in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            accounts.choose_language(actor=me(request), language=language)
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 86400,
            samesite="Lax",
            httponly=True,
            secure=settings.HTTPS,
        )
    return answer


@login_required
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """The six digits after the password."""
    user = me(request)
    if factors.factor_of(user) is None:
        return redirect("portal:second_factor_setup")
    form = Token(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            pass_factor(request, factors.check_factor(actor=user, token=form.cleaned_data["token"]))
        except factors.WrongToken:
            form.add_error("token", _("These digits do not fit. Wait for the next ones and type them without a pause."))
        else:
            return HttpResponseRedirect(next_address(request, request.GET.get("next", "")))
    # Nobody has the invented people's telephones; a demo answers on loopback, so it may show what they would say.
    shown = settings.DEMO and request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1")
    demo_code = factors.code_now(user) if shown else ""
    return render(request, "portal/second_factor.html", {"form": form, "demo_code": demo_code})


def next_address(request: HttpRequest, wanted: str) -> str:
    """The wanted page when it is one of ours, else the start page."""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else "/"
