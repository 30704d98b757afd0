"""Django's registration of the app."""

from django.apps import AppConfig


class CultivationConfig(AppConfig):
    """Stages of dual cultivation."""

    name = "lianzhu.apps.cultivation"
    label = "cultivation"
