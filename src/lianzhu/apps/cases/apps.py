"""Django's registration of the app."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """One pool of work with one clock."""

    name = "lianzhu.apps.cases"
    label = "cases"
