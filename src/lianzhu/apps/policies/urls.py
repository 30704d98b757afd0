"""Addresses of the app, under /policies/."""

from django.urls import path

from lianzhu.apps.policies.views import claims, firm, office, package

app_name = "policies"
urlpatterns = [
    path("", firm.mine, name="mine"),
    path("firm/<int:pk>/", firm.firm, name="firm"),
    path("firm/<int:pk>/<str:policy>/", firm.policy, name="policy"),
    path("firm/<int:pk>/package/<str:suffix>/", package.package, name="package"),
    path("firm/<int:pk>/responsible/name/", firm.responsible, name="responsible"),
    path("firm/<int:pk>/<str:policy>/answer/", firm.answer, name="answer"),
    path("firm/<int:pk>/<str:policy>/apply/", claims.apply, name="apply"),
    path("claims/", claims.claims, name="claims"),
    path("claims/export/", claims.export, name="claims_export"),
    path("claims/<int:pk>/", claims.claim, name="claim"),
    path("claims/desks/", claims.desks, name="desks"),
    path("verdicts/", office.matrix, name="matrix"),
    path("verdicts/export/", office.export, name="export"),
    path("verdicts/rebuild/", office.rebuild, name="rebuild"),
    path("counts/", office.counts, name="counts"),
    path("shelf/", office.shelf, name="shelf"),
]
