"""What an agent does in a chat beside answering."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.conversations.models import Visitor
from rapport.conversations.services import presence, visitors
from rapport.staff.inbox import page, talk
from rapport.staff.record.reach import one
from rapport.staff.requests import StaffRequest
from rapport.ui.toasts import tell


@require_POST
def typing(request: StaffRequest, number: int) -> HttpResponse:
    """Let the visitor, and colleagues, know that an answer is being written."""
    found = talk.of(page.ticket_of(request, number), request.actor)
    if found.thread:
        presence.type(found.thread, by=request.actor)
    return HttpResponse(status=204)


@require_POST
def block(request: StaffRequest, number: int, visitor: UUID) -> HttpResponse:
    """Let a visitor write no longer, or again."""
    ticket = page.ticket_of(request, number)
    row = one(Visitor.objects.filter(chats__thread__ticket_thread__ticket=ticket).distinct(), visitor)
    blocked = row.blocked_at is None
    visitors.block(row, blocked=blocked, by=request.actor)
    tell(request, _("The visitor can write no longer.") if blocked else _("The visitor can write again."))
    return HttpResponseRedirect(reverse("staff:inbox_ticket", args=[number]))
