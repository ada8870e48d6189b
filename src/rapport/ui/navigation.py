"""What stands in the frame: entries of the rail, pinned views, and what the New menu offers.

Surfaces register theirs in `AppConfig.ready`; each reader sees what their rights allow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise

from rapport.kernel.actors import Actor
from rapport.kernel.permissions import Right

Text = str | Promise


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the rail. `count` is asked with the request on every page: it must be quick; None shows nothing.

    `section` keeps the entry marked on every address that begins with it ("" takes the entry's own address).
    `place` is "main", "foot" for the end of the rail, or "me" for the reader's own menu. `key` leads there after g;
    `args` stand in its address.
    """

    name: str
    label: Text
    icon: str
    url_name: str
    right: Right | None = None
    order: int = 100
    count: Callable[[HttpRequest], int | None] | None = None
    section: str = ""
    place: str = "main"
    key: str = ""
    args: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Its address."""
        return at(self.url_name, *self.args)


@dataclass(frozen=True, slots=True)
class NewItem:
    """An entry of the New menu."""

    label: Text
    icon: str
    url_name: str
    right: Right | None = None
    order: int = 100
    shortcut: str = ""
    args: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Where it is made."""
        return at(self.url_name, *self.args)


@dataclass(frozen=True, slots=True)
class PinnedView:
    """A saved view that its reader pinned to the rail."""

    label: str
    url: str
    count: int | None = None
    icon: str = "filter"


def at(url_name: str, *args: str) -> str:
    """Return what `reverse` does, resolving each name once."""
    return _at(url_name, args, get_script_prefix())


@cache
def _at(url_name: str, args: tuple[str, ...], prefix: str) -> str:
    """Return the address on a site that begins with `prefix`."""
    return reverse(url_name, args=args)


_items: dict[str, NavItem] = {}
_new: dict[str, NewItem] = {}
_more_items: list[Callable[[Actor], Iterable[NavItem]]] = []
_more_new: list[Callable[[Actor], Iterable[NewItem]]] = []
_notices: list[Callable[[HttpRequest], Text]] = []
_pinned: list[Callable[[HttpRequest], Iterable[PinnedView]]] = []


def register(item: NavItem) -> None:
    """Put `item` into the rail; a second one of the same name takes its place."""
    _items[item.name] = item


def offer(item: NewItem) -> None:
    """Put `item` into the New menu."""
    _new[item.url_name] = item


def register_with(source: Callable[[Actor], Iterable[NavItem]]) -> None:
    """Ask `source` on every page for more entries of the rail, those that its reader may see."""
    if source not in _more_items:
        _more_items.append(source)


def offer_with(source: Callable[[Actor], Iterable[NewItem]]) -> None:
    """Ask `source` for more entries of the New menu, those that its reader may use."""
    if source not in _more_new:
        _more_new.append(source)


def pin_with(views: Callable[[HttpRequest], Iterable[PinnedView]]) -> None:
    """Ask `views` on every page which views its reader pinned."""
    if views not in _pinned:
        _pinned.append(views)


def notice_with(notice: Callable[[HttpRequest], Text]) -> None:
    """Ask `notice` on every page what stands above it; "" is nothing."""
    if notice not in _notices:
        _notices.append(notice)


def notices_for(request: HttpRequest) -> list[Text]:
    """Return what stands above the page of `request`."""
    return [words for notice in _notices if (words := notice(request))]


def allowed(actor: Actor | None, right: Right | None) -> bool:
    """Return whether somebody with this right at any reach may see a thing; no right is asked of the signed-in."""
    if actor is None:
        return False
    return actor.kind != "nobody" if right is None else actor.may(right)


def items_for(actor: Actor | None, place: str = "main") -> list[NavItem]:
    """Return the entries of `place` that `actor` may see, in order."""
    seen = [item for item in _items.values() if item.place == place and allowed(actor, item.right)]
    if actor is not None and actor.kind != "nobody":
        seen += [item for source in _more_items for item in source(actor) if item.place == place]
    return sorted(seen, key=lambda item: (item.order, item.name))


def new_for(actor: Actor | None) -> list[NewItem]:
    """Return what `actor` may make, in order."""
    seen = [item for item in _new.values() if allowed(actor, item.right)]
    if actor is not None and actor.kind != "nobody":
        seen += [item for source in _more_new for item in source(actor)]
    return sorted(seen, key=lambda item: item.order)


def pinned_for(request: HttpRequest) -> list[PinnedView]:
    """Return the views pinned by the reader of `request`."""
    return [view for views in _pinned for view in views(request)]
