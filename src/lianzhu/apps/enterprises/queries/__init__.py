"""Reads. Every value of a firm that leaves this app passes `visible_to` or a mask made here.

Start in `file.py` (one firm's file) and `lists.py` (firms in pages).
"""
