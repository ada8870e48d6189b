"""On our own news, segments are worked out; when customers are merged, who was in what goes along."""

from __future__ import annotations

from rapport.customers.following import follow
from rapport.kernel.actors import SYSTEM
from rapport.kernel.events import on
from rapport.kernel.models import EventRecord
from rapport.marketing.events import SegmentAsked, SegmentChanged
from rapport.marketing.models import Membership
from rapport.marketing.services import members

follow(Membership, "customer")


@on(SegmentChanged, SegmentAsked, later=True)
def work_out(record: EventRecord, happening: SegmentChanged | SegmentAsked) -> None:
    """Work out the segments that wait for it; who asked twice finds them done."""
    members.settle(by=SYSTEM)
