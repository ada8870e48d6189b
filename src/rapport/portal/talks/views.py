"""Reading, answering, closing and rating one's talks."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from rapport.conversations.incoming import Incoming
from rapport.conversations.models import Message, Thread
from rapport.conversations.services import messages
from rapport.conversations.services.attachments import safe_type
from rapport.feedback.services import invitations
from rapport.feedback.services.answers import RecordedAlready
from rapport.feedback.services.invitations import Ended
from rapport.kernel import files
from rapport.portal import limits
from rapport.portal.gates import members_only
from rapport.portal.requests import MemberRequest
from rapport.portal.talks import rating, reach
from rapport.portal.talks.forms import AnswerForm, RateForm
from rapport.service.models import Ticket
from rapport.service.services import tickets
from rapport.ui.navigation import Text
from rapport.ui.toasts import tell

ANSWERS_AN_HOUR = 30
WORDS: dict[str, tuple[str, Text]] = {
    "new": ("accent", gettext_lazy("We have it")),
    "open": ("accent", gettext_lazy("We are on it")),
    "waiting": ("warn", gettext_lazy("Waiting for you")),
    "solved": ("good", gettext_lazy("Solved")),
    "closed": ("neutral", gettext_lazy("Closed")),
}


@dataclass(frozen=True, slots=True)
class Talk:
    """A ticket as its customer sees it."""

    ticket: Ticket
    tone: str
    words: Text

    @property
    def goes_on(self) -> bool:
        """Whether it has not ended."""
        return not self.ticket.ended


@dataclass(frozen=True, slots=True)
class Said:
    """A message as its reader sees it: what was said, by whom, and whether it was themselves."""

    message: Message
    who: str
    mine: bool


def shown(ticket: Ticket) -> Talk:
    """Return a ticket in the words of its customer."""
    tone, words = WORDS[ticket.category]
    return Talk(ticket, tone, words)


@members_only
@require_safe
def talks(request: MemberRequest) -> HttpResponse:
    """List the member's talks, and those of the companies that they manage."""
    own = [shown(one) for one in reach.own(request.member)[:100]]
    context = {
        "open": [one for one in own if one.goes_on],
        "ended": [one for one in own if not one.goes_on],
        "others": [shown(one) for one in reach.of_companies(request.member)[:100]],
    }
    return render(request, "portal/talks/talks.html", context)


@members_only
@require_safe
def talk(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Show one talk; one that was merged into another leads there."""
    ticket = reach.tickets(request.member).filter(pk=pk).first()
    if ticket is None:
        return _followed(request, pk)
    return _page(request, ticket)


@members_only
@require_POST
def answer(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Take the member's next message; it opens again what had ended."""
    ticket = get_object_or_404(reach.own(request.member), pk=pk)
    form = AnswerForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, ticket, form=form, status=422)
    if not limits.allowed("answer", str(request.member.pk), ANSWERS_AN_HOUR):
        return render(request, "portal/access/too_often.html", status=429)
    thread = reach.threads(ticket).last()
    said = Incoming(
        channel=Thread.Channel.PORTAL,
        subject=ticket.subject,
        text=form.cleaned_data["text"],
        from_name=request.member.customer.label,
        customer_id=request.member.customer_id,
        thread_id=thread.pk if thread else None,
        files=form.incoming_files(),
    )
    messages.receive(said, by=request.writer)
    tell(request, _("Sent."))
    return HttpResponseRedirect(reverse("my:talk", args=[ticket.pk]) + "#last")


@members_only
@require_POST
def close(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Take it that the member needs nothing more."""
    ticket = get_object_or_404(reach.own(request.member), pk=pk)
    tickets.solve(ticket, by=request.writer)
    tell(request, _("Glad that it is settled. Write again whenever you like."))
    return HttpResponseRedirect(reverse("my:talk", args=[ticket.pk]) + "#rate")


@members_only
@require_POST
def rate(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Take how well it went, once for each talk that ended."""
    ticket = get_object_or_404(reach.own(request.member).filter(category__in=("solved", "closed")), pk=pk)
    form = RateForm(rating.scale_of(ticket), request.POST)
    if not form.is_valid():
        return _page(request, ticket, refused=form, status=422)
    given = form.cleaned_data
    try:
        invitations.rate(ticket, given["score"], text=given["words"], by=request.writer, namespace=rating.NAMESPACE)
    except (RecordedAlready, Ended):
        tell(request, _("You have told us already. Thank you!"), tone="neutral")
    else:
        tell(request, _("Thank you for telling us."))
    return HttpResponseRedirect(reverse("my:talk", args=[ticket.pk]))


@members_only
@require_safe
def file(request: MemberRequest, pk: UUID) -> HttpResponseBase:
    """Hand out a file that came with a message that the member may see, as a download."""
    row = reach.file(request.member, pk)
    if row is None:
        raise Http404
    try:
        content = files.open(row.key)
    except files.NoSuchFile as error:
        raise Http404 from error
    return FileResponse(content, as_attachment=True, filename=row.name, content_type=safe_type(row.media_type))


def _followed(request: MemberRequest, pk: UUID) -> HttpResponse:
    merged = Ticket.objects.filter(pk=pk, requester_id=request.member.customer_id, merged_into__isnull=False).first()
    if merged and merged.merged_into_id and reach.tickets(request.member).filter(pk=merged.merged_into_id).exists():
        return HttpResponseRedirect(reverse("my:talk", args=[merged.merged_into_id]))
    raise Http404


def _page(
    request: MemberRequest,
    ticket: Ticket,
    *,
    form: AnswerForm | None = None,
    refused: RateForm | None = None,
    status: int = 200,
) -> HttpResponse:
    mine = ticket.requester_id == request.member.customer_id
    context = {
        "talk": shown(ticket),
        "said": [_said(one, ticket, request) for one in reach.said(reach.threads(ticket))],
        "mine": mine,
        "form": form or AnswerForm(),
        "rating": rating.of(ticket, refused) if mine and ticket.ended else None,
        "new": request.GET.get("new") == "1",
    }
    return render(request, "portal/talks/talk.html", context, status=status)


def _said(message: Message, ticket: Ticket, request: MemberRequest) -> Said:
    ours = message.direction == Message.Direction.OUT
    if ours:
        who = message.author.name.split()[0] if message.author and message.author.name else request.brand.name
    else:
        who = message.from_name or (ticket.requester.label if ticket.requester else "")
    return Said(message, who, mine=not ours)
