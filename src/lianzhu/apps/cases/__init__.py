"""Cases: one pool for every piece of work, one clock, one event log; state, lights and metrics follow from the log.

Imports `organisation`, `findings`, `enterprises`, `core` and `engine.clock`. Start reading in `machine/`, which knows
no Django and decides everything; then `actions/`, which asks it and writes; then `models/`.
"""
