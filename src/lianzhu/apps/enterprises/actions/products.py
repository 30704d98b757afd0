"""The office states one public product of a firm from a source it names, and ends such a statement again."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lianzhu.apps.core import audit
from lianzhu.apps.core.errors import RuleBroken
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises import permissions
from lianzhu.apps.enterprises.actions import writing
from lianzhu.apps.enterprises.models import Chain, Confidentiality, Enterprise, Product, RecordState
from lianzhu.library.chain import nodes


@transaction.atomic
def state_product(
    *, actor: User, chain: Chain, firm_id: int, node: str, product: str, source: str, as_of: date
) -> Product:
    """Write down that a firm of the chain makes something of a node, as a public statement with source and date."""
    held = writing.hold(chain.pk)
    firm = Enterprise.objects.select_for_update().get(pk=firm_id)
    if not permissions.can_state_product(actor, held, firm):
        raise PermissionDenied
    name, said_by = product.strip(), source.strip()
    if node not in nodes():
        raise RuleBroken(_("This node is not in the taxonomy; choose one of the map."))
    if not name or not said_by:
        raise RuleBroken(_("Name the product, and say where that is written."))
    if as_of > timezone.localdate():
        raise RuleBroken(_("The date of the source lies in the future."))
    current = Product.objects.filter(enterprise=firm, node=node, state=RecordState.CURRENT)
    if current.filter(confidentiality=Confidentiality.PUBLIC).exists():
        raise RuleBroken(_("The firm's file has a product of this node already."))
    if current.filter(product=name, voltage_class="", standard="").exists():
        raise RuleBroken(_("The firm's file has this product as internal; ask the firm whether it may be told."))
    stated = Product.objects.create(
        enterprise=firm,
        node=node,
        product=name,
        confidentiality=Confidentiality.PUBLIC,
        source=said_by,
        as_of=as_of,
        entered_by=actor,
        entered_at=timezone.now(),
    )
    writing.move_on(held)
    audit.record(actor, "product.stated", stated, about=firm.pk)
    return stated


@transaction.atomic
def end_product(*, actor: User, product_id: int) -> Product:
    """End a statement of `state_product` that turned out wrong; what came in a file is undone with its file."""
    chain_ids = Product.objects.filter(pk=product_id).values("enterprise__chains")
    chains = list(Chain.objects.select_for_update().filter(pk__in=chain_ids).order_by("pk"))
    stated = Product.objects.select_for_update().select_related("enterprise").get(pk=product_id)
    if not any(permissions.can_state_product(actor, chain, stated.enterprise) for chain in chains):
        raise PermissionDenied
    if stated.batch_id is not None:
        raise RuleBroken(_("This product came in a file; undo the import, or bring in a newer file."))
    if stated.state != RecordState.CURRENT:
        raise RuleBroken(_("This statement ended already."))
    stated.state = RecordState.UNDONE
    stated.save(update_fields=["state"])
    for chain in chains:
        writing.move_on(chain)
    audit.record(actor, "product.ended", stated, about=stated.enterprise_id)
    return stated
