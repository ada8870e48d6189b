"""What may happen to a thread as a whole."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.utils.translation import gettext as _

from rapport.conversations.events import (
    ThreadAssigned,
    ThreadClearedOfSpam,
    ThreadCustomerSet,
    ThreadLinked,
    ThreadMarkedSpam,
    ThreadRestored,
    ThreadSnoozed,
    ThreadStarted,
    ThreadTrashed,
    ThreadUnlinked,
    ThreadWoken,
)
from rapport.conversations.models import Mailbox, Message, Participant, Thread, ThreadLink
from rapport.conversations.permissions import ANSWER, DELETE
from rapport.conversations.services import news, people
from rapport.conversations.services.lines import clean
from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.sending import insert
from rapport.kernel.verbs import verb
from rapport.kernel.written import KEY, Written
from rapport.team.models import User

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # without what is mistaken for something else; small letters survive mail
_locked = Written()
TOKEN_LENGTH = 12  # 59 bits


class InThePast(ValueError):
    """A thread rests until a moment that is still to come."""


class Itself(ValueError):
    """A thread is not linked to itself."""


class NotLive(ValueError):
    """The thread is spam or in the trash."""


class CannotSee(ValueError):
    """The colleague may not see this thread, so they cannot answer it."""


def new_token() -> str:
    """Return a token for a new thread: nobody can guess it, and it can be part of an address."""
    return "".join(secrets.choice(ALPHABET) for _ in range(TOKEN_LENGTH))


@verb(ANSWER, publishes=(ThreadStarted,), offer=("mcp",))
def start(
    channel: str,
    subject: str,
    *,
    by: Actor,
    customer: Customer | None = None,
    mailbox: Mailbox | None = None,
    address: str = "",
    name: str = "",
    assignee: User | None = None,
) -> Thread:
    """Open a thread without a message and return it; `address` is where the requester is written to.

    Without one, the customer's first e-mail address is taken. Raises `ValueError` for an unknown channel,
    `people.NotAnAddress`.
    """
    plain = people.normal_address(address) if address else _first_address(customer)
    if address and not plain:
        raise people.NotAnAddress(_("%(address)s is not an address.") % {"address": address})
    thread = build(channel, subject, customer=customer, mailbox=mailbox)
    thread.assignee = assignee
    thread.save(force_insert=True)
    if plain or customer:
        said = name or (customer.name if customer else "")
        add_requester(thread, plain, said)
    news.started(thread, by=by)
    return thread


def build(channel: str, subject: str, *, customer: Customer | None, mailbox: Mailbox | None) -> Thread:
    """Return an unsaved thread; one with a made-up customer is made up. Raises `ValueError` for an unknown channel."""
    if channel not in Thread.Channel.values:
        raise ValueError(f"there is no channel {channel}")
    at = clock.now()
    return Thread(
        channel=channel,
        subject=clean(subject, 300).strip(),
        customer=customer,
        mailbox=mailbox,
        token=new_token(),
        last_message_at=at,
        created_at=at,
        sample=customer is not None and customer.sample,
    )


def add_requester(thread: Thread, address: str, name: str) -> Participant:
    """Note who asks."""
    made = Participant(
        thread=thread,
        address=address,
        name=clean(name, 200).strip(),
        customer_id=thread.customer_id,
        role=Participant.Role.REQUESTER,
        created_at=clock.now(),
    )
    insert(made)
    return made


@verb(ANSWER, publishes=(ThreadAssigned,), offer=("rules", "bulk", "mcp"))
def assign(thread: Thread, user: User | None, *, by: Actor) -> Thread:
    """Let `user` answer a thread, or nobody. Raises `CannotSee` for somebody who may not see conversations at all."""
    row = locked(thread)
    if row.assignee_id == (user.pk if user else None):
        return row
    if user and not _takes_part(user):
        raise CannotSee(_("%(name)s may not see conversations.") % {"name": user.name})
    before, row.assignee = row.assignee_id, user
    row.save(update_fields=["assignee"])
    happening = ThreadAssigned(user_id=user.pk if user else None, name=user.name if user else "", before_id=before)
    publish(happening, by=by, subject=row, customer=row.customer_id)
    return row


@verb(ANSWER, publishes=(ThreadSnoozed,), offer=("rules", "bulk", "mcp"))
def snooze(thread: Thread, until: datetime, *, by: Actor) -> Thread:
    """Let a thread rest until a moment, or until the customer writes. Raises `InThePast`, `NotLive`."""
    row = locked(thread)
    check_live(row)
    if until <= clock.now():
        raise InThePast(_("This moment has passed."))
    row.snoozed_until, row.snoozed_by_id = until, by.user_id
    row.save(update_fields=["snoozed_until", "snoozed_by"])
    publish(ThreadSnoozed(until=until.isoformat()), by=by, subject=row, customer=row.customer_id)
    return row


@verb(ANSWER, publishes=(ThreadWoken,), offer=("rules", "bulk", "mcp"))
def wake(thread: Thread, *, by: Actor) -> Thread:
    """Take a thread back before its time; one that does not rest stays as it is."""
    row = locked(thread)
    wake_locked(row, "hand", by=by)
    return row


def wake_locked(row: Thread, because: str, *, by: Actor) -> None:
    """Wake a locked thread, if it rests; `because` is time, message or hand."""
    if row.snoozed_until is None:
        return
    row.snoozed_until = row.snoozed_by = None
    row.save(update_fields=["snoozed_until", "snoozed_by"])
    publish(ThreadWoken(because=because), by=by, subject=row, customer=row.customer_id)


@verb(ANSWER, publishes=(ThreadWoken,))
def wake_due(*, by: Actor, at_most: int = 500) -> int:
    """Wake the threads whose time has come, at most `at_most` of them, and return how many."""
    due = Thread.objects.filter(snoozed_until__lte=clock.now()).order_by("snoozed_until", "id")
    rows = list(due.select_for_update(skip_locked=True, of=("self",))[:at_most])
    for row in rows:
        wake_locked(row, "time", by=by)
    return len(rows)


@verb(ANSWER, publishes=(ThreadMarkedSpam,), offer=("bulk",))
def mark_spam(thread: Thread, *, by: Actor) -> Thread:
    """Say that a thread is spam; its sender's next message will be filed there too. Answers that wait stay unsent."""
    row = locked(thread)
    if row.spam_at is None:
        row.spam_at = clock.now()
        row.save(update_fields=["spam_at"])
        publish(ThreadMarkedSpam(), by=by, subject=row, customer=row.customer_id)
    return row


@verb(ANSWER, publishes=(ThreadClearedOfSpam, *news.ARRIVALS), offer=("bulk",))
def clear_of_spam(thread: Thread, *, by: Actor) -> Thread:
    """Say that a thread is no spam. What came in meanwhile, and was told to nobody, is told now."""
    row = locked(thread)
    since = row.spam_at
    if since is None:
        return row
    row.spam_at = None
    row.save(update_fields=["spam_at"])
    publish(ThreadClearedOfSpam(), by=by, subject=row, customer=row.customer_id)
    if since <= row.created_at:
        news.started(row, by=by)
    for message in row.messages.filter(direction=Message.Direction.IN, created_at__gte=since).order_by("at", "id"):
        news.received(row, message, by=by)
    return row


@verb(DELETE, publishes=(ThreadTrashed,), offer=("bulk",))
def trash(thread: Thread, *, by: Actor) -> Thread:
    """Move a thread to the trash; an answer of the customer brings it back."""
    row = locked(thread)
    if row.deleted_at is None:
        row.deleted_at = clock.now()
        row.save(update_fields=["deleted_at"])
        publish(ThreadTrashed(), by=by, subject=row, customer=row.customer_id)
    return row


@verb(DELETE, publishes=(ThreadRestored,), offer=("bulk",))
def restore(thread: Thread, *, by: Actor) -> Thread:
    """Take a thread back out of the trash; one that is not in it stays as it is."""
    row = locked(thread)
    restore_locked(row, by=by)
    return row


def restore_locked(row: Thread, *, by: Actor) -> None:
    """Take a locked thread back out of the trash, if it is there."""
    if row.deleted_at is None:
        return
    row.deleted_at = None
    row.save(update_fields=["deleted_at"])
    publish(ThreadRestored(), by=by, subject=row, customer=row.customer_id)


@verb(ANSWER, publishes=(ThreadLinked,))
def link(thread: Thread, other: Thread, *, by: Actor, kind: str = ThreadLink.Kind.RELATED) -> ThreadLink:
    """Say that two threads belong together and return the link; there is one between two threads, either way round.

    Raises `Itself`, `OutOfReach` when the actor may not see the other.
    """
    if thread.pk == other.pk:
        raise Itself(_("A conversation is not linked to itself."))
    people.check_sees(other, by)
    return link_unchecked(thread, other, kind, by=by)


def link_unchecked(thread: Thread, other: Thread, kind: str, *, by: Actor) -> ThreadLink:
    """Link two threads, for verbs that have the right to both."""
    there = ThreadLink.objects.filter(thread=other, other=thread).first()
    if there:
        return there
    made, new = ThreadLink.objects.get_or_create(
        thread=thread, other=other, defaults={"kind": kind, "created_at": clock.now()}
    )
    if new:
        publish(ThreadLinked(other_id=other.pk, kind=kind), by=by, subject=thread, customer=thread.customer_id)
    return made


@verb(ANSWER, publishes=(ThreadUnlinked,))
def unlink(thread: Thread, other: Thread, *, by: Actor) -> None:
    """Say that two threads do not belong together; two that do not anyway are no error."""
    gone, _rows = (
        ThreadLink.objects.filter(thread=thread, other=other) | ThreadLink.objects.filter(thread=other, other=thread)
    ).delete()
    if gone:
        publish(ThreadUnlinked(other_id=other.pk), by=by, subject=thread, customer=thread.customer_id)


@verb(ANSWER, publishes=(ThreadCustomerSet,), offer=("mcp",))
def set_customer(thread: Thread, customer: Customer, *, by: Actor) -> Thread:
    """Say whom a thread is with. Raises `OutOfReach` for a customer whom the actor may not see."""
    people.check_sees(customer, by)
    row = locked(thread)
    if row.customer_id != customer.pk:
        set_customer_locked(row, customer, by=by)
    return row


def set_customer_locked(row: Thread, customer: Customer, *, by: Actor) -> None:
    """Say whom a locked thread is with: its requester and what they wrote become that customer's."""
    before, row.customer = row.customer_id, customer
    row.save(update_fields=["customer"])
    requester = row.participants.filter(role=Participant.Role.REQUESTER)
    requester.update(customer=customer)
    addresses = list(requester.values_list("address", flat=True))
    written = row.messages.filter(direction=Message.Direction.IN, sender_kind=Message.Sender.CUSTOMER)
    written.filter(from_address__in=addresses).update(customer=customer)
    happening = ThreadCustomerSet(name=customer.label, before_id=before)
    publish(happening, by=by, subject=row, customer=customer.pk)


def locked(thread: Thread) -> Thread:
    """Return the row of a thread, locked until the end of the transaction."""
    found = _locked.objects("all", lambda: Thread.objects.select_for_update().filter(pk=KEY), {KEY: thread.pk})
    if not found:
        raise Thread.DoesNotExist
    return found[0]


def check_live(row: Thread) -> None:
    """Raise `NotLive` for a thread that is spam or in the trash."""
    if row.spam_at is not None:
        raise NotLive(_("This conversation is marked as spam."))
    if row.deleted_at is not None:
        raise NotLive(_("This conversation is in the trash."))


def _takes_part(user: User) -> bool:
    return user.is_active and "conversations.view" in user.role.grants


def _first_address(customer: Customer | None) -> str:
    if customer is None:
        return ""
    known = customer.identities.filter(kind="email", invalid_at__isnull=True)
    return known.order_by("-primary", "created_at", "id").values_list("normal", flat=True).first() or ""
