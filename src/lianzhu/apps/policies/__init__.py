"""Which policies each firm can get, what is missing, and whether the money came.

Owns dated packages of verdicts, desks (which body answers a policy's claims) and claims. May import cases and
everything below, and the engine's room `rules`. Start reading in `queries/reading.py`, then `actions/packages.py`.
"""
