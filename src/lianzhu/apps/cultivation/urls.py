"""Addresses of the app."""

from django.urls import path

from lianzhu.apps.cultivation import views

app_name = "cultivation"
urlpatterns = [
    path("", views.records, name="records"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.record, name="record"),
    path("<int:pk>/<slug:act>/", views.act_on, name="act"),
    path("counts/", views.counts, name="counts"),
    path("retention/", views.retention, name="retention"),
    path("room/", views.room, name="room"),
    path("room/off/", views.close_room, name="off"),
    path("room/keepers/", views.let_in, name="let_in"),
    path("room/keepers/<int:pk>/out/", views.let_out, name="let_out"),
    path("log/", views.log, name="log"),
]
