"""Reads that join several apps for one page."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianzhu.apps.cases import words as case_words
from lianzhu.apps.cases.queries.pool import find_cases
from lianzhu.apps.core.models import AuditEntry, User
from lianzhu.apps.enterprises.actions.accounts import administrators_of
from lianzhu.apps.enterprises.models import Chain, Invitation, Role, RoleAssignment, access_of
from lianzhu.apps.enterprises.queries import lists
from lianzhu.apps.portal.acts import ACTS
from lianzhu.library.chain import nodes

FOUND = 20


@dataclass(frozen=True)
class RoleGroup:
    """One role and who holds it now."""

    role: Role
    held: list[RoleAssignment]


def chains_run_by(user: User) -> frozenset[int]:
    """Chains whose people this person sees: the administrator's and the office's."""
    access = access_of(user)
    if Role.ADMINISTRATOR not in access.roles:
        return access.office_chains
    run = RoleAssignment.objects.filter(user=user, role=Role.ADMINISTRATOR, until__isnull=True)
    return access.office_chains | frozenset(run.values_list("chain", flat=True))


def assignments_visible_to(user: User) -> Q:
    """Which role assignments, or invitations, this person sees: those of the chains they run, and of their firm."""
    return Q(chain__in=chains_run_by(user)) | Q(enterprise__in=access_of(user).own_firms)


def people_by_role(user: User) -> list[RoleGroup]:
    """Everybody with a role now, grouped in the order of `Role`; two queries."""
    held = (
        RoleAssignment.objects.filter(assignments_visible_to(user), until__isnull=True, user__is_active=True)
        .select_related("user", "enterprise", "chain")
        .order_by("user__name", "id")
    )
    groups: dict[str, list[RoleAssignment]] = {}
    for one in held:
        groups.setdefault(one.role, []).append(one)
    return [RoleGroup(role, groups[role]) for role in Role if role in groups]


def open_invitations(user: User) -> list[Invitation]:
    """Codes that still work, newest first."""
    waiting = Invitation.objects.filter(
        assignments_visible_to(user), used_at__isnull=True, expires_at__gt=timezone.now()
    )
    return list(waiting.select_related("enterprise", "chain", "made_by", "for_user").order_by("-id")[:200])


def chains_to_invite_to(user: User) -> list[Chain]:
    """Chains in which this person may invite somebody."""
    access = access_of(user)
    wanted = chains_run_by(user) or (access.chains if access.own_firms else frozenset())
    return list(Chain.objects.filter(pk__in=wanted).order_by("id"))


def administrators(chain: Chain) -> int:
    """How many people administer the chain."""
    return administrators_of(chain).count()


@dataclass(frozen=True)
class Hits:
    """One group of search results."""

    title: str
    hits: list[tuple[str, str, str]]
    more: str = ""


def search_everything(user: User, text: str) -> list[Hits]:
    """Groups of (title, second line, address) for what this person may see; empty groups are left out."""
    groups = [search(user, text) for search in SEARCHES]
    return [group for group in groups if group.hits]


def _search_firms(user: User, text: str) -> Hits:
    firms = list(lists.find_firms(user, text)[: FOUND + 1])
    hits = [(firm.name, firm.shown_code, reverse("enterprises:firm", args=[firm.pk])) for firm in firms[:FOUND]]
    more = f"{reverse('enterprises:firms')}?{urlencode({'q': text})}" if len(firms) > FOUND else ""
    return Hits(_("Firms"), hits, more)


def _search_nodes(user: User, text: str) -> Hits:
    """Nodes of the taxonomy by name or code, as any substring: a hundred names need no index."""
    wanted = unicodedata.normalize("NFKC", text).casefold()
    english = (get_language() or "").startswith("en")
    found = [node for node in nodes().values() if wanted in f"{node.zh} {node.en} {node.code}".casefold()]
    firms = reverse("enterprises:firms")
    hits = [
        (node.en if english else node.zh, node.definition if not english else node.code, f"{firms}?node={node.code}")
        for node in found[:FOUND]
    ]
    return Hits(_("Nodes of the chain"), hits)


def _search_cases(user: User, text: str) -> Hits:
    """Cases this person may see, by number, matter, what was said, or a firm's name that is not hidden from them."""
    rows = find_cases(user, text, FOUND + 1)
    hits = [(row.title, f"{row.number} {row.state}", row.address) for row in rows]
    more = f"{reverse('cases:pool')}?{urlencode({'view': 'all', 'q': text})}" if len(rows) > FOUND else ""
    return Hits(str(case_words.POOL), hits[:FOUND], more)


SEARCHES: tuple[Callable[[User, str], Hits], ...] = (_search_cases, _search_firms, _search_nodes)


@dataclass(frozen=True)
class AuditLine:
    """One entry as the auditor reads it: who and what in words, everything else as ids."""

    entry: AuditEntry
    who: str
    act: str


@dataclass(frozen=True)
class AuditPage:
    """One page of the log, newest first; `after` is the key of the next page, '' at the end."""

    lines: list[AuditLine]
    after: str


def audit_page(*, act: str = "", who: str = "", after: str = "") -> AuditPage:
    """Entries by number downwards; two queries. `who` is a user name or part of a name; `act` is exact."""
    entries = AuditEntry.objects.order_by("-number")
    if act:
        entries = entries.filter(act=act)
    if who:
        people = User.objects.filter(Q(username=who.lower()) | Q(name__contains=who)).order_by("id")
        entries = entries.filter(actor_id__in=list(people.values_list("id", flat=True)[:200]))
    if after.isdigit():
        entries = entries.filter(number__lt=int(after))
    rows = list(entries[: lists.PAGE + 1])
    names = User.objects.in_bulk({row.actor_id for row in rows})
    lines = [
        AuditLine(row, str(names.get(row.actor_id, row.actor_id)), str(ACTS.get(row.act, row.act)))
        for row in rows[: lists.PAGE]
    ]
    return AuditPage(lines, str(rows[lists.PAGE - 1].number) if len(rows) > lists.PAGE else "")


def acts_known() -> list[tuple[str, str]]:
    """Acts with words, for the filter."""
    return sorted(((code, str(words)) for code, words in ACTS.items()), key=lambda pair: pair[1])
