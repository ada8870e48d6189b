"""Each request knows who acts: `request.actor`, in their language and zone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from rapport.kernel.actors import Actor
from rapport.kernel.remembered import steady
from rapport.team.models import User
from rapport.team.queries import actor_for

LOOKING = frozenset({"GET", "HEAD"})
NOBODY = Actor(kind="nobody", name="", via="staff")


class ActorMiddleware:
    """Sets `request.actor`, and language and zone of the signed-in user for the time of the request.

    A request that only looks sees the firm's settings as they were when it first asked for one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer `request` as its user; API calls set their own actor from a token."""
        if request.path.startswith("/api/"):
            request.actor = NOBODY  # type: ignore[attr-defined]
            return self.get_response(request)
        user = request.user
        if not isinstance(user, User):
            request.actor = NOBODY  # type: ignore[attr-defined]
            return self.get_response(request)
        request.actor = actor_for(user)  # type: ignore[attr-defined]
        looks = steady() if request.method in LOOKING else nullcontext()
        with looks, translation.override(user.language), timezone.override(ZoneInfo(user.zone)):
            return self.get_response(request)
