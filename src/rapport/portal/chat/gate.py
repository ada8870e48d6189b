"""The door of the chat: a site by its key, a visitor by the token that their frame keeps. No cookie is read or set."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt

from rapport.conversations.models import Chat, ChatSite, Visitor
from rapport.conversations.services import visitors
from rapport.kernel.actors import Actor
from rapport.portal.gates import open_to_all, writer
from rapport.portal.requests import PortalRequest

MOST_BYTES = 100_000
BEARER = "Bearer "


class ChatRequest(PortalRequest):
    """A request of the chat's frame: its site, the visitor (None before their first chat) and what they sent."""

    chat_site: ChatSite
    visitor: Visitor | None
    given: dict[str, Any]
    tongue: str


def newest(request: ChatRequest) -> Chat | None:
    """Return the newest chat that the visitor of a request may see."""
    return visitors.chats_of(request.visitor).first() if request.visitor else None


def writing() -> Actor:
    """Return who acts for a visitor."""
    return writer(None)


def of_site(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Make `view` a view of the chat of a site. The token comes in a header, so no other site can act for a visitor."""

    @functools.wraps(view)
    def answer(request: PortalRequest, key: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = cast("ChatRequest", request)
        site = ChatSite.objects.select_related("mailbox").filter(key=key, off_at__isnull=True).first()
        if site is None:
            raise Http404
        asked.chat_site, asked.tongue = site, language(request, site)
        token = request.headers.get("Authorization", "").removeprefix(BEARER)
        asked.visitor = visitors.of_token(site, token)
        asked.given = _given(request)
        with translation.override(asked.tongue):
            found = view(asked, *args, **kwargs)
        found.headers.setdefault("Cache-Control", "no-store")
        return found

    return csrf_exempt(xframe_options_exempt(open_to_all(answer)))


def language(request: HttpRequest, site: ChatSite) -> str:
    """Return the language of the chat: the one asked for, else the site's, else the browser's."""
    known = dict(settings.LANGUAGES)
    for chosen in (request.GET.get("lang", ""), request.headers.get("X-Language", ""), site.language):
        if (found := chosen.lower().partition("-")[0]) in known:
            return found
    return translation.get_language_from_request(request)


def refused(words: str, status: int = 422) -> JsonResponse:
    """Return a refusal in words."""
    return JsonResponse({"error": words}, status=status)


def _given(request: HttpRequest) -> dict[str, Any]:
    """Return what was sent, as JSON or as a form with files; texts alone, whatever else was meant."""
    if request.method != "POST":
        return {}
    if request.content_type == "multipart/form-data":
        return {name: str(value) for name, value in request.POST.items()}
    try:
        found = json.loads(request.body[:MOST_BYTES])
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
