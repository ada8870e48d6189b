"""What people read for the names that insight works with: elements, kinds of relationship, stages of the journey."""

from __future__ import annotations

from collections.abc import Mapping

from rapport.insight.conditions import KINDS, STAGES
from rapport.insight.elements.catalogue import ELEMENTS
from rapport.ui.navigation import Text

__all__ = ["ELEMENTS", "KINDS", "STAGES", "element", "kind", "stage"]


def element(name: str) -> str:
    """Return what people read for an element of the relationship."""
    return _known(ELEMENTS, name)


def kind(name: str) -> str:
    """Return what people read for a kind of relationship."""
    return _known(KINDS, name)


def stage(name: str) -> str:
    """Return what people read for a stage of the journey."""
    return _known(STAGES, name)


def _known(texts: Mapping[str, Text], name: str) -> str:
    return str(texts.get(name, name.replace("_", " ").capitalize()))
