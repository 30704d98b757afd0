"""Every address of the product, by app."""

from django.urls import include, path

urlpatterns = [
    path("", include("lianzhu.apps.portal.urls")),
    path("firms/", include("lianzhu.apps.enterprises.urls")),
    path("findings/", include("lianzhu.apps.findings.urls")),
    path("organisation/", include("lianzhu.apps.organisation.urls")),
    path("cultivation/", include("lianzhu.apps.cultivation.urls")),
    path("cases/", include("lianzhu.apps.cases.urls")),
    path("chain/", include("lianzhu.apps.chain.urls")),
    path("policies/", include("lianzhu.apps.policies.urls")),
    path("activities/", include("lianzhu.apps.activities.urls")),
]
