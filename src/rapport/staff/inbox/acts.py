"""What the agent's page does: each view is a door, a form, a verb and an answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.conversations.models import Message, Thread
from rapport.conversations.services import messages, sender_rules, threads
from rapport.kernel.clock import now
from rapport.kernel.permissions import OutOfReach
from rapport.service.models import Macro, Ticket
from rapport.service.services import assigning, macros, merges, splits, tickets
from rapport.staff.inbox import page
from rapport.staff.inbox.forms import FieldsForm, OtherForm, PlaceForm, SnoozeForm
from rapport.staff.record.reach import one
from rapport.staff.refusals import Fields, told_by
from rapport.staff.requests import StaffRequest
from rapport.ui.toasts import tell

FIELDS: Fields = {tickets.Untold: "subject", ValueError: None}
GONE: Fields = {ValueError: None}
SOON = (timedelta(hours=3), timedelta(days=1), timedelta(days=7))


def back(ticket: Ticket, request: StaffRequest) -> HttpResponseRedirect:
    """Return to the page of a ticket, in the list that one came from."""
    asked = request.GET.urlencode()
    address = reverse("staff:inbox_ticket", args=[ticket.number])
    return HttpResponseRedirect(f"{address}?{asked}" if asked else address)


@require_POST
def send_again(request: StaffRequest, number: int, message: UUID) -> HttpResponse:
    """Try once more to send what could not be sent."""
    ticket = page.ticket_of(request, number)
    row = one(Message.objects.visible_to(request.actor).filter(thread__ticket_thread__ticket=ticket), message)
    telling(request, lambda: messages.send_again(row, by=request.actor), _("It is sent once more."))
    return back(ticket, request)


@require_POST
def place(request: StaffRequest, number: int) -> HttpResponse:
    """Set the status, the owner or the queue, whichever was sent."""
    ticket = page.ticket_of(request, number)
    form = PlaceForm(request.POST, ticket=ticket, actor=request.actor)
    if not form.is_valid():
        raise Http404
    given, by = form.cleaned_data, request.actor
    if "status" in request.POST and given["status"] and given["status"] != ticket.status:
        telling(request, lambda: tickets.set_status(ticket, given["status"], by=by), _("Changed."))
    if "owner" in request.POST and given["owner"] != ticket.owner:
        telling(request, lambda: assigning.assign(ticket, given["owner"], by=by), _("Assigned."))
    if "queue" in request.POST and given["queue"] != ticket.queue:
        telling(request, lambda: assigning.move(ticket, given["queue"], by=by), _("Moved."))
    return back(ticket, request)


@require_POST
def take(request: StaffRequest, number: int) -> HttpResponse:
    """Become the owner of a ticket."""
    ticket = page.ticket_of(request, number)
    telling(request, lambda: assigning.take(ticket, by=request.actor), _("It is yours."))
    return back(ticket, request)


@require_POST
def solve(request: StaffRequest, number: int) -> HttpResponse:
    """Solve a ticket, or open one again that is solved."""
    ticket, by = page.ticket_of(request, number), request.actor
    if ticket.ended:
        telling(request, lambda: tickets.reopen(ticket, by=by), _("It is open again."))
    else:
        undo = reverse("staff:inbox_solve", args=[number])
        telling(request, lambda: tickets.solve(ticket, by=by), _("Solved."), undo)
    return back(ticket, request)


@require_POST
def change(request: StaffRequest, number: int) -> HttpResponse:
    """Change what a ticket is about."""
    ticket = page.ticket_of(request, number)
    form = FieldsForm(request.POST, ticket=ticket)
    if form.is_valid():
        given = dict(form.cleaned_data)
        version = given.pop("version")
        with told_by(form, FIELDS):
            tickets.change(ticket, by=request.actor, version=version, **given)
            tell(request, _("Changed."))
            return back(ticket, request)
    return page.show(request, ticket, fields=form, status=422)


@require_POST
def snooze(request: StaffRequest, number: int) -> HttpResponse:
    """Let a ticket rest until a moment, or wake it when none is given."""
    ticket, form = page.ticket_of(request, number), SnoozeForm(request.POST)
    rows = Thread.objects.visible_to(request.actor).live().filter(ticket_thread__ticket=ticket)
    if "wake" in request.POST:
        telling(request, lambda: [threads.wake(row, by=request.actor) for row in rows], _("It is awake."))
        return back(ticket, request)
    until = _soon(request.POST.get("soon", ""))
    if until is None and not form.is_valid():
        tell(request, _("Choose until when it rests."), tone="bad")
        return back(ticket, request)
    moment = until or form.cleaned_data["until"]
    telling(request, lambda: [threads.snooze(row, moment, by=request.actor) for row in rows], _("Snoozed."))
    return back(ticket, request)


@require_POST
def merge(request: StaffRequest, number: int) -> HttpResponse:
    """Merge a ticket into another one and go there."""
    ticket, form = page.ticket_of(request, number), OtherForm(request.POST)
    if not form.is_valid():
        tell(request, _("Write the number of a ticket, such as T-1042."), tone="bad")
        return back(ticket, request)
    try:
        into = page.ticket_of(request, form.value())
    except OutOfReach:
        tell(request, _("There is no such ticket among those you can see."), tone="bad")
        return back(ticket, request)
    words = _("%(number)s is part of %(into)s now.") % {"number": ticket.code, "into": into.code}
    undo = reverse("staff:inbox_unmerge", args=[ticket.number])
    done = telling(request, lambda: merges.merge(ticket, into, by=request.actor), words, undo)
    return back(into if done else ticket, request)


@require_POST
def unmerge(request: StaffRequest, number: int) -> HttpResponse:
    """Make a merged ticket one of its own again."""
    ticket = page.ticket_of(request, number)
    words = _("%(number)s stands by itself again.") % {"number": ticket.code}
    telling(request, lambda: merges.unmerge(ticket, by=request.actor), words)
    return back(ticket, request)


@require_POST
def split(request: StaffRequest, number: int) -> HttpResponse:
    """Make a ticket of its own from one message."""
    ticket = page.ticket_of(request, number)
    try:
        keys = [UUID(one) for one in request.POST.getlist("message")]
    except ValueError:
        raise Http404 from None
    made: list[Ticket] = []
    words = _("The message is a ticket of its own now.")
    if telling(request, lambda: made.append(splits.split(ticket, keys, by=request.actor)), words):
        return back(made[0], request)
    return back(ticket, request)


@require_POST
def macro(request: StaffRequest, number: int, key: UUID) -> HttpResponse:
    """Do all the steps of a macro, or none."""
    ticket = page.ticket_of(request, number)
    row = one(Macro.objects.filter(Macro.open_to(request.actor), archived_at__isnull=True), key)
    telling(request, lambda: macros.run(ticket, row, by=request.actor), _("%(name)s: done.") % {"name": row.name})
    return back(ticket, request)


@require_POST
def spam(request: StaffRequest, number: int) -> HttpResponse:
    """Mark all the talk of a ticket as spam, and block its sender or their domain when that was asked for too."""
    ticket, by = page.ticket_of(request, number), request.actor
    rows = list(Thread.objects.visible_to(by).live().filter(ticket_thread__ticket=ticket))
    wanted = request.POST.get("block", "")

    def act() -> None:
        if wanted:
            sender_rules.block(wanted, by=by)
        for row in rows:
            threads.mark_spam(row, by=by)

    words = _("Marked as spam, and %(sender)s is blocked.") % {"sender": wanted} if wanted else _("Marked as spam.")
    undo = reverse("staff:inbox_thread", args=[rows[0].pk]) if rows and not wanted else ""
    done = telling(request, act, words, undo)
    return HttpResponseRedirect(reverse("staff:inbox")) if done else back(ticket, request)


@require_POST
def trash(request: StaffRequest, number: int) -> HttpResponse:
    """Move a ticket to the trash, or bring it back."""
    ticket, by = page.ticket_of(request, number), request.actor
    if ticket.deleted_at:
        telling(request, lambda: tickets.restore(ticket, by=by), _("%(number)s is back.") % {"number": ticket.code})
        return back(ticket, request)
    words = _("%(number)s is in the trash.") % {"number": ticket.code}
    telling(request, lambda: tickets.trash(ticket, by=by), words, reverse("staff:inbox_trash", args=[number]))
    return HttpResponseRedirect(reverse("staff:inbox"))


def telling(request: StaffRequest, act: Callable[[], object], words: str, undo: str = "") -> bool:
    """Do `act` and say `words`, if any, or say why it was refused; return whether it was done."""
    form = forms.Form({})
    form.is_valid()
    with told_by(form, GONE), transaction.atomic():
        act()
        if words:
            tell(request, words, undo=undo)
        return True
    tell(request, " ".join(str(one) for one in form.non_field_errors()), tone="bad")
    return False


def _soon(text: str) -> datetime | None:
    """Return the moment that a short choice means, None for none of them."""
    return now() + SOON[int(text)] if text in {"0", "1", "2"} else None
