"""What people read for the names that insight works with: elements, kinds of relationship, stages of the journey."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rapport.ui.navigation import Text

ELEMENTS: dict[str, Text] = {
    "trust": _("Trust"),
    "respect": _("Respect"),
    "communication": _("Communication"),
    "understanding": _("Understanding"),
    "responsiveness": _("Responsiveness"),
    "helpfulness": _("Helpfulness"),
    "loyalty": _("Loyalty"),
    "advocacy": _("Advocacy"),
    "profitability": _("Profitability"),
}
KINDS: dict[str, Text] = {
    "transactional": _("Transactional"),
    "need": _("Need-based"),
    "need_based": _("Need-based"),
    "loyalty": _("Loyalty-based"),
    "loyalty_based": _("Loyalty-based"),
    "advisory": _("Advisory"),
    "emotional": _("Emotional"),
    "community": _("Community-based"),
    "community_based": _("Community-based"),
    "value_add": _("Value-add"),
}
STAGES: dict[str, Text] = {
    "acquisition": _("Acquisition"),
    "onboarding": _("Onboarding"),
    "purchase": _("Purchase"),
    "post_purchase": _("Post-purchase"),
    "advocacy": _("Advocacy"),
    "lapsed": _("Lapsed"),
}


def element(name: str) -> str:
    """Return what people read for an element of the relationship."""
    return _known(ELEMENTS, name)


def kind(name: str) -> str:
    """Return what people read for a kind of relationship."""
    return _known(KINDS, name)


def stage(name: str) -> str:
    """Return what people read for a stage of the journey."""
    return _known(STAGES, name)


def _known(texts: dict[str, Text], name: str) -> str:
    return str(texts.get(name, name.replace("_", " ").replace("-", " ").capitalize()))
