"""The demo's board: two runs a month apart, a second source between them, cases made of findings, one set aside."""

from datetime import date, timedelta

from lianzhu.apps.cases.queries.people import targets, workers_of
from lianzhu.apps.chain import runs
from lianzhu.apps.chain.actions.board import make_case
from lianzhu.apps.chain.actions.sources import record_second_source
from lianzhu.apps.chain.queries.board import KINDS
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, Enterprise, Product
from lianzhu.apps.findings.actions import set_aside
from lianzhu.apps.findings.models import Finding

# Kind and node of a finding, limit in working days, and what to begin with.
CASES = (
    ("single_source", "M07", 20, "先问两家用户有没有备用来源，再走访现有厂家。"),
    ("outside_node", "M10", 15, "向采购量大的企业了解外购渠道和交期。"),
    ("fragile_node", "P17", 10, "了解库存和替代品，写明停供几天内会影响谁。"),
)
ASIDE = ("missing_node", "M02", "用量小，外地货源稳定，目前不办。")
# The node that gets a second maker between the runs, and what the new maker makes besides.
SECOND = ("P01", "P02", "叠片铁心", "链办走访记录")


def fill_board(chain: Chain, today: date) -> int:
    """Let the office and the statistician do a month of their work on the board; returns the findings on it."""
    office, statistician = (User.objects.get(username=name) for name in ("office", "statistician"))
    runs.look_at_chain(actor=office, chain=chain, on=today - timedelta(days=30))
    node, beside, product, source = SECOND
    makers = Product.objects.current().filter(enterprise__chains=chain)
    second = Enterprise.objects.filter(pk__in=makers.filter(node=beside).values("enterprise")).exclude(
        pk__in=makers.filter(node=node).values("enterprise")
    )
    record_second_source(
        actor=office,
        chain=chain,
        node=node,
        firm_id=second.order_by("pk")[0].pk,
        product=product,
        source=source,
        as_of=today - timedelta(days=6),
    )
    runs.look_at_chain(actor=office, chain=chain, on=today)
    runs.look_at_weights(actor=statistician, chain=chain, on=today)
    live = Finding.objects.filter(chain=chain, state=Finding.State.OPEN, kind__in=KINDS)
    owners = [body for body in targets(chain, today) if workers_of(body, today)]
    for place, (kind, at, days, text) in enumerate(CASES):
        found = live.get(kind=kind, node=at)
        owner = owners[place % len(owners)]
        make_case(actor=office, finding_id=found.pk, owner_id=owner.pk, days=days, text=text)
    kind, at, because = ASIDE
    set_aside(actor=office, finding_id=live.get(kind=kind, node=at).pk, because=because)
    return live.count()
