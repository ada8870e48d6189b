"""What custom objects put into the frame of every page: their lists in the rail, and themselves in the New menu."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from rapport.kernel.actors import Actor
from rapport.objects.permissions import CHANGE
from rapport.objects.queries import types_for
from rapport.staff.listing import nouns
from rapport.staff.objects import listings
from rapport.staff.palette import sources
from rapport.ui.navigation import NavItem, NewItem, offer_with, register_with
from rapport.ui.palette import Source, search_with


def fill() -> None:
    """Register entries, lists and the search."""
    register_with(entries)
    offer_with(offers)
    nouns.declare_with(listings.named)
    search_with(Source("objects", _("Custom objects"), sources.records, order=35))


def entries(actor: Actor) -> Iterator[NavItem]:
    """Yield an entry of the rail for each type that `actor` may look at, in their order."""
    for place, kind in enumerate(types_for(actor)):
        yield NavItem(kind.noun, kind.plural, kind.icon, "staff:objects", order=70 + min(place, 4), args=(kind.key,))


def offers(actor: Actor) -> Iterator[NewItem]:
    """Yield an entry of the New menu for each type of which `actor` may add one."""
    for kind in types_for(actor, CHANGE):
        yield NewItem(kind.name, kind.icon, "staff:objects_add", order=70, args=(kind.key,))
