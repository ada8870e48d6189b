"""Answers as JSON, written by orjson: ids, days and moments as text, UTC with a Z."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja.renderers import BaseRenderer


class Renderer(BaseRenderer):
    """How every operation writes its answer."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """Return `data` as JSON."""
        return written(data)


def written(data: Any) -> bytes:
    """Return `data` as JSON; what JSON does not know, decimals among it, as text."""
    return orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z)


def straight(data: Any, status: int = 200) -> HttpResponse:
    """Return `data` as the whole answer, for what is made of columns already of the schema's types.

    Checking each row against the schema again takes longer than reading it; a test does that check instead.
    """
    return HttpResponse(written(data), content_type="application/json", status=status)
