"""What every page knows about its frame: `ui` in templates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.utils.translation import get_language, get_language_bidi

from rapport.kernel.actors import Actor
from rapport.ui import navigation, toasts
from rapport.ui.navigation import PinnedView, Text

THEMES = ("light", "dark")
DENSITIES = ("compact",)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the rail as the page shows it."""

    name: str
    label: Text
    icon: str
    url: str
    count: int | None
    current: bool
    key: str = ""


class Shell:
    """The frame of one request; it asks for a thing only when the template does."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.actor: Actor | None = getattr(request, "actor", None)

    @cached_property
    def rail(self) -> list[Entry]:
        """The entries of the rail."""
        return self._entries("main")

    @cached_property
    def foot(self) -> list[Entry]:
        """The entries at the end of the rail."""
        return self._entries("foot")

    @cached_property
    def me(self) -> list[Entry]:
        """The entries of the reader's own menu."""
        return self._entries("me")

    @cached_property
    def pinned(self) -> list[PinnedView]:
        """The views pinned by the reader."""
        return navigation.pinned_for(self.request)

    @cached_property
    def notices(self) -> list[Text]:
        """What stands above the page."""
        return navigation.notices_for(self.request)

    @cached_property
    def new(self) -> list[tuple[navigation.NewItem, str]]:
        """What may be made, with its address."""
        return [(item, item.url) for item in navigation.new_for(self.actor)]

    @cached_property
    def toasts(self) -> list[toasts.Toast]:
        """The messages not shown yet."""
        return toasts.waiting(self.request)

    @property
    def theme(self) -> str:
        """The theme the reader chose: light, dark, or "" for that of their system."""
        return self._choice("theme", THEMES)

    @property
    def density(self) -> str:
        """The density the reader chose: compact, or ""."""
        return self._choice("density", DENSITIES)

    @property
    def language(self) -> str:
        """The language of the page."""
        return get_language() or "en"

    @property
    def direction(self) -> str:
        """The direction of the page's script."""
        return "rtl" if get_language_bidi() else "ltr"

    def _choice(self, name: str, known: tuple[str, ...]) -> str:
        chosen = self.request.COOKIES.get(name, "")
        return chosen if chosen in known else ""

    def _entries(self, place: str) -> list[Entry]:
        path = self.request.path
        entries = []
        for item in navigation.items_for(self.actor, place):
            url = item.url
            section = item.section or url
            here = path == section or (section != "/" and path.startswith(section))
            count = item.count(self.request) if item.count else None
            entries.append(Entry(item.name, item.label, item.icon, url, count, here, item.key))
        return entries


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Give templates `ui`, the frame of this request."""
    return {"ui": Shell(request)}
