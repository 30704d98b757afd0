"""Who holds the chain together: fragility (ESRI), single points of failure, coverage of the taxonomy, what-if.

Owns the supply network as numbers and everything computed from it. May import `lianzhu.library` only. Start reading in
`network.py` (what goes in), then `fragility.py`; `cascade.py` is the compiled kernel, `reference.py` what a complete
chain would need.
"""

from lianzhu.engine.chain.coverage import coverage
from lianzhu.engine.chain.fragility import Effect, effect, fragility, with_second_source, without_firm
from lianzhu.engine.chain.network import Network, network
from lianzhu.engine.chain.points import articulation_points, sole_suppliers
from lianzhu.engine.chain.reference import io_coefficients, node_fragility, reference_gaps

__all__ = [
    "Effect",
    "Network",
    "articulation_points",
    "coverage",
    "effect",
    "fragility",
    "io_coefficients",
    "network",
    "node_fragility",
    "reference_gaps",
    "sole_suppliers",
    "with_second_source",
    "without_firm",
]
