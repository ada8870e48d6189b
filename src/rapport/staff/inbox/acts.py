"""What the agent's page does: each view is a door, a form, a verb and an answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.conversations.file_kinds import NotTaken
from rapport.conversations.models import Draft, Message, Thread
from rapport.conversations.services import drafts, messages, threads
from rapport.kernel.actors import Actor
from rapport.kernel.clock import now
from rapport.kernel.permissions import OutOfReach
from rapport.service.models import Macro, Status, Ticket
from rapport.service.services import assigning, macros, merges, splits, statuses, tickets
from rapport.service.services.locking import MergedAway, Trashed
from rapport.staff.inbox import page, talk
from rapport.staff.inbox.forms import AnswerForm, FieldsForm, OtherForm, PlaceForm, SnoozeForm, WriteForm
from rapport.staff.record.reach import one
from rapport.staff.refusals import Fields, told_by
from rapport.staff.requests import StaffRequest
from rapport.ui.toasts import tell

WRITING: Fields = {
    messages.Empty: "text",
    NotTaken: "attachments",
    messages.NobodyToWriteTo: None,
    threads.NotLive: None,
}
FIELDS: Fields = {tickets.Untold: "subject", ValueError: None}
GONE: Fields = {Trashed: None, MergedAway: None, ValueError: None}
SOON = (timedelta(hours=3), timedelta(days=1), timedelta(days=7))


def back(ticket: Ticket, request: StaffRequest) -> HttpResponseRedirect:
    """Return to the page of a ticket, in the list that one came from."""
    asked = request.GET.urlencode()
    address = reverse("staff:inbox_ticket", args=[ticket.number])
    return HttpResponseRedirect(f"{address}?{asked}" if asked else address)


@require_POST
def reply(request: StaffRequest, number: int) -> HttpResponse:
    """Answer the customer; with a newer message in between, show that first and ask again."""
    ticket, form = page.ticket_of(request, number), AnswerForm(request.POST, request.FILES)
    thread = _thread(ticket, request.actor)
    if not form.is_valid():
        return page.show(request, ticket, written=form, status=422)
    given, made = form.cleaned_data, None
    try:
        with told_by(form, WRITING), transaction.atomic():
            made = messages.reply(
                thread,
                given["text"],
                by=request.actor,
                cc=given["cc"] or None,
                files=form.attached(),
                send_after=given["send_at"],
                cancel_on_answer=given["cancel_on_answer"],
                seen=None if given["despite"] else given["seen"],
            )
            _then(ticket, given["then"], request.actor)
    except messages.NewerMessage:
        form = AnswerForm(_despite(request))
        return page.show(request, ticket, written=form, newer=True, status=409)
    if made is None:
        return page.show(request, ticket, written=form, status=422)
    tell(request, _("The answer goes out."), undo=reverse("staff:inbox_cancel", args=[number, made.pk]))
    return back(ticket, request)


@require_POST
def note(request: StaffRequest, number: int) -> HttpResponse:
    """Write a note that only colleagues see."""
    ticket, form = page.ticket_of(request, number), WriteForm(request.POST, request.FILES)
    thread = _thread(ticket, request.actor)
    if form.is_valid():
        with told_by(form, WRITING):
            messages.note(thread, form.cleaned_data["text"], by=request.actor, files=form.attached())
            tell(request, _("Noted."))
            return back(ticket, request)
    return page.show(request, ticket, written=form, status=422)


@require_POST
def draft(request: StaffRequest, number: int) -> HttpResponse:
    """Keep what is being written, and let colleagues know that somebody writes."""
    ticket = page.ticket_of(request, number)
    thread, text = _thread(ticket, request.actor), request.POST.get("text", "")[:100_000]
    kind = Draft.Kind.NOTE if request.POST.get("kind") == "note" else Draft.Kind.REPLY
    try:
        if text.strip():
            drafts.save(thread, text, by=request.actor, kind=kind)
        else:
            drafts.discard(thread, by=request.actor)
    except drafts.ChangedElsewhere:
        return HttpResponse(status=409)
    return HttpResponse(status=204)


@require_POST
def cancel(request: StaffRequest, number: int, message: UUID) -> HttpResponse:
    """Take back an answer that has not gone out."""
    ticket = page.ticket_of(request, number)
    row = one(Message.objects.visible_to(request.actor).filter(thread__ticket_thread__ticket=ticket), message)
    _telling(request, lambda: messages.cancel(row, by=request.actor), _("Taken back: it is a draft again."))
    return back(ticket, request)


@require_POST
def send_again(request: StaffRequest, number: int, message: UUID) -> HttpResponse:
    """Try once more to send what could not be sent."""
    ticket = page.ticket_of(request, number)
    row = one(Message.objects.visible_to(request.actor).filter(thread__ticket_thread__ticket=ticket), message)
    _telling(request, lambda: messages.send_again(row, by=request.actor), _("It is sent once more."))
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
        _telling(request, lambda: tickets.set_status(ticket, given["status"], by=by), _("Changed."))
    if "owner" in request.POST and given["owner"] != ticket.owner:
        _telling(request, lambda: assigning.assign(ticket, given["owner"], by=by), _("Assigned."))
    if "queue" in request.POST and given["queue"] != ticket.queue:
        _telling(request, lambda: assigning.move(ticket, given["queue"], by=by), _("Moved."))
    return back(ticket, request)


@require_POST
def take(request: StaffRequest, number: int) -> HttpResponse:
    """Become the owner of a ticket."""
    ticket = page.ticket_of(request, number)
    _telling(request, lambda: assigning.take(ticket, by=request.actor), _("It is yours."))
    return back(ticket, request)


@require_POST
def solve(request: StaffRequest, number: int) -> HttpResponse:
    """Solve a ticket, or open one again that is solved."""
    ticket, by = page.ticket_of(request, number), request.actor
    if ticket.ended:
        _telling(request, lambda: tickets.reopen(ticket, by=by), _("It is open again."))
    else:
        undo = reverse("staff:inbox_solve", args=[number])
        _telling(request, lambda: tickets.solve(ticket, by=by), _("Solved."), undo)
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
        _telling(request, lambda: [threads.wake(row, by=request.actor) for row in rows], _("It is awake."))
        return back(ticket, request)
    until = _soon(request.POST.get("soon", ""))
    if until is None and not form.is_valid():
        tell(request, _("Choose until when it rests."), tone="bad")
        return back(ticket, request)
    moment = until or form.cleaned_data["until"]
    _telling(request, lambda: [threads.snooze(row, moment, by=request.actor) for row in rows], _("Snoozed."))
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
    done = _telling(request, lambda: merges.merge(ticket, into, by=request.actor), words, undo)
    return back(into if done else ticket, request)


@require_POST
def unmerge(request: StaffRequest, number: int) -> HttpResponse:
    """Make a merged ticket one of its own again."""
    ticket = page.ticket_of(request, number)
    words = _("%(number)s stands by itself again.") % {"number": ticket.code}
    _telling(request, lambda: merges.unmerge(ticket, by=request.actor), words)
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
    if _telling(request, lambda: made.append(splits.split(ticket, keys, by=request.actor)), words):
        return back(made[0], request)
    return back(ticket, request)


@require_POST
def macro(request: StaffRequest, number: int, key: UUID) -> HttpResponse:
    """Do all the steps of a macro, or none."""
    ticket = page.ticket_of(request, number)
    row = one(Macro.objects.filter(Macro.open_to(request.actor), archived_at__isnull=True), key)
    _telling(request, lambda: macros.run(ticket, row, by=request.actor), _("%(name)s: done.") % {"name": row.name})
    return back(ticket, request)


@require_POST
def spam(request: StaffRequest, number: int) -> HttpResponse:
    """Mark all the talk of a ticket as spam; the ticket goes to the trash with it."""
    ticket = page.ticket_of(request, number)
    rows = Thread.objects.visible_to(request.actor).live().filter(ticket_thread__ticket=ticket)
    _telling(request, lambda: [threads.mark_spam(row, by=request.actor) for row in rows], _("Marked as spam."))
    return HttpResponseRedirect(reverse("staff:inbox"))


@require_POST
def trash(request: StaffRequest, number: int) -> HttpResponse:
    """Move a ticket to the trash, or bring it back."""
    ticket, by = page.ticket_of(request, number), request.actor
    if ticket.deleted_at:
        _telling(request, lambda: tickets.restore(ticket, by=by), _("%(number)s is back.") % {"number": ticket.code})
        return back(ticket, request)
    words = _("%(number)s is in the trash.") % {"number": ticket.code}
    _telling(request, lambda: tickets.trash(ticket, by=by), words, reverse("staff:inbox_trash", args=[number]))
    return HttpResponseRedirect(reverse("staff:inbox"))


def _thread(ticket: Ticket, actor: Actor) -> Thread:
    """Return the thread of a ticket in which one answers. Raises `OutOfReach`."""
    found = talk.of(ticket, actor).thread
    if found is None:
        raise OutOfReach
    return found


def _then(ticket: Ticket, wanted: str, by: Actor) -> None:
    """Do what is to be done with a ticket after it was answered."""
    if wanted == Status.Category.SOLVED:
        tickets.solve(ticket, by=by)
    elif wanted == Status.Category.WAITING:
        tickets.set_status(ticket, statuses.standard(Status.Category.WAITING), by=by)


def _telling(request: StaffRequest, act: Callable[[], object], words: str, undo: str = "") -> bool:
    """Do `act` and say `words`, or say why it was refused; return whether it was done."""
    form = forms.Form({})
    form.is_valid()
    with told_by(form, GONE), transaction.atomic():
        act()
        tell(request, words, undo=undo)
        return True
    tell(request, " ".join(str(one) for one in form.non_field_errors()), tone="bad")
    return False


def _despite(request: StaffRequest) -> QueryDict:
    """Return what was sent, with the word that the writer knows of the newer message."""
    sent = request.POST.copy()
    sent["despite"] = "on"
    return sent


def _soon(text: str) -> datetime | None:
    """Return the moment that a short choice means, None for none of them."""
    return now() + SOON[int(text)] if text in {"0", "1", "2"} else None
