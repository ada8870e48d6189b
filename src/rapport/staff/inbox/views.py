"""The agent's page and its parts, to look at."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rapport.conversations.models import Thread
from rapport.conversations.services import attachments, messages, presence, threads
from rapport.service.models import TicketTemplate
from rapport.service.permissions import CHANGE, VIEW
from rapport.service.queries import templates
from rapport.service.services import arrivals, tickets
from rapport.service.services import templates as template_verbs
from rapport.staff.inbox import lists, page, talk
from rapport.staff.inbox.forms import NewForm
from rapport.staff.record.reach import one
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.ui.toasts import tell


@require_safe
def inbox(request: StaffRequest) -> HttpResponse:
    """Show the views and the lines of one; htmx gets more lines alone."""
    request.actor.require(VIEW)
    template = "staff/inbox/lines.html" if request.htmx.target == "more-lines" else "staff/inbox/page.html"
    return render(request, template, page.listing(request))


@require_safe
def ticket(request: StaffRequest, number: int) -> HttpResponse:
    """Show a ticket; one that was merged leads to its survivor, unless it is asked for itself."""
    row = page.ticket_of(request, number)
    if row.merged_into and "alone" not in request.GET:
        return HttpResponseRedirect(reverse("staff:inbox_ticket", args=[row.merged_into.number]))
    if request.htmx.target == "earlier":
        return render(request, "staff/inbox/messages.html", page.conversation(request, row))
    return page.show(request, row)


@require_safe
def here(request: StaffRequest, number: int) -> HttpResponse:
    """Note that the reader looks, and say who else does and whether something new came."""
    row = page.ticket_of(request, number)
    found = talk.of(row, request.actor)
    if found.thread:
        presence.look(found.thread, by=request.actor)
    seen = request.GET.get("seen", "")
    context = {
        "ticket": row,
        "others": talk.others(found.threads, request.actor),
        "seen": seen,
        "came": bool(found.last) and bool(seen) and str(found.last) != seen,
    }
    return render(request, "staff/inbox/here.html", context)


@require_safe
def file(request: StaffRequest, key: UUID) -> FileResponse:
    """Hand out a file that came or went with a message, to save and never to show."""
    found = attachments.open_for(request.actor, key)
    return FileResponse(found.file, as_attachment=True, filename=found.name, content_type=found.media_type)


@require_safe
def others(request: StaffRequest, view: str) -> HttpResponse:
    """Show the talk that is no ticket: spam, and what we wrote that nobody answered yet."""
    request.actor.require(VIEW)
    context = {**page.listing(request), "threads": lists.unassigned_threads(request.actor, view), "other": view}
    return render(request, "staff/inbox/others.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: StaffRequest, key: UUID) -> HttpResponse:
    """Show talk that is no ticket; a POST makes it one."""
    row = one(Thread.objects.visible_to(request.actor), key)
    if request.method == "POST":
        if row.spam_at:
            row = threads.clear_of_spam(row, by=request.actor)
        made = arrivals.current(row.pk) or arrivals.open_for(row, by=request.actor)
        return HttpResponseRedirect(reverse("staff:inbox_ticket", args=[made.number]))
    context = {**page.listing(request), "thread": row, "talk": talk.of_threads([row])}
    return render(request, "staff/inbox/thread.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Open a ticket by hand: somebody called, or we write first."""
    request.actor.require(CHANGE)
    offered = list(templates(request.actor).order_by("name"))
    chosen = next((one for one in offered if str(one.pk) == request.GET.get("template", "")), None)
    form = NewForm(request.POST or None, actor=request.actor, initial=_begun(chosen))
    if form.is_valid():
        given, by = form.cleaned_data, request.actor
        with told_by(form, {ValueError: None}):
            made = threads.start(given["channel"], given["subject"], by=by, customer=given["customer"])
            write = messages.reply if given["channel"] == Thread.Channel.EMAIL else messages.note
            write(made, given["text"], by=by)
            row = arrivals.current(made.pk) or arrivals.open_for(made, by=by)
            row = tickets.change(row, by=by, type=given["type"], priority=given["priority"])
            if given["template"]:
                row = template_verbs.apply(row, given["template"], by=by)
            tell(request, _("%(number)s is open.") % {"number": row.code})
            return HttpResponseRedirect(reverse("staff:inbox_ticket", args=[row.number]))
    context = {"form": form, "templates": offered, "chosen": chosen}
    return render(request, "staff/inbox/add.html", context, status=422 if form.is_bound else 200)


def _begun(template: TicketTemplate | None) -> dict[str, object]:
    """Return what a new ticket begins with."""
    if template is None:
        return {}
    kept = {"subject": template.subject, "type": template.type, "priority": template.priority}
    return {"template": template.pk, **kept}
