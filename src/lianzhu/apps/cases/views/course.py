"""One case: its course, its acts, papers and sealed notes."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianzhu.apps.cases import permissions, words
from lianzhu.apps.cases.actions import calling
from lianzhu.apps.cases.acts import ACTS, ALWAYS_LAST, PART_ACTS, form_for, open_acts, part_acts
from lianzhu.apps.cases.models import Case, CaseFile, Saying, SealedNote
from lianzhu.apps.cases.queries import pool
from lianzhu.apps.cases.queries.course import course_of
from lianzhu.apps.cases.queries.days import limits_in_force
from lianzhu.apps.core import files
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.core.views import person

# Fields of the acts in which people write more than a word.
WRITTEN = ("text", "reason", "question", "why")


def visible_case(user: User, pk: int) -> Case:
    """The case, if this person may see it; else 404, so that ids tell nothing."""
    found = Case.objects.visible_to(user).select_related(
        "chain", "firm", "body", "lead", "caller", "opened_by", "into", "about_body", "finding"
    )
    return get_object_or_404(found, pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """The course of a case, and the form of one act (`?do=`). A POST does the act."""
    user = person(request)
    found = visible_case(user, pk)
    chosen = request.POST.get("do", "") or request.GET.get("do", "")
    form, refused = None, ""
    if chosen in ACTS or chosen in PART_ACTS:
        posted = request.method == "POST"
        data = (request.POST, request.FILES) if posted else (None, None)
        form = form_for(chosen, user, found, *data)
        if posted and form.is_valid():
            try:
                (ACTS.get(chosen) or PART_ACTS[chosen]).run(user, found, form.cleaned_data)
            except RuleBroken as said:
                refused = str(said)
            else:
                return _done(request, user, pk)
    found = visible_case(user, pk)
    return render(request, "cases/case.html", _page(user, found, chosen, form, refused), status=409 if refused else 200)


def _done(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    messages.success(request, _("Done; it stands at the top of the course."))
    if Case.objects.visible_to(user).filter(pk=pk).exists():
        return redirect("cases:case", pk=pk)
    # Returned or handed on: the case is no longer this person's to see.
    return redirect("cases:pool")


def _page(user: User, found: Case, chosen: str, form: Any, refused: str) -> dict[str, object]:
    course = course_of(user, found)
    acts = open_acts(user, found, course.standing)
    keys = {key for key, _act in acts}
    members = Case.objects.visible_to(user).filter(into=found).select_related("firm").order_by("pk")[:100]
    own = permissions.is_own(user, found)
    answer = Saying.objects.filter(event__case=found, event__kind="submitted_answer").order_by("-event__number").first()
    return {
        "case": found,
        "course": course,
        "row": pool.rows_of(user, [found])[0],
        "kind_words": words.HANDLINGS.get(found.handling, ""),
        "outcome": words.OUTCOMES.get(found.outcome, ""),
        "acts": acts,
        "primary": next((key for key, _act in acts if key not in ALWAYS_LAST), ""),
        "parts": [(part, part_acts(user, found, part, course.standing)) for part in course.parts],
        "chosen": chosen if chosen in keys or chosen in PART_ACTS else "",
        "chosen_label": (ACTS.get(chosen) or PART_ACTS[chosen]).label if form else "",
        "form": form,
        "refused": refused,
        "typed": _typed(form) if refused else "",
        "own": own,
        "name_shown": permissions.sees_firm_name(user, found),
        "members": pool.rows_of(user, list(members)) if members else [],
        "checklist": limits_in_force(found.chain, found.kind, found.category, found.opened_at.date()).checklist,
        "to_review": answer.text if answer and chosen == "review" and not own else "",
    }


def _typed(form: Any) -> str:
    """What somebody wrote into an act that somebody else made impossible meanwhile."""
    return "\n\n".join(str(form.cleaned_data[name]) for name in WRITTEN if form.cleaned_data.get(name))


@login_required
@require_POST
def open_sealed(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a sealed note: its officer only, and it is recorded."""
    user = person(request)
    get_object_or_404(SealedNote, pk=pk, officer=user)
    note = calling.open_sealed(actor=user, note_id=pk)
    return render(request, "cases/sealed.html", {"note": note})


@login_required
@require_safe
def paper(request: HttpRequest, pk: int) -> FileResponse:
    """A paper of a case, for who may see the case; its name is hidden with the firm's."""
    user = person(request)
    kept = get_object_or_404(CaseFile.objects.select_related("file", "case"), pk=pk)
    found = visible_case(user, kept.case_id)
    if not files.path_of(kept.file).exists():
        raise Http404
    name = kept.file.name if permissions.sees_firm_name(user, found) else f"{found.number}{kept.file.suffix}"
    return FileResponse(files.path_of(kept.file).open("rb"), as_attachment=True, filename=name)
