"""Questions about tickets, queues and texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from rapport.commerce.models import Product
from rapport.conversations.models import Message
from rapport.conversations.permissions import VIEW as SEE_TALK
from rapport.customers.models import Customer
from rapport.kernel import search
from rapport.kernel.actors import Actor
from rapport.service.models import (
    CannedAnswer,
    Macro,
    Queue,
    Recovery,
    Status,
    Ticket,
    TicketTemplate,
    TimeEntry,
)
from rapport.service.models.ticket import TicketDoor
from rapport.service.permissions import MANAGE

MOST_COUNTED = 1000
_CODE = re.compile(r"[tT]-?(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Counters:
    """How many running tickets there are, within reach; a number above 1,000 is told as 1,001."""

    mine: int
    unowned: int
    waiting: int
    late: int


def by_number(code: str, actor: Actor) -> Ticket | None:
    """Return the ticket within reach that people call T-1042, 1042 or t1042; a merged one leads to its survivor."""
    digits = code.strip().lower().removeprefix("t").removeprefix("-")
    if not digits.isdecimal() or len(digits) > 18:
        return None
    found = Ticket.objects.visible_to(actor).filter(number=int(digits)).first()
    while found is not None and found.merged_into_id is not None:
        found = Ticket.objects.visible_to(actor).filter(pk=found.merged_into_id).first()
    return found


def of_customer(customer: Customer, actor: Actor) -> QuerySet[Ticket]:
    """Return the standing tickets of a customer, or of a company and its people, newest first."""
    whose = Q(requester=customer) | Q(company=customer)
    rows: TicketDoor = Ticket.objects.visible_to(actor)
    return rows.standing().filter(whose).select_related("status", "owner").order_by("-opened_at", "-id")


def matching(text: str, actor: Actor) -> QuerySet[Ticket]:
    """Return the standing tickets within reach that match what was typed: number, subject or name of the customer."""
    rows: TicketDoor = Ticket.objects.visible_to(actor)
    code = _CODE.fullmatch(text.strip())
    if code:
        return rows.standing().filter(number=int(code[1]))
    query = search.query(text)
    return rows.standing().filter(search=query) if query else rows.none()


def saying(text: str, actor: Actor) -> QuerySet[Ticket]:
    """Return the standing tickets within reach in whose talk, as far as the actor may see it, the words were said."""
    rows: TicketDoor = Ticket.objects.visible_to(actor)
    query = search.query(text)
    if query is None:
        return rows.none()
    said = Message.objects.visible_to(actor).filter(search=query).values("thread__ticket_thread__ticket_id")
    return rows.standing().filter(pk__in=said)


def counters(actor: Actor, at: datetime) -> Counters:
    """Count one's own running tickets, those without an owner, those where a customer waits, and those late at `at`."""
    rows: TicketDoor = Ticket.objects.visible_to(actor)
    running = rows.running()
    mine = running.filter(owner_id=actor.user_id) if actor.user_id else running.none()
    return Counters(
        mine=_up_to(mine),
        unowned=_up_to(running.filter(owner__isnull=True)),
        waiting=_up_to(running.filter(waiting_since__isnull=False)),
        late=_up_to(running.filter(next_breach_at__lte=at)),
    )


def in_queues(actor: Actor) -> dict[UUID, int]:
    """Return how many running tickets within reach each queue holds."""
    rows: TicketDoor = Ticket.objects.visible_to(actor)
    counted = rows.running().filter(queue__isnull=False).order_by().values_list("queue_id").annotate(n=Count("pk"))
    return {key: n for key, n in counted if key is not None}


def queues(actor: Actor) -> QuerySet[Queue]:
    """Return the live queues that the actor may see; closed ones are seen by their members and by who manages."""
    rows = Queue.objects.visible_to(actor).live()
    if actor.may(MANAGE):
        return rows
    return rows.filter(Q(private_since__isnull=True) | Q(memberships__user_id=actor.user_id)).distinct()


def statuses() -> QuerySet[Status]:
    """Return the statuses that a ticket can be given, in their order."""
    return Status.objects.live()


def answers(text: str, actor: Actor, language: str = "") -> QuerySet[CannedAnswer]:
    """Return the canned answers that the actor may use and that match what was typed, the most used first.

    A text that begins with a slash is the beginning of a shortcut. With a language, those of it and of none.
    """
    rows = CannedAnswer.objects.filter(CannedAnswer.open_to(actor), archived_at__isnull=True)
    if language:
        rows = rows.filter(language__in=[language, ""])
    if text.startswith("/"):
        rows = rows.filter(shortcut__startswith=text[1:].lower())
    elif text.strip():
        query = search.query(text)
        rows = rows.filter(search=query) if query else rows.none()
    return rows.distinct().order_by("-used", "title", "id")


def macros(actor: Actor) -> QuerySet[Macro]:
    """Return the macros that the actor may run, in their order."""
    return Macro.objects.filter(Macro.open_to(actor), archived_at__isnull=True).distinct()


def templates(actor: Actor) -> QuerySet[TicketTemplate]:
    """Return the templates that the actor may open tickets from."""
    return TicketTemplate.objects.filter(TicketTemplate.open_to(actor), archived_at__isnull=True).distinct()


def talk_of(ticket: Ticket, actor: Actor) -> QuerySet[Message]:
    """Return what was said in all threads of a ticket, oldest first, to somebody who may see conversations.

    Whoever reaches the ticket reaches its talk, so the ticket is asked for by its own door.
    """
    if not actor.may(SEE_TALK) or not Ticket.objects.visible_to(actor).filter(pk=ticket.pk).exists():
        return Message.objects.none()
    return Message.objects.filter(thread__ticket_thread__ticket=ticket).order_by("at", "id")


def minutes_spent(ticket: Ticket) -> Mapping[str, int]:
    """Return the minutes spent on a ticket by activity; those without one under nothing."""
    rows = TimeEntry.objects.filter(ticket=ticket).order_by().values_list("activity").annotate(n=Sum("minutes"))
    return dict(rows)


def wanted(product: Product, actor: Actor) -> QuerySet[Ticket]:
    """Return the running requests to find a product, oldest first: who is to be told when it is there."""
    rows: TicketDoor = Ticket.objects.visible_to(actor)
    return rows.running().filter(type=Ticket.Type.FIND, product=product).order_by("opened_at", "id")


def recoveries_due(day: date, actor: Actor) -> QuerySet[Recovery]:
    """Return the complaints within reach that are to be looked at again by `day` and are not judged yet."""
    rows = Recovery.objects.visible_to(actor).filter(outcome="", follow_up_on__lte=day)
    return rows.select_related("ticket").order_by("follow_up_on", "id")


def _up_to(rows: QuerySet[Ticket]) -> int:
    return rows.order_by()[: MOST_COUNTED + 1].count()
