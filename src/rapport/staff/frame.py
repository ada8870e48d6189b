"""What the back office puts into the frame of every page: entries of the rail and commands of the palette."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rapport.customers.permissions import VIEW as CUSTOMERS
from rapport.staff.views.pins import pinned
from rapport.team.permissions import EVENTS as AUDIT
from rapport.ui.navigation import NavItem, pin_with, register


def fill() -> None:
    """Register the entries of the rail."""
    register(NavItem("today", _("Today"), "sun", "staff:today", order=10, section="/"))
    register(NavItem("settings", _("Settings"), "settings", "staff:settings", AUDIT, order=90, place="foot"))
    register(NavItem("me", _("My account"), "user", "staff:me", order=10, place="me"))
    register(NavItem("customers", _("Customers"), "users", "staff:customers", CUSTOMERS, order=20))
    pin_with(pinned)
