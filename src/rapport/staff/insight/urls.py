"""Addresses of insight, below /insight/."""

from __future__ import annotations

from django.urls import path

from rapport.staff.insight import service, views, wallboard

urlpatterns = [
    path("", views.dashboard, name="insight"),
    path("refresh/", views.refresh, name="insight_refresh"),
    path("cards/<slug:name>/", views.card, name="insight_card"),
    path("service/", service.service, name="service"),
    path("service/cards/<slug:name>/", service.service_card, name="service_card"),
    path("service/<slug:name>.csv", service.service_csv, name="service_csv"),
    path("wallboard/", wallboard.wallboard, name="wallboard"),
    path("metrics/", views.metrics, name="metrics"),
    path("metrics/<slug:name>/", views.metric, name="metric"),
]
