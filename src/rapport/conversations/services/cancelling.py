"""Taking back what was not sent yet."""

from __future__ import annotations

from rapport.conversations.events import MessageCancelled
from rapport.conversations.models import Draft, Message, Thread
from rapport.conversations.services.counting import recount
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish


def cancel_answered(thread: Thread, *, by: Actor) -> None:
    """Cancel the answers that were to be sent only if the customer did not write before; they become drafts again."""
    waiting = thread.messages.filter(state=Message.State.QUEUED, cancel_on_answer=True)
    for message in waiting.select_for_update(of=("self",)).order_by("id"):
        take_back(message, "answered", by=by)
        recount(thread.pk)


def take_back(message: Message, because: str, *, by: Actor) -> None:
    """Cancel a locked message that waits; its text becomes its author's draft, unless they have begun another."""
    message.state, message.send_after = Message.State.CANCELLED, None
    message.save(update_fields=["state", "send_after"])
    if message.author_id:
        Draft.objects.get_or_create(
            thread_id=message.thread_id,
            author_id=message.author_id,
            kind=Draft.Kind.REPLY,
            defaults={
                "text": message.text,
                "html": message.html,
                "to": message.to,
                "cc": message.cc,
                "updated_at": clock.now(),
            },
        )
    happening = MessageCancelled(thread_id=message.thread_id, because=because, subject=message.subject)
    publish(happening, by=by, subject=message, customer=message.thread.customer_id)
