"""Doing a verb to many rows: at once when they are few, in a job when they are many; each row through its verb.

A row that the verb refuses stays as it is and is told of in the end; the others go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden, OutOfReach
from rapport.staff.listing.asked import Asked
from rapport.staff.listing.nouns import BulkVerb, Listing, Rows, listing_named
from rapport.staff.listing.rereading import asked_again
from rapport.staff.models import BulkRun
from rapport.team.queries import actor_for

AT_ONCE = 200
BATCH = 100
TOLD = 50


def start(asked: Asked, verb: BulkVerb, ids: list[UUID] | None, given: Mapping[str, Any], *, by: Actor) -> BulkRun:
    """Begin to do `verb` to the rows of `ids`, or without them to all that are asked for; return the run.

    `given` is what was put into the verb's form. Up to 200 rows are done when this returns.
    """
    if by.user_id is None:
        raise Forbidden(verb.right)
    made = BulkRun.objects.create(
        listing=asked.listing.name,
        verb=verb.key,
        values=dict(given),
        user_id=by.user_id,
        ids=ids,
        condition=asked.filter,
        search=asked.search,
        total=len(ids) if ids is not None else None,
        created_at=clock.now(),
    )
    return _begin(made, AT_ONCE if ids is None else len(ids))


def undo(of: BulkRun, *, by: Actor) -> BulkRun:
    """Begin to take back what a run did; a second time returns the first undoing."""
    there = BulkRun.objects.filter(undo_of=of).first()
    if there:
        return there
    made = BulkRun.objects.create(
        listing=of.listing, verb=of.verb, user_id=of.user_id, undo_of=of, total=of.done, created_at=clock.now()
    )
    return _begin(made, of.done)


def _begin(made: BulkRun, rows: int) -> BulkRun:
    if made.ids is None and made.undo_of_id is None:
        rows = _few(made)
    if rows <= AT_ONCE:
        run(made)
    else:
        from rapport.staff.jobs import run_bulk

        run_bulk.defer(run=str(made.pk))
    return made


def _few(made: BulkRun) -> int:
    """Return how many rows a run over a filter has, AT_ONCE + 1 for any more."""
    return len(asked_again(made).rows().order_by().values_list("pk")[: AT_ONCE + 1])


def run(made: BulkRun) -> None:
    """Do the run to its end, or go on where it stopped; a cancelled one stops after its batch."""
    listing, verb = listing_named(made.listing), verb_of(made)
    user = made.user
    actor = actor_for(user).because_of(made.pk)
    with translation.override(user.language), timezone.override(ZoneInfo(user.zone)):
        if made.started_at is None:
            made.started_at = clock.now()
            made.save(update_fields=["started_at"])
        steps = _undoings(made, verb) if made.undo_of_id else _doings(made, listing, verb, actor)
        while batch := list(islice(steps, BATCH)):
            with transaction.atomic():
                _do(made, batch, verb, actor)
            if BulkRun.objects.filter(pk=made.pk, cancelled_at__isnull=False).exists():
                made.refresh_from_db(fields=["cancelled_at"])
                break
        made.ended_at = clock.now()
        made.save(update_fields=["ended_at"])


def verb_of(made: BulkRun) -> BulkVerb:
    """Return the verb of a run."""
    return next(one for one in listing_named(made.listing).verbs if one.key == made.verb)


Step = tuple[str, Any]


def _do(made: BulkRun, batch: list[Step], verb: BulkVerb, actor: Actor) -> None:
    """Do a batch and note how far it is, in one transaction: after a crash no row is done twice."""
    values = _cleaned(made, verb)
    for label, thing in batch:
        try:
            with transaction.atomic():
                if isinstance(thing, EventRecord):
                    assert verb.undo is not None
                    verb.undo(thing, actor)
                else:
                    verb.run(thing, actor, values)
            made.done += 1
        except _refusals(verb) as refusal:
            made.refused_count += 1
            if len(made.refused) < TOLD:
                made.refused.append([label, _reason(refusal)])
        made.position = thing.pk
    made.save(update_fields=["done", "refused_count", "refused", "position"])


def _refusals(verb: BulkVerb) -> tuple[type[Exception], ...]:
    return (*verb.refusals, Forbidden, OutOfReach)


def _reason(refusal: Exception) -> str:
    if isinstance(refusal, Forbidden | OutOfReach):
        return _("You may not change this one.")
    return str(refusal)


def _cleaned(made: BulkRun, verb: BulkVerb) -> Mapping[str, Any]:
    """Return the values of a run as its verb's form reads them."""
    if verb.form is None or made.undo_of_id:
        return {}
    form = form_of(verb, made.values)
    assert form is not None
    assert form.is_valid(), form.errors
    return form.cleaned_data


def form_of(verb: BulkVerb, given: Mapping[str, Any] | QueryDict | None) -> forms.Form | None:
    """Return the form of a verb, filled with what was `given`; None for a verb that asks nothing."""
    return verb.form()(given) if verb.form is not None else None


def _doings(made: BulkRun, listing: Listing, verb: BulkVerb, actor: Actor) -> Iterator[Step]:
    """Yield name and row of what is still to be done, by id."""
    rows: Rows = listing.rows(actor).filter(pk__in=made.ids) if made.ids is not None else asked_again(made).rows()
    rows = rows.filter(pk__gt=made.position) if made.position else rows
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    made.total = made.seen + len(keys)
    made.save(update_fields=["total"])
    for start_at in range(0, len(keys), BATCH):
        some = keys[start_at : start_at + BATCH]
        found = listing.rows(actor).model._base_manager.in_bulk(some)
        yield from ((str(found[key]), found[key]) for key in some if key in found)


def _undoings(made: BulkRun, verb: BulkVerb) -> Iterator[Step]:
    """Yield the events of the run to be undone, the newest first."""
    if verb.undo is None:
        return
    events = EventRecord.objects.filter(cause_id=made.undo_of_id).order_by("-id")
    for event in (events.filter(pk__lt=made.position) if made.position else events).iterator():
        yield event.type, event
