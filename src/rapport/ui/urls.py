"""Addresses of the design system, below /ui/."""

from __future__ import annotations

from django.urls import path

from rapport.ui import views

app_name = "ui"

urlpatterns = [
    path("style/<slug:digest>.css", views.style, name="stylesheet"),
    path("look/", views.look, name="look"),
    path("palette/", views.palette_page, name="palette"),
    path("gallery/", views.gallery, name="gallery"),
]
