"""Django's registration of the app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Frame, accounts, home, search, map, API."""

    name = "lianzhu.apps.portal"
    label = "portal"
