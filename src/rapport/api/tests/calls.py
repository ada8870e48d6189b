"""How the tests call the API."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.test import Client

Caller = Callable[..., Client]


def send(client: Client, url: str, body: Any, key: str = "", method: str = "post") -> HttpResponse:
    """Send `body` as JSON to `url` below /api/v1/, with an Idempotency-Key if given."""
    headers = {"Idempotency-Key": key} if key else {}
    answer: HttpResponse = getattr(client, method)(
        f"/api/v1/{url}", json.dumps(body), content_type="application/json", headers=headers
    )
    return answer


def read(answer: HttpResponse) -> Any:
    """Return the JSON of an answer."""
    return json.loads(answer.content)
