"""Addresses of the first run, below /setup/."""

from __future__ import annotations

from django.urls import path

from rapport.staff.setup import views

urlpatterns = [
    path("", views.first_run, name="setup"),
    path("welcome/", views.welcome, name="welcome"),
]
