"""Reads: `reading` (one firm, with its values), `verdicts` (without values), `shelf_state` (the policies)."""
