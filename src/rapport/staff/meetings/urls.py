"""Addresses of the calendar, below /calendar/."""

from __future__ import annotations

from django.urls import path

from rapport.staff.meetings import calendar, views

urlpatterns = [
    path("", calendar.calendar, name="calendar_week"),
    path("address/", calendar.rotate, name="calendar_rotate"),
    path("feed/<uuid:user>/<slug:secret>.ics", calendar.feed, name="calendar_feed"),
    path("add/", views.add, name="meeting_add"),
    path("<uuid:pk>/", views.meeting, name="meeting"),
    path("<uuid:pk>/edit/", views.edit, name="meeting_edit"),
    path("<uuid:pk>/move/", views.move, name="meeting_move"),
    path("<uuid:pk>/cancel/", views.cancel, name="meeting_cancel"),
    path("<uuid:pk>/outcome/", views.hold, name="meeting_outcome"),
]
