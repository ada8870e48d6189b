"""Choosing a record in a form: by typing, with suggestions; what is sent is "V-12 LX 1" or enough of it."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from rapport.kernel.actors import Actor
from rapport.objects.models import ObjectType, Record
from rapport.objects.queries import looked_for
from rapport.staff.customers.choosing import CustomerInput
from rapport.ui.navigation import at

CODE = re.compile(r"\s*([a-z][a-z0-9]*)-(\d{1,15})\b", re.IGNORECASE)


class RecordInput(CustomerInput):
    """A text with the records of one type that fit what is typed."""

    def __init__(self, kind: ObjectType) -> None:
        super().__init__()
        self.suggestions = at("staff:objects_suggest", kind.key)


class RecordField(forms.CharField):
    """A record of a type within the actor's reach; the value is the `Record`."""

    def __init__(self, *, actor: Actor, kind: ObjectType, **more: Any) -> None:
        super().__init__(**{"max_length": 260, "widget": RecordInput(kind), **more})
        self.actor, self.kind = actor, kind

    def prepare_value(self, value: Any) -> Any:
        """Return a record as it is typed."""
        return said(value) if isinstance(value, Record) else value

    def clean(self, value: Any) -> Any:
        """Return the record; raises `ValidationError` when none or several fit."""
        text = super().clean(value)
        if not text:
            return None
        found = list(candidates(text, self.kind, self.actor)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(_("Several fit; choose one of the suggestions."))
        raise forms.ValidationError(_("There is no such thing among those you may see."))


def said(record: Record) -> str:
    """Return a record as a suggestion says it."""
    return f"{record.code} {record.name}".strip()


def candidates(text: str, kind: ObjectType, actor: Actor) -> QuerySet[Record]:
    """Return the records of a type within reach that fit what was typed, one when it begins with a number like V-12."""
    rows = Record.objects.visible_to(actor).live().filter(type=kind)
    code = CODE.match(text)
    if code and code[1].upper() == kind.prefix:
        return rows.filter(number=int(code[2]))
    exact = rows.filter(name=text.strip())
    return exact if exact.exists() else looked_for(rows, text)
