"""Two runs, each safe to repeat: over what everybody and the office may know, and over real weights."""

from datetime import date

import polars as pl
from django.core.exceptions import PermissionDenied

from lianzhu.apps.chain import permissions
from lianzhu.apps.chain.queries import frames
from lianzhu.apps.chain.runs import words
from lianzhu.apps.chain.runs.firms import cut_findings, place_findings, sole_findings
from lianzhu.apps.chain.runs.nodes import Ground, node_findings, percent
from lianzhu.apps.core.models import User
from lianzhu.apps.enterprises.models import Chain, Confidentiality
from lianzhu.apps.findings.actions import Found, Recorded, record_findings

INDEX = "chain_index"
PLACE = "own_place"


def look_at_chain(*, actor: User, chain: Chain, on: date) -> dict[str, Recorded]:
    """Find what is single, thin, fragile, crowded, missing or bought outside, and record it by kind."""
    if not permissions.can_look(actor, chain):
        raise PermissionDenied
    makers, firms, owners = frames.open_makers(chain), frames.firm_ids(chain), frames.controllers(chain)
    links = _known(frames.office_links(chain), firms)
    open_ground = Ground(firms, makers, links.clear(), on)
    found = node_findings(open_ground, Ground(owners, makers, links, on))
    found["sole_supplier"] = sole_findings(makers, links, owners)
    found["cut_point"] = cut_findings(firms, links)
    found[INDEX] = _index(open_ground)
    return {
        kind: record_findings(actor=actor, chain=chain, kind=kind, found=rows, on=on) for kind, rows in found.items()
    }


def _known(links: pl.DataFrame, firms: pl.DataFrame) -> pl.DataFrame:
    """Links with an end here; what firms that have left still have on record says nothing of today."""
    here = set(firms["firm"])
    ends = pl.col("supplier").is_in(here), pl.col("buyer").is_in(here)
    return links.filter((ends[0] | ends[1]) & (pl.col("supplier") != pl.col("buyer")))


def _index(ground: Ground) -> list[Found]:
    shares = list(ground.index.values())
    if not shares:
        return []
    evidence = {
        "told": words.INDEX_TOLD,
        "sure": words.JUDGED,
        "mean": f"{100 * sum(shares) / len(shares):.2f}",
        "highest": percent(max(shares)),
        "n": len(shares),
    }
    return [
        Found("chain", words.INDEX, words.INDEX_WRONG, Confidentiality.PUBLIC, evidence=evidence, confidence="medium")
    ]


def look_at_weights(*, actor: User, chain: Chain, on: date) -> Recorded:
    """Work out every firm's place from real weights: the statistician's run, each result for its firm alone."""
    if not permissions.can_look_at_weights(actor, chain):
        raise PermissionDenied
    found = place_findings(frames.open_makers(chain), frames.weighted_links(chain), frames.controllers(chain), on)
    return record_findings(actor=actor, chain=chain, kind=PLACE, found=found, on=on)
