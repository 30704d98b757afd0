"""Django's registration of the app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Accounts, audit, jobs, files, search."""

    name = "lianzhu.apps.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"
