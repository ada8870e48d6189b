"""Filters of lists: conditions in their text form."""

from __future__ import annotations

from django.db.models import Q

from rapport.kernel.actors import Actor
from rapport.kernel.conditions import read, to_q
from rapport.team.queries import context_for


def chosen(text: str, root: str, actor: Actor) -> Q:
    """Return the filter that `text` asks of the noun `root`; raises `ConditionError`, which answers 422."""
    context = context_for(actor)
    return to_q(read(text, root, actor, zone=context.zone), root, context)
