"""The Django app of the back office."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    """The pages for the staff; they have no tables of their own."""

    name = "rapport.staff"
    label = "staff"
    verbose_name = _("Back office")

    def ready(self) -> None:
        """Fill the frame that every page stands in."""
        from rapport.staff import frame

        frame.fill()
