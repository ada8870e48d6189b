"""The composer: what stands in it to begin with, whom an answer goes to, and what can be put into it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from email.utils import formataddr
from typing import Any

from django import forms
from django.urls import reverse

from rapport.conversations.models import Draft, Message, Thread
from rapport.conversations.services import messages
from rapport.knowledge.models import Audience, Translation
from rapport.knowledge.permissions import VIEW as READ_ARTICLES
from rapport.knowledge.queries import reading
from rapport.service import variables
from rapport.service.models import CannedAnswer, Macro, Ticket
from rapport.staff.inbox import talk
from rapport.staff.inbox.forms import AnswerForm, WriteForm
from rapport.staff.requests import StaffRequest
from rapport.team.queries import organisation

MOST_CHOICES = 8
BEGINNING = 140


@dataclass(frozen=True, slots=True)
class Offered:
    """A canned answer with the beginning of its text, this ticket's values in it."""

    answer: CannedAnswer
    beginning: str


def writing(
    request: StaffRequest, ticket: Ticket, found: talk.Talk, kind: str, written: forms.Form | None
) -> dict[str, Any]:
    """Return the composer: what was refused, or the reader's draft, or nothing yet."""
    thread = found.thread
    assert thread is not None
    form = written or _begun(request, thread, kind, found)
    act = "staff:inbox_note" if kind == "note" else "staff:inbox_reply"
    return {
        "form": form,
        "write_to": reverse(act, args=[ticket.number]),
        "draft_to": reverse("staff:inbox_draft", args=[ticket.number]),
        "thread": thread,
        "signature": thread.mailbox.signature.strip() if thread.mailbox and kind == "reply" else "",
        "colleague_drafts": _others_drafts(thread, request),
    }


def _begun(request: StaffRequest, thread: Thread, kind: str, found: talk.Talk) -> forms.Form:
    mine = talk.draft_of(thread, request.actor, Draft.Kind.NOTE if kind == "note" else Draft.Kind.REPLY)
    initial: dict[str, Any] = {
        "seen": found.last, "text": mine.text if mine else "", "draft": mine.mark if mine else "",
    }  # fmt: skip
    if kind == "note":
        return WriteForm(initial=initial)
    to: list[list[str]] = []
    cc: list[list[str]] = []
    with suppress(messages.NobodyToWriteTo):
        to, cc = messages.recipients(thread)
    if mine and mine.to:
        to, cc = mine.to, mine.cc
    return AnswerForm(initial={**initial, "to": listed(to), "cc": listed(cc)}, thread=thread)


def listed(people: list[list[str]]) -> str:
    """Return names and addresses as they are typed."""
    return ", ".join(formataddr((name, address)) if address.isascii() else address for name, address in people)


def _others_drafts(thread: Thread, request: StaffRequest) -> list[Draft]:
    rows = thread.drafts.filter(shared=True).exclude(author_id=request.actor.user_id).exclude(text="")
    return list(rows.select_related("author").order_by("updated_at"))


def choices(request: StaffRequest, ticket: Ticket, typed: str) -> dict[str, Any]:
    """Return the texts, articles and macros that fit what was typed, the texts with this ticket's values filled in."""
    actor, words = request.actor, typed.lower().split()
    texts = CannedAnswer.objects.filter(CannedAnswer.open_to(actor), archived_at__isnull=True).distinct()
    macros = Macro.objects.filter(Macro.open_to(actor), archived_at__isnull=True).distinct()
    fitting = [one for one in texts.order_by("-used", "title")[:200] if _fits(words, one.title, one.shortcut, one.text)]
    first = sorted(fitting, key=lambda one: not _fits(words, one.title, one.shortcut))[:MOST_CHOICES]
    return {
        "ticket": ticket,
        "texts": [Offered(one, _beginning(one, ticket, request)) for one in first],
        "macros": [one for one in macros[:200] if _fits(words, one.name)][:MOST_CHOICES],
        "articles": _articles(request, typed),
    }


def _beginning(answer: CannedAnswer, ticket: Ticket, request: StaffRequest) -> str:
    return " ".join(variables.fill(answer.text, ticket, by=request.actor).split())[:BEGINNING]


def _articles(request: StaffRequest, typed: str) -> list[Translation]:
    if len(typed) < 2 or not request.actor.may(READ_ARTICLES):
        return []
    return reading.find(typed, Audience.CUSTOMERS, organisation().language, MOST_CHOICES)


def article_text(request: StaffRequest, number: int, *, whole: bool) -> str | None:
    """Return a link to an article that the customer may read, or its words; None when there is none."""
    found = reading.article(number, Audience.CUSTOMERS, organisation().language)
    if found is None:
        return None
    address = request.build_absolute_uri(f"/help/{found.article.number}/{found.slug}")
    link = f"[{found.title}]({address})"
    return f"**{found.title}**\n\n{found.text}\n\n{link}" if whole else link


def newest_words(message: Message) -> str:
    """Return what a message says anew, as a quotation."""
    return "\n".join(f"> {line}".rstrip() for line in (message.fresh_text or message.text).strip().splitlines())


def _fits(words: list[str], *texts: str) -> bool:
    whole = " ".join(texts).lower()
    return all(word in whole for word in words)
