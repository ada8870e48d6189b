"""Whose tickets a reader's figures are made of: those of the colleagues within their reach."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from rapport.insight.permissions import VIEW
from rapport.kernel.actors import Actor, Reach
from rapport.service.models import Queue
from rapport.service.permissions import VIEW as TICKETS


@dataclass(frozen=True, slots=True)
class Seen:
    """The tickets of `owners`, and with `unowned` those that nobody owns, except in queues `closed` to the reader."""

    owners: frozenset[UUID] = frozenset()
    unowned: bool = False
    closed: frozenset[UUID] = frozenset()


def seen(actor: Actor) -> Seen | None:
    """Return whose tickets the figures of `actor` are made of; None: everybody's. Raises `Forbidden`.

    It is what both rights reach, to see figures and to see tickets, so that a figure tells of nobody whose tickets
    its reader could not open.
    """
    reach = actor.require(VIEW)
    theirs = actor.reach(TICKETS)
    if theirs is None:
        return Seen()
    reach = min(reach, theirs)
    if reach is Reach.ALL:
        return None
    mine = frozenset({actor.user_id} if actor.user_id else ())
    if reach is Reach.OWN:
        return Seen(mine)
    closed = Queue.objects.filter(private_since__isnull=False)
    if actor.user_id:
        closed = closed.exclude(memberships__user=actor.user_id)
    return Seen(mine | actor.mates, True, frozenset(closed.values_list("pk", flat=True)))
