"""The Django app of the design system."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    """The design system; it has no tables."""

    name = "rapport.ui"
    label = "ui"
    verbose_name = _("Design system")

    def ready(self) -> None:
        """Let the palette find the gallery."""
        from rapport.ui import palette

        palette.register(palette.Command(_("Gallery"), "columns-3", "ui:gallery", keywords=_("design components")))
