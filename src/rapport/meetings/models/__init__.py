from rapport.meetings.models.busy import Busy, Feed
from rapport.meetings.models.kind import MeetingType
from rapport.meetings.models.meeting import Attendee, Meeting

__all__ = ["Attendee", "Busy", "Feed", "Meeting", "MeetingType"]
