"""Addresses of the list of tickets, below /tickets/."""

from __future__ import annotations

from rapport.staff.listing.urls import paths
from rapport.staff.tickets.listings import TICKETS

urlpatterns = paths(TICKETS)
