"""Addresses of the app, under /chain/."""

from django.urls import URLPattern

app_name = "chain"
urlpatterns: list[URLPattern] = []
