"""Addresses of one's own account, below /me/."""

from __future__ import annotations

from django.urls import path

from rapport.staff.account import calendar, views

urlpatterns = [
    path("", views.me, name="me"),
    path("calendar/", calendar.calendar, name="me_calendar"),
    path("calendar/sync/", calendar.sync, name="me_calendar_sync"),
    path("calendar/disconnect/", calendar.disconnect, name="me_calendar_disconnect"),
]
