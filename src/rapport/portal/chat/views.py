"""What a visitor may do in the chat; each answer says how it is now."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.conversations import signed
from rapport.conversations.incoming import IncomingFile
from rapport.conversations.models import Attachment, Chat
from rapport.conversations.services import chats, messages, sites, visitors
from rapport.conversations.services.attachments import safe_type
from rapport.feedback.models import Answer
from rapport.feedback.services import answers
from rapport.feedback.services.answers import RecordedAlready
from rapport.kernel import clock, files
from rapport.portal import limits
from rapport.portal.chat import state
from rapport.portal.chat.gate import ChatRequest, newest, of_site, refused, writing

View = Callable[[ChatRequest], HttpResponse]
BEGUN_AN_HOUR, FROM_ONE_PLACE, SAID_AN_HOUR, SIGNED_AN_HOUR = 20, 60, 300, 120
MOST_FILES, MOST_BYTES = 5, 10_000_000
REFUSALS = (
    chats.Blocked, chats.NotAnAddress, chats.Over, chats.NothingToSend, messages.Empty, signed.NotSigned,
)  # fmt: skip


def telling(view: View) -> View:
    """Answer with the state, or with the refusal in words."""

    @wraps(view)
    def answer(request: ChatRequest) -> HttpResponse:
        try:
            return view(request)
        except REFUSALS as refusal:
            return refused(str(refusal))

    return answer


@of_site
@require_safe
def now(request: ChatRequest) -> HttpResponse:
    """Say how it is."""
    return JsonResponse(state.of(request))


@of_site
@require_POST
@telling
def say(request: ChatRequest) -> HttpResponse:
    """Take a message; the first one, or one after the end of a chat, begins another."""
    place = limits.address_of(request)
    given, token = request.given, ""
    enclosed = _files(request)
    if enclosed is None:
        return refused(_("These files are too many or too large."))
    chat = newest(request)
    if request.visitor is None or chat is None or chat.ended_at:
        if not limits.allowed("chat", place, FROM_ONE_PLACE):
            return _too_often()
        if request.visitor is None:
            request.visitor, token = visitors.welcome(request.chat_site, by=writing(), language=request.tongue)
        elif not limits.allowed("chat", str(request.visitor.pk), BEGUN_AN_HOUR):
            return _too_often()
        _begin(request, enclosed)
    else:
        if not limits.allowed("said", str(request.visitor.pk), SAID_AN_HOUR):
            return _too_often()
        chats.say(
            chat, _text(given, "text", chats.LONGEST), files=enclosed, nonce=_text(given, "nonce", 40), by=writing()
        )
    return _so(request, token)


@of_site
@require_POST
@telling
def identify(request: ChatRequest) -> HttpResponse:
    """Believe the site's signature; a browser that was somebody else's begins anew as this one."""
    if not limits.allowed("signed", limits.address_of(request), SIGNED_AN_HOUR):
        return _too_often()
    try:
        person = signed.read(
            _text(request.given, "token", signed.MOST_CHARACTERS), sites.secrets_of(request.chat_site), clock.now()
        )
    except signed.NotSigned:
        return refused(_("The site could not prove who you are."), 403)
    token = ""
    if request.visitor is None or not visitors.is_of(request.visitor, person):
        request.visitor, token = visitors.welcome(request.chat_site, by=writing(), language=request.tongue)
    request.visitor = visitors.verify(request.visitor, person, by=writing())
    return _so(request, token)


@of_site
@require_POST
@telling
def act(request: ChatRequest) -> HttpResponse:
    """Do one of the small things in a chat that has begun."""
    chat, given = newest(request), request.given
    if request.visitor is None or chat is None:
        return refused(_("There is no chat."), 404)
    what = _text(given, "act", 20)
    if what in {"here", "type", "leave"}:
        return _presence(request, chat, what)
    if not limits.allowed("act", str(request.visitor.pk), SAID_AN_HOUR):
        return _too_often()
    if what == "address":
        chats.give_address(chat, _text(given, "address", 254), by=writing())
    elif what == "end":
        chats.end(chat, by=writing())
    elif what == "rate":
        _rate(chat, given)
    elif what == "transcript":
        chats.transcript(chat, by=writing())
    else:
        return refused(_("There is nothing of this name."), 400)
    return _so(request)


@of_site
@require_safe
def file(request: ChatRequest, pk: UUID) -> HttpResponseBase:
    """Hand out a file of a chat to whoever was given its address there, to save and never to show."""
    row = Attachment.objects.filter(pk=pk, message__thread__chat__site=request.chat_site).exclude(key="").first()
    chat = Chat.objects.filter(thread__messages__attachments=row).first() if row else None
    if (
        row is None
        or chat is None
        or not hmac.compare_digest(request.GET.get("k", "").encode(), state.file_mark(chat, pk).encode())
    ):
        raise Http404
    if not chats.seen_by_visitor(chat).filter(pk=row.message_id).exists():
        raise Http404
    try:
        content = files.open(row.key)
    except files.NoSuchFile as error:
        raise Http404 from error
    return FileResponse(content, as_attachment=True, filename=row.name, content_type=safe_type(row.media_type))


def _begin(request: ChatRequest, enclosed: list[IncomingFile]) -> None:
    assert request.visitor is not None
    given = request.given
    told = _asked(request)
    chats.begin(
        request.visitor,
        _text(given, "text", chats.LONGEST),
        name=told.pop("name", ""),
        address=told.pop("email", ""),
        answers=list(told.items()),
        page=_text(given, "page", visitors.LONGEST_PAGE),
        referrer=_text(given, "referrer", visitors.LONGEST_PAGE),
        language=request.tongue,
        files=enclosed,
        nonce=_text(given, "nonce", 40),
        by=writing(),
    )
    visitors.saw(
        request.visitor,
        _text(given, "page", visitors.LONGEST_PAGE),
        title=_text(given, "title", 200),
        referrer=_text(given, "referrer", visitors.LONGEST_PAGE),
    )


def _asked(request: ChatRequest) -> dict[str, str]:
    """Return the answers to the site's questions by their words; those of name and address under these names."""
    found: dict[str, str] = {}
    for one in request.chat_site.questions:
        if given := _text(request.given, f"q-{one['key']}", 1000):
            found[one["kind"] if one["kind"] in {"name", "email"} else one["label"]] = given
    return found


def _presence(request: ChatRequest, chat: Chat, what: str) -> HttpResponse:
    given = request.given
    if what == "type":
        chats.type(chat, by=writing())
    elif what == "leave":
        chats.leave(chat, by=writing())
    else:
        chats.here(chat, reading=given.get("reading") is True, by=writing())
        if page := _text(given, "page", visitors.LONGEST_PAGE):
            visitors.saw(chat.visitor, page, title=_text(given, "title", 200), referrer=_text(given, "referrer", 500))
    return HttpResponse(status=204)


def _rate(chat: Chat, given: dict[str, Any]) -> None:
    score = _text(given, "score", 1)
    if score not in {"1", "2", "3", "4", "5"}:
        raise chats.NothingToSend(_("Choose from 1 to 5."))
    chats.rate(chat, int(score), comment=_text(given, "comment", 1000), by=writing())
    if chat.thread.customer is None:
        return
    try:
        answers.record(
            chat.thread.customer, Answer.Kind.CSAT, Decimal(score), by=writing(), scale=(1, 5),
            text=_text(given, "comment", 1000), namespace="chat", external=str(chat.pk), answered_at=clock.now(),
        )  # fmt: skip
    except RecordedAlready:
        return


def _files(request: ChatRequest) -> list[IncomingFile] | None:
    """Return the files that were sent, None when they are too many or too large."""
    sent = request.FILES.getlist("files")
    if len(sent) > MOST_FILES or sum(one.size or 0 for one in sent) > MOST_BYTES:
        return None
    return [IncomingFile(one.name or "", one.read(), one.content_type or "") for one in sent]


def _text(given: dict[str, Any], name: str, longest: int) -> str:
    value = given.get(name, "")
    return str(value)[:longest].replace("\x00", "").strip() if isinstance(value, str | int) else ""


def _so(request: ChatRequest, token: str = "") -> JsonResponse:
    return JsonResponse({**state.of(request), **({"token": token} if token else {})})


def _too_often() -> JsonResponse:
    return refused(_("That was very often. Try again in a while."), 429)
