"""Addresses of the app, under /findings/."""

from django.urls import path

from lianzhu.apps.findings import views

app_name = "findings"
urlpatterns = [
    path("", views.findings, name="list"),
    path("<int:pk>/", views.finding, name="finding"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
]
