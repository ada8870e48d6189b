"""Logging what was said: notes, calls and meetings."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import Event, publish
from rapport.kernel.verbs import verb
from rapport.timeline.events import (
    ActivityChanged,
    ActivityRemoved,
    ActivityRestored,
    CallLogged,
    CallMissed,
    CallReceived,
    MeetingLogged,
    NoteWritten,
)
from rapport.timeline.models import Activity
from rapport.timeline.permissions import LOG


class Empty(ValueError):
    """A note without a word in it."""


class InTheFuture(ValueError):
    """Only what has happened can be logged."""


@verb(LOG, publishes=(NoteWritten,), offer=("rules", "bulk", "mcp"))
def write_note(customer: Customer, text: str, *, by: Actor, at: datetime | None = None) -> Activity:
    """Write a note about a customer and return it. Raises `Empty`, `InTheFuture`."""
    if not text.strip():
        raise Empty(_("A note needs a word in it."))
    note = _log(customer, Activity.Kind.NOTE, text, by=by, at=at)
    _announce(note, NoteWritten(activity_id=note.pk, author=by.name, text=note.text), by)
    return note


@verb(LOG, publishes=(CallLogged, CallReceived, CallMissed), offer=("mcp",))
def log_call(
    customer: Customer,
    text: str = "",
    *,
    by: Actor,
    direction: str = Activity.Direction.OUT,
    outcome: str = Activity.Outcome.REACHED,
    minutes: int | None = None,
    at: datetime | None = None,
) -> Activity:
    """Log a call with a customer, from them or to them, and return it. Raises `InTheFuture`."""
    call = _log(
        customer,
        Activity.Kind.CALL,
        text,
        by=by,
        at=at,
        direction=direction,
        outcome=outcome,
        minutes=minutes,
    )
    _announce(call, _told(call, by), by)
    return call


@verb(LOG, publishes=(ActivityChanged,))
def settle_call(activity: Activity, *, by: Actor, outcome: str, minutes: int | None) -> Activity:
    """Correct how a call ended and how long it was, as when a voicemail is known only after it; what was said stays."""
    row = Activity.objects.select_for_update().get(pk=activity.pk)
    if (row.outcome, row.minutes) != (outcome, minutes):
        row.outcome, row.minutes, row.updated_at = outcome, minutes, clock.now()
        row.save(update_fields=["outcome", "minutes", "updated_at"])
        happening = ActivityChanged(activity_id=row.pk, author=by.name, before=row.text)
        publish(happening, by=by, subject=row, customer=row.customer_id)
    return row


@verb(LOG, publishes=(MeetingLogged,), offer=("mcp",))
def log_meeting(
    customer: Customer, text: str = "", *, by: Actor, minutes: int | None = None, at: datetime | None = None
) -> Activity:
    """Log a meeting with a customer, in person or by video, and return it. Raises `InTheFuture`."""
    meeting = _log(customer, Activity.Kind.MEETING, text, by=by, at=at, minutes=minutes)
    happening = MeetingLogged(activity_id=meeting.pk, author=by.name, text=meeting.text, minutes=minutes)
    _announce(meeting, happening, by)
    return meeting


@verb(LOG, publishes=(ActivityChanged,))
def rewrite(activity: Activity, text: str, *, by: Actor) -> Activity:
    """Change the text of a note, call or meeting; how it read before stays on record. Raises `Empty`."""
    row = Activity.objects.select_for_update().get(pk=activity.pk)
    if row.kind == Activity.Kind.NOTE and not text.strip():
        raise Empty(_("A note needs a word in it."))
    if row.text == text.strip():
        return row
    happening = ActivityChanged(activity_id=row.pk, author=by.name, before=row.text)
    row.text, row.updated_at = text.strip(), clock.now()
    row.save(update_fields=["text", "updated_at"])
    publish(happening, by=by, subject=row, customer=row.customer_id)
    return row


@verb(LOG, publishes=(ActivityRemoved,))
def remove(activity: Activity, *, by: Actor) -> Activity:
    """Move a note, call or meeting to the trash."""
    row = Activity.objects.select_for_update().get(pk=activity.pk)
    if row.deleted_at is None:
        row.deleted_at = row.updated_at = clock.now()
        row.save(update_fields=["deleted_at", "updated_at"])
        publish(ActivityRemoved(activity_id=row.pk, author=by.name), by=by, subject=row, customer=row.customer_id)
    return row


@verb(LOG, publishes=(ActivityRestored,))
def restore(activity: Activity, *, by: Actor) -> Activity:
    """Take a note, call or meeting back out of the trash."""
    row = Activity.objects.select_for_update().get(pk=activity.pk)
    if row.deleted_at is not None:
        row.deleted_at, row.updated_at = None, clock.now()
        row.save(update_fields=["deleted_at", "updated_at"])
        publish(ActivityRestored(activity_id=row.pk, author=by.name), by=by, subject=row, customer=row.customer_id)
    return row


def _told(call: Activity, by: Actor) -> Event:
    """Return the news of a call: one that came in and reached nobody is told as missed."""
    if call.direction == Activity.Direction.IN and call.outcome != Activity.Outcome.REACHED:
        return CallMissed(activity_id=call.pk, text=call.text, outcome=call.outcome)
    kind = CallReceived if call.direction == Activity.Direction.IN else CallLogged
    return kind(activity_id=call.pk, author=by.name, text=call.text, outcome=call.outcome, minutes=call.minutes)


def _log(
    customer: Customer,
    kind: str,
    text: str,
    *,
    by: Actor,
    at: datetime | None,
    direction: str = "",
    outcome: str = "",
    minutes: int | None = None,
) -> Activity:
    recorded = clock.now()
    if at and at > recorded:
        raise InTheFuture(_("This has not happened yet."))
    return Activity.objects.create(
        customer=customer,
        kind=kind,
        text=text.strip(),
        direction=direction,
        outcome=outcome,
        minutes=minutes,
        happened_at=at or recorded,
        author_id=by.user_id,
        created_at=recorded,
        updated_at=recorded,
    )


def _announce(activity: Activity, happening: Event, by: Actor) -> None:
    publish(happening, by=by, subject=activity, customer=activity.customer_id, at=activity.happened_at)
