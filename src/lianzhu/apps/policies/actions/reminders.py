"""Reminders: a named person of the firm hears 30, 14 and 3 days ahead that a window closes or a certificate ends."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lianzhu.apps.cases import clock
from lianzhu.apps.cases.actions.telling import remind
from lianzhu.apps.cases.queries.days import calendar_now
from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, Enterprise
from lianzhu.apps.policies import permissions
from lianzhu.apps.policies.models import Reminder, Responsible
from lianzhu.apps.policies.queries.windows import endings, responsible_of, step_on, users_of


@transaction.atomic
def remind_firms(*, actor: User, chain_id: int, firm_ids: Sequence[int]) -> int:
    """Tell the responsible persons what ends; returns how many were told. Safe to repeat: each step is told once.

    The line leaves as every other one does: in the person's digest, once a day, in working time.
    """
    chain = Chain.objects.get(pk=chain_id)
    if not permissions.can_build_all(actor, chain):
        raise PermissionDenied
    firms = list(
        Enterprise.objects.select_for_update()
        .filter(pk__in=firm_ids, chains=chain)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    today, calendar = clock.today(), calendar_now()
    people = responsible_of(firms, today)
    told = set(Reminder.objects.filter(enterprise__in=firms).values_list("enterprise", "about", "last", "step"))
    count = 0
    for one in endings(firms, today):
        step, user = step_on(today, one.last, calendar), people.get(one.enterprise)
        if step is None or user is None or (one.enterprise, one.about, one.last, step) in told:
            continue
        Reminder.objects.create(
            enterprise_id=one.enterprise, user=user, about=one.about, last=one.last, step=step, made_at=clock.now()
        )
        remind(user, f"{'window' if one.is_window else 'ends'}{step}")
        count += 1
    return count


@transaction.atomic
def name_responsible(*, actor: User, firm_id: int, user_id: int) -> Responsible:
    """The firm says who of its people sees to its policies."""
    firm = Enterprise.objects.select_for_update().get(pk=firm_id)
    if not permissions.can_answer(actor, firm):
        raise PermissionDenied
    today = clock.today()
    user = next((one for one in users_of(firm, today) if one.pk == user_id), None)
    if user is None:
        raise RuleBroken(_("Choose somebody of your firm who has an account."))
    row, _new = Responsible.objects.update_or_create(enterprise=firm, defaults={"user": user, "since": today})
    audit.record(actor, "responsible.named", row, about=firm.pk)
    return row
