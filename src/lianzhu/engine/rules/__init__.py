"""Which policies a firm qualifies for: three-valued, exact, dated, explained clause by clause.

Owns the rule model, its evaluation for one firm (`evaluate`, `package`), for a frame (`columns.verdicts`) and as SQL
(`sql.query`), advice, amounts, cases and lint. May import the library, Polars, numpy and numba only. Start reading in
`shelf.py`, then `model.py` (as written), `criteria.py` (to formulas), `joint.py` (how an unknown is decided).
"""
