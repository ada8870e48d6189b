"""The views that a reader pinned, for the rail of every page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from django.http import HttpRequest

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.staff.listing import tabs
from rapport.staff.listing.nouns import Look, UnknownListing, listing_named
from rapport.staff.listing.pages import views_of
from rapport.ui.navigation import PinnedView


def pinned(request: HttpRequest) -> Iterator[PinnedView]:
    """Yield the reader's pinned views; how many rows each has is said when it is known anyway."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.user_id is None:
        return
    look = Look(actor=actor, currency="", zone="", now=clock.now())
    for view in views_of(request):
        if not view.pinned or view.owner_id != actor.user_id:
            continue
        with suppress(UnknownListing):
            listing = listing_named(view.noun)
            if not actor.may(listing.right):
                continue
            count = tabs.known_count(listing, look, view)
            yield PinnedView(view.name, tabs.address(listing, view), count)
