"""A ticket on paper: what was said with the customer, without the notes of the staff."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from rapport.service.queries import talk_of
from rapport.staff.inbox import page, talk
from rapport.staff.requests import StaffRequest

MOST = 500


@require_safe
def sheet(request: StaffRequest, number: int) -> HttpResponse:
    """Show all that was said in public in a ticket, oldest first, to print it."""
    ticket = page.ticket_of(request, number)
    rows = talk_of(ticket, request.actor).exclude(direction="note").exclude(state="cancelled")
    rows = rows.select_related("author", "customer").prefetch_related("attachments").defer("search", "html")
    said = [(talk.name_of(row), row) for row in rows[:MOST]]
    return render(request, "staff/inbox/print.html", {"ticket": ticket, "said": said})
