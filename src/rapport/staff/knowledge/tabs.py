"""The parts of the knowledge base, as tabs."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rapport.knowledge.permissions import PUBLISH, VIEW
from rapport.staff.requests import StaffRequest
from rapport.ui.components.parts import Tab

PARTS = (
    ("knowledge", _("Articles"), VIEW),
    ("knowledge_use", _("Use"), VIEW),
    ("comparisons", _("Comparisons"), VIEW),
    ("shelves", _("Categories"), PUBLISH),
    ("synonyms", _("Synonyms"), PUBLISH),
)


def tabs(request: StaffRequest, current: str) -> list[Tab]:
    """Return the parts that this reader may open."""
    return [
        Tab(str(label), reverse(f"staff:{name}"), current=name == current)
        for name, label, right in PARTS
        if request.actor.may(right)
    ]
