"""The form of a record, made of what its type declares."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.customers.permissions import VIEW as CUSTOMERS
from rapport.kernel.actors import Actor
from rapport.kernel.fields import InvalidField
from rapport.objects.models import ObjectType, Record
from rapport.objects.queries import links_of
from rapport.objects.services import records
from rapport.staff.custom_inputs import PREFIX, custom_initial, custom_inputs, custom_values
from rapport.staff.customers.choosing import CustomerField
from rapport.staff.objects.choosing import RecordField
from rapport.team.models import User

LINK = "link_"
REFUSALS: dict[type[Exception], str | None] = {
    records.Nobodys: "customer", records.ReferenceTaken: "reference", records.Trashed: None, records.Archived: None,
}  # fmt: skip


class RecordForm(forms.Form):
    """What it is called, whose it is, where it leads, and the type's own fields."""

    def __init__(self, *args: Any, kind: ObjectType, actor: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        self.links = links_of(kind)
        self.own = custom_inputs(kind.noun)
        self.fields["name"] = forms.CharField(label=kind.name_label or _("Name"), max_length=200, required=False)
        if kind.of_customers:
            needed = kind.customer == ObjectType.Customer.REQUIRED
            self.fields["customer"] = CustomerField(actor=actor, right=CUSTOMERS, required=needed)
        known = ObjectType.known()
        for link in self.links:
            self.fields[f"{LINK}{link.key}"] = RecordField(
                actor=actor, kind=known[link.to_id], label=link.label, required=link.required
            )
        self.fields |= self.own
        staff = User.objects.filter(deactivated_at__isnull=True)
        self.fields["owner"] = forms.ModelChoiceField(staff, label=_("Owner"), required=False, empty_label=_("Nobody"))
        self.fields["reference"] = forms.CharField(label=_("Number in another system"), max_length=80, required=False)

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The inputs under their headings; the first have none."""
        care = ("owner", "reference")
        first = [self[name] for name in self.fields if name not in self.own and name not in care]
        own = [self[name] for name in self.own]
        found = [("", first), (_("Details"), own), (_("Care"), [self[name] for name in care])]
        return [(title, inputs) for title, inputs in found if inputs]

    def values(self) -> dict[str, Any]:
        """Return what was put in as the verbs take it."""
        given = self.cleaned_data
        plain: dict[str, Any] = {
            name: given[name] for name in ("name", "reference", "customer", "owner") if name in given
        }
        return {
            **plain,
            "links": {link.key: given[f"{LINK}{link.key}"] for link in self.links},
            "custom": custom_values(given, self.own),
        }

    def told(self, refusal: Exception) -> None:
        """Put a refusal of a field or of a link at its input."""
        key = getattr(refusal, "key", "")
        prefix = PREFIX if isinstance(refusal, InvalidField) else LINK
        self.add_error(f"{prefix}{key}" if f"{prefix}{key}" in self.fields else None, str(refusal))


def initial(row: Record) -> dict[str, Any]:
    """Return what the form of a record begins with."""
    links = {f"{LINK}{link.key}": getattr(row, link.attr) for link in links_of(row.kind)}
    plain = {"name": row.name, "customer": row.customer, "owner": row.owner_id, "reference": row.reference}
    return plain | links | custom_initial(row.custom)
