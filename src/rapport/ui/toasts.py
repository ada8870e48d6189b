"""Short messages over the page, with Undo: they ride on Django's messages, and on htmx answers as an event."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

LEVELS = {"good": messages.SUCCESS, "neutral": messages.INFO, "warn": messages.WARNING, "bad": messages.ERROR}
TONES = {level: tone for tone, level in LEVELS.items()}


@dataclass(frozen=True, slots=True)
class Toast:
    """What it says, how it looks, and the address that a POST undoes it with ("" is none)."""

    text: str
    tone: str = "good"
    undo: str = ""


def tell(request: HttpRequest, text: str, *, tone: str = "good", undo: str = "") -> None:
    """Say `text` on the next page, or in the answer to this htmx request. `undo`: an address of this site."""
    if undo and not url_has_allowed_host_and_scheme(undo, allowed_hosts=None):
        raise ValueError("undo must be an address of this site")
    messages.add_message(request, LEVELS[tone], text, extra_tags=undo)


def waiting(request: HttpRequest) -> list[Toast]:
    """Take the messages that were not shown yet."""
    return [
        Toast(str(message.message), TONES.get(message.level, "neutral"), message.extra_tags or "")
        for message in messages.get_messages(request)
    ]


class ToastMiddleware:
    """Adds the messages of an htmx request to its answer, because it shows no page that would."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer `request`; a redirect keeps its messages for the page it leads to."""
        response = self.get_response(request)
        partial = request.headers.get("HX-Request") == "true" and not request.headers.get("HX-Boosted")
        leads_on = 300 <= response.status_code < 400 or "HX-Redirect" in response or "HX-Refresh" in response
        may = partial and not leads_on and hasattr(request, "_messages") and "HX-Trigger" not in response
        if may and (toasts := waiting(request)):
            response["HX-Trigger"] = json.dumps({"toasts": {"list": [asdict(toast) for toast in toasts]}})
        return response
