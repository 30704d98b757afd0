"""What if a node loses a maker, loses all of them, or gains one? Answered from public products and bills of material.

No link, no weight, no controller and no statement that is not public goes in: neither one answer nor the difference of
two can therefore reveal one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from django.db import models
from django.utils.translation import gettext_lazy as _

from lianzhu.apps.chain.queries.frames import open_makers
from lianzhu.apps.chain.queries.thin import maker_bands
from lianzhu.apps.enterprises.models import Chain
from lianzhu.engine.chain import node_fragility
from lianzhu.library.chain import Bill, bill_of_materials, nodes

# Shares of the model chain's output lost when one maker fails; the bands of the index.
BANDS = ((0.10, "high"), (0.02, "medium"))
MOST_CHANGED = 8
# Smaller changes are the precision of the calculation, not of the chain.
LEAST_CHANGE = 0.0005
NEW = "new"


class Change(models.TextChoices):
    """What happens to the chosen node."""

    LOSE_ONE = "lose_one", _("lose one maker")
    LOSE_ALL = "lose_all", _("lose all makers")
    ADD_ONE = "add_one", _("add a second source")


@dataclass(frozen=True)
class Index:
    """The index of a node and its band: high from 10 %, medium from 2 % of the model chain's output."""

    value: float
    here: bool = True

    @property
    def band(self) -> str:
        """'high', 'medium' or 'low'."""
        return next((name for least, name in BANDS if self.value >= least), "low")

    @property
    def percent(self) -> float:
        """The share in percent."""
        return self.value * 100


@dataclass(frozen=True)
class Moved:
    """A node whose index changed."""

    node: str
    before: Index
    after: Index


@dataclass(frozen=True)
class Answer:
    """What a change does. `lost` is the share of output lost at the moment of the change, None when one is added."""

    node: str
    change: Change
    before: Index | None
    after: Index | None
    lost: Index | None
    band_before: str
    still: tuple[str, ...]
    moved: tuple[Moved, ...]


def possible(chain: Chain) -> pl.DataFrame:
    """Who makes what: all that goes into an answer."""
    return open_makers(chain)


def answer(makers: pl.DataFrame, node: str, change: Change) -> Answer | None:
    """The index before and after, what stands still, and the nodes that moved most; None when nothing can change.

    A node that nobody makes here cannot lose a maker; a node no bill of material knows has no index.
    """
    pairs = makers.select("firm", "node").unique(maintain_order=True)
    here = pairs.filter(pl.col("node") == node)
    if pairs.is_empty() or (here.is_empty() and change != Change.ADD_ONE):
        return None
    before, after = indices(pairs), indices(_changed(pairs, node, change))
    lost: Index | None = None
    if change == Change.LOSE_ONE:
        lost = before[node]
    elif change == Change.LOSE_ALL:
        # All of them at once is one maker of everything that fails.
        lost = indices(pl.concat([pairs.filter(pl.col("node") != node), here.head(1)]))[node]
    alone = change == Change.LOSE_ALL or (change == Change.LOSE_ONE and here.height == 1)
    return Answer(
        node=node,
        change=change,
        before=before.get(node),
        after=after.get(node),
        lost=lost,
        band_before=maker_bands(here).get(node, ""),
        still=standing_still(set(pairs["node"]), node) if alone else (),
        moved=_moved(node, before, after),
    )


def indices(pairs: pl.DataFrame) -> Mapping[str, Index]:
    """Node -> index, for every node with a maker and every input they need; empty when nobody makes anything."""
    if pairs.is_empty():
        return {}
    return {node: Index(value, makers > 0) for node, makers, value in node_fragility(pairs).iter_rows()}


def _changed(pairs: pl.DataFrame, node: str, change: Change) -> pl.DataFrame:
    if change == Change.ADD_ONE:
        return pl.concat([pairs, pl.DataFrame({"firm": [NEW], "node": [node]})])
    others = pairs.filter(pl.col("node") != node)
    if change == Change.LOSE_ALL:
        return others
    # Makers of a node are alike in this model: which one leaves makes no difference, and none is named.
    return pl.concat([others, pairs.filter(pl.col("node") == node).slice(1)])


def _moved(node: str, before: Mapping[str, Index], after: Mapping[str, Index]) -> tuple[Moved, ...]:
    rows = [
        Moved(code, before[code], after[code])
        for code in before
        if code in after and code != node and abs(after[code].value - before[code].value) >= LEAST_CHANGE
    ]
    rows.sort(key=lambda row: (-abs(row.after.value - row.before.value), row.node))
    return tuple(rows[:MOST_CHANGED])


def standing_still(made: set[str], lost: str, bills: Mapping[str, Bill] | None = None) -> tuple[str, ...]:
    """Nodes made here that stop when `lost` has no maker left, step by step through essential inputs, in map order.

    An input with an alternative stops its product only when every alternative that was made here is gone.
    """
    bills = bill_of_materials() if bills is None else bills
    gone = {lost}
    while True:
        more = {product for product in made - gone if product in bills and _stops(bills[product], made, gone)}
        if not more:
            order = list(nodes())
            return tuple(sorted(gone - {lost}, key=lambda code: order.index(code) if code in order else len(order)))
        gone |= more


def _stops(bill: Bill, made: set[str], gone: set[str]) -> bool:
    for one in bill.inputs:
        if not one.essential or one.node not in gone:
            continue
        others = [
            other.node
            for other in bill.inputs
            if one.alternative_group and other.alternative_group == one.alternative_group
        ]
        if not any(other in made and other not in gone for other in others):
            return True
    return False
