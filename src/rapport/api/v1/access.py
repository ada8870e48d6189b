"""Who calls: a bearer token, turned into the actor that verbs and conditions ask for."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from ninja.security import HttpBearer

from rapport.kernel.actors import Actor
from rapport.kernel.conditions import Ctx
from rapport.team.models import User
from rapport.team.services import tokens


class Token(HttpBearer):
    """`Authorization: Bearer rap_…`; its context is `request.auth`."""

    openapi_description = "An API token, made on the settings page. It acts as its user, within its scopes."

    def authenticate(self, request: HttpRequest, token: str) -> Ctx | None:
        """Return the context of a token, or None for one that does not hold."""
        return tokens.context_of(token)


def context_of(request: HttpRequest) -> Ctx:
    """Return who calls and how their conditions are read."""
    context: Ctx = request.auth  # type: ignore[attr-defined]
    return context


def actor_of(request: HttpRequest) -> Actor:
    """Return who calls."""
    return context_of(request).actor


Row = TypeVar("Row", bound=Model)


def one(rows: QuerySet[Row]) -> Row:
    """Return the only row of `rows`, or answer 404."""
    found = rows.first()
    if found is None:
        raise Http404
    return found


def colleague(key: UUID | None) -> User | None:
    """Return the user of this id who is there still, None for none, or answer 404."""
    return None if key is None else one(User.objects.filter(pk=key, deactivated_at=None))
