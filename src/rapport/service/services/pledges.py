"""The promises that follow clocks: made when one falls due, moved with it, kept, late or broken by the facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.kernel.actors import Actor
from rapport.promises.models import Promise
from rapport.promises.services import clocked, promises
from rapport.promises.services.clocked import Clocked
from rapport.promises.services.promises import Source
from rapport.service.clocks.stretches import moment
from rapport.service.clocks.ticking import Aim
from rapport.service.services.planning import DROPPED, MET, Row

SOURCE = "service.ticket"
KINDS = {Aim.FIRST: Promise.Kind.REPLY, Aim.NEXT: Promise.Kind.REPLY, Aim.SOLVE: Promise.Kind.OTHER}


@dataclass(frozen=True, slots=True)
class Matter:
    """What of a ticket its promises tell: whose it is, how it is called, who looks after it."""

    customer_id: UUID | None
    code: str
    subject: str
    zone: str
    owner_id: UUID | None = None
    owner: str = ""


def make(clocks: Sequence[tuple[Row, Matter]], *, by: Actor) -> list[UUID | None]:
    """Make the promises of clocks that are to have one; return their ids in the order of the clocks."""
    made = iter(clocked.make_many([_promise(row, matter) for row, matter in clocks if due(row, matter)], by=by))
    return [next(made) if due(row, matter) else None for row, matter in clocks]


def due(row: Row, matter: Matter) -> bool:
    """Return whether a clock is to have a promise: it runs, it falls due, and there is somebody to promise it to."""
    return not row.end and row.due is not None and matter.customer_id is not None


def follow(changed: Iterable[tuple[Row, Row]], *, by: Actor) -> None:
    """Let the promises of clocks follow what these have become; those that somebody ended by hand stay as they are."""
    moves: dict[UUID, datetime] = {}
    for before, after in changed:
        if after.promise_id is None:
            continue
        if not after.end and not after.promised and after.due is not None:
            if before.due != after.due:
                moves[after.promise_id] = moment(after.due)
        else:
            _turn(before, after, by)
    clocked.move_many(moves, by=by)


def _turn(before: Row, after: Row, by: Actor) -> None:
    """Let one promise rest, go on or end."""
    promise = Promise.objects.get(pk=str(after.promise_id))
    ours = bool(before.end) or before.due is None  # its end came from the clock: it had stopped, or stood still
    if not after.end:
        if after.due is None:
            clocked.hold(promise, _("Waiting for the customer"), by=by)
        elif ours:
            clocked.resume(promise, moment(after.due), by=by)
        return
    if promise.outcome and not ours:
        return
    if after.due is not None and (after.end == MET or not promise.outcome):
        promise = clocked.resume(promise, moment(after.due), by=by)
    if promise.outcome or after.stopped is None:
        return
    if after.end == MET:
        promises.fulfil(promise, by=by, at=moment(after.stopped))
    elif after.end == DROPPED and after.due is not None and after.due <= after.stopped:
        promises.give_up(promise, _("Ended without it"), by=by)
    else:
        promises.release(promise, _("No longer needed"), by=by)


def _promise(row: Row, matter: Matter) -> Clocked:
    assert row.due is not None
    assert matter.customer_id is not None
    words = {"number": matter.code, "subject": matter.subject}
    what = _("Solve %(number)s: %(subject)s") if row.aim is Aim.SOLVE else _("Answer %(number)s: %(subject)s")
    return Clocked(
        customer_id=matter.customer_id, kind=KINDS[row.aim], what=what % words, due_at=moment(row.due),
        zone=matter.zone, source=Source(SOURCE, row.ticket_id, matter.code), maker_id=matter.owner_id,
        maker_name=matter.owner,
    )  # fmt: skip
