"""First floor: findings. Pure functions over Polars frames; no Django, no network, no clock of its own.

May import `lianzhu.library` only; rooms never import each other. Start reading in the room you need: its
`__init__` lists its public front.
"""
