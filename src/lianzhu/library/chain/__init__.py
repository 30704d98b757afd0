"""The chain taxonomy as data: 112 nodes, bills of material, standards with editions, codes, candidate tracks.

Owns what the outside world calls things and what is made of what; knows no firm. Imports `lianzhu.library` only.
Start reading in `taxonomy.yaml`, then `taxonomy.py`, whose loaders stand here as the front.
"""

from lianzhu.library.chain.taxonomy import (
    Bill,
    CodeFit,
    Evidence,
    Input,
    Level,
    Marked,
    Node,
    Standard,
    Track,
    bill_of_materials,
    code_names,
    levels,
    nearest_node,
    nodes,
    sources,
    standards,
    tracks,
    trade_codes,
)

__all__ = [
    "Bill",
    "CodeFit",
    "Evidence",
    "Input",
    "Level",
    "Marked",
    "Node",
    "Standard",
    "Track",
    "bill_of_materials",
    "code_names",
    "levels",
    "nearest_node",
    "nodes",
    "sources",
    "standards",
    "tracks",
    "trade_codes",
]
