"""What every page needs: the chain's name, the person's menu, the fictional label, the current time."""

from dataclasses import dataclass

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lianzhu.apps.enterprises.models import Chain, Role, access_of


@dataclass(frozen=True)
class Item:
    """One line of the menu."""

    label: str
    address: str
    here: bool


@dataclass(frozen=True)
class Section:
    """A titled group of the menu."""

    title: str
    items: tuple[Item, ...]


def frame(request: WSGIRequest) -> dict[str, object]:
    """Template context for `portal/base.html`."""
    chain = Chain.objects.order_by("id").first()
    return {
        "town": chain.town if chain else "",
        "chain": chain,
        "fictional": settings.DEMO or bool(chain and chain.fictional),
        "menu": menu(request),
        "now": timezone.localtime(),
    }


def menu(request: WSGIRequest) -> list[Section]:
    """The menu of this person: only what opens for them."""
    if not request.user.is_authenticated:
        return []
    roles = access_of(request.user).roles

    def item(label: str, name: str) -> Item:
        address = reverse(name)
        here = request.path == address or (address != "/" and request.path.startswith(address))
        return Item(label, address, here)

    work = [item(_("Today"), "portal:home")]
    if roles & {Role.OFFICE, Role.STATISTICIAN}:
        work.append(item(_("Imports"), "enterprises:imports"))
    industry = [item(_("Firms"), "enterprises:firms"), item(_("Chain map"), "portal:map")]
    data: list[Item] = []
    if roles & {Role.OFFICE, Role.STATISTICIAN, Role.FIRM}:
        industry.append(item(_("Findings"), "findings:list"))
    if roles & {Role.ADMINISTRATOR, Role.OFFICE, Role.FIRM}:
        data.append(item(_("People and invitations"), "portal:people"))
    if Role.AUDITOR in roles:
        data.append(item(_("Audit log"), "portal:audit"))
    sections = [
        Section(_("Work"), tuple(work)),
        Section(_("Industry chain"), tuple(industry)),
        Section(_("Data"), tuple(data)),
    ]
    return [section for section in sections if section.items]
