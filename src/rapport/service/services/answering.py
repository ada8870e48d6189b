"""Answering a ticket in words of one's own or in those of a text with variables."""

from __future__ import annotations

from rapport.conversations.events import MessageQueued
from rapport.conversations.mail.marking import marked
from rapport.conversations.models import Message
from rapport.conversations.services import messages
from rapport.kernel.actors import Actor
from rapport.kernel.verbs import verb
from rapport.service import variables
from rapport.service.models import Ticket
from rapport.service.permissions import CHANGE
from rapport.service.services import talk
from rapport.service.services.locking import locked
from rapport.service.services.macros import NoTalk, no_talk


@verb(CHANGE, publishes=(MessageQueued,), offer=("bulk",))
def answer(ticket: Ticket, text: str, *, by: Actor) -> Message:
    """Answer the latest talk of a ticket with a text, its variables filled in for this ticket, and return the message.

    Raises `macros.NoTalk`, `Trashed`, `MergedAway`, and as `messages.reply`.
    """
    found = talk.lock_threads(ticket)
    row = locked(ticket)
    if not found:
        raise NoTalk(no_talk(row))
    words = variables.fill(text, row, by=by)
    return messages.reply(found[0], words, by=by, html=marked(words))
