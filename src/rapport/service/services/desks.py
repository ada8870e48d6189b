"""Who answers the chat of a site and when, and what visitors may know of it: open or not, their place, how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import F

from rapport.conversations.models import ChatSite, Thread
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.verbs import verb
from rapport.service.clocks.opening import is_open, next_opening
from rapport.service.models import Calendar, ChatDesk, Queue, Ticket
from rapport.service.models.ticket import RUNNING
from rapport.service.permissions import MANAGE

LOOKED_AT = 50  # answers of the last days by which the next one is expected
RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether somebody answers now, and if not, when next (None: nobody knows)."""

    now: bool
    next: datetime | None = None


@verb(MANAGE)
def set_desk(site: ChatSite, *, by: Actor, queue: Queue | None = None, calendar: Calendar | None = None) -> ChatDesk:
    """Say who answers the chat of a site, and when."""
    made, _new = ChatDesk.objects.update_or_create(site=site, defaults={"queue": queue, "calendar": calendar})
    return made


def queue_of(thread: Thread) -> Queue | None:
    """Return the queue of the site that a chat is held on; None for what is no chat, or for no queue of its own."""
    if thread.channel != Thread.Channel.CHAT:
        return None
    rows = Queue.objects.live()
    return rows.filter(pk__in=ChatDesk.objects.filter(site__chats__thread=thread).values("queue_id")).first()


def opening(site: ChatSite) -> Opening:
    """Return whether the chat of a site is answered now, and when next."""
    desk = ChatDesk.objects.select_related("calendar").filter(site=site).first()
    if desk is None or desk.calendar is None:
        return Opening(True)
    hours, at = desk.calendar.timetable(), clock.now()
    return Opening(True) if is_open(hours, at) else Opening(False, next_opening(hours, at))


def place_of(thread: Thread) -> int:
    """Return which one a chat is among those of its queue that wait for somebody, from 1; 0 when somebody has it."""
    ticket = Ticket.objects.filter(talk__thread=thread).first()
    if ticket is None or ticket.owner_id or ticket.first_response_at or ticket.ended:
        return 0
    waiting = Ticket.objects.filter(RUNNING, channel="chat", owner__isnull=True, first_response_at__isnull=True)
    return waiting.filter(queue=ticket.queue, opened_at__lte=ticket.opened_at).count() or 1


def expected(site: ChatSite) -> timedelta | None:
    """Return how long the first answer took lately at a site, in the middle; None when there were too few."""
    rows = Ticket.objects.filter(talk__thread__chat__site=site, first_response_at__isnull=False)
    rows = rows.filter(opened_at__gt=clock.now() - RECENT).order_by("-opened_at")
    took = list(rows.values_list(F("first_response_at") - F("opened_at"), flat=True)[:LOOKED_AT])
    return median(took) if len(took) >= 3 else None
