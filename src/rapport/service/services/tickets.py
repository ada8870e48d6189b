"""What may happen to a ticket, from its opening to its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet, Subquery
from django.utils.translation import gettext as _

from rapport.customers.models import Affiliation, Customer
from rapport.kernel import clock, fields, numbering
from rapport.kernel.actors import Actor, Reach
from rapport.kernel.events import Event, publish
from rapport.kernel.permissions import OutOfReach
from rapport.kernel.sending import insert
from rapport.kernel.verbs import verb
from rapport.kernel.written import KEY, Written
from rapport.service.events import (
    StatusChanged,
    TicketChanged,
    TicketClosed,
    TicketOpened,
    TicketReopened,
    TicketRestored,
    TicketSolved,
    TicketTrashed,
)
from rapport.service.models import Queue, Status, StatusSpan, Ticket
from rapport.service.permissions import CHANGE, DELETE
from rapport.service.policy import current
from rapport.service.services import patching, statuses
from rapport.service.services.locking import check_standing, document, enter, locked, touch
from rapport.team.models import User

_companies = Written()
LIVE_CATEGORIES = frozenset({Status.Category.NEW, Status.Category.OPEN, Status.Category.WAITING})


class Untold(ValueError):
    """A ticket needs a subject."""


class WrongStatus(ValueError):
    """The status is archived, or of a category that this verb does not lead to."""


class NotEnded(ValueError):
    """The ticket is neither solved nor closed."""


class TooOld(ValueError):
    """The ticket ended too long ago to be opened again; open one that follows it."""


@verb(CHANGE, publishes=(TicketOpened,), offer=("rules", "mcp"))
def open(  # noqa: A001 - the word people use
    subject: str,
    *,
    by: Actor,
    requester: Customer | None = None,
    company: Customer | None = None,
    queue: Queue | None = None,
    status: Status | None = None,
    follows: Ticket | None = None,
    custom: Mapping[str, Any] | None = None,
    opened_at: datetime | None = None,
    tags: Iterable[str] = (),
    **values: Any,
) -> Ticket:
    """Open a ticket about `subject` and return it; `values` are type, priority, channel, order_id, product_id, sample.

    Without a `company` it is the one that the requester belongs to now. Raises `Untold`, `WrongStatus`,
    `patching.UnknownField`, `patching.NoSuchRow`, `fields.InvalidField`, and `OutOfReach` for a customer whom the
    actor cannot see.
    """
    _reach(requester, by)
    _reach(company, by)
    ticket = begin(
        subject, by=by, requester=requester, company=company, queue=queue, status=status, follows=follows,
        custom=custom, opened_at=opened_at, tags=tags, **values,
    )  # fmt: skip
    ticket.refresh_from_db()
    return ticket


def begin(
    subject: str,
    *,
    by: Actor,
    requester: Customer | None = None,
    company: Customer | None = None,
    queue: Queue | None = None,
    status: Status | None = None,
    follows: Ticket | None = None,
    custom: Mapping[str, Any] | None = None,
    opened_at: datetime | None = None,
    tags: Iterable[str] = (),
    **values: Any,
) -> Ticket:
    """Do what `open` does, within a verb that has the right to it; the row is returned as it was written.

    What reactions did to it since, as giving it an owner, is not read again.
    """
    if not subject.strip():
        raise Untold(_("A ticket needs a subject."))
    patching.check_new(values, by)
    at = clock.now()
    ticket = Ticket(
        number=numbering.next_number("ticket"),
        subject=subject.strip()[:300],
        requester=requester,
        company=company or company_of(requester),
        queue=queue,
        follows=follows,
        tags=patching.clean_tags(tags),
        custom=fields.clean("ticket", custom or {}),
        opened_at=opened_at or at,
        created_at=at,
        updated_at=at,
        **values,
    )
    _begin(ticket, status or statuses.standard(Status.Category.NEW))
    happening = TicketOpened(
        number=ticket.code,
        subject=ticket.subject,
        type=ticket.type,
        channel=ticket.channel,
        follows=follows.code if follows else "",
    )
    publish(happening, by=by, subject=ticket, customer=ticket.requester_id, at=ticket.opened_at)
    return ticket


@verb(CHANGE, publishes=(TicketOpened,), offer=("mcp",))
def follow_up(ticket: Ticket, subject: str = "", *, by: Actor) -> Ticket:
    """Open a ticket that follows one that has ended, with its customer, queue, type, priority, order and product."""
    old = Ticket.objects.get(pk=ticket.pk)
    check_standing(old)
    return open(
        subject or old.subject,
        by=by.with_everything(),
        requester=old.requester,
        company=old.company,
        queue=old.queue if old.queue and old.queue.archived_at is None else None,
        follows=old,
        tags=old.tags,
        type=old.type,
        priority=old.priority,
        channel=old.channel,
        order_id=old.order_id,
        product_id=old.product_id,
    )


@verb(CHANGE, publishes=(TicketChanged,), offer=("rules", "bulk", "mcp"))
def change(
    ticket: Ticket,
    *,
    by: Actor,
    version: int | None = None,
    custom: Mapping[str, Any] | None = None,
    **values: Any,
) -> Ticket:
    """Set `values` of the editable fields and of the `custom` ones, and return the ticket.

    With `version`, the one that the new values were thought of for, fields that somebody else changed since are not
    overwritten: `patching.Conflict` says what they wrote and what was to be written, and nothing changes. Other
    fields are no hindrance. Nothing is announced when nothing differs. Raises `Trashed`, `MergedAway`, `Untold`,
    `patching.UnknownField`, `patching.NoSuchRow`, `fields.InvalidField`.
    """
    row = locked(ticket)
    if "subject" in values and not str(values["subject"]).strip():
        raise Untold(_("A ticket needs a subject."))
    changes = patching.apply(row, values, custom, by)
    if version is not None:
        patching.check_version(row, version, changes)
    if not changes:
        return row
    if {"subject", "requester_id"} & changes.keys():
        row.search = document(row, row.requester.name if row.requester else "")
        touch(row, *patching.columns(changes), "search")
        row.refresh_from_db()
    else:
        touch(row, *patching.columns(changes))
    happening = TicketChanged(number=row.code, summary=patching.summary(changes), version=row.version, changes=changes)
    publish(happening, by=by, subject=row, customer=row.requester_id)
    return row


@verb(CHANGE, publishes=(TicketChanged,), offer=("rules", "bulk", "mcp"))
def tag(ticket: Ticket, *tags: str, by: Actor) -> Ticket:
    """Add tags to a ticket; those that it has stay once."""
    row = locked(ticket)
    return change(row, tags=[*row.tags, *tags], by=by.with_everything())


@verb(CHANGE, publishes=(TicketChanged,), offer=("rules", "bulk", "mcp"))
def untag(ticket: Ticket, *tags: str, by: Actor) -> Ticket:
    """Take tags off a ticket; those that it does not have are no matter."""
    row = locked(ticket)
    gone = set(patching.clean_tags(tags))
    return change(row, tags=[one for one in row.tags if one not in gone], by=by.with_everything())


@verb(CHANGE, publishes=(StatusChanged, TicketSolved, TicketClosed, TicketReopened), offer=("rules", "bulk", "mcp"))
def set_status(ticket: Ticket, status: Status, *, by: Actor, at: datetime | None = None) -> Ticket:
    """Give a ticket a status from `at` (now) on, whatever that comes to: solving, closing, opening again.

    The one that it has already changes nothing. Raises `WrongStatus`, `TooOld`, `Trashed`, `MergedAway`.
    """
    return _set(locked(ticket), status, by, at)


@verb(CHANGE, publishes=(TicketSolved, StatusChanged), offer=("rules", "bulk", "mcp"))
def solve(ticket: Ticket, *, by: Actor, status: Status | None = None, at: datetime | None = None) -> Ticket:
    """Mark a ticket as solved; one that is solved or closed stays as it is. Raises `WrongStatus` and as `change`."""
    row = locked(ticket)
    if row.ended:
        return row
    return _set(row, _of(status, Status.Category.SOLVED), by, at)


@verb(CHANGE, publishes=(TicketClosed,), offer=("rules", "bulk", "mcp"))
def close(
    ticket: Ticket, *, by: Actor, status: Status | None = None, at: datetime | None = None, with_children: bool = False
) -> Ticket:
    """Close a ticket and, `with_children`, all below it that are not closed. Raises `WrongStatus` and as `change`."""
    row = locked(ticket)
    wanted = _of(status, Status.Category.CLOSED)
    if with_children:
        for child in Ticket.objects.standing().filter(parent=row).order_by("pk"):
            close(child, by=by, status=status, at=at, with_children=True)
    return row if row.category == Status.Category.CLOSED else _set(row, wanted, by, at)


@verb(CHANGE, publishes=(TicketReopened,), offer=("rules", "bulk", "mcp"))
def reopen(
    ticket: Ticket, *, by: Actor, status: Status | None = None, because: str = "hand", at: datetime | None = None
) -> Ticket:
    """Open a ticket again that is solved or closed; its owner keeps it if they are there, else the queue has it.

    Raises `NotEnded`, `TooOld` after the days that the firm set, `WrongStatus`, and as `change`.
    """
    row = locked(ticket)
    if not row.ended:
        raise NotEnded(_("%(number)s is open.") % {"number": row.code})
    wanted = status or statuses.standard(Status.Category.OPEN)
    if wanted.category not in LIVE_CATEGORIES:
        raise WrongStatus(_("%(status)s ends a ticket.") % {"status": wanted.name})
    return _set(row, wanted, by, at, because)


@verb(DELETE, publishes=(TicketTrashed,), offer=("bulk",))
def trash(ticket: Ticket, *, by: Actor) -> Ticket:
    """Move a ticket to the trash; what was said stays in its conversations. Raises `Trashed`, `MergedAway`."""
    row = locked(ticket)
    row.deleted_at = clock.now()
    touch(row, "deleted_at")
    publish(TicketTrashed(number=row.code), by=by, subject=row, customer=row.requester_id)
    return row


@verb(DELETE, publishes=(TicketRestored,), offer=("bulk",))
def restore(ticket: Ticket, *, by: Actor) -> Ticket:
    """Take a ticket back out of the trash; one that is not in it stays as it is."""
    row = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if row.deleted_at is None:
        return row
    row.deleted_at = None
    touch(row, "deleted_at")
    publish(TicketRestored(number=row.code), by=by, subject=row, customer=row.requester_id)
    return row


def company_of(requester: Customer | None) -> Customer | None:
    """Return the company that a customer belongs to now (the first that they joined), or that they are."""
    if requester is None:
        return None
    if requester.kind == Customer.Kind.COMPANY:
        return requester
    return next(iter(_companies.objects("all", _company, {KEY: requester.pk})), None)


def _company() -> QuerySet[Customer]:
    running = Affiliation.objects.filter(person=KEY, until__isnull=True, company__deleted_at__isnull=True)
    return Customer.objects.filter(pk=Subquery(running.order_by("since", "id").values("company_id")[:1]))


def can_reopen(ticket: Ticket, at: datetime) -> bool:
    """Return whether a ticket that has ended can be opened again at `at`: not too long after its end."""
    days = current().reopen_days
    return ticket.solved_at is None or at < ticket.solved_at + timedelta(days=days)


def _begin(ticket: Ticket, status: Status) -> None:
    """Store a new ticket in its first status."""
    if status.archived_at is not None:
        raise WrongStatus(_("%(status)s is not in use.") % {"status": status.name})
    ticket.status, ticket.category = status, status.category
    if ticket.ended:
        ticket.solved_at = ticket.opened_at
    if status.category == Status.Category.CLOSED:
        ticket.closed_at = ticket.opened_at
    ticket.search = document(ticket, ticket.requester.name if ticket.requester else "")
    insert(ticket, StatusSpan(ticket=ticket, status=status, category=status.category, entered_at=ticket.opened_at))


def _set(row: Ticket, status: Status, by: Actor, at: datetime | None, because: str = "hand") -> Ticket:
    """Give a locked ticket a status and announce what that came to."""
    if status.archived_at is not None:
        raise WrongStatus(_("%(status)s is not in use.") % {"status": status.name})
    if row.status_id == status.pk:
        return row
    moment = at or clock.now()
    again = row.ended and status.category in LIVE_CATEGORIES
    if again and not can_reopen(row, moment):
        raise TooOld(_("%(number)s ended too long ago; open one that follows it.") % {"number": row.code})
    before, ended_before = row.status.name, row.ended
    names = enter(row, status, moment)
    if again:
        row.reopened += 1
        names = (*names, "reopened")
        if row.owner_id and not _there(row.owner_id, moment):
            row.owner_id = None
            names = (*names, "owner")
    touch(row, *names)
    publish(_told(row, before, ended_before, again, because), by=by, subject=row, customer=row.requester_id, at=moment)
    if again:
        row.refresh_from_db()
    return row


def _told(row: Ticket, before: str, ended_before: bool, again: bool, because: str) -> Event:
    """Return the event of a change of status."""
    if again:
        return TicketReopened(number=row.code, subject=row.subject, status=row.status.name, because=because)
    if row.category == Status.Category.CLOSED:
        return TicketClosed(number=row.code, status=row.status.name)
    if row.category == Status.Category.SOLVED and not ended_before:
        return TicketSolved(number=row.code, subject=row.subject, status=row.status.name, owner_id=row.owner_id)
    return StatusChanged(number=row.code, status=row.status.name, category=row.category, before=before)


def _of(status: Status | None, category: str) -> Status:
    """Return `status`, or the first of `category`. Raises `WrongStatus` for one of another category."""
    wanted = status or statuses.standard(category)
    if wanted.category != category:
        raise WrongStatus(_("%(status)s is a status of another kind.") % {"status": wanted.name})
    return wanted


def _there(user_id: Any, at: datetime) -> bool:
    """Return whether a user is active and not away."""
    user = User.objects.filter(pk=user_id, deactivated_at__isnull=True).select_related("agent").first()
    agent = getattr(user, "agent", None) if user else None
    return user is not None and (agent is None or not agent.away(at))


def _reach(customer: Customer | None, by: Actor) -> None:
    """Raise `OutOfReach` for a customer whom the actor cannot see."""
    if customer is None or by.reach(Customer.VIEW) is Reach.ALL:
        return
    if not Customer.objects.visible_to(by).filter(pk=customer.pk).exists():
        raise OutOfReach
