"""Writing to the firm, with articles that may answer it suggested beside."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.conversations.incoming import Incoming
from rapport.conversations.models import Message
from rapport.conversations.services import messages
from rapport.knowledge.models import Attempt, Translation
from rapport.knowledge.queries import reading
from rapport.knowledge.services import attempts
from rapport.portal import limits, reach
from rapport.portal.gates import open_to_all
from rapport.portal.help.views import address
from rapport.portal.requests import PortalRequest
from rapport.portal.talks.forms import AskForm
from rapport.service.models import Ticket
from rapport.service.services import tickets
from rapport.ui import formats

ATTEMPT = "attempt"
MOST_AN_HOUR, MOST_FROM_ONE_PLACE = 10, 30
ENOUGH = 3  # characters before something is suggested
ORDERS = 8


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: PortalRequest) -> HttpResponse:
    """Ask what it is about, suggest articles, and take the message."""
    orders = _orders(request)
    form = AskForm(
        request.POST or None,
        request.FILES or None,
        orders=orders,
        known=bool(request.member),
        initial=_initial(request),
    )
    if form.is_valid():
        if not _may(request):
            return render(request, "portal/access/too_often.html", status=429)
        if "check" in request.POST:  # without scripts: look at the suggestions first
            return _page(request, form, _suggested(request, _typed(form.cleaned_data)))
        if form.cleaned_data["website"]:
            return HttpResponseRedirect(reverse("help:thanks"))
        return _sent(request, form)
    return _page(request, form, [], status=422 if form.is_bound else 200)


@open_to_all
@require_POST
def suggest(request: PortalRequest) -> HttpResponse:
    """Answer with the articles that may answer what is being written."""
    typed = f"{request.POST.get('subject', '')} {request.POST.get('text', '')}".strip()[:2000]
    found = _suggested(request, typed) if len(typed) >= ENOUGH else []  # the attempt begins here, not with a look
    return render(request, "portal/talks/suggested.html", {"suggested": found, "attempt": _attempt(request)})


@open_to_all
@require_POST
def solved(request: PortalRequest, attempt: UUID, number: int) -> HttpResponse:
    """Note that an article was the answer."""
    row = _attempt(request)
    text = reading.article(number, request.level, request.language)
    if row is None or row.pk != attempt or text is None:
        raise Http404
    attempts.solve(row, text.article, by=request.writer)
    request.session.pop(ATTEMPT, None)
    return render(request, "portal/talks/solved.html", {"text": text})


@open_to_all
@require_safe
def thanks(request: PortalRequest) -> HttpResponse:
    """Say that a visitor's message has arrived."""
    return render(request, "portal/talks/thanks.html")


def _sent(request: PortalRequest, form: AskForm) -> HttpResponse:
    given, member = form.cleaned_data, request.member
    message = messages.receive(
        Incoming(
            channel="portal" if member else "form",
            subject=given["subject"],
            text=given["text"],
            from_name=member.customer.label if member else given["name"],
            from_address=_own_address(request) if member else given["email"],
            customer_id=member.customer_id if member else None,
            files=form.incoming_files(),
        ),
        by=request.writer,
    )
    ticket = _told(message, given["about"], given.get("order", ""), request)
    if attempt := _attempt(request, new=True):
        attempts.send(attempt)
    request.session.pop(ATTEMPT, None)
    if member and ticket:
        return HttpResponseRedirect(reverse("my:talk", args=[ticket.pk]) + "?new=1")
    return HttpResponseRedirect(reverse("help:thanks"))


def _told(message: Message, about: str, order: str, request: PortalRequest) -> Ticket | None:
    """Give the ticket that was opened for `message` what the customer said of it, and return it."""
    ticket = Ticket.objects.filter(talk__thread_id=message.thread_id).first()
    if ticket is None:
        return None
    values: dict[str, Any] = {"type": about} if about != ticket.type else {}
    if order:
        values["order_id"] = UUID(order)
    return tickets.change(ticket, by=request.writer, **values) if values else ticket


def _orders(request: PortalRequest) -> list[tuple[str, str]]:
    if request.member is None:
        return []
    rows = reach.own_orders(request.member)[:ORDERS]
    return [(str(one.pk), f"{one.number} · {formats.day(one.placed_at)}") for one in rows]


def _initial(request: PortalRequest) -> dict[str, str]:
    """Return what is known before anything is typed: the order or the article that somebody comes from."""
    found = {"subject": request.GET.get("q", "")[:200], "order": request.GET.get("order", "")}
    if request.GET.get("about") in Ticket.Type.values:
        found["about"] = request.GET["about"]
    return found


def _attempt(request: PortalRequest, *, new: bool = False) -> Attempt | None:
    """Return the attempt of this browser to write; with `new`, begin one when there is none."""
    key = request.session.get(ATTEMPT)
    found = Attempt.objects.filter(pk=key, sent_at__isnull=True, solved_at__isnull=True).first() if key else None
    if found is None and new:
        found = attempts.begin(request.language, customer=request.member.customer if request.member else None)
        request.session[ATTEMPT] = str(found.pk)
    return found


def _suggested(request: PortalRequest, typed: str) -> list[tuple[Translation, str]]:
    """Return the suggestions for what was typed with where they are, and note that they were shown."""
    found = reading.suggest(typed, request.level, request.language)
    attempt = _attempt(request, new=True)
    if attempt and found:
        attempts.show(attempt, [one.article_id for one in found])
    mark = f"?from={attempt.pk}" if attempt else ""
    return [(one, address(one) + mark) for one in found]


def _typed(given: dict[str, str]) -> str:
    return f"{given['subject']} {given['text']}"[:2000]


def _own_address(request: PortalRequest) -> str:
    if request.member is None:
        return ""
    rows = request.member.customer.identities.filter(kind="email").order_by("-primary", "created_at")
    return rows.values_list("normal", flat=True).first() or ""


def _may(request: PortalRequest) -> bool:
    who = str(request.member.pk) if request.member else request.POST.get("email", "")
    return limits.allowed("ask", who, MOST_AN_HOUR) and limits.allowed(
        "asks", limits.address_of(request), MOST_FROM_ONE_PLACE
    )


def _page(
    request: PortalRequest, form: AskForm, suggested: list[tuple[Translation, str]], status: int = 200
) -> HttpResponse:
    context = {"form": form, "suggested": suggested, "attempt": _attempt(request), "checked": "check" in request.POST}
    return render(request, "portal/talks/ask.html", context, status=status)
