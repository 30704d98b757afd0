"""A role that reads confidential things opens nothing until its second factor was given."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from lianzhu.apps.enterprises.models import SECOND_FACTOR, access_of

ALWAYS_OPEN = ("/account/", "/static/", "/healthz", "/complaint/")


class SecondFactorFirst:
    """Office, statistician, auditor and administrator are sent to the second factor before any other page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if user.is_authenticated and not request.path.startswith(ALWAYS_OPEN):
            needed = bool(access_of(user).roles & set(SECOND_FACTOR))
            if needed and getattr(user, "otp_device", None) is None:
                return HttpResponseRedirect(reverse("portal:second_factor"))
        return self.get_response(request)
