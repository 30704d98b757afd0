"""What the pages share: the chain a person looks at, the day asked for, one page for every form."""

from collections.abc import Callable, Mapping
from datetime import date

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, access_of
from lianzhu.apps.organisation import permissions


def chain_of(user: User) -> Chain:
    """The chain whose organisation the person sees; nobody without a role sees one."""
    chain = Chain.objects.filter(pk__in=access_of(user).chains).order_by("id").first()
    if chain is None:
        raise PermissionDenied
    return chain


def chain_to_organise(user: User) -> Chain:
    """The same, for the organisation secretary alone."""
    chain = chain_of(user)
    if not permissions.can_organise(user, chain):
        raise PermissionDenied
    return chain


def day_asked(request: HttpRequest) -> date:
    """The day after `?on=`; today when none or nonsense is given."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return timezone.localdate()


def form_page(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], str],
    words: Mapping[str, object],
    template: str = "organisation/form.html",
) -> HttpResponse:
    """Show a form; act on a good one. `act` returns the address to go on to; a broken rule is said in the form.

    `words`: title, button, back (address), back_to (its name), and hint or danger when there is something to say first.
    """
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(act())
        except RuleBroken as error:
            form.add_error(None, str(error))
            status = 409
    return render(request, template, {"form": form, **words}, status=status)
