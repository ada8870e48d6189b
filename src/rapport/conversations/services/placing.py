"""To which thread a message from outside belongs.

In this order: what the channel says for certain, our own token in the address it went to, References from the newest,
every In-Reply-To, a token in the subject. Whoever does not take part in the thread that is found gets one of their own,
linked to it: a token or a Message-ID may have been forwarded or guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from rapport.conversations.incoming import Incoming, short_id
from rapport.conversations.models import Participant, Thread
from rapport.conversations.services.senders import Sender

MOST_REFERENCES = 50
_BY_ID = """
SELECT m.message_id, t.id, t.customer_id FROM conversations_message m JOIN conversations_thread t ON t.id = m.thread_id
WHERE m.message_id = ANY(%s) AND m.message_id <> ''
"""


@dataclass(frozen=True, slots=True)
class Place:
    """`thread` is where it belongs, None for a new one; `near` is one that it names but whose writer is a stranger."""

    thread: Thread | None = None
    near: Thread | None = None


def place(incoming: Incoming, sender: Sender) -> Place:
    """Return where a message belongs."""
    if incoming.thread_id:
        return Place(Thread.objects.filter(pk=incoming.thread_id).first())
    near: Thread | None = None
    for thread in _named(incoming):
        if incoming.automatic == "bounce" or takes_part(thread, sender):
            return Place(thread, None)
        near = near or thread
    return Place(None, near)


def takes_part(thread: Thread, sender: Sender) -> bool:
    """Return whether somebody takes part in a thread: by address, as a customer, as a colleague, or as ourselves."""
    if sender.ours or sender.user is not None:
        return True
    who = Q(address=sender.address) if sender.address else Q(pk__in=())
    if sender.customer_id:
        if sender.customer_id == thread.customer_id:
            return True
        who |= Q(customer_id=sender.customer_id)
    return thread.participants.filter(who).exclude(role=Participant.Role.WATCHER).exists()


def newest_first(ids: Sequence[str]) -> list[str]:
    """Return the Message-IDs of References, the newest first and each once; of thousands, those at the end."""
    return list(dict.fromkeys(short_id(one) for one in reversed(ids[-MOST_REFERENCES:]) if one.strip()))


def _named(incoming: Incoming) -> Iterator[Thread]:
    """Yield the threads that a message names, the surest first."""
    yield from _by_token(incoming.tokens)
    yield from _by_id(newest_first(incoming.references))
    yield from _by_id([short_id(one) for one in incoming.in_reply_to[:MOST_REFERENCES]])
    yield from _by_token(incoming.subject_tokens)


def _by_token(tokens: Sequence[str]) -> Iterator[Thread]:
    wanted = [token.lower() for token in tokens[:10]]
    found = {thread.token: thread for thread in Thread.objects.filter(token__in=wanted)} if wanted else {}
    yield from (found[token] for token in wanted if token in found)


def _by_id(ids: Sequence[str]) -> Iterator[Thread]:
    wanted = [one for one in ids if one]
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute(_BY_ID, [wanted])
        found = {name: Thread.from_db(connection.alias, ["id", "customer_id"], row) for name, *row in cursor}
    yield from (found[one] for one in wanted if one in found)
