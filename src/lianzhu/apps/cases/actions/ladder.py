"""What the clock itself does: steps of the ladder, one digest a day per person, archiving. Safe to run twice."""

from datetime import timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianzhu.apps.cases import clock, machine
from lianzhu.apps.cases.actions import log
from lianzhu.apps.cases.actions.telling import tell
from lianzhu.apps.cases.machine import Clock, Standing, State, Step
from lianzhu.apps.cases.models import Address, Case, Channel, Digest, Message, Post
from lianzhu.apps.cases.queries import people
from lianzhu.apps.cases.queries.days import calendar_now, standing_from
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.actions.accounts import system_user
from lianzhu.apps.enterprises.models import access_of
from lianzhu.engine.clock import is_working_instant

AT_ONCE = 200
ARCHIVE_AFTER = timedelta(days=90)


def take_steps() -> int:
    """Take every step of the ladder whose moment has come; returns how many."""
    due = Case.objects.filter(is_open__in=[True], step_at__lte=clock.now()).order_by("step_at")
    return sum(_take(case_id) for case_id in list(due.values_list("pk", flat=True)[:AT_ONCE]))


@transaction.atomic
def _take(case_id: int) -> int:
    case, clerk = log.lock(case_id), system_user()
    standing, calendar = standing_from(case), calendar_now()
    steps = machine.steps_due(standing, clock.now(), calendar)
    for one, step in steps:
        key = machine.ladder_key(standing, one, step)
        log.write(case, machine.Kind.LADDER, by=clerk, inside=True, key=key, clock=one.name, step=step.key)
        tell(_whom(case, standing, one, step), case, step.key, clock_name=one.name)
    if not steps:
        # The calendar moved since; look again at the new moment.
        log.settle(case, standing, calendar)
        case.save()
    return len(steps)


def _whom(case: Case, standing: Standing, one: Clock, step: Step) -> list[User]:
    """The worker, their leader, or the office, as the step says."""
    today = clock.today()
    office = people.office_of(case.chain, today)
    if step.tells == "office" or one.name in ("accept", "dispatch"):
        return office
    if one.part:
        body = case.parts.select_related("body").get(key=one.part, round=standing.round).body
    elif one.name == "call":
        return [case.caller] if case.caller else office
    elif case.body is None:
        return office
    else:
        body = case.body
    if step.tells == "leader":
        return people.heads_of(body, today) or office
    return [case.lead] if case.lead and not one.part else people.workers_of(body, today)


def make_digests() -> int:
    """Put what came since the last one into one digest a day per person. Never at night, never on a day off."""
    if not is_working_instant(clock.now(), calendar_now()):
        return 0
    today = clock.today()
    waiting = Message.objects.filter(digest__isnull=True).values_list("user", flat=True).distinct()
    served = Digest.objects.filter(on=today).values("user")
    users = User.objects.filter(pk__in=waiting, is_active=True).exclude(pk__in=served).order_by("pk")[:AT_ONCE]
    made = [_digest(user.pk) for user in users]
    _tell_groups()
    return sum(made)


@transaction.atomic
def _digest(user_id: int) -> int:
    user = User.objects.select_for_update().get(pk=user_id)
    digest, new = Digest.objects.get_or_create(user=user, on=clock.today(), defaults={"made_at": clock.now()})
    if not new:
        return 0
    Message.objects.filter(user=user, digest__isnull=True).update(digest=digest)
    address = Address.objects.filter(user=user).first()
    chains = set(digest.lines.values_list("case__chain", flat=True)) | access_of(user).chains
    channel = Channel.objects.filter(chain__in=chains, kind=Channel.Kind.MAIL, on=True).first()
    if address and channel:
        with translation.override(user.language):
            title, text = digest_words(digest, channel.link)
        Post.objects.create(channel=channel, to=address.address, title=title, text=text, made_at=clock.now())
    return 1


def digest_words(digest: Digest, link: str) -> tuple[str, str]:
    """Title and text of a person's digest: numbers and reasons, no names and no contents."""
    lines = list(digest.lines.select_related("case").order_by("case__due_at", "id"))
    title = ngettext("Lianzhu: %(n)s thing waits for you", "Lianzhu: %(n)s things wait for you", len(lines))
    rows = [f"{line.case.number if line.case else ''}  {Message.Why(line.why).label}".strip() for line in lines]
    return title % {"n": len(lines)}, "\n".join([*rows, "", link]).rstrip()


def group_words(channel: Channel) -> tuple[str, str]:
    """What a group may read: two counts and a link. Nothing of any firm."""
    open_cases = Case.objects.filter(chain=channel.chain, is_open__in=[True])
    late = open_cases.filter(due_at__lte=clock.now()).exclude(state=State.PAUSED).count()
    text = _("%(n)s cases open, %(late)s overdue. Sign in to see yours: %(link)s") % {
        "n": open_cases.count(),
        "late": late,
        "link": channel.link,
    }
    return _("Cases today"), text


@transaction.atomic
def _tell_groups() -> None:
    """One message a day into each group robot that is on."""
    robots = Channel.objects.select_for_update().filter(on=True).exclude(kind=Channel.Kind.MAIL)
    for channel in robots.select_related("chain"):
        last = channel.posts.order_by("-id").first()
        if last is None or clock.today_of(last.made_at) < clock.today():
            title, text = group_words(channel)
            Post.objects.create(channel=channel, title=title, text=text, made_at=clock.now())


def archive_old() -> int:
    """Put cases away that have been closed for ninety days."""
    old = Case.objects.filter(state=State.CLOSED, closed_at__lte=clock.now() - ARCHIVE_AFTER).order_by("closed_at")
    return sum(_archive(case_id) for case_id in list(old.values_list("pk", flat=True)[:AT_ONCE]))


@transaction.atomic
def _archive(case_id: int) -> int:
    case = log.lock(case_id)
    if case.state != State.CLOSED:
        return 0
    log.write(case, machine.Kind.ARCHIVED, by=system_user())
    return 1
