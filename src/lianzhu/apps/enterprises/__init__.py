"""Facts: chains, firms, what is known of them and from where, imports, and who may read what.

Owns roles, access grants and confidentiality: `queries.py` is the one place that decides who reads a value.
Imports `core`, the roster engine and the library. Start reading in `models/facts.py`, then `queries.py`.
"""
