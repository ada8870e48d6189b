"""The address of Today: the start page."""

from __future__ import annotations

from django.urls import path

from rapport.staff.today import views

urlpatterns = [path("", views.today, name="today")]
