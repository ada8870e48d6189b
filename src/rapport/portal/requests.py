"""What a view of the portal is called with."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from rapport.customers.models import Member
from rapport.kernel.actors import Actor
from rapport.team.brand import Brand


class PortalRequest(HttpRequest):
    """A request of a visitor: `member` is who signed in, if anybody; `level` the audience that they belong to.

    `writer` acts for the visitor once a row was found to be theirs: it may do what follows from that.
    """

    brand: Brand
    member: Member | None
    level: int
    language: str
    writer: Actor
    htmx: HtmxDetails


class MemberRequest(PortalRequest):
    """A request of somebody who signed in."""

    member: Member
