"""Settings of the list benchmarks: the product's own, with the peer beside it when it is installed."""

import importlib.util

from lianzhu.config import settings as product
from lianzhu.config.settings import *

ALLOWED_HOSTS = [*product.ALLOWED_HOSTS, "testserver"]
STORAGES = {**product.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
if importlib.util.find_spec("helpdesk"):
    INSTALLED_APPS = [
        *product.INSTALLED_APPS,
        "django.contrib.sites",
        "django.contrib.humanize",
        "rest_framework",
        "helpdesk",
    ]
    ROOT_URLCONF = "bench.helpdesk_urls"
    SITE_ID = 1
    HELPDESK_KB_ENABLED = True
    HELPDESK_TEAMS_MODE_ENABLED = False
