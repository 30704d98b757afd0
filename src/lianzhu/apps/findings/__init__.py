"""Findings: what an engine found, with evidence and what would prove it wrong; open, a case, or set aside because.

Imports `enterprises` and `core`. Start reading in `models.py`.
"""
