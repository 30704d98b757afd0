"""Every address of the product, by app."""

from django.urls import include, path

urlpatterns = [
    path("", include("lianzhu.apps.portal.urls")),
    path("firms/", include("lianzhu.apps.enterprises.urls")),
    path("findings/", include("lianzhu.apps.findings.urls")),
    path("organisation/", include("lianzhu.apps.organisation.urls")),
    path("cases/", include("lianzhu.apps.cases.urls")),
    path("activities/", include("lianzhu.apps.activities.urls")),
]
