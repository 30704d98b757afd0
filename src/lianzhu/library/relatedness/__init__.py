"""How often places that export one product also export another: a small table for the chain's trade codes.

Owns the derived table and its source note; imports `lianzhu.library` only. Start reading in `source.yaml`, then
`proximities.py`.
"""

from lianzhu.library.relatedness.proximities import Relatedness, relatedness

__all__ = ["Relatedness", "relatedness"]
