"""What the office itself stated about a node, and which firms it could still state something of."""

from django.db.models import QuerySet

from lianzhu.apps.chain.queries.frames import active_firms
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, Enterprise, Product
from lianzhu.apps.enterprises.queries.lists import open_products


def stated_here(user: User, chain: Chain, node: str) -> list[Product]:
    """Products of a node that came from no file: they can be ended here."""
    rows = Product.objects.visible_to(user).current().filter(enterprise__chains=chain, node=node, batch__isnull=True)
    return list(rows.select_related("enterprise").distinct().order_by("-as_of", "-id")) if node else []


def firms_without(chain: Chain, node: str) -> QuerySet[Enterprise]:
    """Active firms of the chain without a public product of the node, by name."""
    return (
        active_firms(chain).exclude(pk__in=open_products().filter(node=node).values("enterprise")).order_by("name_key")
    )
