"""What may happen to a promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.promises.events import (
    PromiseBroken,
    PromiseKept,
    PromiseLate,
    PromiseMade,
    PromiseMoved,
    PromiseReleased,
    PromiseReopened,
)
from rapport.promises.models import Promise
from rapport.promises.permissions import CHANGE
from rapport.team.queries import organisation


class NoDueDate(ValueError):
    """A promise falls due on a day or at a moment: exactly one of them."""


class Ended(ValueError):
    """The promise has ended already."""


class NotEnded(ValueError):
    """The promise is open, so there is no end to take back."""


class TooLateToMove(ValueError):
    """A promise that is overdue cannot be moved: it is late, whatever is agreed now."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a promise comes from: the type, id and readable label of an order, a call, a ticket."""

    type: str
    id: UUID
    label: str


def due_until(due_on: date | None, due_at: datetime | None, zone: str) -> datetime:
    """Return the first moment at which a promise is no longer in time: the end of its day in `zone`, or its moment.

    Raises `NoDueDate` unless exactly one of `due_on` and `due_at` is given.
    """
    if due_on is not None and due_at is None:
        return clock.day_end(due_on, zone)
    if due_at is not None and due_on is None:
        return due_at
    raise NoDueDate(_("A promise needs either a day or a moment by which it is due."))


def outcome_at(fulfilled_at: datetime, until: datetime) -> str:
    """Return kept for what was fulfilled before `until`, else late."""
    return Promise.Outcome.KEPT if fulfilled_at < until else Promise.Outcome.LATE


@verb(CHANGE, publishes=(PromiseMade,), offer=("rules", "mcp"))
def make(
    customer: Customer,
    what: str,
    *,
    by: Actor,
    kind: str = Promise.Kind.OTHER,
    due_on: date | None = None,
    due_at: datetime | None = None,
    zone: str = "",
    source: Source | None = None,
    weight: int = 1,
) -> Promise:
    """Promise `what` to a customer by a day or a moment, and return the promise.

    A day ends at midnight in `zone`: the customer's, else the organisation's. Raises `NoDueDate`.
    """
    zone = zone or customer.zone or organisation().zone
    at = clock.now()
    promise = Promise.objects.create(
        customer=customer,
        kind=kind,
        what=what.strip()[:300],
        maker_id=by.user_id,
        maker_name=by.name,
        made_at=at,
        due_on=due_on,
        due_at=due_at,
        zone=zone,
        due_until=due_until(due_on, due_at, zone),
        source_type=source.type if source else "",
        source_id=source.id if source else None,
        source_label=source.label if source else "",
        weight=weight,
        updated_at=at,
    )
    happening = PromiseMade(
        what=promise.what, kind=kind, due=_due_text(promise), maker=by.name, source=promise.source_label
    )
    publish(happening, by=by, subject=promise, customer=customer.pk)
    return promise


@verb(CHANGE, publishes=(PromiseKept, PromiseLate), offer=("bulk", "mcp"))
def fulfil(promise: Promise, *, by: Actor, at: datetime | None = None) -> Promise:
    """End a promise as fulfilled at `at` (now): kept when that is before it was due, else late. Raises `Ended`."""
    row = _open(promise)
    moment = at or clock.now()
    row.fulfilled_at = moment
    row.outcome = outcome_at(moment, row.due_until)
    _end(row, moment, "")
    days = days_apart(row, moment)
    happening: PromiseKept | PromiseLate
    if row.outcome == Promise.Outcome.KEPT:
        happening = PromiseKept(what=row.what, kind=row.kind, days_early=-days)
    else:
        happening = PromiseLate(what=row.what, kind=row.kind, days_late=days)
    publish(happening, by=by, subject=row, customer=row.customer_id, at=moment)
    return row


@verb(CHANGE, publishes=(PromiseBroken,), offer=("bulk", "mcp"))
def give_up(promise: Promise, reason: str, *, by: Actor) -> Promise:
    """End a promise as broken: it will not be fulfilled. Raises `Ended`."""
    row = _open(promise)
    row.outcome = Promise.Outcome.BROKEN
    _end(row, clock.now(), reason)
    happening = PromiseBroken(what=row.what, kind=row.kind, reason=reason)
    publish(happening, by=by, subject=row, customer=row.customer_id)
    return row


@verb(CHANGE, publishes=(PromiseReleased,), offer=("bulk", "mcp"))
def release(promise: Promise, reason: str, *, by: Actor) -> Promise:
    """End a promise because the customer let us off; it counts in no rate. Raises `Ended`."""
    row = _open(promise)
    row.outcome = Promise.Outcome.RELEASED
    _end(row, clock.now(), reason)
    happening = PromiseReleased(what=row.what, kind=row.kind, reason=reason)
    publish(happening, by=by, subject=row, customer=row.customer_id)
    return row


@verb(CHANGE, publishes=(PromiseMoved,), offer=("mcp",))
def move(promise: Promise, *, by: Actor, due_on: date | None = None, due_at: datetime | None = None) -> Promise:
    """Agree on a new day or moment with the customer. Raises `Ended`, `NoDueDate`, `TooLateToMove`."""
    row = _open(promise)
    if clock.now() >= row.due_until:
        raise TooLateToMove(_("This promise is overdue already."))
    before = _due_text(row)
    row.due_until = due_until(due_on, due_at, row.zone)
    row.due_on, row.due_at, row.updated_at = due_on, due_at, clock.now()
    row.save(update_fields=["due_on", "due_at", "due_until", "updated_at"])
    happening = PromiseMoved(what=row.what, before=before, due=_due_text(row))
    publish(happening, by=by, subject=row, customer=row.customer_id)
    return row


@verb(CHANGE, publishes=(PromiseReopened,))
def reopen(promise: Promise, *, by: Actor) -> Promise:
    """Take back how a promise ended, as after a slip of the hand: it is open again. Raises `NotEnded`."""
    row = Promise.objects.select_for_update().get(pk=promise.pk)
    if not row.outcome:
        raise NotEnded(_("This promise is open."))
    happening = PromiseReopened(what=row.what, outcome=row.outcome)
    row.outcome, row.fulfilled_at, row.ended_at, row.ended_because = "", None, None, ""
    row.updated_at = clock.now()
    row.save(update_fields=["outcome", "fulfilled_at", "ended_at", "ended_because", "updated_at"])
    publish(happening, by=by, subject=row, customer=row.customer_id)
    return row


def days_apart(promise: Promise, moment: datetime) -> int:
    """Return by how many calendar days of its zone `moment` is after the promised day; negative when before."""
    zone = ZoneInfo(promise.zone)
    due = promise.due_on or promise.due_until.astimezone(zone).date()
    return (moment.astimezone(zone).date() - due).days


def _open(promise: Promise) -> Promise:
    row = Promise.objects.select_for_update().get(pk=promise.pk)
    if row.outcome:
        raise Ended(_("This promise has ended: %(outcome)s.") % {"outcome": row.get_outcome_display()})
    return row


def _end(row: Promise, at: datetime, reason: str) -> None:
    row.ended_at, row.ended_because, row.updated_at = at, reason[:300], clock.now()
    row.save()


def _due_text(promise: Promise) -> str:
    due = promise.due_on or promise.due_at
    return due.isoformat() if due else ""
