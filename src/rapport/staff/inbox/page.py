"""The agent's page put together: views and lines at the left, the talk in the middle, the customer at the right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from rapport.conversations.permissions import ANSWER
from rapport.conversations.services.drafts import ChangedElsewhere
from rapport.kernel import clock
from rapport.kernel.permissions import OutOfReach
from rapport.service.models import Merge, Ticket
from rapport.service.permissions import CHANGE, DELETE, MERGE
from rapport.staff.inbox import chatting, composer, lists, rated, talk
from rapport.staff.inbox.clocks import clocks_of
from rapport.staff.inbox.forms import FieldsForm, PlaceForm, SnoozeForm, WriteForm
from rapport.staff.record import cursors
from rapport.staff.record import page as record
from rapport.staff.record.known import Known
from rapport.staff.record.panels import shown
from rapport.staff.record.reach import customer_of
from rapport.staff.requests import StaffRequest
from rapport.staff.tickets.listings import TICKETS

SIDE = ("next", "open", "value", "orders", "relationship")
FIRST_VIEW = "mine"


def ticket_of(request: StaffRequest, number: int) -> Ticket:
    """Return a ticket within the reader's reach by its number. Raises `OutOfReach`."""
    rows = Ticket.objects.visible_to(request.actor).defer("search")
    found = rows.select_related("status", "owner", "queue", "requester", "company", "merged_into", "policy")
    row = found.filter(number=number).first()
    if row is None:
        raise OutOfReach
    return row


def listing(request: StaffRequest) -> dict[str, Any]:
    """Return what the views and the list of lines show."""
    name = request.GET.get("view", FIRST_VIEW)
    view = lists.view_of(name, request.actor) or lists.VIEWS[FIRST_VIEW]
    text = request.GET.get("q", "").strip()[:200]
    page = lists.page(view, request.actor, text=text, after=cursors.read(request.GET.get("after", "")))
    return {
        "view": view,
        "views": lists.VIEWS.values(),
        "queues": [lists.of_queue(one) for one in lists.queues(request.actor)],
        "counts": lists.counts(request.actor),
        "text": text,
        "lines": page.lines,
        "older": cursors.write(page.next) if page.next else "",
        "now": clock.now(),
        "live": chatting.lists(request),
        "bulk_verbs": TICKETS.verbs_for(request.actor),
    }


def show(
    request: StaffRequest,
    ticket: Ticket,
    *,
    written: forms.Form | None = None,
    fields: FieldsForm | None = None,
    newer: bool = False,
    elsewhere: ChangedElsewhere | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the page of a ticket; `written` and `fields` bring forms that were refused, `elsewhere` a draft."""
    context = {**listing(request), **conversation(request, ticket, written, newer=newer), **beside(request, ticket)}
    context |= rated.of(ticket, request.actor)
    context["fields"] = fields or FieldsForm(ticket=ticket)
    context["fields_open"] = fields is not None
    context["elsewhere"] = elsewhere
    return render(request, "staff/inbox/ticket.html", context, status=status)


def conversation(
    request: StaffRequest, ticket: Ticket, written: forms.Form | None = None, *, newer: bool = False
) -> dict[str, Any]:
    """Return what the middle of the page shows."""
    actor = request.actor
    found = talk.of(ticket, actor, cursors.read(request.GET.get("before", "")), request.GET.get("pictures", ""))
    may_write = actor.may(ANSWER) and ticket.deleted_at is None and ticket.merged_into_id is None
    kind = "note" if request.GET.get("write") == "note" or type(written) is WriteForm else "reply"
    return {
        "ticket": ticket,
        "talk": found,
        "earlier": cursors.write(found.earlier) if found.earlier else "",
        "others": talk.others(found.threads, actor),
        "seen": found.last,
        "clocks": clocks_of(ticket),
        "place": PlaceForm(ticket=ticket, actor=actor),
        "snooze": SnoozeForm(),
        "resting": max((one.snoozed_until for one in found.threads if one.snoozed_until), default=None),
        "merged": Merge.objects.filter(ticket=ticket, undone_at__isnull=True).select_related("source"),
        "may_change": actor.may(CHANGE) and ticket.deleted_at is None and ticket.merged_into_id is None,
        "may_merge": actor.may(MERGE),
        "may_delete": actor.may(DELETE),
        "blockable": _blockable(found) if actor.may(ANSWER) else [],
        "write": kind,
        "newer": newer,
        **chatting.context(request, ticket, found),
        **(composer.writing(request, ticket, found, kind, written) if may_write and found.thread else {}),
    }


def _blockable(found: talk.Talk) -> list[str]:
    """Return the address that wrote last, and its domain: what can be blocked."""
    wrote = [one.message.from_address for one in found.said if one.message.direction == "in"]
    address = wrote[-1] if wrote and "@" in wrote[-1] else ""
    return [address, f"@{address.rpartition('@')[2]}"] if address else []


def beside(request: StaffRequest, ticket: Ticket) -> dict[str, Any]:
    """Return what stands beside the talk: the customer, and what else they asked."""
    if ticket.requester_id is None:
        return {"customer": None}
    try:
        customer = customer_of(request.actor, ticket.requester_id)
    except OutOfReach:
        return {"customer": None, "hidden": True}
    known = Known(customer, request.actor)
    panels = [next(one for one in record.PANELS if one.name == name) for name in SIDE]
    side = [one for place in ("right", "left") for one in shown(panels, known, place)]
    rows = Ticket.objects.visible_to(request.actor).standing().filter(requester=customer).exclude(pk=ticket.pk)
    return {
        **record.head(known),
        "side": side,
        "more_tickets": rows.select_related("status").order_by("-opened_at", "id")[:5],
    }
