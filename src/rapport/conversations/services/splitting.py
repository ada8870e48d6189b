"""Moving messages out of a thread into one of their own."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.conversations.events import ThreadLinked, ThreadSplit, ThreadStarted
from rapport.conversations.models import Message, Participant, Thread, ThreadLink
from rapport.conversations.permissions import ANSWER
from rapport.conversations.services import news, threads
from rapport.conversations.services.counting import recount
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb


class NothingToSplit(ValueError):
    """The messages are not some, but not all, of what was said in the thread, or one of them is just being sent."""


@verb(ANSWER, publishes=(ThreadSplit, ThreadStarted, ThreadLinked))
def split(thread: Thread, message_ids: Collection[UUID], *, by: Actor, subject: str = "") -> Thread:
    """Move messages into a thread of their own, linked to the old one, and return it. Raises `NothingToSplit`.

    Whoever wrote the first of them asks there; its subject is the new one's, unless another is given.
    """
    row = threads.locked(thread)
    moving = _moving(row, frozenset(message_ids))
    first = next((one for one in moving if one.direction == Message.Direction.IN), moving[0])
    customer = first.customer or row.customer
    title = subject or first.subject or row.subject
    new = threads.build(row.channel, title, customer=customer, mailbox=row.mailbox)
    new.assignee_id, new.sample = row.assignee_id, row.sample
    new.save(force_insert=True)
    _ask(row, new, first)
    row.messages.filter(pk__in=[one.pk for one in moving]).update(thread=new)
    recount(row.pk)
    recount(new.pk)
    threads.link_unchecked(new, row, ThreadLink.Kind.SPLIT, by=by)
    happening = ThreadSplit(other_id=new.pk, messages=len(moving), subject=new.subject)
    publish(happening, by=by, subject=row, customer=row.customer_id)
    new.refresh_from_db()
    news.started(new, by=by)
    return new


def _moving(row: Thread, keys: frozenset[UUID]) -> list[Message]:
    found = list(row.messages.select_for_update(of=("self",)).filter(pk__in=keys).order_by("at", "id"))
    stay = row.messages.exclude(pk__in=keys).exists()
    sending = any(one.state == Message.State.SENDING for one in found)
    if not found or len(found) < len(keys) or not stay or sending:
        raise NothingToSplit(_("Choose some of the messages of this conversation, but not all of them."))
    return found


def _ask(row: Thread, new: Thread, first: Message) -> None:
    """Make whoever wrote `first` the requester of the new thread, else the requester of the old one."""
    if first.direction == Message.Direction.IN:
        threads.add_requester(new, first.from_address, first.from_name)
        return
    asks = row.participants.filter(role=Participant.Role.REQUESTER).first()
    if asks:
        threads.add_requester(new, asks.address, asks.name)
