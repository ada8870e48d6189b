"""Conditions in the settings: a field in which one is written, and one that is stored in words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from rapport.kernel.actors import SYSTEM
from rapport.kernel.conditions import ConditionError, Node, load, read, sentence, text
from rapport.team.queries import context_for, organisation


class ConditionField(forms.CharField):
    """A condition on tickets, written as text; none when nothing is written."""

    def __init__(self, **values: Any) -> None:
        usual: dict[str, Any] = {
            "label": gettext_lazy("For tickets with"),
            "widget": forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
            "required": False,
            "help_text": gettext_lazy("For example: priority = urgent and customer.stage = customer"),
        }
        super().__init__(**{**usual, **values})

    def clean(self, value: Any) -> Node | None:
        """Return the condition, checked for tickets."""
        written = super().clean(value).strip()
        if not written:
            return None
        try:
            return read(written, "ticket", zone=organisation().zone)
        except ConditionError as error:
            raise ValidationError(str(error)) from error


def written(stored: Any) -> str:
    """Return a stored condition as one writes it."""
    return "" if stored is None else text(load(stored))


def in_words(stored: Any) -> str:
    """Return a stored condition as a sentence, or why it can no longer be read."""
    try:
        return sentence(load(stored), "ticket", context_for(SYSTEM))
    except ConditionError as error:
        return str(error)
