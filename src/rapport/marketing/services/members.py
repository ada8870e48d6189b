"""Who is in a segment: worked out by its condition, or chosen one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.conditions import All, ConditionError, check, limited, load, to_q
from rapport.kernel.models import EventRecord
from rapport.kernel.verbs import verb
from rapport.marketing import naming
from rapport.marketing.events import CustomerJoinedSegment, CustomerLeftSegment, SegmentChanged
from rapport.marketing.models import Segment
from rapport.marketing.permissions import CHANGE
from rapport.marketing.services import filling, segments
from rapport.team.queries import context_for, organisation

PATIENCE = 300.0  # seconds that one statement may take
AT_LEAST = timedelta(hours=1)
"""So often a segment is worked out although nothing happened: "in the last 90 days" moves by itself."""
RESTS = 20
"""A segment rests so many times as long as it took, however much happens: it takes a twentieth of the time at most."""
OURS = ("marketing.segment_joined", "marketing.segment_left", "marketing.segment_asked")


@dataclass(frozen=True, slots=True)
class Moved:
    """How many joined a segment and how many left it."""

    joined: int = 0
    left: int = 0


class NotAList(ValueError):
    """The condition of a segment says who is in it: nobody is put in or taken out by hand."""


class NotWithinReach(ValueError):
    """Some of the customers are not there, or beyond the actor's reach."""


@verb(CHANGE, publishes=(CustomerJoinedSegment, CustomerLeftSegment))
def recompute(segment: Segment, *, by: Actor) -> Moved:
    """Work out who is in a segment now: who meets its condition joins, who does not any more leaves.

    What can't be asked (a field that is gone, too long a wait) leaves everybody where they are and is kept as its
    `problem`. Segments that stand on it are to be worked out as well when anybody moved.
    """
    row = Segment.objects.select_for_update(of=("self",)).get(pk=segment.pk)
    if row.archived_at is not None:
        return Moved()
    began, now, moved = monotonic(), clock.now(), Moved()  # what comes in meanwhile is news for the next time
    try:
        if row.dynamic:
            moved = _worked_out(row, by)
        row.size, row.problem = filling.size(row), ""
    except ConditionError as error:
        row.problem = error.message[:300]
    row.asked_at, row.computed_at, row.seconds = None, now, round(monotonic() - began, 3)
    row.save(update_fields=["size", "problem", "asked_at", "computed_at", "seconds"])
    if moved.joined or moved.left:
        _ask_those_above(row)
    return moved


@verb(CHANGE, publishes=(CustomerJoinedSegment,))
def add(segment: Segment, customers: Iterable[UUID], *, by: Actor) -> int:
    """Put customers, by their ids, into a chosen list; return how many were not in it.

    Raises `NotAList`, `NotWithinReach`, and then none is put in.
    """
    row = _list_of(segment)
    keys = list(dict.fromkeys(customers))
    if Customer.objects.visible_to(by).live().filter(pk__in=keys).count() != len(keys):
        raise NotWithinReach(_("Some of these customers are not there."))
    return _resized(row, filling.also(row, keys, by=by))


@verb(CHANGE, publishes=(SegmentChanged, CustomerJoinedSegment))
def choose(condition: str, *, by: Actor, **values: Any) -> Segment:
    """Make a chosen list of those within reach who meet `condition` now (in its text form), and return it.

    Raises as `segments.create` does, which takes the `values`.
    """
    tree = naming.understood(condition, by, zone=organisation().zone)
    row = segments.create(by=by, **values)
    if tree != All():
        with limited(PATIENCE):
            chosen = Customer.objects.visible_to(by).live().filter(to_q(tree, naming.NOUN, context_for(by)))
            filling.exactly(row, chosen, by=by)
        row.size = filling.size(row)
        row.save(update_fields=["size"])
    return row


@verb(CHANGE, publishes=(CustomerLeftSegment,))
def take_out(segment: Segment, customers: Iterable[UUID], *, by: Actor) -> int:
    """Take customers, by their ids, out of a chosen list; return how many were in it. Raises as `add` does."""
    row = _list_of(segment)
    keys = list(dict.fromkeys(customers))
    if Customer.objects.visible_to(by).filter(pk__in=keys).count() != len(keys):
        raise NotWithinReach(_("Some of these customers are not there."))
    return _resized(row, -filling.without(row, keys, by=by))


def settle(*, by: Actor) -> None:
    """Work out the segments that wait for it, each after those that it stands on.

    One that the database can't do keeps none of the others from being done, and is raised in the end.
    """
    order = {key: place for place, key in enumerate(naming.in_order())}
    done: set[UUID] = set()
    failed: list[DatabaseError] = []
    while waiting := [one for one in Segment.objects.waiting() if one.pk not in done]:
        first = min(waiting, key=lambda one: (order.get(one.pk, -1), one.pk))
        done.add(first.pk)
        try:
            with transaction.atomic():
                recompute(first, by=by)
        except DatabaseError as error:
            failed.append(error)
    if failed:
        raise failed[0]


def keep_up(*, by: Actor) -> None:
    """Work out the segments that may be others than they were, then those that wait.

    That is so when anything has happened since, and in any case after an hour.
    """
    now, news = clock.now(), _newest_news()
    for row in Segment.objects.active().filter(asked_at=None):
        since = row.computed_at or row.created_at
        rested = now - since >= timedelta(seconds=RESTS * row.seconds)
        if rested and (now - since >= AT_LEAST or (news is not None and news >= since)):
            Segment.objects.filter(pk=row.pk, asked_at=None).update(asked_at=now)
    settle(by=by)


def _worked_out(row: Segment, by: Actor) -> Moved:
    with limited(PATIENCE):
        tree = check(load(row.condition), naming.NOUN)
        chosen = Customer.objects.live().filter(to_q(tree, naming.NOUN, context_for(SYSTEM)))
        return Moved(*filling.exactly(row, chosen, by=by))


def _ask_those_above(row: Segment) -> None:
    above = [key for key, below in naming.standing_on().items() if row.pk in below]
    Segment.objects.active().filter(pk__in=above, asked_at=None).update(asked_at=clock.now())


def _newest_news() -> datetime | None:
    """Return when something last happened but what segments do themselves."""
    rows = EventRecord.objects.exclude(type__in=OURS).order_by("-recorded_at", "-id")
    return rows.values_list("recorded_at", flat=True).first()


def _list_of(segment: Segment) -> Segment:
    row = Segment.objects.select_for_update(of=("self",)).get(pk=segment.pk)
    if row.dynamic or row.archived_at is not None:
        raise NotAList(_("Only who is in a chosen list that is not archived can be chosen."))
    return row


def _resized(row: Segment, number: int) -> int:
    """Note how many joined (or, below 0, left) a chosen list; return how many that are."""
    if number:
        row.size, row.computed_at = max(0, row.size + number), clock.now()
        row.save(update_fields=["size", "computed_at"])
        _ask_those_above(row)
    return abs(number)
