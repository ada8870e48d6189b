"""Touchpoints that an outside system reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.models import EventRecord
from rapport.kernel.verbs import verb
from rapport.timeline.events import ReachedOut, WasReached
from rapport.timeline.permissions import REPORT
from rapport.timeline.services.activities import InTheFuture

MAX_TEXT = 10_000


@verb(REPORT, publishes=(ReachedOut, WasReached), offer=("mcp",))
def report(
    customer: Customer,
    channel: str,
    name: str,
    *,
    by: Actor,
    inbound: bool = True,
    text: str = "",
    extra: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> EventRecord:
    """Put a touchpoint on a customer's timeline: by them (`inbound`) or by us. Raises `InTheFuture`."""
    if at and at > clock.now():
        raise InTheFuture(_("This has not happened yet."))
    kind = ReachedOut if inbound else WasReached
    happening = kind(channel=channel[:40], name=name[:120], text=text[:MAX_TEXT], extra=dict(extra or {}))
    return publish(happening, by=by, subject=customer, customer=customer.pk, at=at)
