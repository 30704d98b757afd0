"""What is found at a node: one maker, two, fragile, crowded, missing, bought outside.

Each is judged twice. From public products alone, for everybody: nothing else goes in, so neither a finding nor its
absence can tell of a holding or a link. From products, links and who controls whom, for the office: kept only where it
differs, under its own key.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import polars as pl

from lianzhu.apps.chain.runs import words
from lianzhu.apps.enterprises.models import Confidentiality
from lianzhu.apps.enterprises.queries.map import CROWDED, JUDGED, feeds
from lianzhu.apps.findings.actions import Found
from lianzhu.engine.chain import coverage, node_fragility, reference_gaps
from lianzhu.engine.chain.coverage import band
from lianzhu.engine.market import overlap, portfolios
from lianzhu.library.chain import nodes

# A tenth of the model chain's output: more than any one of its products is worth to it on average.
FRAGILE_FROM = 0.10
INDEX_BANDS = ((0.40, "40%+"), (0.20, "20-40%"), (FRAGILE_FROM, "10-20%"))
# Nearly the same offer: cosine of voltage class x standard with a firm of another owner.
ALIKE = 0.8
# Competition rule C3: a number of makers is told only with five behind it.
LEAST_ALIKE = 5
YEAR = 365
NAMED = 8
KINDS = ("single_source", "thin_node", "fragile_node", "crowded_node", "missing_node", "outside_node")
# At one node only one of these holds; what the office knows replaces what is public on the office's own board.
EXCLUSIVE = frozenset({"single_source", "thin_node", "missing_node", "outside_node"})
INNER = ":office"


@dataclass(frozen=True)
class Ground:
    """What one judgement is given: `firms` (firm[, controller]), `makers`, `links` (may be empty), and the day."""

    firms: pl.DataFrame
    makers: pl.DataFrame
    links: pl.DataFrame
    on: date

    @cached_property
    def here(self) -> set[str]:
        """Nodes with a public product here."""
        return set(self.makers["node"])

    @cached_property
    def coverage(self) -> Mapping[str, dict[str, object]]:
        """Node -> its row of the coverage table; by existence of links only, each counts once."""
        table = coverage(self.firms, self.makers.select("firm", "node", "date"), self.links, on=self.on)
        return {row["node"]: row for row in table.to_dicts() if nodes()[row["node"]].stage in JUDGED}

    @cached_property
    def index(self) -> Mapping[str, float]:
        """Node -> its index from public products and bills of material; nodes without a maker here are left out."""
        if self.makers.is_empty():
            return {}
        table = node_fragility(self.makers.select("firm", "node"))
        return {node: value for node, makers, value in table.iter_rows() if makers}

    def dependants(self, node: str) -> list[str]:
        """Products made here whose bill of material needs the node."""
        return [code for code in feeds().get(node, []) if code in self.here]

    def sure(self, node: str) -> tuple[str, str]:
        """Confidence by the age of the newest evidence, and why."""
        newest = self.coverage[node]["evidence"]
        age = (self.on - newest).days if isinstance(newest, date) else 10_000
        if age <= YEAR:
            return "high", words.FRESH
        return ("medium", words.AGING) if age <= 2 * YEAR else ("low", words.STALE)


def node_findings(open_ground: Ground, office_ground: Ground) -> dict[str, list[Found]]:
    """Findings by kind: those of public products alone, and those the office knows besides."""
    found = {kind: list(rows) for kind, rows in _judged(open_ground, Confidentiality.PUBLIC).items()}
    for kind, rows in _judged(office_ground, Confidentiality.OFFICE).items():
        known = {one.key: (one.says, one.evidence.get("why"), one.evidence.get("n")) for one in found[kind]}
        for one in rows:
            if known.get(one.key) != (one.says, one.evidence.get("why"), one.evidence.get("n")):
                sure = one if one.confidence == "low" else replace(one, confidence="medium", evidence=_controlled(one))
                found[kind].append(replace(sure, key=one.key + INNER))
    return found


def _controlled(one: Found) -> Mapping[str, object]:
    return {**one.evidence, "sure": words.CONTROLLED} if one.confidence == "high" else one.evidence


def _judged(ground: Ground, level: str) -> dict[str, list[Found]]:
    office = level == Confidentiality.OFFICE
    found = {
        "single_source": _single(ground),
        "thin_node": _thin(ground),
        # The index and the overlap read public products alone, for the office too.
        "fragile_node": iter(()) if office else _fragile(ground),
        "crowded_node": _crowded(ground),
        "missing_node": _missing(ground),
        "outside_node": _outside(ground),
    }
    return {kind: [replace(one, confidentiality=level) for one in rows] for kind, rows in found.items()}


def _found(ground: Ground, node: str, says: str, wrong: str, told: str, sure: tuple[str, str], **more: object) -> Found:
    newest = ground.coverage[node]["evidence"]
    needed = ground.dependants(node)
    evidence = {
        "told": told,
        "sure": sure[1],
        "n": len(needed),
        "dependants": needed[:NAMED],
        "newest": newest.isoformat() if isinstance(newest, date) else "",
        **more,
    }
    if node in ground.index:
        evidence["index"] = percent(ground.index[node])
    return Found(node, says, wrong, Confidentiality.PUBLIC, node=node, evidence=evidence, confidence=sure[0])


def percent(share: float) -> str:
    """A share as a percentage with one decimal.

    >>> percent(0.1008)
    '10.1'
    """
    return f"{100 * share:.1f}"


def index_band(share: float) -> str:
    """The band of an index, '' below a tenth.

    >>> index_band(0.0999), index_band(0.1), index_band(0.4)
    ('', '10-20%', '40%+')
    """
    return next((label for least, label in INDEX_BANDS if share >= least), "")


def _single(ground: Ground) -> Iterator[Found]:
    for node, row in ground.coverage.items():
        if row["status"] != "single-source":
            continue
        needed = bool(ground.dependants(node))
        says, told = (words.SINGLE, words.SINGLE_TOLD) if needed else (words.SINGLE_ALONE, words.SINGLE_ALONE_TOLD)
        yield _found(ground, node, says, words.SINGLE_WRONG, told, ground.sure(node))


def _thin(ground: Ground) -> Iterator[Found]:
    for node, row in ground.coverage.items():
        if row["status"] != "thin":
            continue
        why = str(row["why"])
        two = words.TWO if ground.dependants(node) else words.TWO_ALONE
        says, wrong, told = {
            "two controllers": (two, words.TWO_WRONG, words.TWO_TOLD),
            "mostly bought elsewhere": (words.ELSEWHERE, words.ELSEWHERE_WRONG, words.ELSEWHERE_TOLD),
            "evidence older than two years": (words.OLD, words.OLD_WRONG, words.OLD_TOLD),
        }[why]
        yield _found(ground, node, says, wrong, told, ground.sure(node), why=why)


def _fragile(ground: Ground) -> Iterator[Found]:
    for node, share in ground.index.items():
        if node in ground.coverage and index_band(share):
            makers = str(ground.coverage[node]["controllers_band"])
            more = {"index_band": index_band(share), "band": makers}
            sure = ("medium", words.JUDGED)
            yield _found(ground, node, words.FRAGILE, words.FRAGILE_WRONG, words.FRAGILE_TOLD, sure, **more)


def _crowded(ground: Ground) -> Iterator[Found]:
    rows = ground.makers.join(ground.firms, on="firm", how="inner", maintain_order="left")
    for node, row in ground.coverage.items():
        if not isinstance(row["controllers"], int) or row["controllers"] < CROWDED:
            continue
        own = rows.filter(pl.col("node") == node)
        alike = near_twins(own.with_columns(product="node").drop("node", "date"))
        if alike < LEAST_ALIKE:
            continue
        bands = pl.DataFrame({"n": [row["controllers"], alike]}).select(band(pl.col("n")))["literal"].to_list()
        more = {"band": bands[0], "alike": bands[1]}
        sure = ("medium", words.CATALOGUE)
        yield _found(ground, node, words.CROWDED, words.CROWDED_WRONG, words.CROWDED_TOLD, sure, **more)


def near_twins(rows: pl.DataFrame) -> int:
    """How many independent makers of one node have a near twin of another owner (rows: firm, product, facets)."""
    if rows.is_empty():
        return 0
    held = portfolios(rows)
    nearest = overlap(held, top=1).cosine[:, 0]
    return len({int(owner) for owner, cosine in zip(held.controller, nearest, strict=True) if cosine >= ALIKE})


def _missing(ground: Ground) -> Iterator[Found]:
    bought = {node for node, row in ground.coverage.items() if row["status"] == "outside"}
    gaps = reference_gaps(ground.here, bought).filter(pl.col("met") == "missing")
    for (node,), rows in gaps.group_by("input", maintain_order=True):
        row = ground.coverage.get(str(node))
        if row is None or row["status"] != "missing":
            continue
        usual = [value for value in rows["coefficient"].to_list() if value is not None]
        told = words.MISSING_MEASURED if usual else words.MISSING_TOLD
        sure = ("medium", words.MEASURED) if usual else ("low", words.FELT)
        more = {"coefficient": f"{100 * max(usual):.1f}"} if usual else {}
        essential = bool(rows["essential"].any())
        yield _found(ground, str(node), words.MISSING, words.MISSING_WRONG, told, sure, essential=essential, **more)


def _outside(ground: Ground) -> Iterator[Found]:
    for node, row in ground.coverage.items():
        if row["status"] != "outside":
            continue
        needed = bool(ground.dependants(node))
        says = words.OUTSIDE if needed else words.OUTSIDE_ALONE
        told = words.OUTSIDE_TOLD if needed else words.OUTSIDE_ALONE_TOLD
        yield _found(ground, node, says, words.OUTSIDE_WRONG, told, ("medium", words.BOUGHT))
