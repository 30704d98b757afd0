"""The chain map: how many firms make each node, since when that is known, and what each node needs and feeds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, ControlledBy, Enterprise, SupplyLink, access_of
from lianzhu.apps.enterprises.queries.lists import open_products
from lianzhu.library.chain import Bill, Node, bill_of_materials, levels, nodes

# From so many independent makers on, a node is shown as crowded.
CROWDED = 10
# Customers and candidate tracks are drawn, but nobody is missing there.
JUDGED = ("up", "mid", "down", "service")


@dataclass
class Made:
    """What the chain's firms do at one node. `makers` counts firms under one controller once."""

    node: Node
    firms: int = 0
    makers: int = 0
    newest: date | None = None

    @property
    def absent(self) -> bool:
        """Nobody makes it, where somebody could."""
        return self.node.stage in JUDGED and not self.makers


@dataclass(frozen=True)
class ChainMap:
    """All nodes of the taxonomy in map order with what is made; `firms` counts the firms that make anything."""

    made: Mapping[str, Made]
    firms: int
    newest: date | None


def feeds() -> Mapping[str, list[str]]:
    """Node -> the nodes whose bill of material needs it, in map order."""
    found: dict[str, list[str]] = {}
    for bill in bill_of_materials().values():
        for one in bill.inputs:
            found.setdefault(one.node, []).append(bill.product)
    return found


def chosen_chain(user: User, code: str = "") -> Chain | None:
    """The chain whose map is drawn: the one named, else the person's first."""
    chains = Chain.objects.filter(pk__in=access_of(user).chains).order_by("id")
    return (chains.filter(code=code).first() if code else None) or chains.first()


def chain_map(user: User, chain: Chain) -> ChainMap:
    """Count makers per node from public products: two queries.

    Who controls a firm is `office`: a reader who may not know it sees each such firm counted by itself.
    """
    active = Enterprise.objects.filter(chains=chain, state=Enterprise.State.ACTIVE)
    holdings = ControlledBy.objects.visible_to(user).current().filter(enterprise__in=active)
    held_by = dict(holdings.order_by("as_of", "pk").values_list("enterprise_id", "controller_id"))
    firms: dict[str, set[int]] = {}
    known = {code: Made(node) for level in levels() for code, node in nodes().items() if node.level == level}
    rows = open_products().filter(enterprise__in=active, node__in=list(known))
    for firm, code, as_of in rows.values_list("enterprise_id", "node", "as_of"):
        firms.setdefault(code, set()).add(firm)
        one = known[code]
        one.newest = max(one.newest or as_of, as_of)
    for code, made_by in firms.items():
        known[code].firms = len(made_by)
        known[code].makers = len({("controller", held_by[f]) if f in held_by else ("firm", f) for f in made_by})
    newest = max((one.newest for one in known.values() if one.newest), default=None)
    return ChainMap(known, len(set().union(*firms.values())), newest)


@dataclass(frozen=True)
class Maker:
    """A firm that makes something of a node, with the newest evidence."""

    pk: int
    name: str
    products: tuple[str, ...]
    as_of: date
    source: str


@dataclass(frozen=True)
class Neighbour:
    """A node the chosen one needs or feeds. `note` is the condition of an input."""

    made: Made
    essential: bool = True
    note: str = ""
    one_of: str = ""


@dataclass(frozen=True)
class NodeSheet:
    """The side panel of one node."""

    made: Made
    makers: list[Maker]
    needs: list[Neighbour]
    feeds: list[Neighbour]
    bill: Bill | None
    links: list[SupplyLink] = field(default_factory=list)


MOST_MAKERS = 12
MOST_LINKS = 10


def node_sheet(user: User, chain: Chain, drawn: ChainMap, code: str) -> NodeSheet:
    """What the panel says of a node: its makers, its place in the bills of material, supply links open to the reader.

    Two queries. A firm sees links it is an end of; the office sees that links exist.
    """
    rows = open_products().filter(enterprise__chains=chain, enterprise__state=Enterprise.State.ACTIVE, node=code)
    makers: dict[int, Maker] = {}
    for one in rows.select_related("enterprise").order_by("enterprise__name_key", "enterprise_id", "-as_of", "pk"):
        before = makers.get(one.enterprise_id)
        named = (*before.products, one.product) if before else (one.product,)
        told = before or Maker(one.enterprise_id, one.enterprise.name, (), one.as_of, one.source)
        makers[one.enterprise_id] = Maker(told.pk, told.name, named, told.as_of, told.source)
    bill = bill_of_materials().get(code)
    needs = [
        Neighbour(drawn.made[one.node], one.essential, one.condition, one.alternative_group)
        for one in (bill.inputs if bill else ())
    ]
    links = SupplyLink.objects.visible_to(user).current().filter(chain=chain, node=code)
    return NodeSheet(
        made=drawn.made[code],
        makers=list(makers.values())[:MOST_MAKERS],
        needs=needs,
        feeds=[Neighbour(drawn.made[product]) for product in feeds().get(code, [])],
        bill=bill,
        links=list(
            links.select_related("supplier", "buyer").order_by("supplier__name_key", "buyer__name_key", "pk")[
                : MOST_LINKS + 1
            ]
        ),
    )
