"""Addresses of one's own account, below /me/."""

from __future__ import annotations

from django.urls import path

from rapport.staff.account import views

urlpatterns = [path("", views.me, name="me")]
