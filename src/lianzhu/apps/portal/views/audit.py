"""The audit log for the auditor: ids and acts, newest first, never a value."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianzhu.apps.core.views import person
from lianzhu.apps.enterprises import permissions
from lianzhu.apps.enterprises.models import Role
from lianzhu.apps.portal import actions, queries


@login_required
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """Entries in pages by number, filtered by act and person."""
    if not permissions.has_role(person(request), Role.AUDITOR):
        raise PermissionDenied
    act, who = request.GET.get("act", ""), request.GET.get("who", "").strip()
    page = queries.audit_page(act=act, who=who, after=request.GET.get("after", ""))
    kept = request.GET.copy()
    kept["after"] = page.after
    told = {
        "page": page,
        "act": act,
        "who": who,
        "acts": queries.acts_known(),
        "next_url": f"?{kept.urlencode()}" if page.after else "",
        "first_url": f"?act={act}&who={who}" if request.GET.get("after") else "",
    }
    return render(request, "portal/audit.html", told)


@login_required
@require_POST
def verify_audit(request: HttpRequest) -> HttpResponse:
    """Recompute the chain now."""
    verdict = actions.verify_log(actor=person(request))
    if verdict.broken_at is None:
        messages.info(request, _("The log is whole: %(n)s entries fit together.") % {"n": verdict.entries})
    else:
        messages.error(
            request,
            _("The log is broken at entry %(n)s. Keep the server as it is, and compare with the last backup.")
            % {"n": verdict.broken_at},
        )
    return redirect("portal:audit")
