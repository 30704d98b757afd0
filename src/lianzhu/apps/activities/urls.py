"""Addresses of the app."""

from django.urls import path

from lianzhu.apps.activities.views import reading, sheets, writing

app_name = "activities"
urlpatterns = [
    path("", reading.activities, name="list"),
    path("new/", writing.announce, name="announce"),
    path("<int:pk>/", reading.activity, name="activity"),
    path("<int:pk>/change/", writing.change, name="change"),
    path("<int:pk>/call-off/", writing.call_off, name="call_off"),
    path("<int:pk>/sign-up/", writing.sign_up, name="sign_up"),
    path("sign-ups/<int:pk>/cancel/", writing.cancel, name="cancel"),
    path("<int:pk>/attendance/", writing.attendance, name="attendance"),
    path("<int:pk>/papers/", writing.add_paper, name="add_paper"),
    path("papers/<int:pk>/", reading.paper, name="paper"),
    path("<int:pk>/minutes/", reading.minutes, name="minutes"),
    path("<int:pk>/minutes/write/", writing.write_minutes, name="write_minutes"),
    path("<int:pk>/decide/", writing.decide, name="decide"),
    path("<int:pk>/outcome/", writing.outcome, name="outcome"),
    path("<int:pk>/sheet/", sheets.export, name="sheet"),
    path("<int:pk>/sheet/bring-in/", sheets.bring_in, name="bring_in"),
]
