"""Metrics, each opening its list, and the monthly brief as Word or PDF."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianzhu.apps.cases import clock, permissions
from lianzhu.apps.cases.brief import brief_of, brief_pdf, brief_word
from lianzhu.apps.cases.forms.rules import Period
from lianzhu.apps.cases.queries.numbers import a_month, numbers_of
from lianzhu.apps.cases.views.pool import chain_of
from lianzhu.apps.core.models import User
from lianzhu.apps.core.views import download, person
from lianzhu.apps.enterprises.models import Chain, access_of

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _counted(user: User) -> Chain:
    chain = chain_of(user)
    if chain is None or not permissions.sees_metrics(user, chain):
        raise PermissionDenied
    return chain


@login_required
@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """Metrics over a period; the lists behind them open for the office only."""
    user = person(request)
    chain = _counted(user)
    since, until = a_month(clock.today())
    form = Period(request.GET or None, initial={"since": since, "until": until})
    if form.is_bound and form.is_valid() and form.cleaned_data["since"] <= form.cleaned_data["until"]:
        since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    context = {
        "form": form,
        "numbers": numbers_of(chain, since, until),
        "opens_lists": chain.pk in access_of(user).office_chains,
    }
    return render(request, "cases/numbers.html", context)


@login_required
@require_safe
def brief(request: HttpRequest, suffix: str) -> HttpResponse:
    """The one-page brief of a month, in the reader's language, from the same lists."""
    user = person(request)
    chain = _counted(user)
    form = Period(request.GET or None)
    since, until = a_month(clock.today())
    if form.is_valid():
        since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    told = brief_of(chain, since, until)
    name = _("Brief %(since)s to %(until)s") % {"since": since.isoformat(), "until": until.isoformat()}
    if suffix == "docx":
        return download(brief_word(told), f"{name}.docx", WORD)
    if suffix == "pdf":
        return download(brief_pdf(told), f"{name}.pdf", "application/pdf")
    raise Http404
