"""Django's registration of the app."""

from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    """Chains, firms, facts, imports, access."""

    name = "lianzhu.apps.enterprises"
    label = "enterprises"
