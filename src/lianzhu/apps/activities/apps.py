"""Django's registration of the app."""

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    """Meetings and what came of them."""

    name = "lianzhu.apps.activities"
    label = "activities"
