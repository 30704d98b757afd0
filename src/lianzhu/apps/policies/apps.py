"""Django's registration of the app."""

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    """Policies, packages and claims."""

    name = "lianzhu.apps.policies"
    label = "policies"
