"""A message for itself: its HTML in a frame of its own, its pictures, its source, and how its sending went."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from rapport.conversations.mail import cleaning, folding
from rapport.conversations.mail.charsets import text_of
from rapport.conversations.mail.parse import parse
from rapport.conversations.models import Message
from rapport.conversations.permissions import ANSWER
from rapport.conversations.services import attachments, messages, rereading, sender_rules
from rapport.conversations.services.attachments import FOR_DISPLAY
from rapport.kernel.permissions import OutOfReach
from rapport.staff.record.reach import one
from rapport.staff.requests import StaffRequest
from rapport.ui.toasts import tell

FRAME = "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
"""What a mail may do in its frame: no script, no form; its links open elsewhere, and the page may measure it."""
POLICY = f"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; {FRAME}"
SHOWN = 200_000  # characters of a source on its page; the whole of it can be saved


def message_of(request: StaffRequest, key: UUID) -> Message:
    """Return a message within the reader's reach. Raises `OutOfReach`."""
    return one(Message.objects.visible_to(request.actor).select_related("thread", "author").defer("search"), key)


@require_safe
@xframe_options_sameorigin
def framed(request: StaffRequest, key: UUID) -> HttpResponse:
    """Answer with the HTML of a message for its frame; pictures from outside only when they were asked for."""
    row = message_of(request, key)
    remote = "pictures" in request.GET or bool(sender_rules.with_pictures([row.from_address]))
    html = cleaning.shown(row.html, files=_pictures(row), remote=remote)
    html = folding.folded(html, quote=_("Show what it quotes"), signature=_("Show the signature"))
    answer = render(request, "staff/inbox/framed.html", {"html": html, "row": row})
    answer["Content-Security-Policy"] = f"{POLICY}; img-src 'self'{' http: https:' if remote else ''}"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@require_safe
def picture(request: StaffRequest, key: UUID) -> FileResponse:
    """Show a picture that belongs into the text of a mail. Raises `OutOfReach` for anything that is no picture."""
    found = attachments.open_for(request.actor, key)
    if found.media_type not in FOR_DISPLAY:
        found.file.close()
        raise OutOfReach
    answer = FileResponse(found.file, content_type=found.media_type)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


@require_safe
def source(request: StaffRequest, key: UUID) -> HttpResponse:
    """Show where a message came from or how it went out: its headers, its source, each attempt to send it."""
    row = message_of(request, key)
    raw = _source(row)
    mail = parse(raw) if raw else None
    context = {
        "row": row,
        "raw": text_of(raw[:SHOWN]) if raw else "",
        "cut": len(raw) > SHOWN,
        "size": len(raw),
        "headers": [(name, value) for name, values in mail.headers.items() for value in values] if mail else [],
        "problems": mail.problems if mail else (),
        "deliveries": row.deliveries.order_by("started_at", "id"),
        "back": _back(request, row),
        "may_answer": request.actor.may(ANSWER),
    }
    return render(request, "staff/inbox/source.html", context)


@require_safe
def save(request: StaffRequest, key: UUID) -> HttpResponse:
    """Hand out the source of a mail, to save and never to show. Raises `OutOfReach` without one."""
    raw = _source(message_of(request, key))
    if not raw:
        raise OutOfReach
    headers = {"Content-Disposition": f'attachment; filename="{key}.eml"'}
    return HttpResponse(raw, content_type="message/rfc822", headers=headers)


@require_POST
def read_again(request: StaffRequest, key: UUID) -> HttpResponse:
    """Take text and files of a mail from its source anew."""
    row = message_of(request, key)
    try:
        rereading.read_again(row, by=request.actor)
    except rereading.NoSource as refusal:
        tell(request, str(refusal), tone="bad")
    else:
        tell(request, _("Read once more."))
    return HttpResponseRedirect(reverse("staff:inbox_source", args=[key]))


@require_POST
def send_again(request: StaffRequest, key: UUID) -> HttpResponse:
    """Try once more to send what could not be sent."""
    row = message_of(request, key)
    try:
        messages.send_again(row, by=request.actor)
    except messages.NotFailed as refusal:
        tell(request, str(refusal), tone="bad")
    else:
        tell(request, _("It is sent once more."))
    return HttpResponseRedirect(reverse("staff:inbox_source", args=[key]))


@require_POST
def pictures(request: StaffRequest, key: UUID) -> HttpResponse:
    """Show the pictures of this sender from now on, or ask again before they are fetched."""
    row = message_of(request, key)
    try:
        if "hide" in request.POST:
            sender_rules.hide_pictures(row.from_address, by=request.actor)
        else:
            sender_rules.show_pictures(row.from_address, by=request.actor)
            tell(request, _("Pictures of %(sender)s are shown from now on.") % {"sender": row.from_address})
    except sender_rules.NoSender as refusal:
        tell(request, str(refusal), tone="bad")
    return HttpResponseRedirect(_back(request, row))


def _source(row: Message) -> bytes:
    try:
        return rereading.source_of(row)
    except rereading.NoSource:
        return b""


def _pictures(row: Message) -> dict[str, str]:
    """Return the addresses of the pictures that belong into the text, by their content ids."""
    held = row.attachments.filter(media_type__in=FOR_DISPLAY).exclude(content_id="").exclude(key="")
    return {one.content_id: reverse("staff:inbox_picture", args=[one.pk]) for one in held}


def _back(request: StaffRequest, row: Message) -> str:
    """Return the address that one came from, else that of the talk."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    number = row.thread.ticket_thread.ticket.number if hasattr(row.thread, "ticket_thread") else None
    where = (
        reverse("staff:inbox_ticket", args=[number]) if number else reverse("staff:inbox_thread", args=[row.thread_id])
    )
    return f"{where}#m-{row.pk}"
