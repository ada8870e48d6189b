"""Custom fields: what the firm added to a noun that takes them, its custom objects among them. Values of archived ones
stay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from rapport.customers.events import CustomFieldChanged
from rapport.customers.permissions import FIELDS
from rapport.kernel import clock, fields, search
from rapport.kernel.actors import Actor
from rapport.kernel.conditions import ConditionError, root_named
from rapport.kernel.events import publish
from rapport.kernel.models import CustomField
from rapport.kernel.verbs import verb

CHOOSING = (CustomField.Type.CHOICE, CustomField.Type.CHOICES)


class UnknownNoun(ValueError):
    """Custom fields can't be added to this noun."""


class FieldTaken(ValueError):
    """There is a field of this name already."""


class NoChoices(ValueError):
    """A field to choose from needs something to choose."""


class BadBounds(ValueError):
    """Only numbers and texts have bounds, the least of which is not above the most."""


@verb(FIELDS, publishes=(CustomFieldChanged,))
def add(
    noun: str,
    label: str,
    type: str,  # noqa: A002 - the word people use
    *,
    by: Actor,
    options: Sequence[str] = (),
    help: str = "",  # noqa: A002
    required: bool = False,
    minimum: float | None = None,
    maximum: float | None = None,
    default: Any = None,
) -> CustomField:
    """Add a field to `noun` and return it; its key follows from the label and never changes.

    Raises `UnknownNoun`, `FieldTaken`, `NoChoices`, `BadBounds`, and `fields.InvalidField` for a default that does not
    fit.
    """
    if not _takes_fields(noun):
        raise UnknownNoun(_("Fields cannot be added to %(noun)s.") % {"noun": noun})
    last = CustomField.objects.filter(noun=noun).aggregate(last=Max("position"))["last"] or 0
    field = CustomField(
        noun=noun,
        key=key_for(label),
        label=label.strip(),
        type=CustomField.Type(type),
        options=_options(type, options),
        help=help.strip(),
        required=required,
        position=last + 1,
    )
    _bound(field, minimum, maximum, default)
    try:
        with transaction.atomic():
            field.save(force_insert=True)
    except IntegrityError as error:
        raise FieldTaken(_("There is a field %(label)s already.") % {"label": field.label}) from error
    publish(CustomFieldChanged(noun=noun, key=field.key, what="added"), by=by)
    return field


@verb(FIELDS, publishes=(CustomFieldChanged,))
def change(
    field: CustomField,
    *,
    by: Actor,
    label: str,
    options: Sequence[str] = (),
    help: str = "",  # noqa: A002
    required: bool = False,
    minimum: float | None = None,
    maximum: float | None = None,
    default: Any = None,
) -> CustomField:
    """Set what may change of a field: label, choices, help, whether it is needed, bounds and what it begins with.

    Values that are there stay as they are. Raises `NoChoices`, `BadBounds`, `fields.InvalidField`.
    """
    row = CustomField.objects.select_for_update().get(pk=field.pk)
    row.label, row.help, row.required = label.strip(), help.strip(), required
    row.options = _options(row.type, options)
    _bound(row, minimum, maximum, default)
    row.save(update_fields=["label", "help", "required", "options", "minimum", "maximum", "default"])
    publish(CustomFieldChanged(noun=row.noun, key=row.key, what="changed"), by=by)
    return row


@verb(FIELDS, publishes=(CustomFieldChanged,))
def archive(field: CustomField, *, by: Actor) -> CustomField:
    """Take a field out of forms, lists and pages; its values stay."""
    row = CustomField.objects.select_for_update().get(pk=field.pk)
    if row.archived_at is None:
        row.archived_at = clock.now()
        row.save(update_fields=["archived_at"])
        publish(CustomFieldChanged(noun=row.noun, key=row.key, what="archived"), by=by)
    return row


@verb(FIELDS, publishes=(CustomFieldChanged,))
def restore(field: CustomField, *, by: Actor) -> CustomField:
    """Bring an archived field back, with its values."""
    row = CustomField.objects.select_for_update().get(pk=field.pk)
    if row.archived_at is not None:
        row.archived_at = None
        row.save(update_fields=["archived_at"])
        publish(CustomFieldChanged(noun=row.noun, key=row.key, what="brought back"), by=by)
    return row


def _bound(field: CustomField, minimum: float | None, maximum: float | None, default: Any) -> None:
    """Set the bounds of a field and what it begins with."""
    if field.type not in fields.BOUNDED and (minimum is not None or maximum is not None):
        raise BadBounds(_("Only numbers and texts have bounds."))
    if minimum is not None and maximum is not None and minimum > maximum:
        raise BadBounds(_("The least is more than the most."))
    field.minimum, field.maximum = minimum, maximum
    field.default = None if default in (None, "", []) else fields.checked(field, default)


def _takes_fields(noun: str) -> bool:
    try:
        return bool(root_named(noun).custom)
    except ConditionError:
        return False


def key_for(label: str) -> str:
    """Return the key that a label gives: "VAT number" vat_number, "Größe" grosse, "3 D" field_3_d."""
    key = re.sub(r"[^a-z0-9]+", "_", search.fold(label)).strip("_")[:40].rstrip("_")
    if not key:
        return "field"
    return key if key[0].isalpha() else f"field_{key}"[:40]


def _options(type: str, options: Sequence[str]) -> list[str]:  # noqa: A002
    if type not in CHOOSING:
        return []
    chosen = list(dict.fromkeys(line.strip() for line in options if line.strip()))
    if not chosen:
        raise NoChoices(_("Say what there is to choose from."))
    return chosen
