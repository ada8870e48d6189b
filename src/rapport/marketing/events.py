"""The news of segments. The subject is the segment; who joins or leaves has it on their timeline."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from rapport.kernel.events import Event, event


@event("marketing.segment_changed", _("Segment changed"), _("{what} the segment {name}"), group="team", icon="target",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class SegmentChanged(Event):
    """A segment was created, changed, archived, restored or removed (`what`)."""

    name: str
    what: str


@event("marketing.segment_asked", _("Segment to be worked out"), _("asked who is in the segment {name} now"),
       group="team", icon="refresh", timeline=False, webhooks=False)  # fmt: skip
@dataclass(frozen=True)
class SegmentAsked(Event):
    """Somebody wants to know now who is in a segment."""

    name: str


@event("marketing.segment_joined", _("Joined a segment"), _("joined the segment {segment}"), group="customer",
       icon="target", personal=("segment",), derived=True)  # fmt: skip
@dataclass(frozen=True)
class CustomerJoinedSegment(Event):
    """A customer came into a segment, because they meet its condition now or because somebody chose them."""

    segment: str


@event("marketing.segment_left", _("Left a segment"), _("left the segment {segment}"), group="customer",
       icon="target", personal=("segment",), derived=True)  # fmt: skip
@dataclass(frozen=True)
class CustomerLeftSegment(Event):
    """A customer is in a segment no more."""

    segment: str
