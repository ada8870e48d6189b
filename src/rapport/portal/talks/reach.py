"""The members' door to tickets and what was said in them. Notes and what was never sent do not come through."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from rapport.conversations.models import Attachment, Message, Thread
from rapport.customers.models import Member
from rapport.portal import reach
from rapport.service.models import Ticket


def own(member: Member) -> QuerySet[Ticket]:
    """Return the member's own tickets, the last changed first."""
    rows = Ticket.objects.standing().filter(requester_id=member.customer_id)
    return rows.order_by("-updated_at", "-id")


def of_companies(member: Member) -> QuerySet[Ticket]:
    """Return the tickets of others in the companies that the member manages, the last changed first."""
    rows = Ticket.objects.standing().filter(company_id__in=list(reach.companies(member).values_list("pk", flat=True)))
    others = rows.exclude(requester_id=member.customer_id).select_related("requester", "company")
    return others.order_by("-updated_at", "-id")


def tickets(member: Member) -> QuerySet[Ticket]:
    """Return every ticket that the member may see."""
    companies = list(reach.companies(member).values_list("pk", flat=True))
    mine = Q(requester_id=member.customer_id) | Q(company_id__in=companies)
    return Ticket.objects.standing().filter(mine).select_related("requester", "company", "order")


def open_tickets(member: Member) -> QuerySet[Ticket]:
    """Return the member's own tickets that go on."""
    return own(member).filter(category__in=("new", "open", "waiting"))


def threads(ticket: Ticket) -> QuerySet[Thread]:
    """Return the talk of a ticket with its requester: that of others, as after a merge, stays theirs."""
    rows = Thread.objects.live().filter(ticket_thread__ticket=ticket).order_by("created_at", "id")
    return rows.filter(customer_id=ticket.requester_id) if ticket.requester_id else rows.none()


def said(among: Iterable[Thread]) -> QuerySet[Message]:
    """Return what was said in these threads, without notes and without what was never sent, in order."""
    rows = Message.objects.public().filter(thread__in=[one.pk for one in among])
    return rows.select_related("author").prefetch_related("attachments").order_by("at", "id")


def own_threads(member: Member) -> QuerySet[Thread]:
    """Return all threads of the member, for what they take home."""
    return Thread.objects.live().filter(customer_id=member.customer_id).order_by("created_at", "id")


def file(member: Member, pk: UUID) -> Attachment | None:
    """Return a file that came or went with a message that the member may see."""
    row = Attachment.objects.filter(pk=pk).exclude(key="").select_related("message__thread").first()
    if row is None:
        return None
    holders = tickets(member).filter(talk__thread_id=row.message.thread_id)
    seen = any(said(threads(ticket)).filter(pk=row.message_id).exists() for ticket in holders)
    mine = said(own_threads(member).filter(pk=row.message.thread_id)).filter(pk=row.message_id).exists()
    return row if seen or mine else None
