"""Addresses of runs of bulk verbs, below /runs/."""

from __future__ import annotations

from django.urls import path

from rapport.staff.listing import bulk_views

urlpatterns = [
    path("<uuid:pk>/", bulk_views.progress, name="run"),
    path("<uuid:pk>/cancel/", bulk_views.cancel, name="run_cancel"),
    path("<uuid:pk>/undo/", bulk_views.undo, name="run_undo"),
]
