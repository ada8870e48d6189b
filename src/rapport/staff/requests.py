"""What a view of the back office is called with."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from rapport.kernel.actors import Actor
from rapport.team.models import User


class StaffRequest(HttpRequest):
    """A request of somebody who signed in: `actor` is them with their rights, `htmx` is true for a part of a page."""

    actor: Actor
    user: User
    htmx: HtmxDetails
