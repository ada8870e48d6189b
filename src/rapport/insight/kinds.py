"""Kinds of relationship: soft memberships in two families, from behaviour, by rules that are data.

Each signal runs from 0 to 1. A kind's pull is its base plus the sum of its factors times the signals, 0 at least; a
membership is the kind's share of its family's pulls, so a family adds up to 1. A signal we know nothing of counts 0.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Rules = Mapping[str, Mapping[str, float]]
BASE = "base"

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "behaviour": ("transactional", "need_based", "loyalty_based", "advisory"),
    "bond": ("emotional", "community_based", "value_add"),
}
RULES: Rules = {
    "transactional": {BASE: 0.5, "price": 1.0, "once": 0.6, "regular": -0.4, "contact": -0.5},
    "need_based": {BASE: 0.2, "irregular": 0.8, "narrow": 0.4, "often": -0.3},
    "loyalty_based": {BASE: 0.0, "regular": 0.8, "often": 0.8, "lately": 0.3, "long": 0.3},
    "advisory": {BASE: 0.0, "contact": 1.6, "value": 0.2},
    "emotional": {BASE: 0.2, "tone": 0.8, "long": 0.2},
    "community_based": {BASE: 0.1, "voice": 1.2},
    "value_add": {BASE: 0.3, "wide": 0.6, "value": 0.5},
}
SIGNALS: Mapping[str, str | Promise] = {
    "price": _("buys at a discount"),
    "once": _("bought once"),
    "regular": _("buys at regular intervals"),
    "irregular": _("buys at irregular intervals"),
    "narrow": _("buys few things at a time"),
    "wide": _("buys many things at a time"),
    "often": _("buys more often than others"),
    "lately": _("bought lately"),
    "long": _("has been a customer for long"),
    "contact": _("talks with us beside buying"),
    "value": _("brings more than others"),
    "tone": _("speaks well of us"),
    "voice": _("takes part: gives reviews and answers"),
}


class UnknownKind(ValueError):
    """There is no kind of relationship of this name."""


def rules(chosen: Rules) -> Rules:
    """Return the rules: what the firm changed, over those that come with the product."""
    return {kind: {**factors, **chosen.get(kind, {})} for kind, factors in RULES.items()}


def family_of(kind: str) -> str:
    """Return the family of a kind. Raises `UnknownKind`."""
    for family, kinds in FAMILIES.items():
        if kind in kinds:
            return family
    raise UnknownKind(kind)


def reasons(kind: str, found: Mapping[str, float], chosen: Rules) -> list[tuple[str, float]]:
    """Return the signals that speak for `kind` in words, strongest first, with how much they add.

    found: the customer's signals, as stored.
    """
    factors = rules(chosen)[kind]
    parts = [(str(SIGNALS[s]), factor * found.get(s, 0.0)) for s, factor in factors.items() if s != BASE]
    return sorted((part for part in parts if part[1] > 0), key=lambda part: -part[1])
