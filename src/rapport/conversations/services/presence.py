"""Who looks at a thread and who types: noted every few seconds, so it is one statement and no news."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from rapport.conversations import topics
from rapport.conversations.models import Presence, Thread
from rapport.conversations.permissions import ANSWER, VIEW
from rapport.kernel import clock, live
from rapport.kernel.actors import Actor
from rapport.kernel.verbs import verb

_NOTE = """
INSERT INTO conversations_presence (thread_id, user_id, seen_at, typing_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (thread_id, user_id) DO UPDATE
SET seen_at = EXCLUDED.seen_at, typing_at = coalesce(EXCLUDED.typing_at, conversations_presence.typing_at)
"""


@verb(VIEW)
def look(thread: Thread, *, by: Actor) -> None:
    """Note that the actor looks at a thread."""
    _note(thread, by, None)


@verb(ANSWER)
def type(thread: Thread, *, by: Actor) -> None:  # noqa: A001 - read as presence.type(thread)
    """Note that the actor is writing an answer."""
    _note(thread, by, clock.now())
    live.tell([topics.visitor(thread.pk), topics.staff(thread.pk)], "typing", thread.pk)


@verb(VIEW)
def leave(thread: Thread, *, by: Actor) -> None:
    """Note that the actor looks no longer."""
    if by.user_id:
        Presence.objects.filter(thread=thread, user_id=by.user_id).delete()


def _note(thread: Thread, by: Actor, typing_at: datetime | None) -> None:
    if by.user_id is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [thread.pk, by.user_id, clock.now(), typing_at])
