"""Choosing a customer in a form: by typing, with suggestions; what is sent is "C-1042 Ana Lima" or enough of it."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from rapport.customers import queries
from rapport.customers.models import Customer
from rapport.kernel.actors import Actor
from rapport.kernel.permissions import Right
from rapport.staff.listing.nouns import Rows

MOST = 8
CODE = re.compile(r"\s*c-(\d+)\b", re.IGNORECASE)


class CustomerInput(forms.TextInput):
    """A text with the customers that fit what is typed."""

    suggestions: Any = reverse_lazy("staff:customer_suggest")
    template_name = "staff/customers/choose.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add where suggestions come from."""
        context = super().get_context(name, value, attrs)
        list_id = f"{context['widget']['attrs'].get('id', name)}-list"
        context["widget"]["attrs"] |= {"list": list_id, "autocomplete": "off"}
        context["widget"] |= {"list_id": list_id, "url": self.suggestions}
        return context


class TagsInput(CustomerInput):
    """A text with the tags that fit what is typed, the last one when there are several."""

    suggestions = reverse_lazy("staff:customers_cell_suggest", args=["tags"])


class CustomerField(forms.CharField):
    """A customer within the actor's reach of a right; the value is the `Customer`."""

    widget = CustomerInput

    def __init__(self, *, actor: Actor, right: Right, **more: Any) -> None:
        super().__init__(**{"label": _("Customer"), "max_length": 260, **more})
        self.actor, self.right = actor, right

    def prepare_value(self, value: Any) -> Any:
        """Return a customer as it is typed."""
        return said(value) if isinstance(value, Customer) else value

    def clean(self, value: Any) -> Any:
        """Return the customer; raises `ValidationError` when none or several fit."""
        text = super().clean(value)
        if not text:
            return None
        found = list(candidates(text, self.actor, self.right)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(_("Several customers fit; choose one of the suggestions."))
        raise forms.ValidationError(_("There is no such customer among those you may change."))


def said(customer: Customer) -> str:
    """Return a customer as a suggestion says them."""
    return f"{customer.code} {customer.name}".strip()


def candidates(text: str, actor: Actor, right: Right) -> Rows:
    """Return the customers within reach that fit what was typed, one when it begins with a number like C-1042."""
    rows = Customer.objects.visible_to(actor, right).live()
    code = CODE.match(text)
    if code:
        return rows.filter(number=int(code[1]))
    sought = queries.sought(text)
    return sought.among(rows) if sought else rows.none()
