"""Django's registration of the app."""

from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    """Bodies, seats, posts and task forces."""

    name = "lianzhu.apps.organisation"
    label = "organisation"
