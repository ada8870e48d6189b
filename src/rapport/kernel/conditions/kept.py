"""Where conditions are kept, so that what one of them names can say where it is used.

A domain that stores conditions names the column in its `conditions.py`, by its own model's name: whoever is named in
a condition (a segment) may stand above or beside it and knows nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.db.models import TextField
from django.db.models.functions import Cast

from rapport.kernel.conditions.registry import Label

KEPT: list[Keeping] = []


@dataclass(frozen=True, slots=True)
class Keeping:
    """A column of conditions, as text or JSON: `model` is "app.Model", whose rows are each a `label`."""

    model: str
    label: Label
    column: str = "condition"


@dataclass(frozen=True, slots=True)
class Mention:
    """A row whose condition names something: of which model, its key, and how people call it."""

    model: str
    key: UUID
    label: str
    name: str


def keep(model: str, label: Label, column: str = "condition") -> None:
    """Say that the rows of `model` keep a condition in `column`."""
    KEPT.append(Keeping(model, label, column))


def mentions(key: UUID) -> list[Mention]:
    """Return what keeps a condition that names the row of this key; conditions name rows by their ids."""
    found = []
    for one in KEPT:
        model = apps.get_model(one.model)
        rows = model._base_manager.alias(written=Cast(one.column, TextField())).filter(written__contains=str(key))
        found += [Mention(one.model, row.pk, str(one.label), str(row)) for row in rows.order_by("pk")]
    return found
