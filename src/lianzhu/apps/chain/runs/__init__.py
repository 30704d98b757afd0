"""Runs: frames → engine → findings of the day. `look_at_chain` for the office, `look_at_weights` for the statistician.

Start reading in `recording.py`. `nodes.py` judges nodes, `firms.py` what depends on one firm, `words.py` says it.
"""

from lianzhu.apps.chain.runs.recording import look_at_chain, look_at_weights

__all__ = ["look_at_chain", "look_at_weights"]
