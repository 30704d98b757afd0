"""Crowding without prices: concentration, overlap of portfolios, distinctiveness, thin nodes; counts and bands.

Owns who makes what as numbers and everything computed from it; knows no price. May import `lianzhu.library` only. Start
reading in `portfolios.py` (what goes in), then `crowding.py`; `overlap.py` compares every pair of firms.
"""

from lianzhu.engine.market.crowding import cr4, firm_table, hhi, node_table, pair_table
from lianzhu.engine.market.overlap import Overlap, overlap
from lianzhu.engine.market.portfolios import Portfolios, portfolios

__all__ = [
    "Overlap",
    "Portfolios",
    "cr4",
    "firm_table",
    "hhi",
    "node_table",
    "overlap",
    "pair_table",
    "portfolios",
]
