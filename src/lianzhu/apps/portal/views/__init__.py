"""HTTP only: each module reads the request, calls a query or an action, and renders. Start in `home.py`."""

from lianzhu.apps.portal.views.errors import csrf_failure

__all__ = ["csrf_failure"]
