"""Rules as dated data: limits and assignment, calendar, approved answers, channels, absence, the digest."""

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from lianzhu.apps.cases import clock, words
from lianzhu.apps.cases.actions import ladder, posting, rules
from lianzhu.apps.cases.forms import rules as forms
from lianzhu.apps.cases.models import (
    Absence,
    Address,
    AssignmentRule,
    Channel,
    DayNotice,
    Digest,
    Kind,
    KnownAnswer,
    Limits,
    Message,
    Post,
    WorkDay,
)
from lianzhu.apps.cases.queries import people
from lianzhu.apps.cases.queries.course import limit_words
from lianzhu.apps.cases.queries.days import calendar_now
from lianzhu.apps.cases.views.pool import office_chain
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.core.views import person
from lianzhu.apps.enterprises.models import Chain, Membership
from lianzhu.apps.organisation.models import Body
from lianzhu.engine.clock import day_table_rows


def _office(request: HttpRequest) -> tuple[User, Chain]:
    user = person(request)
    chain = office_chain(user)
    if chain is None:
        raise PermissionDenied
    return user, chain


def _try(request: HttpRequest, form: django_forms.Form, act: Callable[[dict[str, Any]], str]) -> bool:
    """Run an act with a valid form; a broken rule stands on the form. Returns whether it was done."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        messages.success(request, act(form.cleaned_data))
    except RuleBroken as said:
        form.add_error(None, str(said))
        return False
    return True


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def limits(request: HttpRequest) -> HttpResponse:
    """Limits, ladders and checklists in force, with their history; a new version begins on a day."""
    user, chain = _office(request)
    form = forms.LimitsForm(request.POST or None, initial={"since": clock.today()})

    def act(told: dict[str, Any]) -> str:
        kind, category, since = told.pop("kind"), told.pop("category"), told.pop("since")
        rules.set_limits(actor=user, chain=chain, kind=kind, category=category, since=since, told=told)
        return _("In force from %(day)s. Cases already dispatched keep their limits.") % {"day": since}

    if _try(request, form, act):
        return redirect("cases:limits")
    rows = Limits.objects.filter(chain=chain).select_related("set_by").order_by("kind", "category", "-since", "-pk")
    told = {"form": form, "rows": [_in_words(row) for row in rows[:200]], "default": _in_words(Limits(chain=chain))}
    return render(request, "cases/limits.html", told)


def _in_words(row: Limits) -> dict[str, Any]:
    return {
        "row": row,
        "kind": dict(Kind.choices).get(row.kind, ""),
        "limits": [(label, limit_words(getattr(row, name))) for name, label in words.CLOCKS.items()],
        "ladder": [f"+{limit_words(step[1:])}" if step.startswith("+") else f"{step} %" for step in row.ladder],
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def assignment(request: HttpRequest) -> HttpResponse:
    """Who is suggested for what, and who is away."""
    user, chain = _office(request)
    form = forms.AssignmentForm(request.POST or None)
    field = form.fields["body"]
    if isinstance(field, django_forms.ModelChoiceField):
        field.queryset = Body.objects.filter(pk__in=[body.pk for body in people.targets(chain, clock.today())])

    def act(told: dict[str, Any]) -> str:
        rules.set_assignment(actor=user, chain=chain, **told)
        return _("From today this body is suggested.")

    if _try(request, form, act):
        return redirect("cases:assignment")
    running = AssignmentRule.objects.filter(chain=chain, until__isnull=True).select_related("body").order_by("pk")
    away = Absence.objects.filter(until__gte=clock.today()).select_related("user").order_by("since", "pk")[:100]
    return render(request, "cases/assignment.html", {"form": form, "rules": running, "away": away})


@login_required
@require_POST
def end_assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """End a rule."""
    user, _chain = _office(request)
    if not AssignmentRule.objects.filter(pk=pk).exists():
        raise PermissionDenied
    rules.end_assignment(actor=user, rule_id=pk)
    return redirect("cases:assignment")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """The working days in force; a year's notice is entered here and moves open due times."""
    user, chain = _office(request)
    chosen = request.POST.get("form", "")
    notice = forms.NoticeForm(request.POST if chosen == "notice" else None, initial={"year": clock.today().year + 1})
    hours = forms.HoursForm(request.POST if chosen == "hours" else None)

    def said(moved: list[Any]) -> str:
        numbers = "、".join(one.case.number for one in moved[:20])
        if not moved:
            return _("Entered. No open due time moves.")
        told = ngettext(
            "Entered. %(n)s open case moves: %(all)s", "Entered. %(n)s open cases move: %(all)s", len(moved)
        )
        return told % {"n": len(moved), "all": numbers}

    if chosen == "notice" and _try(
        request, notice, lambda told: said(rules.enter_notice(actor=user, chain=chain, **told))
    ):
        return redirect("cases:calendar")
    if chosen == "hours" and _try(request, hours, lambda told: said(rules.set_hours(actor=user, chain=chain, **told))):
        return redirect("cases:calendar")
    now = calendar_now()
    year = str(request.GET.get("year", clock.today().year))
    context = {
        "notice": notice,
        "hours": hours,
        "year": year,
        "years": sorted(now.years),
        "next_year": max(now.years, default=clock.today().year) + 1,
        "days": [(day, work == "1") for day, work in day_table_rows(now) if day.startswith(year)],
        "entered": {row.date.isoformat(): row.source for row in WorkDay.objects.filter(date__year=int(year))}
        if year.isdigit()
        else {},
        "notices": DayNotice.objects.select_related("entered_by").order_by("-year"),
        "segments": [f"{a // 60}:{a % 60:02d}–{b // 60}:{b % 60:02d}" for a, b in now.hours],
    }
    return render(request, "cases/calendar.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: HttpRequest) -> HttpResponse:
    """Approved anonymous answers, offered while somebody types."""
    user, chain = _office(request)
    form = forms.AnswerForm(request.POST or None)

    def act(told: dict[str, Any]) -> str:
        names = Membership.objects.filter(chain=chain).values_list("enterprise__name", flat=True)
        rules.approve_answer(actor=user, chain=chain, firm_names=list(names), **told)
        return _("Approved; it is suggested from now on.")

    if _try(request, form, act):
        return redirect("cases:answers")
    rows = KnownAnswer.objects.filter(chain=chain, withdrawn_at__isnull=True).select_related("approved_by")
    return render(request, "cases/answers.html", {"form": form, "rows": rows.order_by("-pk")[:200]})


@login_required
@require_POST
def withdraw_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop suggesting an answer."""
    user, _chain = _office(request)
    if not KnownAnswer.objects.filter(pk=pk).exists():
        raise PermissionDenied
    rules.withdraw_answer(actor=user, answer_id=pk)
    return redirect("cases:answers")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def channels(request: HttpRequest) -> HttpResponse:
    """Mail and group robots: off until configured; what waits and what failed."""
    user, chain = _office(request)
    form = forms.ChannelForm(request.POST or None)

    def act(told: dict[str, Any]) -> str:
        channel = posting.set_channel(actor=user, chain=chain, **told)
        return _("It is on.") if channel.on else _("Kept; it is off.")

    if _try(request, form, act):
        return redirect("cases:channels")
    rows = Channel.objects.filter(chain=chain).order_by("kind")
    posts = Post.objects.filter(channel__chain=chain).select_related("channel").order_by("-pk")[:20]
    return render(request, "cases/channels.html", {"form": form, "rows": rows, "posts": posts})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def digest(request: HttpRequest) -> HttpResponse:
    """A person's own notices; the office also gets the text for the group, to copy by hand."""
    user = person(request)
    chosen = request.POST.get("form", "")
    address = Address.objects.filter(user=user).first()
    mail = forms.MailForm(
        request.POST if chosen == "mail" else None, initial={"address": address.address if address else ""}
    )
    away = forms.AbsenceForm(request.POST if chosen == "away" else None)

    def keep(told: dict[str, Any]) -> str:
        posting.set_mail_address(actor=user, address=told["address"])
        return _("Kept.")

    def leave(told: dict[str, Any]) -> str:
        rules.set_absence(actor=user, **told)
        return _("Kept. Nothing new is suggested for you meanwhile.")

    if (chosen == "mail" and _try(request, mail, keep)) or (chosen == "away" and _try(request, away, leave)):
        return redirect("cases:digest")
    chain = office_chain(user)
    group = ladder.group_words(Channel(chain=chain, link=request.build_absolute_uri("/"))) if chain else None
    waiting = Message.objects.filter(user=user, digest__isnull=True).select_related("case").order_by("-pk")[:100]
    past = Digest.objects.filter(user=user).order_by("-on").prefetch_related("lines__case")[:7]
    context = {"mail": mail, "away": away, "group": group, "waiting": waiting, "past": past}
    return render(request, "cases/digest.html", context)
