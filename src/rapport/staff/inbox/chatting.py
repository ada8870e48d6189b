"""What the agent's page shows of a chat: the visitor, whether they are there, and what is new without reloading."""

from __future__ import annotations

from typing import Any

from rapport.conversations import topics
from rapport.conversations.models import Chat
from rapport.conversations.permissions import ANSWER
from rapport.conversations.services import chats, visitors
from rapport.kernel import clock, live
from rapport.service.models import Ticket
from rapport.staff.inbox import talk
from rapport.staff.requests import StaffRequest

VISITS = 8


def context(request: StaffRequest, ticket: Ticket, said: talk.Talk) -> dict[str, Any]:
    """Return what the page of a ticket shows of its newest chat, and the address at which it hears what is new."""
    about = [thread.pk for thread in said.threads]
    stream = live.stream(request, [live.DESK, *(topics.staff(key) for key in about)])
    found: dict[str, Any] = {"live": stream, "live_about": " ".join(key.hex for key in [ticket.pk, *about])}
    chat = _chat(said) if said.thread and said.thread.channel == "chat" else None
    if chat is None:
        return found
    chats.look(chat, by=request.actor)
    at, last = clock.now(), said.said[-1].message if said.said else None
    others = visitors.chats_of(chat.visitor).exclude(pk=chat.pk)
    return {
        **found,
        "chat": chat,
        "chat_present": chat.present(at),
        "chat_typing": chat.typing(at),
        "chat_read": bool(last and last.direction == "out" and chat.read_at and last.at <= chat.read_at),
        "chat_visits": list(chat.visitor.visits.order_by("-at")[:VISITS]),
        "chats_before": others.count(),
        "may_block": request.actor.may(ANSWER),
    }


def lists(request: StaffRequest) -> str:
    """Return the address at which a page of lists hears that something in them changed."""
    return live.stream(request, [live.DESK])


def _chat(said: talk.Talk) -> Chat | None:
    assert said.thread is not None
    rows = Chat.objects.select_related("thread", "site", "visitor__site", "visitor__customer")
    return rows.filter(thread=said.thread).first()
