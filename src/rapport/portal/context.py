"""What every page of the portal shows: `portal` in templates."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rapport.ui.navigation import Text


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the navigation."""

    label: Text
    href: str
    icon: str
    current: bool


class Frame:
    """The frame around a page of the portal, worked out when the template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def mine(self) -> list[Link]:
        """The member's own pages."""
        names = (
            ("my:home", _("Overview"), "home"),
            ("my:talks", _("Messages"), "messages"),
            ("my:orders", _("Orders"), "package"),
            ("my:promises", _("Promises"), "heart-handshake"),
            ("my:preferences", _("My details"), "settings"),
        )
        path, home = self.request.path, reverse("my:home")
        found = []
        for name, label, icon in names:
            href = reverse(name)
            found.append(Link(label, href, icon, path == href if href == home else path.startswith(href)))
        return found

    @property
    def languages(self) -> list[tuple[str, str]]:
        """The languages that the reader may choose, each in its own words."""
        return list(_NAMES.items())


_NAMES = {
    code: {"en": "English", "pt": "Português", "de": "Deutsch", "fr": "Français", "es": "Español"}.get(code, str(name))
    for code, name in settings.LANGUAGES
}


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Give templates `portal`."""
    return {"portal": Frame(request)}
