"""What the back office puts into the frame of every page: entries of the rail and commands of the palette."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rapport.ui.navigation import NavItem, register


def fill() -> None:
    """Register the entries of the rail."""
    register(NavItem("today", _("Today"), "sun", "staff:today", order=10, section="/"))
    register(NavItem("me", _("My account"), "user", "staff:me", order=10, place="me"))
