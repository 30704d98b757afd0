"""The workbook of bodies and office-holders: out, template, preview, bring in. No uploaded file is kept."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.views import download, person
from lianzhu.apps.organisation import workbook as books
from lianzhu.apps.organisation.actions import exchange
from lianzhu.apps.organisation.forms import WorkbookForm
from lianzhu.apps.organisation.queries.export import body_rows, seat_rows
from lianzhu.apps.organisation.views.speaking import chain_of, chain_to_organise

SALT = "organisation.workbook"
VALID_SECONDS = 3600
MOST_BYTES = 2 * 2**20


@login_required
@require_http_methods(["GET", "POST"])
def workbook(request: HttpRequest) -> HttpResponse:
    """Upload a workbook and see, row by row, what it would do."""
    user = person(request)
    chain = chain_to_organise(user)
    form = WorkbookForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > MOST_BYTES:
                raise RuleBroken(_("The workbook is larger than 2 MB. Keep only the two sheets."))
            lines = books.read(file.read(), file.name)
            outcomes = exchange.rehearse_workbook(actor=user, chain_id=chain.pk, lines=lines)
        except RuleBroken as error:
            form.add_error("file", str(error))
        else:
            told = {"by": user.pk, "seal": exchange.seal_of(outcomes), **lines.packed()}
            by_what = [(what, [one for one in outcomes if one.what == what]) for what in exchange.What]
            context |= {
                "groups": [(what, rows) for what, rows in by_what if rows],
                "counts": [(what, len(rows)) for what, rows in by_what],
                "changes": sum(one.what not in (exchange.What.SAME, exchange.What.REFUSED) for one in outcomes),
                "signed": signing.dumps(told, salt=SALT, compress=True),
                "name": file.name,
            }
    return render(request, "organisation/workbook.html", context, status=409 if form.errors else 200)


@login_required
@require_POST
def bring_in(request: HttpRequest) -> HttpResponse:
    """Do what the preview showed."""
    user = person(request)
    chain = chain_to_organise(user)
    try:
        told = signing.loads(request.POST.get("signed", ""), salt=SALT, max_age=VALID_SECONDS)
    except signing.BadSignature:
        raise RuleBroken(_("This preview is more than an hour old. Upload the workbook again."))
    if told["by"] != user.pk:
        raise PermissionDenied
    outcomes = exchange.bring_in_workbook(actor=user, chain_id=chain.pk, lines=books.unpacked(told), seal=told["seal"])
    done = sum(one.what not in (exchange.What.SAME, exchange.What.REFUSED) for one in outcomes)
    refused = sum(one.what == exchange.What.REFUSED for one in outcomes)
    messages.info(
        request,
        _("Brought in: %(done)s rows changed the record, %(refused)s were refused.")
        % {"done": done, "refused": refused},
    )
    return redirect("organisation:tree")


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Bodies and office-holders with their history, for secretary and office; each export is on record."""
    user = person(request)
    chain = chain_of(user)
    exchange.note_export(actor=user, chain_id=chain.pk)
    content = books.write(body_rows(user, chain), seat_rows(user, chain))
    return download(content, _("Organisation %(date)s.xlsx") % {"date": timezone.localdate().isoformat()})


@login_required
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The empty workbook."""
    chain_to_organise(person(request))
    return download(books.write((), ()), _("Organisation template.xlsx"))
