"""`Idempotency-Key`: a request sent twice with the same key happens once, and is answered the same both times."""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from ninja import Status

from rapport.api.v1.access import actor_of
from rapport.api.v1.answers import written
from rapport.api.v1.problems import problem
from rapport.kernel import clock
from rapport.kernel.models import Idempotency

HEADER = "Idempotency-Key"
MAX_KEY = 200


def once(view: Callable[..., Any]) -> Callable[..., Any]:
    """Make an operation that changes something happen once per `Idempotency-Key` of its caller.

    The key's row is written in the transaction of the change, so neither is ever there alone. The same key with
    another request is 422; while the first is under way, the second waits for it.
    """

    @functools.wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        key = request.headers.get(HEADER, "")
        if not key:
            return view(request, *args, **kwargs)
        if len(key) > MAX_KEY:
            return problem(422, "Unprocessable content", f"An {HEADER} has at most {MAX_KEY} characters.")
        with transaction.atomic():
            return _answered(request, key, lambda: view(request, *args, **kwargs))

    # The framework would look the names of the annotations up in this module.
    run.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
    return run


def _answered(request: HttpRequest, key: str, call: Callable[[], Any]) -> Any:
    caller, fingerprint = actor_of(request).id, _fingerprint(request)
    assert caller, "a token has an id"
    try:
        with transaction.atomic():
            row = Idempotency.objects.create(actor=caller, key=key, request_hash=fingerprint, at=clock.now())
    except IntegrityError:
        return _again(Idempotency.objects.get(actor=caller, key=key), fingerprint)
    answer = call()
    row.status = answer.status_code if isinstance(answer, Status | HttpResponse) else 200
    row.answer = json.loads(_body(answer))
    row.save(update_fields=["status", "answer"])
    return answer


def _body(answer: Any) -> bytes:
    return answer.content if isinstance(answer, HttpResponse) else written(getattr(answer, "value", answer))


def _again(row: Idempotency, fingerprint: str) -> Any:
    """Return the answer as it was, which the operation then shapes as it did the first time."""
    if row.request_hash != fingerprint:
        return problem(422, "Unprocessable content", f"This {HEADER} was used for another request.")
    return Status(row.status, row.answer)


def _fingerprint(request: HttpRequest) -> str:
    return hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()
