from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KernelConfig(AppConfig):
    """Loads what the domains register: rights, events, verbs, reactions and condition fields."""

    name = "rapport.kernel"
    label = "kernel"

    def ready(self) -> None:
        """Import our comparisons and the registering modules of every installed app once all models are known."""
        import_module("rapport.kernel.postgresql.lookups")
        for rooms in ("permissions", "events", "conditions", "reactions"):
            autodiscover_modules(rooms)
