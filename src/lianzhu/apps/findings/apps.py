"""Django's registration of the app."""

from django.apps import AppConfig


class FindingsConfig(AppConfig):
    """What engines found."""

    name = "lianzhu.apps.findings"
    label = "findings"
