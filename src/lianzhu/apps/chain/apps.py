"""Django's registration of the app."""

from django.apps import AppConfig


class ChainConfig(AppConfig):
    """Chain findings, tracks and what-if."""

    name = "lianzhu.apps.chain"
    label = "chain"
