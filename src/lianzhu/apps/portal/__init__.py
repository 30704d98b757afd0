"""Top storey: the frame of every page, sign-in and accounts, home per role, search, map, and the JSON API.

The meeting place of apps that may not import each other. Start reading in `urls.py`.
"""
