"""Addresses of insight, below /insight/."""

from __future__ import annotations

from django.urls import path

from rapport.staff.insight import views

urlpatterns = [
    path("", views.dashboard, name="insight"),
    path("refresh/", views.refresh, name="insight_refresh"),
    path("cards/<slug:name>/", views.card, name="insight_card"),
    path("metrics/", views.metrics, name="metrics"),
    path("metrics/<slug:name>/", views.metric, name="metric"),
]
