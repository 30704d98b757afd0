"""The acts of a case page: which form each has, who sees it, which action it calls. One table, read top to bottom."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.cases import clock, permissions
from lianzhu.apps.cases.actions import calling, steering, working
from lianzhu.apps.cases.forms import acting as forms
from lianzhu.apps.cases.machine import Handling, Kind, Standing, allowed
from lianzhu.apps.cases.models import Case, Category, HelperPart, works_for
from lianzhu.apps.cases.models import Kind as CaseKind
from lianzhu.apps.cases.queries import people
from lianzhu.apps.core.models import User
from lianzhu.apps.organisation.models import Body

Told = Mapping[str, Any]


@dataclass(frozen=True)
class Act:
    """One act: its label, the event it needs, who may, its form, and the action it calls."""

    label: Promise
    needs: Kind
    may: Callable[[User, Case], bool]
    form: type[django_forms.Form]
    run: Callable[[User, Case, Told], object]
    danger: bool = False
    when: Callable[[Case, Standing], bool] = lambda _case, _standing: True


def _named(case: Case) -> bool:
    return case.firm_id is not None


ACTS: Mapping[str, Act] = {
    "accept": Act(
        _("Accept the case"),
        Kind.ACCEPTED,
        permissions.can_steer,
        forms.Accept,
        lambda user, case, told: steering.accept(
            actor=user, case_id=case.pk, handling=Handling(told["handling"]), category=Category(told["category"])
        ),
    ),
    "dispatch": Act(
        _("Dispatch"),
        Kind.DISPATCHED,
        permissions.can_steer,
        forms.Dispatch,
        lambda user, case, told: steering.dispatch(
            actor=user, case_id=case.pk, body_id=told["body"].pk, text=told["text"], limit=told["limit"]
        ),
    ),
    "sign": Act(
        _("Sign for it"),
        Kind.SIGNED,
        permissions.can_take,
        django_forms.Form,
        lambda user, case, _told: working.sign_for(actor=user, case_id=case.pk),
    ),
    "review": Act(
        _("Review the answer"),
        Kind.REVIEWED,
        permissions.can_review,
        forms.Decide,
        lambda user, case, told: steering.review(actor=user, case_id=case.pk, approved=told["yes"], text=told["text"]),
    ),
    "answer": Act(
        _("Submit an answer"),
        Kind.SUBMITTED_ANSWER,
        permissions.leads,
        forms.Answer,
        lambda user, case, told: working.submit_answer(
            actor=user, case_id=case.pk, stage=told["stage"], answer=told["text"]
        ),
    ),
    "resume": Act(
        _("Let the clock go on"),
        Kind.RESUMED,
        lambda user, case: permissions.leads(user, case) or permissions.can_steer(user, case),
        django_forms.Form,
        lambda user, case, _told: working.resume(actor=user, case_id=case.pk),
    ),
    "decide": Act(
        _("Decide on more time"),
        Kind.EXTENSION_DECIDED,
        permissions.can_steer,
        forms.Decide,
        lambda user, case, told: steering.decide_extension(
            actor=user, case_id=case.pk, granted=told["yes"], text=told["text"]
        ),
        when=lambda _case, standing: standing.extension_asked is not None,
    ),
    "caller": Act(
        _("Name who calls back"),
        Kind.CALLER_NAMED,
        permissions.can_steer,
        forms.Person,
        lambda user, case, told: steering.name_caller(actor=user, case_id=case.pk, caller_id=told["person"].pk),
        when=lambda case, _standing: _named(case),
    ),
    "call": Act(
        _("Write down the call-back"),
        Kind.CALLED_BACK,
        lambda user, case: permissions.can_call_back(user, case) and case.lead_id != user.pk,
        forms.CallBack,
        lambda user, case, told: calling.call_back(actor=user, case_id=case.pk, **told),
        when=lambda case, _standing: _named(case),
    ),
    "silent": Act(
        _("Nobody answered"),
        Kind.SILENT,
        lambda user, case: (
            permissions.can_call_back(user, case) and case.lead_id != user.pk and not permissions.is_own(user, case)
        ),
        forms.Words,
        lambda user, case, told: calling.record_silence(actor=user, case_id=case.pk, text=told["text"]),
        when=lambda case, _standing: _named(case),
    ),
    "close": Act(
        _("Close the case"),
        Kind.CLOSED,
        lambda user, case: permissions.can_steer(user, case) and case.lead_id != user.pk,
        forms.Words,
        lambda user, case, told: steering.close_case(actor=user, case_id=case.pk, text=told["text"]),
        when=lambda case, _standing: not _named(case),
    ),
    "help": Act(
        _("Ask for help"),
        Kind.HELP_ASKED,
        permissions.leads,
        forms.AskHelp,
        lambda user, case, told: working.ask_help(
            actor=user, case_id=case.pk, body_id=told["body"].pk, question=told["question"]
        ),
    ),
    "pause": Act(
        _("Stop the clock"),
        Kind.PAUSED,
        permissions.leads,
        forms.Pause,
        lambda user, case, told: working.pause(
            actor=user, case_id=case.pk, waits_for=told["waits_for"], reason=told["reason"]
        ),
    ),
    "extend": Act(
        _("Ask for more time"),
        Kind.EXTENSION_ASKED,
        permissions.leads,
        forms.Extend,
        lambda user, case, told: working.ask_extension(
            actor=user, case_id=case.pk, days=told["days"], reason=told["reason"]
        ),
        when=lambda _case, standing: standing.extension_asked is None,
    ),
    "return": Act(
        _("Return to the dispatcher"),
        Kind.RETURNED,
        permissions.can_take,
        forms.Return,
        lambda user, case, told: working.return_to_dispatcher(
            actor=user, case_id=case.pk, suggested_body_id=told["body"].pk, reason=told["reason"]
        ),
        when=lambda _case, standing: not standing.final,
    ),
    "hand_on": Act(
        _("Hand on to a colleague"),
        Kind.HANDED_ON,
        permissions.can_hand_on,
        forms.Person,
        lambda user, case, told: working.hand_on(actor=user, case_id=case.pk, lead_id=told["person"].pk),
        when=lambda case, _standing: case.lead_id is not None,
    ),
    "note": Act(
        _("Add to the case"),
        Kind.NOTED,
        permissions.can_note,
        forms.Note,
        lambda user, case, told: working.add_note(
            actor=user, case_id=case.pk, text=told["text"], inside=told["inside"], upload=told["file"]
        ),
    ),
    "reopen": Act(
        _("Reopen: not solved"),
        Kind.REOPENED,
        permissions.can_reopen,
        forms.Reason,
        lambda user, case, told: calling.reopen_case(actor=user, case_id=case.pk, reason=told["reason"]),
    ),
    "bundle": Act(
        _("Put into a common cause"),
        Kind.BUNDLED,
        permissions.can_steer,
        forms.Other,
        lambda user, case, told: steering.bundle(actor=user, case_ids=[case.pk], cause_id=told["number"].pk),
        when=lambda case, _standing: case.kind != CaseKind.COMMON,
    ),
    "merge": Act(
        _("Merge into another case"),
        Kind.MERGED,
        permissions.can_steer,
        forms.Other,
        lambda user, case, told: steering.merge(actor=user, case_id=case.pk, into_id=told["number"].pk),
        when=lambda case, _standing: _named(case),
    ),
    "publish": Act(
        _("Let firms join"),
        Kind.NOTED,
        permissions.can_steer,
        django_forms.Form,
        lambda user, case, _told: steering.publish_cause(actor=user, case_id=case.pk),
        when=lambda case, _standing: case.kind == CaseKind.COMMON and case.is_open and not case.published,
    ),
    "seal": Act(
        _("Sealed note to one officer"),
        Kind.SEALED,
        permissions.can_seal,
        forms.Sealed,
        lambda user, case, told: calling.seal_note(
            actor=user, case_id=case.pk, officer_id=told["officer"].pk, text=told["text"]
        ),
    ),
    "refuse": Act(
        _("Refuse"),
        Kind.REFUSED,
        permissions.can_steer,
        forms.Refuse,
        lambda user, case, told: steering.refuse(actor=user, case_id=case.pk, **told),
        danger=True,
    ),
    "withdraw": Act(
        _("Withdraw the case"),
        Kind.WITHDRAWN,
        permissions.can_withdraw,
        forms.Words,
        lambda user, case, told: calling.withdraw(actor=user, case_id=case.pk, reason=told["text"]),
        danger=True,
    ),
    "archive": Act(
        _("Archive"),
        Kind.ARCHIVED,
        permissions.can_steer,
        django_forms.Form,
        lambda user, case, _told: steering.archive(actor=user, case_id=case.pk),
    ),
}
# Acts on one helper's part; they stand beside the part.
PART_ACTS: Mapping[str, Act] = {
    "take_help": Act(
        _("Agree to help"),
        Kind.HELP_TAKEN,
        lambda _user, _case: True,
        forms.Opinion,
        lambda user, _case, told: working.take_help(actor=user, part_id=told["part"]),
    ),
    "give_help": Act(
        _("Give the opinion"),
        Kind.HELP_GIVEN,
        lambda _user, _case: True,
        forms.Opinion,
        lambda user, _case, told: working.give_help(actor=user, part_id=told["part"], opinion=told["text"]),
    ),
    "end_help": Act(
        _("End this part"),
        Kind.HELP_ENDED,
        permissions.leads,
        forms.Opinion,
        lambda user, _case, told: working.end_help(actor=user, part_id=told["part"], reason=told["text"]),
    ),
}
ALWAYS_LAST = ("note", "seal", "bundle", "merge", "hand_on", "refuse", "withdraw", "archive")


def open_acts(user: User, case: Case, standing: Standing) -> list[tuple[str, Act]]:
    """Acts this person may do now, the one that is waited for first; nothing else is shown."""
    fits = allowed(standing)
    found = [
        (key, act)
        for key, act in ACTS.items()
        if act.needs in fits and act.when(case, standing) and act.may(user, case)
    ]
    if standing.submitted_by == user.pk or standing.lead == user.pk:
        found = [(key, act) for key, act in found if key != "review"]
    return sorted(found, key=lambda pair: pair[0] in ALWAYS_LAST)


def part_acts(user: User, case: Case, part: HelperPart, standing: Standing) -> list[tuple[str, Act]]:
    """Acts on one helper's part."""
    fits = allowed(standing)
    if part.ended_at is not None or not part.current:
        return []
    keys = []
    if part.body_id in works_for(user):
        keys = ["give_help"] if part.taken_by_id else ["take_help", "give_help"]
    if permissions.leads(user, case):
        keys.append("end_help")
    return [(key, PART_ACTS[key]) for key in keys if PART_ACTS[key].needs in fits]


def form_for(key: str, user: User, case: Case, data: Any = None, files: Any = None) -> django_forms.Form:
    """The form of an act, with the choices this case and person have."""
    act = ACTS.get(key) or PART_ACTS[key]
    if act.form is forms.Other:
        return forms.Other(data, chain=case.chain, prefix=key)
    form = act.form(data, files, prefix=key, initial=_initial(key, case))
    today = clock.today()
    if "body" in form.fields:
        _choose(form, "body", _bodies_for(key, case))
    if key == "dispatch":
        suggested = people.suggested_bodies([case], today).get(case.pk)
        form.fields["body"].initial = suggested
    if "person" in form.fields:
        known = people.officers_of(case.chain, today) if key == "caller" else _colleagues(case)
        _choose(form, "person", User.objects.filter(pk__in=[one.pk for one in known if one.pk != case.lead_id]))
    if "officer" in form.fields:
        _choose(form, "officer", User.objects.filter(pk__in=[one.pk for one in people.officers_of(case.chain, today)]))
    if "decided_by" in form.fields:
        office = people.office_of(case.chain, today)
        _choose(form, "decided_by", User.objects.filter(pk__in=[one.pk for one in office]))
        form.fields["decided_by"].initial = user.pk
    if key == "note" and permissions.is_own(user, case):
        form.fields["inside"].widget = django_forms.HiddenInput()
    if key == "answer" and case.first_done is not None:
        form.fields["stage"].widget = django_forms.HiddenInput()
    return form


def _initial(key: str, case: Case) -> dict[str, object]:
    if key == "accept":
        return {"category": case.category}
    return {"stage": "final" if case.first_done else "first"} if key == "answer" else {}


def _choose(form: django_forms.Form, name: str, found: QuerySet[Any]) -> None:
    field = form.fields[name]
    if isinstance(field, django_forms.ModelChoiceField):
        field.queryset = found.order_by("name", "pk")


def _bodies_for(key: str, case: Case) -> QuerySet[Body]:
    """Bodies that take cases; not the one that has it, not the one a complaint is about."""
    found = Body.objects.as_of(clock.today()).filter(chain=case.chain, kind__in=people.TAKES_CASES)
    kept = [pk for pk in (case.about_body_id, case.body_id if key in ("help", "return") else None) if pk]
    return found.exclude(pk__in=kept)


def _colleagues(case: Case) -> list[User]:
    return people.workers_of(case.body, clock.today()) if case.body else []
