"""Telling open pages what changed: a NOTIFY in the transaction of the change, heard by the live process."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from rapport.kernel import clock
from rapport.kernel.sending import send
from rapport.runtime import passes

DESK = "desk"
"""The topic of the staff: something changed in the inbox."""
LASTS = timedelta(days=1)


def tell(topics: Iterable[str], what: str, about: UUID | None = None) -> None:
    """Tell the pages that listen to `topics` that something changed, once this transaction is committed.

    Ids and words alone: whoever hears of it asks for the rest by their own door.
    """
    news = {"to": list(topics), "what": what, **({"id": about.hex} if about else {})}
    send("SELECT pg_notify(%s, %s)", [passes.CHANNEL, json.dumps(news)])


def stream(request: HttpRequest, topics: Iterable[str]) -> str:
    """Return the address at which a page that `request` asks for hears of `topics`; nothing without a live process."""
    base = origin(request)
    if not base:
        return ""
    until = int((clock.now() + LASTS).timestamp())
    return f"{base}?pass={passes.sign(settings.SECRET_KEY, topics, until)}"


def origin(request: HttpRequest) -> str:
    """Return where the live process is reached: as set, behind a proxy below our own address, else at its port."""
    if settings.LIVE_URL:
        return str(settings.LIVE_URL)
    if not settings.LIVE_PORT:
        return ""
    if settings.HTTPS:
        return f"https://{request.get_host()}/live/"
    host = request.get_host()
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    return f"http://{name}:{settings.LIVE_PORT}/"
