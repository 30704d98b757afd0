"""People by role, and what an administrator, the office or a firm's user may do for them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianzhu.apps.core.models import User
from lianzhu.apps.core.views import person as me
from lianzhu.apps.enterprises import permissions
from lianzhu.apps.enterprises.actions import accounts
from lianzhu.apps.enterprises.actions import second_factor as factors
from lianzhu.apps.enterprises.models import Chain, Enterprise, Role, RoleAssignment, access_of
from lianzhu.apps.portal import queries
from lianzhu.apps.portal.forms import Heir, Invite, RoleChoice
from lianzhu.apps.portal.handing_on import HAND_ON


@login_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Who holds which role now, and which codes still wait."""
    if not queries.chains_to_invite_to(me(request)):
        raise PermissionDenied
    told = {"groups": queries.people_by_role(me(request)), "invitations": queries.open_invitations(me(request))}
    return render(request, "portal/people.html", told)


@login_required
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """One person, one role; the answer is the sheet with the code, shown this once."""
    form = Invite(request.POST or None, **_choices(me(request)))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        invitation, code = accounts.invite(
            actor=me(request),
            name=told["name"],
            role=Role(told["role"]),
            chain=told["chain"],
            enterprise=told["firm"],
        )
        return render(request, "portal/code_sheet.html", {"invitation": invitation, "code": code})
    return render(request, "portal/invite.html", {"form": form})


def _choices(user: User) -> dict[str, Any]:
    """What this person may choose from in a form about roles."""
    chains = queries.chains_to_invite_to(user)
    if not chains:
        raise PermissionDenied
    roles = {role for chain in chains for role in permissions.roles_to_give(user, chain)}
    own = None if queries.chains_run_by(user) else Enterprise.objects.filter(pk__in=access_of(user).own_firms)
    return {
        "chains": Chain.objects.filter(pk__in=[chain.pk for chain in chains]).order_by("id"),
        "roles": tuple(role for role in Role if role in roles),
        "firms": own,
    }


@login_required
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: roles now and before, and the acts allowed to me."""
    user, other = me(request), _visible_person(me(request), pk)
    held = list(RoleAssignment.objects.filter(user=other).select_related("chain", "enterprise").order_by("until", "id"))
    told = {
        "person": other,
        "held": held,
        "current": [one for one in held if one.until is None],
        "can_reset": permissions.can_reset(user, other) and other.is_active,
        "can_leave": permissions.can_deactivate(user, other) and other.is_active,
        "can_vouch": permissions.can_vouch_for_lost_factor(user, other) and factors.factor_of(other) is not None,
        "vouched": factors.vouchers(other),
        "role_form": RoleChoice(**_choices(user)) if permissions.can_look_after(user, other) else None,
        "heir_form": Heir(people=_heirs(user, other)),
    }
    return render(request, "portal/person.html", told)


def _visible_person(user: User, pk: int) -> User:
    if not queries.chains_to_invite_to(user):
        raise PermissionDenied
    if not RoleAssignment.objects.filter(queries.assignments_visible_to(user), user_id=pk).exists():
        raise Http404
    return get_object_or_404(User, pk=pk)


def _heirs(user: User, leaver: User) -> object:
    seen = RoleAssignment.objects.filter(queries.assignments_visible_to(user), until__isnull=True)
    return User.objects.filter(pk__in=seen.values("user"), is_active=True).exclude(pk=leaver.pk).order_by("name")


@login_required
@require_POST
def give_role(request: HttpRequest, pk: int) -> HttpResponse:
    """One more role for a person who has an account."""
    other = _visible_person(me(request), pk)
    form = RoleChoice(request.POST, **_choices(me(request)))
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("portal:person", pk)
    told = form.cleaned_data
    accounts.assign_role(
        actor=me(request), user_id=other.pk, role=Role(told["role"]), chain=told["chain"], enterprise=told["firm"]
    )
    messages.info(request, _("The role was given."))
    return redirect("portal:person", pk)


@login_required
@require_POST
def end_role(request: HttpRequest, pk: int) -> HttpResponse:
    """End one role of a person."""
    held = get_object_or_404(RoleAssignment.objects.filter(queries.assignments_visible_to(me(request))), pk=pk)
    accounts.end_role(actor=me(request), assignment_id=held.pk)
    messages.info(request, _("The role was ended; it stays in the history."))
    return redirect("portal:person", held.user_id)


@login_required
@require_POST
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """A new password in person: the sheet with the code, shown this once."""
    other = _visible_person(me(request), pk)
    invitation, code = accounts.reset_password(actor=me(request), user_id=other.pk)
    return render(request, "portal/code_sheet.html", {"invitation": invitation, "code": code})


@login_required
@require_POST
def lost_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Vouch that this person lost the second factor; the second voucher removes it."""
    other = _visible_person(me(request), pk)
    if factors.vouch_for_lost_factor(actor=me(request), user_id=other.pk):
        messages.info(request, _("The second factor was removed; the person sets up a new one at the next sign-in."))
    else:
        messages.info(request, _("Your word is recorded. A second person has to do the same within two days."))
    return redirect("portal:person", pk)


@login_required
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """A leaver: access ends now, open work goes to a named person."""
    other = _visible_person(me(request), pk)
    form = Heir(request.POST, people=_heirs(me(request), other))
    if not form.is_valid():
        messages.error(request, _("Name another person with an account who takes over."))
        return redirect("portal:person", pk)
    moved = accounts.deactivate(
        actor=me(request), user_id=other.pk, heir_id=form.cleaned_data["heir"].pk, hand_on=HAND_ON
    )
    messages.info(
        request,
        _("%(name)s has no access any more; %(count)s open things went to %(heir)s.")
        % {"name": other.name, "count": moved, "heir": form.cleaned_data["heir"].name},
    )
    return redirect("portal:people")


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an unused code worthless."""
    accounts.withdraw_invitation(actor=me(request), invitation_id=pk)
    messages.info(request, _("The code does not work any more."))
    return redirect("portal:people")
