"""What several parts of the settings ask for: fields of forms, people who may do something, counts of tickets."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django import forms
from django.db.models import Count, QuerySet

from rapport.kernel.permissions import Right
from rapport.service.models import Ticket
from rapport.team.models import User


def people_with(right: Right) -> QuerySet[User]:
    """Return the users who have `right` over anything, by name."""
    rows = User.objects.filter(deactivated_at__isnull=True, role__grants__has_key=right.name)
    return rows.select_related("role").order_by("name")


def counted(by: str) -> dict[UUID, int]:
    """Return how many tickets are running for each value of the field `by`: queue or owner."""
    rows = Ticket.objects.running().order_by().values_list(by).annotate(n=Count("pk"))
    return {key: n for key, n in rows if key}


class WordsField(forms.CharField):
    """Several words with commas between; its value is the list of them, each once."""

    def __init__(self, **values: object) -> None:
        super().__init__(**{"required": False, "max_length": 500, **values})  # type: ignore[arg-type]

    def prepare_value(self, value: object) -> object:
        """Write a list as one line."""
        return ", ".join(map(str, value)) if isinstance(value, Iterable) and not isinstance(value, str) else value

    def clean(self, value: object) -> list[str]:
        """Return the words."""
        written = super().clean(value)
        return list(dict.fromkeys(word.strip() for word in written.split(",") if word.strip()))


class LinesField(WordsField):
    """Several lines; its value is the list of those that are not empty."""

    widget = forms.Textarea

    def prepare_value(self, value: object) -> object:
        """Write a list as lines."""
        return "\n".join(map(str, value)) if isinstance(value, Iterable) and not isinstance(value, str) else value

    def clean(self, value: object) -> list[str]:
        """Return the lines."""
        written = forms.CharField.clean(self, value)
        return [line.strip() for line in written.splitlines() if line.strip()]
