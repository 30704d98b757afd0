"""HTTP of the app: `firms.py` (list and file), `speaking.py` (a firm's own acts), `imports.py`."""
