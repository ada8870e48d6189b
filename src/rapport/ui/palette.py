"""The command palette: pages, verbs and whatever surfaces let be searched, found by typing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from rapport.kernel.actors import Actor
from rapport.kernel.permissions import Right
from rapport.ui import navigation
from rapport.ui.navigation import Text, allowed


@dataclass(frozen=True, slots=True)
class Command:
    """A page or a verb that the palette offers. `keywords` are other words it is found by."""

    label: Text
    icon: str
    url_name: str
    right: Right | None = None
    keywords: Text = ""
    shortcut: str = ""
    detail: Text = ""
    args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the results."""

    label: str
    url: str
    icon: str = "arrow-right"
    detail: str = ""
    shortcut: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Something that can be searched: `search(actor, text, limit)` returns what was found, best first, quickly."""

    name: str
    label: Text
    search: Callable[[Actor, str, int], Iterable[Hit]]
    right: Right | None = None
    order: int = 100


@dataclass(frozen=True, slots=True)
class Group:
    """Results of one kind."""

    label: str
    hits: list[Hit]


_commands: dict[tuple[str, str], Command] = {}
_sources: dict[str, Source] = {}

LIMIT = 6
PLACES = ("main", "foot", "me")


def register(command: Command) -> None:
    """Let the palette offer `command`."""
    _commands[command.url_name, str(command.shortcut)] = command


def search_with(source: Source) -> None:
    """Let the palette search `source`; a second one of the same name takes its place."""
    _sources[source.name] = source


def results(request: HttpRequest, text: str) -> list[Group]:
    """Return what the reader of `request` finds under `text`: things first, then pages and verbs."""
    actor: Actor | None = getattr(request, "actor", None)
    wanted = text.strip()
    sources = sorted(_sources.values(), key=lambda one: one.order) if wanted else []
    groups = [
        Group(str(source.label), hits)
        for source in sources
        if actor is not None and allowed(actor, source.right) and (hits := list(source.search(actor, wanted, LIMIT)))
    ]
    if pages := _pages(actor, wanted):
        groups.append(Group(_("Go to"), pages))
    return groups


def _pages(actor: Actor | None, text: str) -> list[Hit]:
    known = [
        *(
            Command(i.label, i.icon, i.url_name, args=i.args)
            for place in PLACES
            for i in navigation.items_for(actor, place)
        ),
        *(
            Command(item.label, item.icon, item.url_name, None, _("new add create"), item.shortcut, _("new"), item.args)
            for item in navigation.new_for(actor)
        ),
        *(command for command in _commands.values() if allowed(actor, command.right)),
    ]
    words = text.casefold().split()
    return [
        Hit(str(one.label), navigation.at(one.url_name, *one.args), one.icon, str(one.detail), one.shortcut)
        for one in known
        if all(word in f"{one.label} {one.keywords}".casefold() for word in words)
    ]
