"""Pages for when something does not go as meant, and the address a supervisor of the server asks."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere: say how to go on."""
    return render(request, "portal/form_expired.html", status=403)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 and `ok` when the process answers and the database does too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
