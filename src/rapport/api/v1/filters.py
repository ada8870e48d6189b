"""Filters of lists: conditions in their text form."""

from __future__ import annotations

from django.db.models import Q

from rapport.kernel.conditions import Ctx, read, to_q


def chosen(text: str, root: str, context: Ctx) -> Q:
    """Return the filter that `text` asks of the noun `root`; raises `ConditionError`, which answers 422."""
    return to_q(read(text, root, context.actor, zone=context.zone), root, context)
