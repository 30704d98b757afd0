"""The sign-up sheet out as a workbook, and back in after a preview. No uploaded file is kept."""

from dataclasses import asdict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianzhu.apps.activities import permissions, sheet
from lianzhu.apps.activities.actions import exchange
from lianzhu.apps.activities.forms import SheetForm
from lianzhu.apps.activities.models import Activity, SignUp
from lianzhu.apps.activities.views.reading import shown_to
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.core.views import download, person

SALT = "activities.sheet"
VALID_SECONDS = 3600
MOST_BYTES = 2 * 2**20


@login_required
@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The list, to print and sign; each export is on record."""
    user = person(request)
    one = shown_to(user, pk)
    exchange.note_export(actor=user, activity_id=pk)
    rows = one.sign_ups.exclude(state=SignUp.State.CANCELLED).order_by("unit", "id")
    return download(sheet.write(one, rows), _("Sign-up sheet %(title)s.xlsx") % {"title": one.title})


@login_required
@require_http_methods(["GET", "POST"])
def bring_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Upload a sheet and see what it would do; then do it."""
    user = person(request)
    one = shown_to(user, pk)
    if not permissions.can_run(user, one):
        raise PermissionDenied
    if "signed" in request.POST:
        return _apply(request, user, one)
    form = SheetForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"form": form, "one": one}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > MOST_BYTES:
                raise RuleBroken(_("The sheet is larger than 2 MB. Keep only the list."))
            lines = sheet.read(file.read(), file.name)
            outcomes = exchange.rehearse_sheet(actor=user, activity_id=pk, lines=lines)
        except RuleBroken as error:
            form.add_error("file", str(error))
        else:
            told = {"by": user.pk, "on": pk, "seal": exchange.seal_of(outcomes)}
            told["lines"] = [asdict(line) for line in lines]
            context |= {"outcomes": outcomes, "signed": signing.dumps(told, salt=SALT, compress=True)}
    return render(request, "activities/sheet.html", context, status=409 if form.errors else 200)


def _apply(request: HttpRequest, user: User, one: Activity) -> HttpResponse:
    try:
        told = signing.loads(request.POST["signed"], salt=SALT, max_age=VALID_SECONDS)
    except signing.BadSignature:
        raise RuleBroken(_("This preview is more than an hour old. Upload the sheet again."))
    if (told["by"], told["on"]) != (user.pk, one.pk):
        raise PermissionDenied
    lines = [sheet.Line(**line) for line in told["lines"]]
    outcomes = exchange.bring_in_sheet(actor=user, activity_id=one.pk, lines=lines, seal=told["seal"])
    done = sum(row.what in (exchange.What.NEW, exchange.What.CHANGED) for row in outcomes)
    messages.info(request, _("%(done)s rows changed the list.") % {"done": done})
    return redirect("activities:activity", pk=one.pk)
