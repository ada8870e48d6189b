"""Addresses of saved views, below /views/."""

from __future__ import annotations

from django.urls import path

from rapport.staff.views import views

urlpatterns = [
    path("<uuid:pk>/pin/", views.pin, name="view_pin"),
    path("<uuid:pk>/share/", views.share, name="view_share"),
    path("<uuid:pk>/forget/", views.forget, name="view_forget"),
    path("restore/<str:kept>/", views.restore, name="view_restore"),
]
