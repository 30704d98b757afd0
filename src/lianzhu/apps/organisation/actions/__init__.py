"""Every write on the organisation.

`bodies` (the tree), `seats` (people), `relations` (firms and pairs), `missions`, `gaps`, `exchange` (workbooks).
Dates are the first and the last day a thing holds, both included. Nothing is deleted: ending sets the last day.
"""
