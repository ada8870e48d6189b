"""Addresses of segments, below /segments/."""

from __future__ import annotations

from django.urls import path

from rapport.staff.listing.urls import paths
from rapport.staff.segments import drafting, views
from rapport.staff.segments.listings import SEGMENTS

urlpatterns = [
    *paths(SEGMENTS),
    path("draft/", drafting.draft, name="segment_draft"),
    path("draft/filter/", drafting.condition, name="segment_draft_filter"),
    path("<uuid:pk>/", views.page, name="segment"),
    path("<uuid:pk>/members/", views.put_in, name="segment_put_in"),
    path("<uuid:pk>/members/<uuid:customer>/take-out/", views.take_out, name="segment_take_out"),
    path("<uuid:pk>/<slug:act>/", views.act, name="segment_act"),
]
