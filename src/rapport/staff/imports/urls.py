"""Addresses of imports, below /imports/."""

from __future__ import annotations

from django.urls import path

from rapport.staff.imports import views

urlpatterns = [
    path("", views.imports, name="imports"),
    path("<uuid:pk>/", views.show, name="import"),
    path("<uuid:pk>/progress/", views.progress, name="import_progress"),
    path("<uuid:pk>/mapping/", views.mapping, name="import_mapping"),
    path("<uuid:pk>/check/", views.go, {"what": "check"}, name="import_check"),
    path("<uuid:pk>/load/", views.go, {"what": "load"}, name="import_load"),
    path("<uuid:pk>/remember/", views.remember, name="import_remember"),
    path("mappings/<uuid:pk>/forget/", views.forget_mapping, name="import_mapping_forget"),
    path("<uuid:pk>/cancel/", views.cancel, name="import_cancel"),
    path("<uuid:pk>/undo/", views.go, {"what": "undo"}, name="import_undo"),
    path("<uuid:pk>/forget/", views.forget, name="import_forget"),
    path("<uuid:pk>/errors/<int:file>/", views.errors, name="import_errors"),
]
