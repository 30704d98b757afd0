"""Top floor beside config: one thin command per engine room, and the server commands.

May import everything below. Start reading in `main.py`.
"""
