"""Who calls: a bearer token, turned into the actor that the verbs ask for."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from ninja.security import HttpBearer

from rapport.kernel.actors import Actor
from rapport.team.services import tokens


class Token(HttpBearer):
    """`Authorization: Bearer rap_…`; its actor is `request.auth`."""

    openapi_description = "An API token, made on the settings page. It acts as its user, within its scopes."

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the actor of a token, or None for one that does not hold."""
        return tokens.actor_of(token)


def actor_of(request: HttpRequest) -> Actor:
    """Return who calls."""
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor


Row = TypeVar("Row", bound=Model)


def one(rows: QuerySet[Row]) -> Row:
    """Return the only row of `rows`, or answer 404."""
    found = rows.first()
    if found is None:
        raise Http404
    return found
