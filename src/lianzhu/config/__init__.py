"""Settings, addresses and the worker's table: the only place that knows every app. Start in `settings.py`."""
