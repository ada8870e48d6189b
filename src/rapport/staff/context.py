"""What every template of the back office knows beside its frame."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def installation(request: HttpRequest) -> dict[str, bool]:
    """Return `mails`: whether this installation can send mail."""
    return {"mails": settings.SENDS_MAIL}
