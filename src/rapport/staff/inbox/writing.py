"""Writing in a ticket: answers, notes, drafts, and what is put into them."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.conversations.file_kinds import NotTaken
from rapport.conversations.mail.letters import paragraphs
from rapport.conversations.mail.marking import marked
from rapport.conversations.models import Draft, Message, Thread
from rapport.conversations.services import chats, drafts, messages, presence, threads
from rapport.kernel.actors import Actor
from rapport.kernel.permissions import OutOfReach
from rapport.service.models import CannedAnswer, Status, Ticket
from rapport.service.services import canned, statuses, tickets
from rapport.staff.inbox import composer, page, talk
from rapport.staff.inbox.acts import back, telling
from rapport.staff.inbox.forms import AnswerForm, WriteForm
from rapport.staff.record.reach import one
from rapport.staff.refusals import Fields, told_by
from rapport.staff.requests import StaffRequest
from rapport.ui.toasts import tell

WRITING: Fields = {
    messages.Empty: "text",
    NotTaken: "attachments",
    messages.NobodyToWriteTo: "to",
    messages.NotOurs: "sender",
    threads.NotLive: None,
}
LONGEST = 100_000
PLAIN = "text/plain; charset=utf-8"


@require_POST
def reply(request: StaffRequest, number: int) -> HttpResponse:
    """Answer the customer; with a newer message in between, show that first and ask again."""
    ticket = page.ticket_of(request, number)
    thread = _thread(ticket, request.actor)
    form = AnswerForm(request.POST, request.FILES, thread=thread)
    if not form.is_valid():
        return page.show(request, ticket, written=form, status=422)
    given, made = form.cleaned_data, None
    try:
        with told_by(form, WRITING), transaction.atomic():
            _check_draft(request, thread)
            made = messages.reply(
                thread,
                given["text"],
                by=request.actor,
                html=marked(given["text"]),
                **form.recipients(),
                sender=given["sender"],
                files=form.attached(),
                send_after=given["send_at"],
                cancel_on_answer=given["cancel_on_answer"],
                seen=None if given["despite"] else given["seen"],
            )
            _then(ticket, given["then"], request.actor)
    except messages.NewerMessage:
        form = AnswerForm(_despite(request), thread=thread)
        return page.show(request, ticket, written=form, newer=True, status=409)
    except drafts.ChangedElsewhere as changed:
        return _elsewhere(request, ticket, changed, AnswerForm(_seen(request, changed), thread=thread))
    if made is None:
        return page.show(request, ticket, written=form, status=422)
    if thread.channel == Thread.Channel.CHAT:
        chats.hand_over(made)
        return back(ticket, request)
    words = _("The answer goes out later.") if given["send_at"] else _("The answer goes out.")
    tell(request, words, undo=reverse("staff:inbox_cancel", args=[number, made.pk]))
    return back(ticket, request)


@require_POST
def note(request: StaffRequest, number: int) -> HttpResponse:
    """Write a note that only colleagues see."""
    ticket, form = page.ticket_of(request, number), WriteForm(request.POST, request.FILES)
    thread = _thread(ticket, request.actor)
    if form.is_valid():
        text = form.cleaned_data["text"]
        try:
            with told_by(form, WRITING):
                _check_draft(request, thread, Draft.Kind.NOTE)
                messages.note(thread, text, by=request.actor, html=marked(text), files=form.attached())
                tell(request, _("Noted."))
                return back(ticket, request)
        except drafts.ChangedElsewhere as changed:
            return _elsewhere(request, ticket, changed, WriteForm(_seen(request, changed)))
    return page.show(request, ticket, written=form, status=422)


@require_POST
def draft(request: StaffRequest, number: int) -> HttpResponse:
    """Keep what is being written, and let colleagues know that somebody writes; the answer names what is kept.

    What another window of the same person kept since is not overwritten: 409 says so and brings it.
    """
    ticket = page.ticket_of(request, number)
    thread, text = _thread(ticket, request.actor), request.POST.get("text", "")[:LONGEST]
    kind = Draft.Kind.NOTE if request.POST.get("kind") == "note" else Draft.Kind.REPLY
    form = AnswerForm(request.POST, thread=thread)
    form.is_valid()
    people = form.recipients() if kind == Draft.Kind.REPLY and "to" in form.cleaned_data else {}
    seen, shown, mark = form.cleaned_data.get("seen"), request.POST.get("draft"), ""
    try:
        if text.strip():
            presence.type(thread, by=request.actor)
            kept = drafts.save(thread, text, by=request.actor, kind=kind, based_on=seen, shown=shown,
                               to=people.get("to") or (), cc=people.get("cc") or ())  # fmt: skip
            mark = kept.mark
        else:
            drafts.discard(thread, by=request.actor, kind=kind, shown=shown)
    except drafts.ChangedElsewhere as changed:
        return render(request, "staff/inbox/elsewhere.html", {"elsewhere": changed}, status=409)
    return HttpResponse(status=204, headers={"X-Draft": mark})


@require_POST
def preview(request: StaffRequest, number: int) -> HttpResponse:
    """Answer with the text as the customer will see it, signature and all."""
    ticket = page.ticket_of(request, number)
    thread, text = _thread(ticket, request.actor), request.POST.get("text", "")[:LONGEST]
    reads = request.POST.get("kind") != "note" and thread.mailbox is not None and thread.mailbox.signature.strip()
    context = {"html": marked(text) or paragraphs(text), "signature": reads or ""}
    return render(request, "staff/inbox/preview.html", context)


@require_POST
def cancel(request: StaffRequest, number: int, message: UUID) -> HttpResponse:
    """Take back an answer that has not gone out."""
    ticket = page.ticket_of(request, number)
    row = one(Message.objects.visible_to(request.actor).filter(thread__ticket_thread__ticket=ticket), message)
    telling(request, lambda: messages.cancel(row, by=request.actor), _("Taken back: it is a draft again."))
    return back(ticket, request)


@require_safe
def choices(request: StaffRequest, number: int) -> HttpResponse:
    """Offer the texts, articles and macros that fit what was typed."""
    row, typed = page.ticket_of(request, number), request.GET.get("q", "").strip()[:60]
    return render(request, "staff/inbox/choices.html", composer.choices(request, row, typed))


@require_POST
def text(request: StaffRequest, number: int, key: UUID) -> HttpResponse:
    """Return a canned text with this ticket's values in it."""
    row = page.ticket_of(request, number)
    answer = one(CannedAnswer.objects.filter(CannedAnswer.open_to(request.actor), archived_at__isnull=True), key)
    return HttpResponse(canned.use(row, answer, by=request.actor), content_type=PLAIN)


@require_POST
def article(request: StaffRequest, number: int, article: int) -> HttpResponse:
    """Return an article of the help centre as a link, or with ?whole its words. Raises `OutOfReach`."""
    page.ticket_of(request, number)
    found = composer.article_text(request, article, whole="whole" in request.GET)
    if found is None:
        raise OutOfReach
    return HttpResponse(found, content_type=PLAIN)


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


def _check_draft(request: StaffRequest, thread: Thread, kind: str = Draft.Kind.REPLY) -> None:
    """See to it that sending throws nothing away that another window kept. Raises `drafts.ChangedElsewhere`."""
    if "draft" in request.POST:
        drafts.check(thread, request.POST["draft"], by=request.actor, kind=kind)


def _elsewhere(
    request: StaffRequest, ticket: Ticket, changed: drafts.ChangedElsewhere, written: WriteForm
) -> HttpResponse:
    """Show what another window kept above what was written here; sent once more, it goes."""
    return page.show(request, ticket, written=written, elsewhere=changed, status=409)


def _seen(request: StaffRequest, changed: drafts.ChangedElsewhere) -> QueryDict:
    """Return what was sent, with the mark of the draft that its writer is shown now."""
    sent = request.POST.copy()
    sent["draft"] = changed.draft.mark if changed.draft else ""
    return sent


def _despite(request: StaffRequest) -> QueryDict:
    """Return what was sent, with the word that the writer knows of the newer message."""
    sent = request.POST.copy()
    sent["despite"] = "on"
    return sent
