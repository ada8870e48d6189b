"""Whether an answer may be sent by itself. Headers tell most machines; what they do not tell, a limit stops."""

from __future__ import annotations

from datetime import timedelta

from rapport.conversations.models import Message
from rapport.conversations.services import people, senders
from rapport.kernel import clock

WINDOW, MOST_TO_ONE, MOST_IN_THREAD = timedelta(hours=1), 3, 2


def may_answer_by_itself(message: Message) -> bool:
    """Return whether an automatic answer to `message` may go out now.

    Never to what a machine or we ourselves wrote; at most two in a thread and three to an address within an hour.
    """
    address = message.reply_to or message.from_address
    if message.direction != Message.Direction.IN or message.automatic or not address:
        return False
    if people.is_own(address, people.own_addresses()) or senders.is_role(address):
        return False
    since = clock.now() - WINDOW
    ours = Message.objects.filter(direction=Message.Direction.OUT, automatic=Message.Automatic.OWN)
    lately = ours.filter(created_at__gte=since)
    if lately.filter(thread_id=message.thread_id)[:MOST_IN_THREAD].count() >= MOST_IN_THREAD:
        return False
    to_them = lately.filter(thread__participants__address=message.from_address).distinct()
    return to_them[:MOST_TO_ONE].count() < MOST_TO_ONE
