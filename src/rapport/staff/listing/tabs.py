"""Views as tabs. How many rows each has comes after the page, and is then known for a while."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.cache import cache

from rapport.staff.listing.asked import Asked, View, of_view, view_key
from rapport.staff.listing.counting import Count, count, expected
from rapport.staff.listing.nouns import Listing, Look
from rapport.staff.listing.tables import rounded
from rapport.team.models import SavedView
from rapport.ui.components.parts import Tab

KEPT_SECONDS = 120


def views_of(listing: Listing, look: Look, saved: Sequence[SavedView]) -> list[View]:
    """Return the views that the reader sees as tabs: those to begin with, then the saved ones."""
    return [*listing.presets_for(look.actor), *saved]


def tabs(asked: Asked, saved: Sequence[SavedView], found: Count | None = None) -> list[Tab]:
    """Return the tabs; `found` is how many rows the current one has when nothing was changed."""
    listing, look = asked.listing, asked.look
    shown = []
    for view in views_of(listing, look, saved):
        current = view == asked.view
        known = known_count(listing, look, view)
        if current and found is not None and not asked.changed and not asked.search:
            known = rounded(found.number) if not found.exact else found.number
            remember(listing, look, view, known)
        shown.append(Tab(_label(view), address(listing, view), known, current=current))
    return shown


def address(listing: Listing, view: View) -> str:
    """Return the address of a view."""
    where = listing.at()
    return where if view == listing.presets[0] else f"{where}?view={view_key(view)}"


def counted(listing: Listing, look: Look, view: View) -> int | None:
    """Return how many rows a view has, counted now unless that was done a moment ago; None for a broken filter."""
    known = known_count(listing, look, view)
    if known is not None:
        return known
    own = of_view(listing, look, view)
    if own.problem is not None:
        return None
    rows = own.rows()
    found = count(rows, expected(rows, filtered=own.filtered or not listing.whole_for(look.actor)))
    number = found.number if found.exact else rounded(found.number)
    remember(listing, look, view, number)
    return number


def known_count(listing: Listing, look: Look, view: View) -> int | None:
    """Return how many rows a view had when they were last counted, or None."""
    found: int | None = cache.get(_key(listing, look, view))
    return found


def remember(listing: Listing, look: Look, view: View, number: int) -> None:
    """Keep the count of a view for a while."""
    cache.set(_key(listing, look, view), number, KEPT_SECONDS)


def _key(listing: Listing, look: Look, view: View) -> str:
    condition = hash(view.condition)
    return f"view-count:{listing.name}:{look.actor.user_id}:{view_key(view)}:{condition}"


def _label(view: View) -> str:
    return view.name if isinstance(view, SavedView) else str(view.label)
