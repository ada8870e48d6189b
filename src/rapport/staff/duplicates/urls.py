"""Addresses of duplicates, below /customers/."""

from __future__ import annotations

from django.urls import include, path

from rapport.staff.duplicates import views
from rapport.staff.duplicates.listings import DUPLICATES
from rapport.staff.listing.urls import paths

urlpatterns = [
    path("duplicates/", include(paths(DUPLICATES))),
    path("duplicates/compare/", views.compare_all, name="duplicates_compare"),
    path("duplicates/<uuid:pk>/apart/", views.keep_apart, name="duplicate_apart"),
    path("duplicates/<uuid:pk>/suspect/", views.suspect, name="duplicate_suspect"),
    path("<uuid:pk>/merge/", views.choose, name="customer_merge_with"),
    path("<uuid:pk>/merge/<uuid:other>/", views.merge, name="customer_merge"),
    path("<uuid:pk>/unmerge/", views.unmerge, name="customer_unmerge"),
]
