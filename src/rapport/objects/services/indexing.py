"""What makes a record findable: the words of its name and texts, its number and its number in another system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models.functions import Cast

from rapport.kernel import fields, search
from rapport.kernel.models import CustomField
from rapport.objects.models import ObjectType, Record

SAID = frozenset(
    {
        CustomField.Type.TEXT, CustomField.Type.CHOICE, CustomField.Type.CHOICES, CustomField.Type.URL,
        CustomField.Type.EMAIL, CustomField.Type.PHONE,
    }
)  # fmt: skip


def search_value(row: Record, kind: ObjectType) -> Cast:
    """Return the expression that a record's search column is given."""
    return search.stored(document(kind, row.name, row.number, row.reference, row.custom))


def document(kind: ObjectType, name: str, number: int, reference: str, custom: Mapping[str, Any]) -> str:
    """Return the `tsvector` literal of a record."""
    texts = [_text(custom.get(field.key)) for field in fields.live(kind.noun) if field.type in SAID]
    also = [f"{kind.prefix}-{number}".lower(), search.fold(reference)]
    return search.document(name, reference, *texts, also=also)


def _text(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else str(value or "")
