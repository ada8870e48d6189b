"""Reactions: what a domain does on the news of a lower one, at once in the same transaction or later by a job."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models

from rapport.kernel import queueing
from rapport.kernel.events.types import Event
from rapport.kernel.models import EventRecord

Handler = Callable[[EventRecord, Any], None]
Function = TypeVar("Function", bound=Handler)
Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Reaction:
    """A function that is called with the event's row and the event; `later` puts it into a job."""

    name: str
    handler: Handler
    later: bool


REACTIONS: dict[type[Event], list[Reaction]] = defaultdict(list)
BY_NAME: dict[str, Reaction] = {}


def on(*kinds: type[Event], later: bool = False) -> Callable[[Function], Function]:
    """Call the function on events of `kinds`: within their transaction, or `later` in a job of its own.

    A reaction that runs later may run again after a crash, so it must not mind running twice.
    """

    def decorate(function: Function) -> Function:
        reaction = Reaction(f"{function.__module__}.{function.__name__}", function, later)
        BY_NAME[reaction.name] = reaction
        for kind in kinds:
            REACTIONS[kind].append(reaction)
        return function

    return decorate


def subject_of(record: EventRecord, model: type[Row]) -> Row | None:
    """Return the row of `model` that an event tells of: as its publisher holds it, else as it is now, if it is."""
    if isinstance(record.subject, model) and not record.subject._state.adding:  # a bare one only names the row
        return record.subject
    return model._default_manager.filter(pk=record.subject_id).first() if record.subject_id else None


def spread(record: EventRecord, happening: Event) -> None:
    """Run the reactions to an event that are due at once and put the others into the queue."""
    for reaction in REACTIONS.get(type(happening), ()):
        if reaction.later:
            queueing.defer("kernel.react", queue="reactions", reaction=reaction.name, event_id=str(record.pk))
        else:
            reaction.handler(record, happening)
