"""Addresses of the list of feedback, below /feedback/."""

from __future__ import annotations

from rapport.staff.feedback.listings import FEEDBACK
from rapport.staff.listing.urls import paths

urlpatterns = [*paths(FEEDBACK)]
