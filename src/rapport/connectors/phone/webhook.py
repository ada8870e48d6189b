"""Where reports come in: checked, read and handed to `calls`. A wrong one changes nothing and says what is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from rapport.calls.services import switchboard
from rapport.calls.services.reporting import Said, report
from rapport.connectors.phone.signing import NotSigned, check
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM

LARGEST = 1_000_000
PHONE = replace(SYSTEM, via="connector")


class Reported(BaseModel):
    """A report, as it is written down in docs/run/phone.md."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    call_id: str = Field(min_length=1, max_length=120)
    event: Literal["ringing", "answered", "ended", "missed", "voicemail"]
    direction: Literal["in", "out"]
    caller: str = Field("", alias="from", max_length=120)
    called: str = Field("", alias="to", max_length=120)
    extension: str = Field("", max_length=40)
    agent: str = Field("", max_length=254)
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    recording_url: str = Field("", max_length=1000)
    transcript: str = Field("", max_length=100_000)

    @field_validator("call_id", "caller", "called", "extension", "agent", "recording_url", "transcript")
    @classmethod
    def storable(cls, value: str) -> str:
        """Take out what no database holds."""
        return value.replace("\x00", "").encode("utf-8", "replace").decode()

    @field_validator("started_at", "answered_at", "ended_at")
    @classmethod
    def aware(cls, value: datetime | None) -> datetime | None:
        """Refuse a time without its zone: nobody could say when it was."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a time needs its offset, as in 2026-05-01T09:00:00Z")
        return value.astimezone(UTC) if value else None

    @field_validator("recording_url")
    @classmethod
    def safe(cls, value: str) -> str:
        """Refuse an address that is not https."""
        if value and (urlsplit(value).scheme != "https" or not urlsplit(value).hostname):
            raise ValueError("a recording is linked by https")
        return value

    def said(self) -> Said:
        """Return the report as `calls` takes it."""
        given = self.model_dump()
        return Said(call=given.pop("call_id"), **given)


@csrf_exempt
@login_not_required
@require_POST
def calls(request: HttpRequest) -> HttpResponse:
    """Take a report: 200 with the call, 401 unsigned, 409 a replay, 413 too large, 422 not in its form."""
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return _refused(413, "the report is larger than a megabyte")
    try:
        digest = check(
            request.headers.get("X-Rapport-Signature", ""),
            request.headers.get("X-Rapport-Timestamp", ""),
            body,
            keys=switchboard.keys(),
            now=clock.now().timestamp(),
        )
        given = Reported.model_validate_json(body)
        with transaction.atomic():
            switchboard.note_taken(digest, given.call_id, given.event, by=PHONE)
            row = report(given.said(), by=PHONE)
    except NotSigned as refusal:
        return _refused(401, str(refusal))
    except switchboard.Replayed:
        return _refused(409, "this report was taken already; sign it anew to send it again")
    except ValidationError as refusal:
        return _refused(422, _words(refusal))
    return JsonResponse({"call": str(row.pk), "customer": str(row.customer_id) if row.customer_id else None})


def _words(refusal: ValidationError) -> str:
    parts = [f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in refusal.errors()[:5]]
    return "; ".join(parts)


def _refused(status: int, words: str) -> HttpResponse:
    switchboard.note_refused(words, by=PHONE)
    return JsonResponse({"error": words}, status=status)
