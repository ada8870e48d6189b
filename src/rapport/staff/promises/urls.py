"""Addresses of promises, below /promises/."""

from __future__ import annotations

from django.urls import path

from rapport.staff.listing.urls import paths
from rapport.staff.promises import views
from rapport.staff.promises.listings import PROMISES

urlpatterns = [
    *paths(PROMISES),
    path("add/", views.add, name="promise_add"),
    path("kept/", views.kept, name="promises_kept"),
]
