"""What every page needs: the chain's name, the person's menu, the fictional label, the current time."""

from dataclasses import dataclass

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.cases import words as case_words
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises import permissions
from lianzhu.apps.enterprises.models import Access, Chain, Enterprise, Role, access_of
from lianzhu.apps.portal.addresses import address_of

Label = str | Promise


@dataclass(frozen=True)
class Item:
    """One line of the menu."""

    label: Label
    address: str
    here: bool


@dataclass(frozen=True)
class Section:
    """A titled group of the menu."""

    title: Label
    items: tuple[Item, ...]


STAFF = frozenset({Role.OFFICE, Role.STATISTICIAN})
# Section -> (label, name of the address, roles it opens for; None: everybody). A room that comes later adds its row.
MENU: tuple[tuple[Label, tuple[tuple[Label, str, frozenset[Role] | None], ...]], ...] = (
    (
        _("Work"),
        (
            (_("Today"), "portal:home", None),
            (case_words.POOL, "cases:pool", None),
            (case_words.RAISE, "cases:raise", frozenset({Role.FIRM})),
            (_("Activities"), "activities:list", None),
            (_("Imports"), "enterprises:imports", STAFF),
        ),
    ),
    (
        _("Industry chain"),
        (
            (_("Firms"), "enterprises:firms", None),
            (_("Chain map"), "chain:map", None),
            (_("Strengthen · fill · extend"), "chain:board", STAFF | {Role.COMMITTEE}),
            (_("What if"), "chain:what_if", STAFF | {Role.COMMITTEE}),
            (_("New tracks"), "chain:tracks", None),
            (_("Thin nodes"), "chain:thin", None),
            (_("Our place in the chain"), "chain:place", frozenset({Role.FIRM})),
            (_("Genealogy"), "enterprises:genealogy", None),
            (_("Findings"), "findings:list", STAFF | {Role.FIRM}),
            (_("My policies"), "policies:mine", frozenset({Role.FIRM})),
            (_("Firms and policies"), "policies:matrix", frozenset({Role.OFFICE})),
            (_("Policies in numbers"), "policies:counts", STAFF | {Role.COMMITTEE, Role.DEPARTMENT}),
            (_("Claims"), "policies:claims", frozenset({Role.FIRM, Role.OFFICE, Role.DEPARTMENT})),
            (_("The policies themselves"), "policies:shelf", None),
        ),
    ),
    (
        _("Organisation"),
        (
            (_("Bodies and seats"), "organisation:tree", None),
            (_("Cross appointment"), "organisation:coverage", None),
            (
                _("Posts and task forces"),
                "organisation:missions",
                frozenset({Role.ORGANISATION, Role.OFFICE, Role.FIRM, Role.TEAM}),
            ),
            (_("Dual cultivation"), "cultivation:room", frozenset({Role.ADMINISTRATOR})),
        ),
    ),
    (
        _("Data"),
        (
            (case_words.NUMBERS, "cases:numbers", STAFF | {Role.COMMITTEE, Role.DEPARTMENT, Role.AUDITOR}),
            (_("People and invitations"), "portal:people", frozenset({Role.ADMINISTRATOR, Role.OFFICE, Role.FIRM})),
            (_("Audit log"), "portal:audit", frozenset({Role.AUDITOR})),
        ),
    ),
)


def frame(request: WSGIRequest) -> dict[str, object]:
    """Template context for `portal/base.html`."""
    # An error before sign-in was looked at has no person yet; somebody not signed in has no roles.
    found = getattr(request, "user", None)
    user = found if isinstance(found, User) else None
    held = access_of(user).chains if user else frozenset()
    chains = Chain.objects.order_by("id")
    chain = (chains.filter(pk__in=held) if held else chains).first()
    return {
        "town": chain.town if chain else "",
        "chain": chain,
        "fictional": settings.DEMO or bool(chain and chain.fictional),
        "menu": menu(user, request.path) if user else [],
        "post": post_of(access_of(user)) if user else "",
        "complain_url": address_of("cases:complain"),
        "needs_factor": bool(user and permissions.needs_second_factor(user)),
        "now": timezone.localtime(),
    }


def post_of(access: Access) -> str:
    """What stands beside a person's name: the firm's name, or the first role in the order of `Role`."""
    if access.own_firms:
        return Enterprise.objects.filter(pk__in=access.own_firms).order_by("id").values_list("name", flat=True)[0]
    return next((str(role.label) for role in Role if role in access.roles), "")


def menu(user: User, path: str) -> list[Section]:
    """The menu of this person: only what opens for them and stands already."""
    roles = access_of(user).roles
    opened = [address_of(name) for _title, rows in MENU for _label, name, _roles in rows]
    # The longest address that fits is where one is: /firms/imports/ lies below /firms/ but is not the list of firms.
    here = max((one for one in opened if one and (path == one or (one != "/" and path.startswith(one)))), default="")
    sections = []
    for title, rows in MENU:
        items = []
        for label, name, opens_for in rows:
            address = address_of(name)
            if address and (opens_for is None or roles & opens_for):
                items.append(Item(label, address, address == here))
        if items:
            sections.append(Section(title, tuple(items)))
    return sections
