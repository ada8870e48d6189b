from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KernelConfig(AppConfig):
    """Loads what the domains register: rights, events, verbs, reactions and condition fields."""

    name = "rapport.kernel"
    label = "kernel"

    def ready(self) -> None:
        """Import the registering modules of every installed app once all models are known."""
        for rooms in ("permissions", "events", "conditions", "reactions"):
            autodiscover_modules(rooms)
