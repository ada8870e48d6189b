"""Errors as `application/problem+json` (RFC 9457): one shape for every refusal."""

from __future__ import annotations

import http
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from psycopg.errors import QueryCanceled

from rapport.api.v1.access import actor_of
from rapport.api.v1.refusals import CONFLICTS, REFUSALS, place_of
from rapport.customers.models import Customer
from rapport.customers.services import customers, identities
from rapport.kernel.permissions import Forbidden, OutOfReach


def problem(status: int, title: str, detail: str = "", **more: Any) -> HttpResponse:
    """Return a problem document with `status`, a short title, what went wrong and further members."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    if detail:
        body["detail"] = detail
    return HttpResponse(json.dumps(body | more), status=status, content_type="application/problem+json")


def install(api: NinjaAPI) -> None:
    """Let `api` answer every refusal with a problem document."""
    handlers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        AuthenticationError: _unknown,
        Forbidden: _forbidden,
        Http404: _not_found,
        ObjectDoesNotExist: _not_found,
        OutOfReach: _not_found,
        ValidationError: _malformed,
        HttpError: _plain,
        OperationalError: _too_slow,
        **dict.fromkeys(CONFLICTS, _conflict),
        customers.MergedAway: _merged_away,
        identities.IdentityTaken: _taken,
        **dict.fromkeys(REFUSALS, _refused),
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def _unknown(request: HttpRequest, error: Any) -> HttpResponse:
    answer = problem(401, "Unauthorized", "Send an API token: Authorization: Bearer rap_…")
    answer["WWW-Authenticate"] = "Bearer"
    return answer


def _forbidden(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(403, "Forbidden", str(error), right=error.right.name)


def _not_found(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(404, "Not found")


def _malformed(request: HttpRequest, error: Any) -> HttpResponse:
    places = [_place(one) for one in error.errors]
    return problem(422, "Unprocessable content", "Some values do not fit.", errors=places)


def _plain(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error.status_code, http.HTTPStatus(error.status_code).phrase, error.message)


def _too_slow(request: HttpRequest, error: Any) -> HttpResponse:
    if isinstance(error.__cause__, QueryCanceled):
        return problem(503, "Service unavailable", "This question takes too long; narrow it down.")
    raise error


def _conflict(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(409, "Conflict", str(error), code=type(error).__name__, **place_of(error))


def _taken(request: HttpRequest, error: Any) -> HttpResponse:
    """Say who has the address already, to callers who can see them."""
    holder = error.holder
    known = holder is not None and Customer.objects.visible_to(actor_of(request)).filter(pk=holder.pk).exists()
    more = {"holder": str(holder.pk), "holder_number": holder.number} if known else {}
    return problem(409, "Conflict", str(error), code="IdentityTaken", **more)


def _merged_away(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer reading with the way to the survivor, changing with 409; both name it."""
    survivor = error.survivor
    told = {"code": "MergedAway", "merged_into": str(survivor.pk), "merged_into_number": survivor.number}
    if request.method not in {"GET", "HEAD"}:
        return problem(409, "Conflict", str(error), **told)
    answer = problem(307, "Temporary Redirect", str(error), **told)
    answer["Location"] = request.get_full_path().replace(str(error.customer.pk), str(survivor.pk))
    return answer


def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(422, "Unprocessable content", str(error), code=type(error).__name__, **place_of(error))


def _place(error: Mapping[str, Any]) -> dict[str, str]:
    where = ".".join(str(part) for part in error.get("loc", ()) if part not in {"body", "payload"})
    return {"where": where, "message": str(error.get("msg", ""))}
