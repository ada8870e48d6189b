"""Who took which rows out of the product, on record."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.team.events import ListExported


def record(list_name: str, *, by: Actor, condition: str, search: str, columns: Sequence[str], kind: str) -> None:
    """Put on record that `by` took the rows of a list out as a file of `kind`: by which filter, with which columns."""
    happening = ListExported(name=list_name, kind=kind, condition=condition, search=search, columns=list(columns))
    with transaction.atomic():
        publish(happening, by=by)
