"""Bringing a file in: upload, columns, preview, apply, receipt."""

import tempfile
from pathlib import Path

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianzhu.apps.core import files, jobs
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import Job, User
from lianzhu.apps.core.views import download, person
from lianzhu.apps.enterprises import jobs as import_jobs
from lianzhu.apps.enterprises import permissions
from lianzhu.apps.enterprises.actions import imports
from lianzhu.apps.enterprises.forms import UploadForm
from lianzhu.apps.enterprises.models import Chain, ImportBatch, access_of
from lianzhu.apps.enterprises.queries import reports
from lianzhu.engine.roster.templates import templates
from lianzhu.engine.roster.writing import mark_refused, template_workbook
from lianzhu.library.facts import facts

State = ImportBatch.State
PAGE = 50


def _chain(user: User) -> Chain:
    """The chain a person imports into; refused for everybody who does not import."""
    access = access_of(user)
    chain = Chain.objects.filter(pk__in=access.office_chains | access.statistician_chains).order_by("id").first()
    if chain is None:
        raise PermissionDenied
    return chain


def _batch(user: User, pk: int) -> ImportBatch:
    batch = get_object_or_404(ImportBatch.objects.select_related("file", "chain", "uploaded_by", "applied_by"), pk=pk)
    if not permissions.can_open_batch(user, batch):
        raise Http404
    return batch


@login_required
@require_http_methods(["GET", "POST"])
def batches(request: HttpRequest) -> HttpResponse:
    """What was brought in, newest first, and the form for the next file."""
    user = person(request)
    chain = _chain(user)
    form = UploadForm(request.POST or None, request.FILES or None, initial={"as_of": timezone.localdate()})
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            stored = files.store(form.cleaned_data["file"], actor=user, allowed=files.SPREADSHEETS)
            batch = imports.hand_in(
                actor=user,
                chain_id=chain.pk,
                file_id=stored.pk,
                source=form.cleaned_data["source"],
                as_of=form.cleaned_data["as_of"],
            )
        except RuleBroken as error:
            refused = str(error)
        else:
            jobs.ask(actor=user, kind=import_jobs.READ, argument=batch.pk)
            return redirect("enterprises:import", pk=batch.pk)
    after = request.GET.get("after", "")
    rows = ImportBatch.objects.filter(chain=chain).select_related("file", "uploaded_by")
    if after.isdigit():
        rows = rows.filter(pk__lt=int(after))
    page = list(rows[: PAGE + 1])
    context = {
        "form": form,
        "refused": refused,
        "batches": page[:PAGE],
        "next_url": f"?after={page[PAGE - 1].pk}" if len(page) > PAGE else "",
        "first_url": "?" if after else "",
        "kinds": ImportBatch.Kind,
        "limit": "50 MB",
    }
    return render(request, "enterprises/imports.html", context, status=409 if refused else 200)


@login_required
@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a file stands: being read, columns, preview, or receipt; one address for all of it."""
    user = person(request)
    one = _batch(user, pk)
    table = int(request.GET.get("table", "0")) if request.GET.get("table", "0").isdigit() else 0
    tables = one.report.get("tables", [])
    table = min(table, max(len(tables) - 1, 0))
    running = Job.objects.filter(
        argument=one.pk, kind__in=[import_jobs.READ, import_jobs.APPLY], state__in=["waiting", "running"]
    ).first()
    failed = Job.objects.filter(argument=one.pk, kind__in=[import_jobs.READ, import_jobs.APPLY]).last()
    context = {
        "batch": one,
        "job": running,
        "failed": failed.error if failed and failed.state == Job.State.FAILED and not running else "",
        "mine": permissions.can_work_on_batch(user, one),
        "reads_all": reports.reads_all(user, one),
        "tables": tables,
        "table": tables[table] if tables else None,
        "number": table,
        "steps": [_("Upload"), _("Columns"), _("Preview"), _("Apply"), _("Receipt")],
        "at": _step(one, request),
        "columns_open": one.state in imports.OPEN and "columns" in request.GET,
    }
    if tables:
        told = tables[table]
        context |= {
            "refusals": reports.sentences(told["refusals"]),
            "remarks": reports.sentences(told["remarks"]),
            "notes": reports.sentences(told["notes"]),
            "banned": [
                {**ban, "reason": gettext(ban["reason"]), "mend": gettext(ban["mend"])} for ban in told["banned"]
            ],
            "keys": [(c.key, reports.title_of(c, c.key)) for c in templates(facts())[told["kind"]].columns],
            "kind_name": ImportBatch.Kind(told["kind"]).label,
        }
        if one.state in (State.PREVIEW, State.APPLYING):
            context["groups"] = reports.shown(user, one, table)
    return render(request, "enterprises/import.html", context)


def _step(one: ImportBatch, request: HttpRequest) -> int:
    if one.state in (State.APPLIED, State.UNDONE):
        return 5
    if one.state == State.APPLYING:
        return 4
    if one.state == State.PREVIEW and "columns" not in request.GET:
        return 3
    return 2


@login_required
@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The polled progress bar; tells the page to load again when the work is over."""
    one = _batch(person(request), pk)
    job = Job.objects.filter(argument=one.pk, kind__in=[import_jobs.READ, import_jobs.APPLY]).last()
    if job is None or job.state in (Job.State.DONE, Job.State.FAILED):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "enterprises/import_progress.html", {"batch": one, "job": job})


@login_required
@require_POST
def choose_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What the person says the columns of one table mean."""
    user = person(request)
    one = _batch(user, pk)
    sheet = request.POST.get("sheet", "")
    said: dict[str, str | None] = {
        name.removeprefix("column-"): str(value) or None
        for name, value in request.POST.items()
        if name.startswith("column-") and isinstance(value, str) and value != "auto"
    }
    columns = {**one.choices.get("columns", {}), sheet: said}
    imports.choose_columns(actor=user, batch_id=one.pk, columns=columns, period=request.POST.get("period", "").strip())
    jobs.ask(actor=user, kind=import_jobs.READ, argument=one.pk)
    return redirect("enterprises:import", pk=one.pk)


@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The person's word on rows to review; only rows that were answered change."""
    user = person(request)
    one = _batch(user, pk)
    answers = {
        name.removeprefix("row-"): value
        for name, value in request.POST.items()
        if name.startswith("row-") and isinstance(value, str) and value
    }
    if not answers:
        messages.warning(request, _("No row was answered."))
        return redirect("enterprises:import", pk=one.pk)
    imports.decide_rows(actor=user, batch_id=one.pk, answers=answers)
    jobs.ask(actor=user, kind=import_jobs.READ, argument=one.pk)
    return redirect("enterprises:import", pk=one.pk)


@login_required
@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Yes to the preview."""
    user = person(request)
    imports.ask_to_apply(actor=user, batch_id=_batch(user, pk).pk)
    jobs.ask(actor=user, kind=import_jobs.APPLY, argument=pk)
    return redirect("enterprises:import", pk=pk)


@login_required
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the whole batch back."""
    user = person(request)
    done = imports.undo_batch(actor=user, batch_id=_batch(user, pk).pk)
    kept = int(done.report.get("kept", 0))
    said = _("Undone. Everything is as before the import.")
    if kept:
        said = _("Undone. %(count)s values changed since were left as they are.") % {"count": kept}
    messages.success(request, said)
    return redirect("enterprises:import", pk=pk)


@login_required
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the file aside without applying it."""
    user = person(request)
    imports.drop_batch(actor=user, batch_id=_batch(user, pk).pk)
    messages.success(request, _("Put aside. Nothing was changed."))
    return redirect("enterprises:imports")


@login_required
@require_safe
def refused_workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbook back, refused cells marked; secret columns are blank unless the reader may read them."""
    user = person(request)
    one = _batch(user, pk)
    tables = one.report.get("tables", [])
    problems = [problem for table in tables for problem in reports.as_problems(table["refusals"])]
    if not problems:
        raise Http404
    masked = {} if reports.reads_all(user, one) else {table["sheet"]: table["masked"] for table in tables}
    say = {text: gettext(text) for problem in problems for text in (problem.message, problem.mend) if text}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "refused.xlsx"
        mark_refused(files.path_of(one.file), problems, out, masked=masked, say=say)
        content = out.read_bytes()
    return download(content, _("%(file)s - to mend.xlsx") % {"file": Path(one.file.name).stem})


@login_required
@require_safe
def original(request: HttpRequest, pk: int) -> FileResponse:
    """The file as it was handed in, for who may work on it or handed it in."""
    user = person(request)
    one = _batch(user, pk)
    if not permissions.can_read_batch_file(user, one):
        raise PermissionDenied
    return FileResponse(files.path_of(one.file).open("rb"), as_attachment=True, filename=one.file.name)


@login_required
@require_safe
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty workbook to fill in, with drop-downs and notes."""
    _chain(person(request))
    known = templates(facts())
    if kind not in known:
        raise Http404
    lang = "en" if (get_language() or "").startswith("en") else "zh"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "template.xlsx"
        template_workbook(known[kind], out, "en" if lang == "en" else "zh", keys=reports.usual_keys(known[kind]))
        content = out.read_bytes()
    return download(content, _("Template %(kind)s.xlsx") % {"kind": ImportBatch.Kind(kind).label})
