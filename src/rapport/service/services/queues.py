"""Queues: who takes their tickets, how an owner is found, and what comes into them by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from rapport.conversations.models import Mailbox, Thread
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.remembered import Remembered
from rapport.kernel.verbs import verb
from rapport.service.events import ServiceSettingChanged
from rapport.service.models import Intake, Queue, QueueMember, Ticket
from rapport.service.permissions import MANAGE
from rapport.service.services.assigning import check_can_work
from rapport.team.models import User

EDITABLE = frozenset({"name", "description", "mode", "last_agent_first", "offer_minutes", "skills", "position"})
NOUN = "queue"


class NameTaken(ValueError):
    """There is a queue of this name already."""


class UnknownField(ValueError):
    """A field that a queue does not have, or a value that it does not take."""


class InUse(ValueError):
    """Tickets wait in the queue; move them first."""


class IntakeTaken(ValueError):
    """What comes by this mailbox or channel goes into another queue."""


@verb(MANAGE, publishes=(ServiceSettingChanged,))
def add(name: str, *, by: Actor, members: Iterable[User] = (), private: bool = False, **values: Any) -> Queue:
    """Add a queue with `values` of the editable fields and return it.

    Raises `NameTaken`, `UnknownField`, `CannotWork` for a member who may not work on tickets.
    """
    _check(values)
    last = Queue.objects.aggregate(last=Max("position"))["last"] or 0
    queue = Queue(**{"position": last + 1, **values}, name=name.strip())
    queue.private_since = clock.now() if private else None
    _save(queue)
    _set_members(queue, list(members))
    return _told(queue, "added", by)


@verb(MANAGE, publishes=(ServiceSettingChanged,))
def change(queue: Queue, *, by: Actor, private: bool | None = None, **values: Any) -> Queue:
    """Set `values` of the editable fields of a queue and, with `private`, who sees it. Raises as `add`."""
    _check(values)
    row = Queue.objects.select_for_update().get(pk=queue.pk)
    for key, value in values.items():
        setattr(row, key, value.strip() if key == "name" else value)
    if private is not None:
        row.private_since = _since(row.private_since) if private else None
    _save(row)
    return _told(row, "changed", by)


@verb(MANAGE, publishes=(ServiceSettingChanged,))
def set_members(queue: Queue, members: Iterable[User], *, by: Actor) -> Queue:
    """Say who takes tickets of a queue; whoever stays keeps their turn. Raises `CannotWork`."""
    row = Queue.objects.select_for_update().get(pk=queue.pk)
    _set_members(row, list(members))
    return _told(row, "changed", by)


@verb(MANAGE, publishes=(ServiceSettingChanged,))
def archive(queue: Queue, *, by: Actor) -> Queue:
    """Take a queue out of use; nothing comes into it any more. Raises `InUse` while tickets wait in it."""
    row = Queue.objects.select_for_update().get(pk=queue.pk)
    if row.archived_at is not None:
        return row
    if Ticket.objects.running().filter(queue=row).exists():
        raise InUse(_("Tickets wait in %(queue)s; move them first.") % {"queue": row.name})
    row.archived_at = clock.now()
    row.save(update_fields=["archived_at"])
    row.intakes.all().delete()
    return _told(row, "archived", by)


@verb(MANAGE, publishes=(ServiceSettingChanged,))
def restore(queue: Queue, *, by: Actor) -> Queue:
    """Bring an archived queue back into use. Raises `NameTaken`."""
    row = Queue.objects.select_for_update().get(pk=queue.pk)
    if row.archived_at is None:
        return row
    row.archived_at = None
    _save(row)
    return _told(row, "brought back", by)


@verb(MANAGE, publishes=(ServiceSettingChanged,))
def take_in(queue: Queue, *, by: Actor, mailbox: Mailbox | None = None, channel: str = "") -> Intake:
    """Let a queue have what comes by a mailbox, else by a channel, else (neither) all that no other queue takes.

    Raises `IntakeTaken`, `UnknownField` for a channel that there is not.
    """
    if channel and channel not in Thread.Channel.values:
        raise UnknownField(_("There is no channel %(channel)s.") % {"channel": channel})
    intake = Intake(queue=queue, mailbox=mailbox, channel="" if mailbox else channel)
    try:
        with transaction.atomic():
            intake.save(force_insert=True)
    except IntegrityError as error:
        raise IntakeTaken(_("This goes into another queue already.")) from error
    _told(queue, "changed", by)
    return intake


@verb(MANAGE, publishes=(ServiceSettingChanged,))
def drop_intake(intake: Intake, *, by: Actor) -> None:
    """Let a queue no longer have what comes by a mailbox or channel."""
    queue = Queue.objects.get(pk=intake.queue_id)
    Intake.objects.filter(pk=intake.pk).delete()
    _told(queue, "changed", by)


_intakes = Remembered(
    lambda: tuple(Intake.objects.filter(queue__archived_at__isnull=True).select_related("queue")), Intake, Queue
)


def queue_for(channel: str, mailbox_id: object = None) -> Queue | None:
    """Return the queue that new talk comes into: that of its mailbox, else of its channel, else of everything."""
    by_key = {(row.mailbox_id, row.channel): row.queue for row in _intakes()}
    wanted = [(mailbox_id, "")] if mailbox_id else []
    return next((by_key[key] for key in [*wanted, (None, channel), (None, "")] if key in by_key), None)


def _set_members(queue: Queue, members: list[User]) -> None:
    for user in members:
        check_can_work(user)
    wanted = {user.pk for user in members}
    there = set(queue.memberships.values_list("user_id", flat=True))
    queue.memberships.exclude(user_id__in=wanted).delete()
    QueueMember.objects.bulk_create(QueueMember(queue=queue, user_id=key) for key in sorted(wanted - there))


def _check(values: dict[str, Any]) -> None:
    unknown = values.keys() - EDITABLE
    if unknown:
        raise UnknownField(_("A queue has no field %(field)s.") % {"field": ", ".join(sorted(unknown))})
    if values.get("mode", Queue.Mode.MANUAL) not in Queue.Mode.values:
        raise UnknownField(_("There is no way of routing %(mode)s.") % {"mode": values["mode"]})
    minutes = values.get("offer_minutes")
    if minutes is not None and minutes < 1:
        raise UnknownField(_("An offer lasts a minute at least."))


def _since(before: datetime | None) -> datetime:
    return before or clock.now()


def _save(queue: Queue) -> None:
    try:
        with transaction.atomic():
            queue.save()
    except IntegrityError as error:
        raise NameTaken(_("There is a queue %(name)s already.") % {"name": queue.name}) from error


def _told(queue: Queue, what: str, by: Actor) -> Queue:
    publish(ServiceSettingChanged(noun=NOUN, name=queue.name, what=what), by=by, subject=queue)
    return queue
