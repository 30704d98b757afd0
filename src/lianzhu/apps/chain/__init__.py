"""Strengthen, fill, extend: what the engines find about the chain, as work for named people.

Owns the board, the map coloured by finding, the what-if, new tracks as hypotheses, and a firm's own place. May import
cases and everything below, and the engine's rooms `chain`, `market` and `tracks`. Start reading in `queries/frames.py`
(what the engines are given, and who may see what comes of it), then `runs.py`.
"""
