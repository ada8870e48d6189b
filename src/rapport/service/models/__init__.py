from rapport.service.models.calendars import Calendar, CalendarDay
from rapport.service.models.queue import Agent, ChatDesk, Intake, Queue, QueueMember
from rapport.service.models.recovery import Amends, Recovery
from rapport.service.models.slas import RUNNING_CLOCK, Clock, SlaPolicy, SlaTarget
from rapport.service.models.status import ENDED, LIVE, Status
from rapport.service.models.talk import Merge, Offer, TicketLink, TicketThread, Watcher
from rapport.service.models.texts import CannedAnswer, Macro, Shared, TicketTemplate
from rapport.service.models.ticket import RUNNING, STANDING, OfTicket, StatusSpan, Ticket
from rapport.service.models.work import ChecklistItem, TimeEntry

__all__ = [
    "ENDED",
    "LIVE",
    "RUNNING",
    "RUNNING_CLOCK",
    "STANDING",
    "Agent",
    "Amends",
    "Calendar",
    "CalendarDay",
    "CannedAnswer",
    "ChatDesk",
    "ChecklistItem",
    "Clock",
    "Intake",
    "Macro",
    "Merge",
    "OfTicket",
    "Offer",
    "Queue",
    "QueueMember",
    "Recovery",
    "Shared",
    "SlaPolicy",
    "SlaTarget",
    "Status",
    "StatusSpan",
    "Ticket",
    "TicketLink",
    "TicketTemplate",
    "TicketThread",
    "TimeEntry",
    "Watcher",
]
