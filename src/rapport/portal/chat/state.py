"""What the frame shows, as JSON: what was said, who is there, and what a visitor may know of the queue."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.conversations import choices, topics
from rapport.conversations.models import Chat, Message, Presence
from rapport.conversations.models.chat import TYPES_FOR
from rapport.conversations.services import chats, visitors
from rapport.kernel import clock, live
from rapport.portal.chat.gate import ChatRequest
from rapport.portal.limits import digest
from rapport.service.services import desks
from rapport.ui import formats

MOST_SAID = 60
MOST_CHATS = 4


def of(request: ChatRequest) -> dict[str, Any]:
    """Return the state of a visitor's chats; `chat` is None for whoever has begun none."""
    about = desk(request)
    if request.visitor is None:
        return {**about, "chat": None, "said": [], "live": ""}
    found = list(visitors.chats_of(request.visitor)[:MOST_CHATS])
    said = [one for chat in reversed(found) for one in _said(request, chat)]
    newest = found[0] if found else None
    return {
        **about,
        "verified": bool(request.visitor.verified_at),
        "chat": _chat(newest) if newest else None,
        "said": said[-MOST_SAID:],
        "live": live.stream(request, [topics.visitor(newest.thread_id)]) if newest else "",
    }


def desk(request: ChatRequest) -> dict[str, Any]:
    """Return whether somebody answers now, and in words when or how fast."""
    opening = desks.opening(request.chat_site)
    if opening.now:
        return {"open": True, "line": _soon(request)}
    if opening.next:
        return {"open": False, "line": _("We are back %(when)s.") % {"when": formats.moment(opening.next)}}
    return {"open": False, "line": _("We are not here at the moment.")}


def _soon(request: ChatRequest) -> str:
    took = desks.expected(request.chat_site)
    if took is None:
        return _("We are here and answer as soon as we can.")
    minutes = max(1, round(took.total_seconds() / 60))
    if minutes > 90:
        hours = round(minutes / 60)
        return ngettext("We usually answer within an hour.", "We usually answer within %(n)d hours.", hours) % {
            "n": hours
        }
    return ngettext("We usually answer within a minute.", "We usually answer within %(n)d minutes.", minutes) % {
        "n": minutes
    }


def _chat(chat: Chat) -> dict[str, Any]:
    at = clock.now()
    looking = Presence.objects.filter(thread_id=chat.thread_id, typing_at__gt=at - TYPES_FOR).select_related("user")
    writes = looking.first()
    place = 0 if chat.ended_at else desks.place_of(chat.thread)
    return {
        "ended": bool(chat.ended_at),
        "address": chat.address,
        "score": chat.score or 0,
        "transcript": bool(chat.transcript_at),
        "typing": _first(writes.user.name) if writes and not chat.ended_at else "",
        "read": chat.staff_read_at.isoformat() if chat.staff_read_at else "",
        "seen": chat.read_at.isoformat() if chat.read_at else "",
        "place": _("You are number %(n)d in the queue.") % {"n": place} if place else "",
    }


def _said(request: ChatRequest, chat: Chat) -> list[dict[str, Any]]:
    rows = chats.seen_by_visitor(chat).prefetch_related("attachments").reverse()[:MOST_SAID]
    return [_message(request, chat, one) for one in reversed(rows)]


def _message(request: ChatRequest, chat: Chat, message: Message) -> dict[str, Any]:
    mine = message.direction == Message.Direction.IN
    text = message.fresh_text or message.text
    shown, offered = (text, ()) if mine else choices.split(text)
    author = _first(message.author.name) if message.author else request.brand.name
    return {
        "id": message.pk.hex,
        "mine": mine,
        "who": "" if mine else author,
        "text": shown,
        "choices": offered,
        "at": message.at.isoformat(),
        "files": [
            {"name": one.name, "refused": one.refused, "url": file_address(chat, one.pk) if one.key else ""}
            for one in message.attachments.all()
        ],
    }


def file_address(chat: Chat, key: UUID) -> str:
    """Return the address of a file, which only this chat can make."""
    return f"{reverse('chat:file', args=[chat.site.key, key])}?k={file_mark(chat, key)}"


def file_mark(chat: Chat, key: UUID) -> str:
    """Return the mark that opens a file of a chat."""
    return digest(f"chat file|{chat.pk.hex}|{key.hex}")[:40]


def _first(name: str) -> str:
    return name.split()[0] if name.split() else name
