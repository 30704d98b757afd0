"""A package that leaves the page: Word, PDF, and 台账; with values for the firm, without any for the office."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianzhu.apps.cases import clock
from lianzhu.apps.core.ledger import LedgerColumn, ledger
from lianzhu.apps.core.models import User
from lianzhu.apps.core.views import download, person
from lianzhu.apps.enterprises.actions.grants import note_look
from lianzhu.apps.enterprises.models import Enterprise
from lianzhu.apps.policies import permissions
from lianzhu.apps.policies.paper import Entry, Paper, bare_paper_of, paper_of
from lianzhu.apps.policies.printing import paper_pdf, paper_word
from lianzhu.apps.policies.queries import verdicts
from lianzhu.apps.policies.views.firm import readable_firm

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@login_required
@require_safe
def package(request: HttpRequest, pk: int, suffix: str) -> HttpResponse:
    """The package as a file, in the reader's language and with what this reader may know."""
    if suffix not in ("docx", "pdf", "xlsx"):
        raise Http404
    user = person(request)
    told = _told(user, pk, request.GET.get("purpose", "").strip()[:160])
    name = f"{told.title} {clock.today().isoformat()}.{suffix}"
    if suffix == "docx":
        return download(paper_word(told), name, WORD)
    if suffix == "pdf":
        return download(paper_pdf(told), name, "application/pdf")
    return download(_ledger(told), name)


def _told(user: User, pk: int, purpose: str) -> Paper:
    """The paper with values for whom the firm lets read them; for the office, with a purpose, the bare one."""
    firm = get_object_or_404(Enterprise, pk=pk, state=Enterprise.State.ACTIVE)
    if permissions.can_read_values(user, firm):
        return paper_of(user, readable_firm(user, pk), clock.today())
    if not permissions.sees_verdicts_of(user, firm):
        raise Http404
    if not purpose:
        raise PermissionDenied
    note_look(actor=user, firm=firm, purpose=_("Verdicts: %(purpose)s") % {"purpose": purpose})
    lines = verdicts.verdicts_of(user, firm)
    return bare_paper_of(firm, lines, lines[0].verdict.package.on if lines else clock.today())


def _ledger(told: Paper) -> bytes:
    columns = [
        LedgerColumn(_("How it stands"), 18),
        LedgerColumn(_("Policy"), 36),
        LedgerColumn(_("What is said of it"), 70),
        LedgerColumn(_("Clauses not met or open"), 70),
    ]
    rows = [
        (word, entry.title, "\n".join(f"{label}: {text}" for label, text in entry.lines), _open_clauses(entry))
        for word, entries in told.groups
        for entry in entries
    ]
    return ledger(told.title, columns, rows, unit="万元", period=clock.today().isoformat(), note=told.notes[-1])


def _open_clauses(entry: Entry) -> str:
    return "\n".join(f"{sign} {text} ({article})" for sign, text, _used, article in entry.clauses if sign[0] != "✓")
