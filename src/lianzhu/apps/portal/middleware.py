"""A role that reads confidential things opens nothing until its second factor was given, and not for ever."""

import time
from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from lianzhu.apps.enterprises import permissions

# What a person with only a password may reach: signing in and out, the factor itself, and what is open to all.
OPEN = (
    "/account/sign-in/",
    "/account/sign-out/",
    "/account/language/",
    "/account/join/",
    "/account/second-factor/",
    "/help/",
    "/static/",
    "/healthz",
    "/complaint/",
)
IDLE_SECONDS = 30 * 60


class SecondFactorFirst:
    """Office, statistician, auditor and administrator give the second factor first; 30 idle minutes end it all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if user.is_authenticated and permissions.needs_second_factor(user):
            self._keep_alive(request)
            if not request.path.startswith(OPEN) and getattr(user, "otp_device", None) is None:
                if request.path.startswith("/api/"):
                    # A program cannot type six digits on a page it is sent to.
                    return JsonResponse({"detail": "Give the second factor first: sign in on the page."}, status=403)
                there = f"?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else ""
                return HttpResponseRedirect(reverse("portal:second_factor") + there)
        return self.get_response(request)

    def _keep_alive(self, request: HttpRequest) -> None:
        # The session's own expiry does the ending; it is moved at most once a minute, to spare the database.
        now = int(time.time())
        if now - request.session.get("seen", 0) > 60:
            request.session["seen"] = now
            request.session.set_expiry(IDLE_SECONDS)
