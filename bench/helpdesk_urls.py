"""Addresses of the list benchmarks: the product's own and the peer's."""

from django.urls import include, path

from lianzhu.config.urls import urlpatterns as product

urlpatterns = [*product, path("helpdesk/", include("helpdesk.urls"))]
