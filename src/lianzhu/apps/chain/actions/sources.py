"""A second source of a node is written down, and the chain looked at again."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from lianzhu.apps.chain import jobs, permissions, runs
from lianzhu.apps.chain.queries.frames import open_makers
from lianzhu.apps.core.jobs import ask
from lianzhu.apps.core.models import Job, User
from lianzhu.apps.enterprises.actions.products import end_product, state_product
from lianzhu.apps.enterprises.models import Chain, Product
from lianzhu.engine.chain import node_fragility

# Up to so many products on record a run ends within a second (measured: 357 in 0.3 s); beyond, the worker does it.
INLINE = 1000


@dataclass(frozen=True)
class Second:
    """What was written, the node's index before and after (None: nobody made it), and the run if it still waits."""

    stated: Product
    before: float | None
    after: float | None
    job: Job | None


@transaction.atomic
def record_second_source(
    *, actor: User, chain: Chain, node: str, firm_id: int, product: str, source: str, as_of: date
) -> Second:
    """State a public product of one more firm at the node; findings follow. A case ends by its own rules."""
    chain = Chain.objects.select_for_update().get(pk=chain.pk)
    if not permissions.can_keep_board(actor, chain):
        raise PermissionDenied
    before = index_of(chain, node)
    stated = state_product(
        actor=actor, chain=chain, firm_id=firm_id, node=node, product=product, source=source, as_of=as_of
    )
    return Second(stated, before, index_of(chain, node), look_again(actor, chain))


@transaction.atomic
def end_second_source(*, actor: User, chain: Chain, product_id: int) -> Product:
    """Take back what `record_second_source` wrote; the findings follow."""
    chain = Chain.objects.select_for_update().get(pk=chain.pk)
    if not permissions.can_keep_board(actor, chain):
        raise PermissionDenied
    ended = end_product(actor=actor, product_id=product_id)
    look_again(actor, chain)
    return ended


def index_of(chain: Chain, node: str) -> float | None:
    """The node's index now, from public products and bills of material alone; None when nobody makes it."""
    makers = open_makers(chain).select("firm", "node")
    if makers.is_empty():
        return None
    made = {code: index for code, n, index in node_fragility(makers).iter_rows() if n}
    return made.get(node)


def look_again(actor: User, chain: Chain) -> Job | None:
    """Run at once when it is short, else leave it to the worker."""
    if open_makers(chain).height > INLINE:
        return ask(actor=actor, kind=jobs.LOOK_AT_CHAIN, argument=chain.pk)
    runs.look_at_chain(actor=actor, chain=chain, on=timezone.localdate())
    return None
