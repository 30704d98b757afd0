"""New tracks: the one list, one track with its steps and gates, and the office's acts on it."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianzhu.apps.cases.models import Case
from lianzhu.apps.chain import permissions
from lianzhu.apps.chain.actions import tracks as actions
from lianzhu.apps.chain.forms.tracks import EvidenceForm, GateForm, ProlongForm, StopForm, TakeUpForm, TrackCaseForm
from lianzhu.apps.chain.models import GATES, LAST_GATE, Track
from lianzhu.apps.chain.queries import relatedness
from lianzhu.apps.chain.queries import tracks as queries
from lianzhu.apps.core.models import User
from lianzhu.apps.core.views import person
from lianzhu.apps.enterprises.models import Chain
from lianzhu.apps.organisation.views.speaking import chain_of, form_page

Act = Callable[[], str]


def _shows() -> Mapping[str, tuple[str, Callable[[queries.Sheet], bool]]]:
    return {
        "": (_("all"), lambda sheet: True),
        "running": (_("under way"), lambda sheet: sheet.running is not None),
        "past": (_("past the stop date"), lambda sheet: sheet.past),
        "ended": (_("has ended"), lambda sheet: sheet.attempt is not None and not sheet.attempt.running),
        "open": (_("not taken up"), lambda sheet: sheet.attempt is None),
    }


def _tested() -> dict[str, object]:
    return {"tests": relatedness.BACKTESTS, "measured_on": relatedness.MEASURED_ON}


@login_required
@require_safe
def tracks(request: HttpRequest) -> HttpResponse:
    """Every candidate track: the same list for every reader, in the library's order."""
    user = person(request)
    chain = chain_of(user)
    sheets = queries.track_sheets(user, chain)
    shows = _shows()
    show = request.GET.get("show", "")
    show = show if show in shows else ""
    context = {
        "sheets": [sheet for sheet in sheets if shows[show][1](sheet)],
        "views": [(key, word, sum(map(fits, sheets))) for key, (word, fits) in shows.items()],
        "show": show,
        "may_keep": permissions.can_keep_board(user, chain),
        "last_gate": LAST_GATE,
        **_tested(),
    }
    return render(request, "chain/tracks.html", context)


@login_required
@require_safe
def track(request: HttpRequest, code: str) -> HttpResponse:
    """One track: evidence, gates, every step of every attempt; acts for the office alone."""
    user = person(request)
    chain = chain_of(user)
    sheet = next((one for one in queries.track_sheets(user, chain) if one.code == code), None)
    if sheet is None:
        raise Http404
    attempts = [(one, queries.steps_of(one)) for one in queries.attempts_of(user, chain, code)]
    opens = set(
        Case.objects.visible_to(user)
        .filter(pk__in=[step.case_id for _one, steps in attempts for step in steps if step.case_id])
        .values_list("pk", flat=True)
    )
    running = sheet.running
    context = {
        "sheet": sheet,
        "running": running,
        "attempts": attempts,
        "opens": opens,
        "gates": [(number, words) for number, words in GATES.items()],
        "may_keep": permissions.can_keep_board(user, chain),
        "may_pass": running is not None and not sheet.past and actions.evidence_since_last_gate(running),
        "case_open": sheet.case is not None and sheet.case.is_open,
        "last_gate": LAST_GATE,
        **_tested(),
    }
    return render(request, "chain/track.html", context)


def _chain_to_keep(user: User) -> Chain:
    chain = chain_of(user)
    if not permissions.can_keep_board(user, chain):
        raise PermissionDenied
    return chain


def _here(code: str) -> str:
    return reverse("chain:track", args=[code])


@login_required
@require_http_methods(["GET", "POST"])
def take_up_own(request: HttpRequest) -> HttpResponse:
    """Take up a track that the library does not know."""
    return _take_up(request, "", _("Take up a track of our own"), reverse("chain:tracks"), _("New tracks"))


@login_required
@require_http_methods(["GET", "POST"])
def take_up(request: HttpRequest, code: str) -> HttpResponse:
    """Take a candidate up, or one that ended before."""
    user = person(request)
    known = next((one for one in queries.track_sheets(user, _chain_to_keep(user)) if one.code == code), None)
    if known is None:
        raise Http404
    return _take_up(request, code, _("Take up: %(track)s") % {"track": known.title}, _here(code), known.title, known)


def _take_up(
    request: HttpRequest, code: str, title: str, back: str, back_to: str, known: queries.Sheet | None = None
) -> HttpResponse:
    user = person(request)
    chain = _chain_to_keep(user)
    form = TakeUpForm(request.POST or None, owners=queries.owners(chain), own=known is None)
    # A track of the chain's own is found again by its title.
    own_title = known.attempt.title if known and known.attempt else ""

    def act() -> str:
        told = form.cleaned_data
        made = actions.take_up_track(
            actor=user,
            chain_id=chain.pk,
            code="" if own_title else code,
            title=own_title or told.get("title", ""),
            hypothesis=told["hypothesis"],
            owner_id=told["owner"].pk,
            stop_on=told["stop_on"],
        )
        return _here(made.code)

    hint = _("It stays a hypothesis until every gate is passed. All of the chain see it, with its owner and stop date.")
    return form_page(
        request, form, act, {"title": title, "button": _("Take up"), "back": back, "back_to": back_to, "hint": hint}
    )


def _running(user: User, code: str) -> Track:
    chain = _chain_to_keep(user)
    found = next(iter(queries.attempts_of(user, chain, code)), None)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, one: Track, form: Form, act: Act, title: str, button: str, hint: str = ""
) -> HttpResponse:
    name = queries.title_of(one.code, one)
    words = {"title": title, "button": button, "hint": hint, "back": _here(one.code), "back_to": name}
    return form_page(request, form, act, words)


@login_required
@require_http_methods(["GET", "POST"])
def note_evidence(request: HttpRequest, code: str) -> HttpResponse:
    """Note evidence for or against."""
    user = person(request)
    one = _running(user, code)
    form = EvidenceForm(request.POST or None)

    def act() -> str:
        actions.note_evidence(actor=user, track_id=one.pk, **form.cleaned_data)
        return _here(code)

    hint = _("Gate %(gate)s: %(what)s") % {"gate": one.gate, "what": GATES[one.gate]}
    return _page(request, one, form, act, _("Note evidence"), _("Note it"), hint)


@login_required
@require_http_methods(["GET", "POST"])
def pass_gate(request: HttpRequest, code: str) -> HttpResponse:
    """Let the track through its gate."""
    user = person(request)
    one = _running(user, code)
    form = GateForm(request.POST or None, gate=one.gate)

    def act() -> str:
        told = form.cleaned_data
        actions.pass_gate(actor=user, track_id=one.pk, stop_on=told.get("stop_on"), text=told["text"])
        return _here(code)

    hint = _("Gate %(gate)s: %(what)s") % {"gate": one.gate, "what": GATES[one.gate]}
    return _page(request, one, form, act, _("Pass gate %(gate)s") % {"gate": one.gate}, _("Pass the gate"), hint)


@login_required
@require_http_methods(["GET", "POST"])
def prolong(request: HttpRequest, code: str) -> HttpResponse:
    """Move the stop date on."""
    user = person(request)
    one = _running(user, code)
    form = ProlongForm(request.POST or None)

    def act() -> str:
        actions.prolong_track(actor=user, track_id=one.pk, **form.cleaned_data)
        return _here(code)

    hint = _("Present stop date: %(day)s") % {"day": one.stop_on.isoformat()}
    return _page(request, one, form, act, _("Prolong it"), _("Prolong"), hint)


@login_required
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, code: str) -> HttpResponse:
    """End the attempt."""
    user = person(request)
    one = _running(user, code)
    form = StopForm(request.POST or None)

    def act() -> str:
        actions.stop_track(actor=user, track_id=one.pk, **form.cleaned_data)
        return _here(code)

    hint = _("To stop is a result too: the reason stays, and it can be taken up again on new evidence.")
    return _page(request, one, form, act, _("Stop it"), _("Stop"), hint)


@login_required
@require_http_methods(["GET", "POST"])
def make_case(request: HttpRequest, code: str) -> HttpResponse:
    """Give the next piece of work to a body."""
    user = person(request)
    one = _running(user, code)
    form = TrackCaseForm(request.POST or None, owners=queries.owners(one.chain), initial={"owner": one.owner_id})

    def act() -> str:
        told = dict(form.cleaned_data)
        case = actions.make_case_of_track(actor=user, track_id=one.pk, owner_id=told.pop("owner").pk, **told)
        messages.info(request, _("Case %(number)s was opened and dispatched.") % {"number": case.number})
        return _here(code)

    hint = _("It becomes a case at once, with its own clock; one open case at a time.")
    return _page(request, one, form, act, _("Make it a case"), _("Open the case"), hint)
