"""Filing a message from outside: whose it is, where it belongs, what it changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rapport.conversations.incoming import Incoming, short_id
from rapport.conversations.models import Message, Participant, Thread, ThreadLink
from rapport.conversations.services import attachments, lines, news, people, placing, senders, threads
from rapport.conversations.services.cancelling import cancel_answered
from rapport.conversations.services.counting import recount
from rapport.conversations.services.placing import Place
from rapport.conversations.services.senders import Sender
from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.sending import insert

Direction = Message.Direction


def file(incoming: Incoming, key: str, raw: str, *, by: Actor) -> Message:
    """File a message that is not there yet, inside the caller's transaction, and return it.

    `key` makes it one message, `raw` is the key of its source.
    """
    own = people.own_addresses()
    sender = senders.sender_of(incoming, own)
    if sender.blocked:
        incoming, place = replace(incoming, park=True), Place()
    else:
        place = placing.place(incoming, sender)
    made = senders.make_known(sender, incoming, by=by)
    opened = place.thread is None
    thread = threads.locked(place.thread) if place.thread else _open(incoming, sender, made, own)
    if place.near:
        threads.link_unchecked(thread, place.near, ThreadLink.Kind.RELATED, by=by)
    message = _row(incoming, sender, thread, opened, key)
    message.customer_id = made.pk if made else sender.customer_id
    message.raw = raw
    message.search = lines.vector(message, [name.name for name in incoming.files])
    told = thread.spam_at is None
    if opened and told and not incoming.historic:
        by_customer = message.direction == Direction.IN
        news.started(thread, by=by, by_customer=by_customer, automatic=message.automatic)
    insert(message)
    attachments.keep(message, incoming.files)
    people.add_people(thread, [*message.to, *message.cc], own)
    takes_back = recount(thread.pk)
    if told:
        _tell(thread, message, historic=incoming.historic, takes_back=takes_back, by=by)
    return message


def _open(incoming: Incoming, sender: Sender, made: Customer | None, own: frozenset[str]) -> Thread:
    """Open a thread for a message; one from a sender whose threads are all spam is spam as well."""
    mailbox = next((one for one in people.mailboxes() if one.pk == incoming.mailbox_id), None)
    address, name, customer_id = sender.address, sender.name, sender.customer_id
    if sender.ours:  # we wrote first: the requester is whom we wrote to
        address, name = _first_outside(incoming, own)
        customer_id = senders.known(address)
    customer = made or senders.customer_of(customer_id)
    thread = threads.build(incoming.channel, incoming.subject, customer=customer, mailbox=mailbox)
    if incoming.park or (sender.spam and not sender.user and not sender.ours):
        thread.spam_at = thread.created_at
    insert(thread)
    threads.add_requester(thread, address, name)
    return thread


def _first_outside(incoming: Incoming, own: frozenset[str]) -> tuple[str, str]:
    for name, address in incoming.to:
        plain = people.normal_address(address)
        if plain and not people.is_own(plain, own):
            return plain, name
    return "", ""


def _row(incoming: Incoming, sender: Sender, thread: Thread, opened: bool, key: str) -> Message:
    """Return the unsaved message: what a colleague or we ourselves sent goes out, or is a note among colleagues."""
    now = clock.now()
    direction, kind = _direction(incoming, sender, thread, opened)
    at = lines.moment_of(incoming.at, now)
    out = direction == Direction.OUT
    text = lines.clean(incoming.text)
    return Message(
        thread=thread,
        direction=direction,
        sender_kind=kind,
        author=sender.user if kind == Message.Sender.AGENT else None,
        from_address=lines.clean(sender.address or incoming.from_address, 254).strip().lower(),
        from_name=sender.name,
        to=lines.people(incoming.to),
        cc=lines.people(incoming.cc),
        bcc=lines.people(incoming.bcc),
        reply_to=people.normal_address(incoming.reply_to),
        subject=lines.clean(incoming.subject, 300).strip(),
        text=text,
        html=lines.clean(incoming.html),
        fresh_text=lines.clean(incoming.fresh_text) or text,
        at=at,
        created_at=now,
        message_id=key,
        in_reply_to=_ids(incoming.in_reply_to),
        references=_ids(incoming.references),
        automatic=incoming.automatic,
        state=Message.State.SENT if out else Message.State.RECEIVED,
        sent_at=at if out else None,
    )


def _ids(given: Sequence[str]) -> list[str]:
    """Return Message-IDs as they are stored: of a very long chain the first and the last."""
    most = placing.MOST_REFERENCES
    kept = given if len(given) <= most else [given[0], *given[1 - most :]]
    return [found for found in (lines.clean(short_id(one)) for one in kept) if found]


def _direction(incoming: Incoming, sender: Sender, thread: Thread, opened: bool) -> tuple[Direction, Message.Sender]:
    if sender.ours:
        kind = Message.Sender.SYSTEM if incoming.automatic else Message.Sender.AGENT
        return Direction.OUT, kind
    if sender.user is None or opened or _asks(thread, sender):
        return Direction.IN, Message.Sender.CUSTOMER
    outside = set(thread.participants.exclude(address="").values_list("address", flat=True))
    reached = {people.normal_address(address) for _, address in (*incoming.to, *incoming.cc)}
    return (Direction.OUT if outside & reached else Direction.NOTE), Message.Sender.AGENT


def _asks(thread: Thread, sender: Sender) -> bool:
    """Return whether a colleague is the requester of a thread, as when they write to the service desk themselves."""
    return thread.participants.filter(role=Participant.Role.REQUESTER, address=sender.address).exists()


def _tell(thread: Thread, message: Message, *, historic: bool, takes_back: bool, by: Actor) -> None:
    """Publish what a new message means, and do what follows from it at once."""
    if historic:
        news.of_the_past(thread, message, by=by)
    elif message.direction == Direction.OUT:
        news.sent(thread, message, by=by)
    elif message.direction == Direction.NOTE:
        news.noted(thread, message, by=by)
    else:
        threads.restore_locked(thread, by=by)
        if not message.automatic:
            if takes_back:
                cancel_answered(thread, by=by)
            threads.wake_locked(thread, "message", by=by)
        news.received(thread, message, by=by)
