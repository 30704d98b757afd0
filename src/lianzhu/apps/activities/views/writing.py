"""Forms of activities: announce, change, sign up, note who came, papers, minutes, decisions, outcome."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lianzhu.apps.activities import permissions, queries
from lianzhu.apps.activities.actions import attending, concluding, planning
from lianzhu.apps.activities.forms import (
    DecisionForm,
    MinutesForm,
    OutcomeForm,
    PaperForm,
    PlanForm,
    SignUpForm,
    WhyForm,
)
from lianzhu.apps.activities.models import Activity, SignUp
from lianzhu.apps.activities.views.reading import shown_to
from lianzhu.apps.core.models import User
from lianzhu.apps.core.views import person
from lianzhu.apps.enterprises.models import Enterprise, access_of
from lianzhu.apps.organisation.queries import bodies_of
from lianzhu.apps.organisation.views.speaking import chain_of, form_page

FORM = "activities/form.html"


def _run(user: User, pk: int) -> Activity:
    one = shown_to(user, pk)
    if not permissions.can_run(user, one):
        raise PermissionDenied
    return one


def _here(one: Activity) -> str:
    return reverse("activities:activity", args=[one.pk])


def _words(one: Activity, title: str, button: str, **more: object) -> dict[str, object]:
    return {"title": title, "button": button, "back": _here(one), "back_to": one.title, **more}


@login_required
@require_http_methods(["GET", "POST"])
def announce(request: HttpRequest) -> HttpResponse:
    """Announce an activity."""
    user = person(request)
    chain = chain_of(user)
    if not permissions.can_announce_something(user, chain):
        raise PermissionDenied
    form = PlanForm(request.POST or None, hosts=queries.hosts(user, chain))

    def act() -> str:
        host = form.cleaned_data["host"]
        return _here(planning.announce_activity(actor=user, chain_id=chain.pk, host_id=host.pk, plan=form.plan()))

    words = {
        "title": _("Announce an activity"),
        "button": _("Check and announce"),
        "back": reverse("activities:list"),
        "back_to": _("Activities"),
        "notice": True,
    }
    return form_page(request, form, act, words, FORM)


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what was announced."""
    user = person(request)
    one = _run(user, pk)
    initial = {
        "kind": one.kind,
        "title": one.title,
        "host": one.host_id,
        "begins_at": one.begins_at,
        "minutes": int((one.ends_at - one.begins_at).total_seconds() // 60),
        "place": one.place,
        "capacity": one.capacity,
        "agenda": one.agenda,
    }
    form = PlanForm(request.POST or None, hosts=queries.hosts(user, one.chain), initial=initial)
    form.fields["host"].disabled = True

    def act() -> str:
        return _here(planning.change_activity(actor=user, activity_id=pk, plan=form.plan()))

    words = _words(one, _("Change the announcement"), _("Check and save"), notice=True)
    return form_page(request, form, act, words, FORM)


@login_required
@require_http_methods(["GET", "POST"])
def call_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Call it off."""
    user = person(request)
    one = _run(user, pk)
    form = WhyForm(request.POST or None)

    def act() -> str:
        return _here(planning.call_off(actor=user, activity_id=pk, why=form.cleaned_data["why"]))

    return form_page(request, form, act, _words(one, _("Call it off"), _("Call off")), FORM)


@login_required
@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign somebody up; a firm's person for the firm."""
    user = person(request)
    one = shown_to(user, pk)
    firm = Enterprise.objects.filter(pk__in=access_of(user).own_firms, chains=one.chain).order_by("id").first()
    if not permissions.can_sign_up(user, one, firm):
        raise PermissionDenied
    seat = bodies_of(user, attending.clock.today()).first()
    unit = firm.name if firm else seat.name if seat else ""
    form = SignUpForm(request.POST or None, initial={"name": user.name, "unit": unit})
    if firm is not None:
        form.fields["unit"].disabled = True

    def act() -> str:
        told = form.cleaned_data
        made = attending.sign_up(
            actor=user,
            activity_id=pk,
            name=told["name"],
            unit=told["unit"],
            firm_id=firm.pk if firm else None,
            for_self=told["name"].strip() == user.name,
        )
        waits = made.state == SignUp.State.WAITLISTED
        messages.info(
            request,
            _("All seats are taken; %(name)s is on the waiting list and moves up by itself.") % {"name": made.name}
            if waits
            else _("%(name)s is registered.") % {"name": made.name},
        )
        return _here(one)

    words = _words(one, _("Sign up"), _("Sign up"), hint=_("Only name and unit are kept."), notice=True)
    return form_page(request, form, act, words, FORM)


@login_required
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a place back."""
    user = person(request)
    found = get_object_or_404(SignUp.objects.visible_to(user), pk=pk)
    attending.cancel_sign_up(actor=user, sign_up_id=pk)
    messages.info(request, _("The place of %(name)s was given back.") % {"name": found.name})
    return redirect("activities:activity", pk=found.activity_id)


@login_required
@require_http_methods(["GET", "POST"])
def attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick who came."""
    user = person(request)
    one = _run(user, pk)
    if request.method == "POST":
        present = {int(value) for value in request.POST.getlist("came") if value.isdigit()}
        attending.note_attendance(actor=user, activity_id=pk, present=present)
        return redirect("activities:activity", pk=pk)
    rows = one.sign_ups.exclude(state=SignUp.State.CANCELLED).order_by("unit", "id")
    return render(request, "activities/attendance.html", {"one": one, "rows": rows})


@login_required
@require_http_methods(["GET", "POST"])
def add_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a paper."""
    user = person(request)
    one = _run(user, pk)
    form = PaperForm(request.POST or None, request.FILES or None)

    def act() -> str:
        concluding.add_paper(actor=user, activity_id=pk, upload=form.cleaned_data["file"])
        return _here(one)

    hint = _("Everybody of the chain may open it. No prices, no plans, no customers.")
    return form_page(request, form, act, _words(one, _("Add a paper"), _("Add"), hint=hint), FORM)


@login_required
@require_http_methods(["GET", "POST"])
def write_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the minutes."""
    user = person(request)
    one = _run(user, pk)
    form = MinutesForm(request.POST or None, initial={"minutes": one.minutes, "objection": one.objection})

    def act() -> str:
        told = form.cleaned_data
        concluding.write_minutes(actor=user, activity_id=pk, minutes=told["minutes"], objection=told["objection"])
        return reverse("activities:minutes", args=[pk])

    return form_page(request, form, act, _words(one, _("Write the minutes"), _("Save the minutes"), notice=True), FORM)


@login_required
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a decision; its case is opened at once."""
    user = person(request)
    one = shown_to(user, pk)
    if not permissions.can_decide(user, one):
        raise PermissionDenied
    form = DecisionForm(request.POST or None, owners=queries.owners(one.chain))

    def act() -> str:
        told = form.cleaned_data
        made = concluding.record_decision(
            actor=user, activity_id=pk, text=told["text"], owner_id=told["owner"].pk, limit=told["limit"]
        )
        messages.info(request, _("Case %(number)s was opened and dispatched.") % {"number": made.case.number})
        return _here(one)

    hint = _("It becomes a case at once, dispatched to the body you name, with its own clock.")
    return form_page(request, form, act, _words(one, _("Write down a decision"), _("Open the case"), hint=hint), FORM)


@login_required
@require_http_methods(["GET", "POST"])
def outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what came of it."""
    user = person(request)
    one = _run(user, pk)
    form = OutcomeForm(request.POST or None, initial={"outcome": one.outcome})

    def act() -> str:
        return _here(concluding.note_outcome(actor=user, activity_id=pk, outcome=form.cleaned_data["outcome"]))

    hint = _("What is different after 90 days: what was done, what was not, what nobody asked for again.")
    return form_page(request, form, act, _words(one, _("What came of it"), _("Save"), hint=hint), FORM)
