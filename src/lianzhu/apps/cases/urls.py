"""Addresses of the app."""

from django.urls import path

from lianzhu.apps.cases.views import course, entering, numbers, pool, rules

app_name = "cases"
urlpatterns = [
    path("", pool.cases, name="pool"),
    path("export/", pool.export, name="export"),
    path("dispatch/", pool.dispatch_many, name="dispatch_many"),
    path("new/", entering.raise_difficulty, name="raise"),
    path("new/like/", entering.like_this, name="like"),
    path("call/", entering.log_call, name="call"),
    path("complain/", entering.complain, name="complain"),
    path("complain/follow/", entering.follow, name="follow"),
    path("causes/<int:pk>/join/", entering.join, name="join"),
    path("sealed/<int:pk>/", course.open_sealed, name="sealed"),
    path("papers/<int:pk>/", course.paper, name="paper"),
    path("numbers/", numbers.numbers, name="numbers"),
    path("numbers/brief.<str:suffix>", numbers.brief, name="brief"),
    path("rules/limits/", rules.limits, name="limits"),
    path("rules/assignment/", rules.assignment, name="assignment"),
    path("rules/assignment/<int:pk>/end/", rules.end_assignment, name="end_assignment"),
    path("rules/calendar/", rules.calendar, name="calendar"),
    path("rules/answers/", rules.answers, name="answers"),
    path("rules/answers/<int:pk>/withdraw/", rules.withdraw_answer, name="withdraw_answer"),
    path("rules/channels/", rules.channels, name="channels"),
    path("digest/", rules.digest, name="digest"),
    path("<int:pk>/", course.case, name="case"),
]
