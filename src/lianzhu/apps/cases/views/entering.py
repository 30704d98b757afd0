"""How work enters: a firm's difficulty, a phone call, a complaint, joining a common cause, suggestions while typing."""

import hashlib

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.actions import entering
from lianzhu.apps.cases.forms.entering import Call, Complaint, Difficulty, Follow
from lianzhu.apps.cases.machine import State
from lianzhu.apps.cases.models import Case, Category, Kind, Saying
from lianzhu.apps.cases.queries.course import entries_of, way_of
from lianzhu.apps.cases.queries.days import limits_in_force
from lianzhu.apps.cases.queries.pool import rows_of
from lianzhu.apps.cases.queries.suggest import suggestions
from lianzhu.apps.cases.views.pool import chain_of, office_chain
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.core.views import person
from lianzhu.apps.enterprises.models import Chain, Enterprise, access_of
from lianzhu.apps.enterprises.queries.lists import firms_of

# From one address, in an hour; besides the limit for all in the action.
MOST_FROM_ONE = 5


def _own_firm(user: User) -> tuple[Chain, Enterprise]:
    """The firm a person speaks for, and its chain."""
    own = access_of(user).own_firms
    firm = Enterprise.objects.filter(pk__in=own, state=Enterprise.State.ACTIVE).order_by("pk").first()
    chain = firm.chains.order_by("pk").first() if firm else None
    if firm is None or chain is None:
        raise PermissionDenied
    return chain, firm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def raise_difficulty(request: HttpRequest) -> HttpResponse:
    """A firm raises a difficulty: one page, what is like it shown before it is sent. Works without script."""
    user = person(request)
    chain, firm = _own_firm(user)
    draft = _draft(user, request)
    first = {"title": draft.title, "category": draft.category, "text": _text_of(draft)} if draft else None
    form = Difficulty(request.POST or None, request.FILES or None, initial=first)
    looking = "look" in request.POST
    if request.method == "POST" and not looking and form.is_valid():
        told = form.cleaned_data
        title, text, category = told["title"], told["text"], Category(told["category"])
        hide = told["hide_firm_name"]
        if draft is not None:
            sent = entering.send_draft(actor=user, case_id=draft.pk, title=title, text=text)
        elif "keep" in request.POST:
            entering.save_draft(
                actor=user, chain=chain, firm=firm, title=title, text=text, category=category, hide_firm_name=hide
            )
            messages.success(request, _("Kept as a draft; only you see it."))
            return redirect("cases:pool")
        else:
            sent = entering.raise_difficulty(
                actor=user,
                chain=chain,
                firm=firm,
                title=title,
                text=text,
                category=category,
                hide_firm_name=hide,
                upload=told["file"],
            )
        messages.success(request, _("Sent. Its number is %(number)s.") % {"number": sent.number})
        return redirect("cases:case", pk=sent.pk)
    typed = str(request.POST.get("title", draft.title if draft else ""))
    limits = limits_in_force(chain, Kind.DIFFICULTY, str(request.POST.get("category", "")), clock.today())
    context = {"form": form, "firm": firm, "draft": draft, "limits": limits, "looked": looking}
    return render(request, "cases/raise.html", context | {"like": suggestions(user, chain, typed)})


def _draft(user: User, request: HttpRequest) -> Case | None:
    number = str(request.GET.get("draft", request.POST.get("draft", "")))
    if not number.isdigit():
        return None
    return get_object_or_404(Case, pk=int(number), opened_by=user, state=State.DRAFT)


def _text_of(case: Case) -> str:
    saying = Saying.objects.filter(event__case=case).order_by("event__number").first()
    return saying.text if saying else ""


@login_required
@require_safe
def like_this(request: HttpRequest) -> HttpResponse:
    """The partial with suggestions, asked for while somebody types."""
    user = person(request)
    chain = chain_of(user)
    if chain is None:
        raise Http404
    typed = str(request.GET.get("title", ""))[:200]
    return render(request, "cases/_like.html", {"like": suggestions(user, chain, typed)})


@login_required
@require_POST
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Me too: join a published common cause."""
    user = person(request)
    _chain, firm = _own_firm(user)
    get_object_or_404(Case, pk=pk, published=True, chain__in=access_of(user).chains)
    case = entering.join_common_cause(actor=user, cause_id=pk, firm=firm, text=str(request.POST.get("text", ""))[:4000])
    messages.success(request, _("You have joined. You will be called back like everybody else."))
    return redirect("cases:case", pk=case.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def log_call(request: HttpRequest) -> HttpResponse:
    """A phone call on one screen, by keyboard."""
    user = person(request)
    chain = office_chain(user)
    if chain is None:
        raise PermissionDenied
    form = Call(request.POST or None, user=user, chain=chain)
    refused = ""
    if request.method == "POST" and form.is_valid():
        told = {**form.cleaned_data, "category": Category(form.cleaned_data["category"])}
        try:
            case = entering.log_call(actor=user, chain=chain, **told)
        except RuleBroken as said:
            refused = str(said)
        else:
            messages.success(request, _("Written down as %(number)s.") % {"number": case.number})
            return redirect("cases:call" if "next" in request.POST else "cases:pool")
    names = firms_of(user).order_by("name_key").values_list("name", flat=True)[:500]
    context = {"form": form, "names": names, "refused": refused}
    return render(request, "cases/call.html", context, status=409 if refused else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def complain(request: HttpRequest) -> HttpResponse:
    """A complaint or suggestion, with an account or without; the code to follow it is shown once."""
    user = request.user if isinstance(request.user, User) else None
    chain = (chain_of(user) if user else None) or Chain.objects.order_by("pk").first()
    if chain is None:
        raise Http404
    form = Complaint(request.POST or None, chain=chain)
    refused = ""
    if request.method == "POST" and form.is_valid() and not form.cleaned_data["website"]:
        told = form.cleaned_data
        try:
            if user is None:
                _count_address(request)
            case, code = entering.complain(
                actor=user,
                chain=chain,
                title=told["title"],
                text=told["text"],
                contact=told["contact"],
                about=told["about"],
            )
        except RuleBroken as said:
            refused = str(said)
        else:
            return render(request, "cases/complained.html", {"case": case, "code": code})
    return render(request, "cases/complain.html", {"form": form, "refused": refused}, status=409 if refused else 200)


def _count_address(request: HttpRequest) -> None:
    """Refuse an address that sent too many this hour. Kept as a digest, forgotten after the hour."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    key = "complaints-" + hashlib.sha256(f"{clock.today()}{address}".encode()).hexdigest()[:24]
    cache.add(key, 0, 3600)
    if cache.incr(key) > MOST_FROM_ONE:
        raise RuleBroken(_("Too many from this address in one hour. Try again later, or call us."))


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """What became of a complaint, by its code; without an account."""
    form = Follow(request.POST or None)
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        digest = entering.receipt_of(form.cleaned_data["code"])
        case = Case.objects.filter(receipt=digest, kind=Kind.COMPLAINT).select_related("opened_by").first()
        if case is None:
            form.add_error("code", _("No complaint has this code. Check each character."))
        else:
            said = [one for one in entries_of(case.opened_by, case) if one.text or one.kind]
            context |= {"case": case, "entries": said, "way": way_of(case), "row": rows_of(case.opened_by, [case])[0]}
    return render(request, "cases/follow.html", context)
