"""Addresses of the app."""

from django.urls import path

from lianzhu.apps.organisation.views import coverage, exchange, missions, tree, writing

app_name = "organisation"
urlpatterns = [
    path("", tree.bodies, name="tree"),
    path("<int:pk>/", tree.body, name="body"),
    path("mine/", tree.mine, name="mine"),
    path("consent/<int:pk>/", tree.consent, name="consent"),
    path("found/", writing.found, name="found"),
    path("<int:pk>/appoint/", writing.appoint, name="appoint"),
    path("<int:pk>/firms/", writing.link, name="link"),
    path("<int:pk>/pair/", writing.pair, name="pair"),
    path("end/<slug:what>/<int:pk>/", writing.end, name="end"),
    path("coverage/", coverage.matrix, name="coverage"),
    path("coverage/gaps/", coverage.gaps, name="gaps"),
    path("coverage/<int:pk>/", coverage.management, name="management"),
    path("missions/", missions.missions, name="missions"),
    path("missions/open/", missions.opening, name="open"),
    path("missions/<int:pk>/", missions.mission, name="mission"),
    path("missions/<int:pk>/report/", missions.report, name="report"),
    path("missions/<int:pk>/judge/", missions.judge, name="judge"),
    path("workbook/", exchange.workbook, name="workbook"),
    path("workbook/bring-in/", exchange.bring_in, name="bring_in"),
    path("workbook/export/", exchange.export, name="export"),
    path("workbook/template/", exchange.template, name="template"),
]
